"""The parts of the trace list: its summary, the strip of durations over time, its header and its rows."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tracetui import format as fmt
from tracetui.model.fates import worst
from tracetui.text import cell_len, fit, neutralise
from tracetui.tui.bindings import bindings_for, key_of
from tracetui.tui.listing import UNKNOWN, Listing
from tracetui.tui.theme import Paint, paint
from tracetui.tui.traces_state import Column, ListState, TraceListState, strip_of
from tracetui.tui.traces_state import Strip as Durations
from tracetui.tui.widgets.line import Line
from tracetui.tui.widgets.times import Clock
from tracetui.tui.widgets.trace_rows import Layout, RowDrawer, longest_name, strip_line

__all__ = ["DurationStrip", "TraceHead", "TraceSummary", "TraceTable"]

_DAY_NS = 86_400_000_000_000


class TraceSummary(Widget):
    """The line at the top: how much there is."""

    DEFAULT_CSS = "TraceSummary { height: 1; }"

    class IssuesPicked(Message):
        """The count of issues was clicked."""

    def __init__(self, state: TraceListState) -> None:
        super().__init__()
        self.state = state
        self._issues = (0, 0)  # the cells of the count

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        collection = self.state.collection
        line = Line(self.size.width, styles.ground("background"))
        text, muted = styles.style("text", on="background"), styles.style("muted", on="background")
        line.add(" ", None, 1)
        count = fmt.plural(len(collection.traces), "trace")
        matches = self.state.matches
        if matches is not None:
            count = f"{fmt.count(len(self.state))} of {count}"
        line.add(count, styles.style("strong", on="background", bold=True))
        parts: list[tuple[str, Style]] = [(fmt.plural(collection.span_count, "span"), text)]
        failed = int((collection.table.error_count > 0).sum())
        if failed:
            parts.append((f"{fmt.count(failed)} with errors", styles.style("error", on="background")))
        fate = worst(collection.fates.values())
        if fate:
            parts.append((f"file {fate}", styles.style("warning", on="background")))
        issues = int(self.state.issues.sum()) + collection.log.reckoned
        if issues:
            parts.append((fmt.plural(issues, "issue"), styles.style("warning", on="background")))
        self._issues = (0, 0)
        for words, style in parts:
            if line.room > len(words) + 3:
                line.add("   " + words, style)
                if issues and words is parts[-1][0]:
                    self._issues = line.used - len(words), line.used
        if matches is not None:
            self._filter(line, matches.text, styles)
            return line.strip()
        names = ", ".join(neutralise(source.name[:200]) for source in collection.sources[:3])
        if len(collection.sources) > 3:
            names += f" and {fmt.count(len(collection.sources) - 3)} more"
        names = fit(names, min(cell_len(names), line.room - 4), middle=True, pad=False)
        if cell_len(names) > 8:
            line.pad_to(line.width - cell_len(names) - 1)
            line.add(names, muted)
        return line.strip()

    def on_click(self, event: events.Click) -> None:
        if self._issues[0] <= event.x < self._issues[1]:
            self.post_message(self.IssuesPicked())

    def _filter(self, line: Line, text: str, styles: Paint) -> None:
        """The filter at the right end, in the place of the files."""
        text = neutralise(" ".join(text.split())[:500])
        text = fit(text, max(0, min(cell_len(text), line.room - 12)), middle=True, pad=False)
        if text:
            line.pad_to(line.width - cell_len(text) - 9)
            line.add("filter: ", styles.style("muted", on="background"))
            line.add(text, styles.style("accent", on="background", bold=True))


class DurationStrip(Widget):
    """Durations over time, above the list."""

    DEFAULT_CSS = "DurationStrip { height: 5; }"

    class Picked(Message):
        """A column was clicked."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    def __init__(self, state: ListState, *, ascii: bool) -> None:
        super().__init__()
        self.state = state
        self.ascii = ascii
        self.clock = Clock.UTC
        self._durations: Durations | None = None
        self._listing: Listing | None = None
        self._made_for = Size(0, 0), id(None)
        self._matches: object = None  # kept, so that no other has its identity

    def durations(self) -> Durations:
        """The columns for the width at hand."""
        size, listing, matches = self.size, self.state.listing, self.state.matches
        # Listings are told apart by identity: to compare them would be to compare their columns.
        if self._durations is None or self._listing is not listing or self._made_for != (size, id(matches)):
            self._durations = strip_of(self.state, size.width - 2, max(1, size.height - 1))
            self._listing, self._made_for, self._matches = listing, (size, id(matches)), matches
        return self._durations

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        found = self.durations()
        height = self.size.height - 1
        line = Line(self.size.width, styles.ground("background"))
        number = self.state.current
        current = int(found.column[number]) if 0 <= number < len(found.column) else -1
        if y < height:
            drawn = strip_line(found, y, height, current, styles, ascii=self.ascii)
            strips = [Strip.blank(1, line.ground), drawn.strip(), Strip.blank(1, line.ground)]
            return Strip.join(strips).adjust_cell_length(self.size.width, line.ground)
        return self._axis(line, found, current, styles)

    def _axis(self, line: Line, found: Durations, current: int, styles: Paint) -> Strip:
        """Under the columns: when the first and the last start, how high the highest is, and the cursor."""
        muted = styles.style("muted", on="background")
        left, right = fmt.datetime_utc(found.start_ns)[:-5], fmt.datetime_utc(found.end_ns)[:-5]
        if left[:10] == right[:10]:
            right = right[11:]
        what = "durations over time, highest" if self.state.matches is None else "those listed, full height"
        middle = f"{what} {fmt.duration(found.longest_ns, ascii=self.ascii)}"
        words = [(1, left)]
        if line.width >= len(left) + len(right) + len(middle) + 16:
            words.append(((line.width - len(middle)) // 2, middle))
        if line.width >= len(left) + len(right) + 10 and found.end_ns > found.start_ns:
            words.append((line.width - 1 - len(right), right))
        if current >= 0:
            words = [(_aside(at, len(text), current + 1, line.width), text) for at, text in words]
            words.append((current + 1, "^" if self.ascii else "▴"))
        for at, text in sorted(words):
            if line.used > at:  # the mark has moved it into another
                continue
            line.pad_to(at)
            if at == current + 1:
                line.add(text, styles.style("strong", on="background", bold=True), 1)
            else:
                line.add(text, muted)
        return line.strip()

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Picked(event.x - 1))


def _aside(at: int, cells: int, mark: int, width: int) -> int:
    """Where words of some cells stand that would be at `at`, were it not for a mark in their place."""
    if not at - 1 <= mark <= at + cells:
        return at
    before, after = mark - 1 - cells, mark + 2
    return after if before < 1 or (at - before > after - at and after + cells < width) else before


class TraceHead(Widget):
    """The names of the columns; a click orders the list."""

    DEFAULT_CSS = "TraceHead { height: 1; }"

    class Clicked(Message):
        """A column's name was clicked."""

        def __init__(self, column: Column) -> None:
            super().__init__()
            self.column = column

    def __init__(self, table: TraceTable) -> None:
        super().__init__()
        self._table = table

    def render_line(self, y: int) -> Strip:
        drawer = self._table.drawer()
        return (
            drawer.header(self._table.scrollable_content_region.width)
            .strip()
            .adjust_cell_length(self.size.width, drawer.paint.ground("background"))
        )

    def on_click(self, event: events.Click) -> None:
        for column, start, end in self._table.drawer().layout.starts():
            if start <= event.x < end + 2:
                self.post_message(self.Clicked(column))
                return


def _unsaid(listing: Listing) -> set[Column]:
    """The columns of which nothing is known of any trace."""
    figures = {
        Column.SPANS: listing.span_count,
        Column.SERVICES: listing.service_count,
        Column.ERRORS: listing.error_count,
        Column.ISSUES: listing.issues,
    }
    return {column for column, values in figures.items() if len(values) and int(values.max()) == UNKNOWN}


class TraceTable(ScrollView, can_focus=True):
    """The rows."""

    class Picked(Message):
        """A row was clicked.

        Attributes:
            position: Which.
            twice: By a double click.
        """

        def __init__(self, position: int, twice: bool) -> None:
            super().__init__()
            self.position = position
            self.twice = twice

    # On the widget itself, as the arrow keys would scroll it otherwise.
    BINDINGS = [*bindings_for("traces")]

    DEFAULT_CSS = """
    TraceTable {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, state: ListState, *, ascii: bool) -> None:
        super().__init__()
        self.state = state
        self.ascii = ascii
        self.clock = Clock.UTC
        self._drawer: RowDrawer | None = None
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._cursor = 0

    def action_run(self, name: str) -> None:
        """Actions are the screen's."""
        self.screen.action_run(name)  # type: ignore[attr-defined]

    def drawer(self) -> RowDrawer:
        """What draws for the width, theme and collection at hand."""
        styles = paint(self.app)
        if self._drawer is None or self._drawer.paint is not styles:
            self._strips.clear()
            listing = self.state.listing
            starts = listing.start_ns
            dated = bool(len(starts)) and int(starts.min()) // _DAY_NS != int(starts.max()) // _DAY_NS
            layout = Layout.fitting(
                self.scrollable_content_region.width,
                dated=dated,
                most_spans=int(listing.span_count.max()) if len(starts) else 0,
                longest_name=longest_name(listing),
                unsaid=_unsaid(listing),
            )
            self._drawer = RowDrawer(self.state, layout, styles, self.clock, ascii=self.ascii)
        return self._drawer

    def reset(self) -> None:
        """Draw everything anew: another order, collection or width."""
        self._drawer = None
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.state))
        self._cursor = self.state.cursor
        self._follow()
        self.refresh()

    def repaint(self) -> None:
        """Draw all rows anew where they are."""
        self._strips.clear()
        self.refresh()

    def sync(self) -> None:
        """Draw the cursor where it is now: two lines, and no more."""
        old, self._cursor = self._cursor, self.state.cursor
        self._follow()
        for position in {old, self._cursor}:
            y = position - int(self.scroll_offset.y)
            self.refresh(Region(0, y, self.size.width, 1))

    def _follow(self) -> None:
        top, height = int(self.scroll_offset.y), max(1, self.scrollable_content_region.height)
        at = self.state.cursor
        if at < top:
            self.scroll_to(y=at, animate=False, force=True, immediate=True)
        elif at >= top + height:
            self.scroll_to(y=at - height + 1, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        self.reset()

    def on_click(self, event: events.Click) -> None:
        position = event.y + int(self.scroll_offset.y)
        if position < len(self.state):
            self.post_message(self.Picked(position, event.chain > 1))

    def render_line(self, y: int) -> Strip:
        drawer = self.drawer()
        width = self.scrollable_content_region.width
        position = y + int(self.scroll_offset.y)
        if position >= len(self.state):
            if y == 0 and self.state.matches is not None:
                words = Line(width, drawer.paint.ground("background"))
                told = f" no trace matches the filter · {key_of(self.app, 'clear-filter')} shows all"
                words.add(told, drawer.paint.style("muted", on="background"))
                return words.strip()
            return Strip.blank(width, drawer.paint.ground("background"))
        key = (position, position == self.state.cursor)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > 2000:
                self._strips.clear()
            strip = self._strips[key] = drawer.row(position, width, cursor=key[1]).strip()
        return strip
