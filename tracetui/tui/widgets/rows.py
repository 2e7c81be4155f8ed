"""Drawing one row of the waterfall: guides, names, bar, duration.

All text is neutralised here, once per string of the store; what comes out is strips for the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from tracetui.analysis.names import name as plain_name
from tracetui.export.bars import Window as BarWindow
from tracetui.format import duration, plural
from tracetui.model.store import Flag
from tracetui.text import cell_len, fit, neutralise, steady, to_ascii
from tracetui.tui.state.facts import Facts
from tracetui.tui.state.view import ViewState
from tracetui.tui.theme import Ground, Paint

from .bars import BarPainter
from .layout import SAVES, Columns
from .line import Line

if TYPE_CHECKING:
    from tracetui.tui.state.why import Badge

LEAST_NAME = 16
"""Cells of a row that guides must leave to its names, and half of the tree column."""
LOOKED_AT = 200
"""Rows by whose names the width of the tree is found: more of a trace may still be on its way."""
LEAST_BADGED = 14
"""Cells that a badge must leave to the names, beside two thirds of what they need."""
LEAST_BOTH = 12
"""Cells from which a row names both service and operation."""
LEAST_KIN = 5
"""Cells of a service that the row above names already, where its operation needs the room."""


class Glyphs(Struct, frozen=True):
    """The signs of the tree, one set for Unicode and one for ASCII."""

    through: str
    branch: str
    corner: str
    leaf: str
    folded: str
    unfolded: str
    error: str
    deep: str
    ellipsis: str
    cursor: str
    marked: str
    line: str
    found: str
    times: str


UNICODE = Glyphs("│ ", "├─", "└─", "─", "▸", "▾", "✗", "⋯", "…", "▌", "◆", "─", "•", "×")
ASCII = Glyphs("| ", "|-", "`-", "-", "+", "-", "x", "~", "..", ">", "*", "-", "@", "x")


class RowPainter:
    """Draws rows of one view with one paint at one width; made anew when any of those changes.

    Args:
        facts: the trace.
        view: what is folded, zoomed and marked; read at each row.
        paint: the styles.
        columns: where things stand.
        grid: a text of `columns.bars` cells with the ruler's ticks, drawn behind the bars.
        ascii: use ASCII signs only.
        pinned: attributes that have a column; of those, as many as `columns` has room for.
    """

    def __init__(
        self,
        facts: Facts,
        view: ViewState,
        paint: Paint,
        columns: Columns,
        grid: str,
        ascii: bool = False,
        pinned: Sequence[str] = (),
    ) -> None:
        self.facts = facts
        self.view = view
        self.paint = paint
        self.columns = columns
        self.glyphs = ASCII if ascii else UNICODE
        self.ascii = ascii
        self.bars = BarPainter(
            facts, paint, BarWindow(view.window.start_ns, view.window.end_ns, columns.bars), grid, ascii
        )
        self._pinned = tuple(zip(pinned, columns.pinned, strict=False))
        self._texts: dict[int, str] = {}
        grounds: tuple[Ground, ...] = ("background", "cursor")
        self._grounds = {on: paint.ground(on) for on in grounds}  # one style each, so that neighbours merge

    def strip(self, node: int, *, cursor: bool = False) -> Strip:
        """Return the line of a node, exactly `columns.width` cells wide."""
        columns, paint = self.columns, self.paint
        on: Ground = "cursor" if cursor else "background"
        line = Line(columns.width, self._grounds[on])
        self._edge(line, node, on, cursor)
        self._tree(line, node, on)
        self._attributes(line, node, on)
        line.pad_to(columns.bars_at)
        if columns.bars:
            run = self.facts.forest.run(node)
            row = self.facts.row(node) if run is None else run.row + self.facts.first
            # Reverse video, the cursor's ground without colours, would turn bars into gaps.
            behind: Ground = "background" if paint.ansi else on
            if row < 0:
                self.bars.missing(line, node, behind)
            else:
                self.bars.span(line, node, row, bool(self.view.folded[node]), behind)
        self._duration(line, node, on)
        return line.strip()

    def _edge(self, line: Line, node: int, on: Ground, cursor: bool) -> None:
        if node in self.view.marks:
            line.add(self.glyphs.marked, self.paint.style("warning", on=on), 1)
        elif cursor:
            line.add(self.glyphs.cursor, self.paint.style("accent", on=on), 1)
        else:
            line.add(" ", None, 1)

    def mark_at(self, node: int) -> int:
        """Return the cell of a node's fold mark; -1 where it has none."""
        return 1 + len(self._guides(node)) if self.view.children_shown(node) else -1

    def _text(self, code: int) -> str:
        """A string of the store; of `-1 - code` without ids in it, as for spans that are only alike."""
        text = self._texts.get(code)
        if text is None:
            found = self.facts.trace.store.strings[code if code >= 0 else -1 - code][:2000]
            text = steady(neutralise(found if code >= 0 else plain_name(found)))
            self._texts[code] = text = to_ascii(text) if self.ascii else text
        return text

    # The tree

    def _tree(self, line: Line, node: int, on: Ground) -> None:
        paint, view, glyphs = self.paint, self.view, self.glyphs
        below = view.children_shown(node)
        folded = bool(view.folded[node])
        guides = self._guides(node)
        line.add(guides, paint.style("faint", on=on), len(guides))
        mark = (
            glyphs.folded if folded else glyphs.unfolded if below else glyphs.leaf if guides.strip() else " "
        )
        line.add(mark + " ", paint.style("faint" if not below else "accent" if folded else "muted", on=on), 2)
        run = self.facts.forest.run(node)
        row = self.facts.row(node) if run is None else run.row + self.facts.first
        limit = 1 + self.columns.tree
        if row < 0:
            self._missing_name(line, node, on, limit)
            return
        suffix, troubles = self._counts(node, below)
        found = self._found(node, folded and below > 0)
        store = self.facts.trace.store
        moved = " ~" if store.shift_ns is not None and store.shift_ns[row] else ""
        limit -= len(moved)
        if self.facts.forest.error[node]:
            line.add(glyphs.error + " ", paint.style("error", on=on, bold=True), 2)
        codes = int(store.service[row]), int(store.name[row]) if run is None else -1 - int(store.name[row])
        badge = self._badge(node, codes, limit - line.used - len(suffix) - len(troubles) - len(found))
        room = limit - line.used - len(suffix) - len(troubles) - len(found) - len(badge)
        if room < 6:
            suffix = troubles = badge = ""
            room = limit - line.used - len(found)
        if room < 2:
            found, room = "", limit - line.used
        kin = self._is_kin(node, codes[0])
        service, name = self._names(*codes, room, kin)
        hits = view.hits if view.hits is not None and view.hits.parts[node] else None
        if (
            hits is not None
            and not found
            and room > 4
            and not (hits.is_seen_in(service) or hits.is_seen_in(name))
        ):
            # The middle that was left out is what was found.
            found = f" {glyphs.found}"
            service, name = self._names(*codes, room - 2, kin)
        if view.matches is not None and not view.matches[node]:  # only here for what is below it
            worn = words = paint.style("muted", on=on)
        else:
            worn = paint.service(store.strings[int(store.service[row])], on=on)
            words = paint.style("text", on=on) if service else worn
        if hits is None:
            line.add(service, worn)
            line.add(name, words)
        else:
            self._add_marked(line, service, worn)
            self._add_marked(line, name, words)
        line.add(moved, paint.style("warning", on=on))
        line.add(found, paint.style("warning", on=on, bold=True))
        line.add(suffix, paint.style("muted", on=on))
        line.add(troubles, paint.style("error", on=on))
        self._add_badge(line, node, badge)

    def _add_badge(self, line: Line, node: int, badge: str) -> None:
        if badge:
            line.add(" ", None, 1)
            line.add(badge[1:], self.paint.badge("warning" if self.view.badges[node].loud else "muted"))

    def _badge(self, node: int, codes: tuple[int, int], room: int) -> str:
        """What was found about a row, where there is room for it beside the name.

        What matters may shorten the names, the rest may not.
        """
        badge = self.view.badges.get(node)
        if badge is None:
            return ""
        text = f" [{badge.text}]" if self.paint.mono or self.ascii else f"  {badge.text} "
        text = to_ascii(text) if self.ascii else text
        names = sum(cell_len(self._text(code)) for code in codes) + 1
        least = min(names, max(LEAST_BADGED, names * 2 // 3)) if badge.loud else names
        return text if room - len(text) >= least else ""

    def _counts(self, node: int, below: int) -> tuple[str, str]:
        """How many spans a row stands for, or hides, and how many errors it hides."""
        run, folded = self.facts.forest.run(node), bool(self.view.folded[node]) and below > 0
        hidden = self.facts.errors_below(node) if folded else 0
        troubles = f" {self.glyphs.error}{hidden:,}" if hidden else ""
        if run is not None:
            return f" {self.glyphs.times}{run.count:,}", troubles
        return f" +{below:,}" if folded else "", troubles

    def _found(self, node: int, folded: bool) -> str:
        """A sign where the search found a span by what its row does not show, and what a folded row hides."""
        hits = self.view.hits
        if hits is None:
            return ""
        below = hits.below(self.facts.forest, node) if folded else 0
        if not below and not hits.is_outside_names(node):
            return ""
        return f" {self.glyphs.found}{f'{below:,}' if below else ''}"

    def _add_marked(self, line: Line, text: str, style: Style) -> None:
        """Add a text with what was searched marked in it."""
        from tracetui.tui.state.find import split

        assert self.view.hits is not None
        for part, is_match in split(self.view.hits.pattern, text):
            line.add(part, self.paint.match(style) if is_match else style)

    def _is_kin(self, node: int, service_code: int) -> bool:
        """Whether a row's service is that of its parent, whose row names it."""
        parent = int(self.facts.forest.parent[node]) if node != self.view.root else -1
        row = self.facts.row(parent) if parent >= 0 else -1
        return row >= 0 and int(self.facts.trace.store.service[row]) == service_code

    def _names(self, service_code: int, name_code: int, room: int, kin: bool) -> tuple[str, str]:
        """Service and operation in `room` cells; in very little room the operation alone.

        A service that is known already (`kin`) makes way for the operation first.
        """
        ellipsis = self.glyphs.ellipsis
        service, name = self._text(service_code), self._text(name_code)
        if room < LEAST_BOTH and name and cell_len(service) + 1 + cell_len(name) > room:
            service = ""
        gap = " " if service and name else ""
        have = cell_len(service), cell_len(name)
        if have[0] + len(gap) + have[1] > room:
            share = max(min(LEAST_KIN, have[0]) if kin else room * 11 // 20, room - len(gap) - have[1])
            service = fit(service, min(have[0], share), middle=not kin, pad=False, ellipsis=ellipsis)
            left = max(0, room - cell_len(service) - len(gap))
            name = fit(name, left, middle=True, pad=False, ellipsis=ellipsis)
        return service, gap + name if name else ""

    def _missing_name(self, line: Line, node: int, on: Ground, limit: int) -> None:
        missing = self.facts.forest.missing[-1 - self.facts.forest.row(node)]
        name = neutralise(self.facts.trace.store.parent_id_text(self.facts.first + missing.row)[:64])
        if self.ascii:
            name = to_ascii(name)
        if cell_len(name) > 12:
            name = fit(name, 4, pad=False, ellipsis="") + self.glyphs.ellipsis
        room = limit - line.used
        text = f"missing span {name} ({plural(missing.children, 'child', 'children')})"
        if cell_len(text) > room:
            text = f"missing span {name} ({missing.children:,})"
        text = fit(text, room, pad=False, ellipsis=self.glyphs.ellipsis)
        line.add(text, self.paint.style("warning", on=on))

    def _guides(self, node: int) -> str:
        """Two cells for each level; of very deep rows the depth as a number and the last levels."""
        view, forest = self.view, self.facts.forest
        base = 0 if view.root < 0 else int(forest.depth[view.root])
        depth = int(forest.depth[node]) - base
        tree = self.columns.tree
        most = max(1, (tree - max(LEAST_NAME, tree // 2)) // 2)
        head = ""
        levels = depth
        if depth > most:
            head = f"{self.glyphs.deep}{depth} "
            levels = max(1, most - (len(head) + 1) // 2)
        parts = []
        above = node
        for level in range(levels):
            more = view.has_next_sibling(above)
            if level == 0:
                parts.append(self.glyphs.branch if more else self.glyphs.corner)
            else:
                parts.append(self.glyphs.through if more else "  ")
            above = int(forest.parent[above])
        return head + "".join(reversed(parts))

    # Pinned attributes

    def _attributes(self, line: Line, node: int, on: Ground) -> None:
        row = self.facts.row(node)
        if not self._pinned or row < 0:
            return
        from .pinned import saves_of, value_of

        line.pad_to(self.columns.pinned_at)
        style = self.paint.style("muted", on=on)
        for name, cells in self._pinned:
            if name == SAVES:
                good = self.paint.style("good", on=on)
                line.add(saves_of(self.facts, row, cells, ascii=self.ascii), good, cells)
                continue
            line.add(value_of(self.facts.trace.store, row, name, cells, ascii=self.ascii), style, cells)

    # The duration

    def _duration(self, line: Line, node: int, on: Ground) -> None:
        columns = self.columns
        if not columns.duration:
            return
        line.pad_to(columns.width - columns.duration - 1)
        row, run = self.facts.row(node), self.facts.forest.run(node)
        if row < 0 and run is None:
            return
        if run is not None:
            text = duration(run.total_ns, ascii=self.ascii)
        elif int(self.facts.trace.store.flags[row]) & Flag.UNFINISHED:
            text = "no end"
        else:
            text = duration(int(self.facts.forest.duration_ns[node]), ascii=self.ascii)
        style = self.paint.style("text" if self.facts.is_on_path(node) else "muted", on=on)
        line.add(fit(text, columns.duration, pad=False).rjust(columns.duration), style)


def cells_needed(facts: Facts, badges: Mapping[int, Badge]) -> int:
    """Cells of the tree with which none of a trace's first rows has its names shortened.

    Args:
        facts: The trace.
        badges: What stands behind the names; only what is loud may take room from the bars.
    """
    store, forest = facts.trace.store, facts.forest
    cells: dict[int, int] = {}
    most = 0
    for node in range(min(LOOKED_AT, len(forest))):
        run = forest.run(node)
        row = facts.row(node) if run is None else run.row + facts.first
        if row < 0:
            continue
        room = 2 * int(forest.depth[node]) + 3 + (2 if forest.error[node] else 0)
        for code in (int(store.service[row]), int(store.name[row])):
            if code not in cells:
                cells[code] = cell_len(steady(neutralise(store.strings[code][:200])))
            room += cells[code]
        room += len(f" ×{run.count:,}") if run is not None else 0
        badge = badges.get(node)
        room += len(badge.text) + 3 if badge is not None and badge.loud else 0
        most = max(most, room)
    return most
