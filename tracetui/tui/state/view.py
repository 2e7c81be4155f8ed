"""What the waterfall of one trace shows at this moment, without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from .forest import Bool, Forest, Int32
from .rows import fold_rows, holds, unfold_rows, visible_rows

if TYPE_CHECKING:
    from .find import Hits
    from .why import Badge


class Window(Struct, frozen=True):
    """A range of time, in Unix nanoseconds; `end_ns > start_ns`."""

    start_ns: int
    end_ns: int

    @property
    def width_ns(self) -> int:
        return self.end_ns - self.start_ns


class ViewState:
    """Cursor, folds, hidden rows, zoom and marks of one trace.

    Nodes (see `Forest`) are what it speaks of. Functions in `moves`, `jumps` and `zoom` change it; a widget
    compares `rows_version` and `look_version` to know what to draw again.

    Attributes:
        forest: the nodes.
        visible: int32[v], the nodes that have a line, ascending.
        folded: bool[n].
        cursor: the node of the cursor; always visible unless there is none (-1).
        top: the line at the top of the screen.
        height: lines of the screen, for page moves.
        window: the range of time the bars cover.
        whole: the range of time of the whole trace.
        root: the node that stands alone as root, or -1.
        matches: bool[n], the nodes that the filter holds for, or None without one.
        passing: bool[n], those and their ancestors, or None.
        path: bool[n], the nodes of the critical path where only they are shown, else None.
        keep: bool[n], what filter and path leave, with ancestors; None for all.
        hits: what was searched and found, or None.
        marks: marked nodes.
        section: the section of the critical path that was jumped to last, or -1.
        rank: the place in the ranking of self times that was jumped to last, or -1.
        tree_shift: cells by which the tree column is wider than by default.
        badges: words behind the names of rows that findings speak of, by node.
        rows_version: counts changes of the visible nodes.
        look_version: counts changes of how each line looks.
    """

    def __init__(self, forest: Forest, whole: Window) -> None:
        self.forest = forest
        self.folded: Bool = np.zeros(len(forest), bool)
        self.matches: Bool | None = None
        self.passing: Bool | None = None
        self.path: Bool | None = None
        self.keep: Bool | None = None
        self.hits: Hits | None = None
        self.root = -1
        self.folded[forest.run_nodes] = True
        self.visible: Int32 = visible_rows(forest.size, self.folded)
        self.cursor = 0 if len(forest) else -1
        self.top = 0
        self.height = 20
        self.window = self.whole = whole
        self.marks: set[int] = set()
        self.section = -1
        self.rank = -1
        self.tree_shift = 0
        self.badges: Mapping[int, Badge] = {}
        self.rows_version = 0
        self.look_version = 0
        self._kept: Int32 | None = None
        self._left = 0

    # What is visible

    @property
    def only_path(self) -> bool:
        """Whether only the critical path is shown."""
        return self.path is not None

    @property
    def line(self) -> int:
        """The line of the cursor."""
        return self.line_of(self.cursor)

    def line_of(self, node: int) -> int:
        """Return the line of a node, or of the nearest one above it that is visible."""
        found = int(self.visible.searchsorted(np.int32(node), "right")) - 1
        return max(found, 0)

    def is_visible(self, node: int) -> bool:
        line = self.line_of(node)
        return line < len(self.visible) and int(self.visible[line]) == node

    def bounds(self) -> tuple[int, int]:
        """Return the first node of the range on view and the one after its last."""
        return (0, len(self.forest)) if self.root < 0 else (self.root, self.forest.last(self.root))

    def children_shown(self, node: int) -> int:
        """Return how many nodes below `node` unfolding everything would show."""
        below = int(self.forest.size[node]) - 1
        if below and self.keep is not None:
            count = self._kept_count()
            return int(count[node + below + 1] - count[node + 1])
        return below

    def has_next_sibling(self, node: int) -> bool:
        """Whether a guide must go on below `node`: a later sibling is shown."""
        if node == self.root:
            return False
        above = int(self.forest.parent[node])
        after = self.forest.last(node)
        limit = len(self.forest) if above < 0 else self.forest.last(above)
        if self.keep is None:
            return after < limit
        count = self._kept_count()
        return bool(count[limit] > count[after])

    def _kept_count(self) -> Int32:
        if self._kept is None:
            assert self.keep is not None
            self._kept = np.zeros(len(self.keep) + 1, np.int32)
            np.cumsum(self.keep, out=self._kept[1:])
        return self._kept

    # Changes

    def move_to(self, node: int) -> None:
        """Put the cursor on a node, or on the nearest visible one above it, and scroll to it."""
        if len(self.visible):
            self.cursor = int(self.visible[self.line_of(node)])
            self.scroll_to_cursor()

    def scroll_to_cursor(self, margin: int = 2) -> None:
        """Scroll as little as shows the cursor, with a few lines around it."""
        line = self.line
        margin = max(0, min(margin, (self.height - 1) // 2))
        low = line - self.height + 1 + margin
        high = line - margin
        self.top = max(0, min(max(self.top, low), high, max(0, len(self.visible) - self.height)))

    def fold(self, node: int) -> None:
        if not self.folded[node] and self.forest.size[node] > 1:
            self.folded[node] = True
            self.visible = fold_rows(self.visible, node, self.forest.size)
            self._rows_changed()

    def unfold(self, node: int) -> None:
        if self.folded[node]:
            self.folded[node] = False
            if self.is_visible(node):
                self.visible = unfold_rows(self.visible, node, self.forest.size, self.folded, self.keep)
            self._rows_changed()

    def set_tree_shift(self, cells: int) -> None:
        """Have the tree column be wider than by default by `cells`."""
        if cells != self.tree_shift:
            self.tree_shift = cells
            self.look_version += 1

    def set_folds(self, folded: Bool) -> None:
        """Fold exactly these nodes."""
        self.folded = folded
        self.refresh()

    def set_filter(self, matches: Bool | None) -> None:
        """Show only these nodes and their ancestors, or (None) all."""
        self.matches = matches
        self.passing = None if matches is None else holds(matches, self.forest.size)
        self._rekeep()

    def set_path(self, path: Bool | None) -> None:
        """Show of what the filter leaves only these nodes and their ancestors, or (None) all of it."""
        self.path = path
        self._rekeep()

    def _rekeep(self) -> None:
        if self.path is None:
            self.keep = self.passing
        else:
            both = self.path if self.matches is None else self.path & self.matches
            self.keep = holds(both, self.forest.size)
        self.refresh()

    def set_badges(self, badges: Mapping[int, Badge]) -> None:
        """Have these rows bear a word of what was found about them."""
        self.badges = badges
        self.look_version += 1

    def set_hits(self, hits: Hits | None) -> None:
        """Have these nodes be marked as found."""
        self.hits = hits
        self.look_version += 1

    def set_root(self, node: int) -> None:
        """Show one subtree alone, or (-1) the whole trace."""
        self.root = node
        if node >= 0:
            self.folded[node] = False
        self.refresh()

    def set_window(self, window: Window) -> None:
        """Set the zoom window; it is kept inside the whole and at least 1 ns wide."""
        whole = self.whole
        width = max(1, min(window.width_ns, whole.width_ns))
        start = min(max(window.start_ns, whole.start_ns), whole.end_ns - width)
        window = Window(start, start + width)
        if window != self.window:
            self.window = window
            self.look_version += 1

    def reveal(self, node: int) -> None:
        """Undo what hides a node (folds, a filter, another root) and go to it."""
        first, last = self.bounds()
        changed = False
        if not first <= node < last:
            self.root = -1
            changed = True
        if self.keep is not None and not self.keep[node]:
            # The path first: what the user asked for in words goes only if it must.
            self.path, self.keep = None, self.passing
            if self.passing is not None and not self.passing[node]:
                self.matches = self.passing = self.keep = None
            changed = True
        above = np.asarray(self.forest.ancestors(node), dtype=np.int64)
        if len(above) and self.folded[above].any():
            self.folded[above] = False
            changed = True
        if changed:
            self.refresh()
        self.move_to(node)

    def refresh(self) -> None:
        """Find the visible nodes anew and keep the cursor as near as can be."""
        first, last = self.bounds()
        self._kept = None
        self.visible = visible_rows(self.forest.size, self.folded, self.keep, first, last)
        self._rows_changed()
        self.look_version += 1

    def _rows_changed(self) -> None:
        self.rows_version += 1
        if not len(self.visible):
            # Typing may pass through filters that leave nothing: the way back leads here again.
            self._left = self.cursor if self.cursor >= 0 else self._left
            self.cursor = -1
        else:
            self.move_to(self.cursor if self.cursor >= 0 else self._left)
