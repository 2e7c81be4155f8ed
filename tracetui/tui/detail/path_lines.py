"""The critical path in lines: shares by service and operation, then each section with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tracetui import format as fmt
from tracetui.analysis import Mode
from tracetui.analysis.told import Share, ToldPath
from tracetui.tui.detail.lines import Entry, Line, Piece, clean
from tracetui.tui.detail.values import wrap_pieces

_SHARES = 8
_OTHERS = 3
_INDENT = "                   "

Saves = Callable[[int], int | None]


def build(path: ToldPath, saves: Saves, width: int, beyond: str) -> Iterator[Line]:
    """The lines, made as they are taken; those of spans have an entry that leads there.

    Args:
        path: The path.
        saves: What a row would save, None while that is not known.
        width: Cells of a line; no line is wider.
        beyond: The key that follows the path to the end of all work.
    """
    page = _Page(path, saves, max(20, width))
    if path.why_empty:
        yield from page.wrapped([Piece(path.why_empty, "warning")])
        return
    yield from page.shares("by service", path.by_service(), named=False)
    yield from page.shares("by operation", path.by_operation(), named=True)
    if path.goes_on_ns and path.mode is not Mode.TO_END:
        more = fmt.duration(path.goes_on_ns)
        yield from page.wrapped(
            [Piece(f"work goes on for {more} after the end: {beyond} follows the path there", "warning")]
        )
        yield Line()
    yield Line((Piece("sections", "strong"), Piece(f"  {len(path):,}", "muted")))
    for at in path.sections:
        yield from page.section(at)


def title(path: ToldPath) -> list[Piece]:
    """What stands over the lines."""
    root = _Page(path, lambda row: None, 80).named(path.root)
    return [Piece("Critical path ", "strong"), Piece(f"{fmt.duration(path.duration_ns)}  ", "strong"), *root]


class _Page:
    """The parts of one path's page."""

    def __init__(self, path: ToldPath, saves: Saves, width: int) -> None:
        self._path, self._store = path, path.store
        self._saves, self._width = saves, width
        self._begin = int(path.store.start_ns[path.root])
        self._trace = path.store.trace_ids[path.store.trace_of(path.root)]

    def wrapped(self, pieces: list[Piece], entry: Entry | None = None) -> Iterator[Line]:
        for line in wrap_pieces(pieces, self._width):
            yield Line(tuple(line), entry)

    def shares(self, heading: str, shares: list[Share], *, named: bool) -> Iterator[Line]:
        yield Line((Piece(heading, "strong"),))
        for share in shares[:_SHARES]:
            row = share.rows[0]
            part = fmt.percent(share.time_ns, self._path.duration_ns)
            pieces = [Piece(f"{fmt.duration(share.time_ns):>8} {part:>4}  ", "text")]
            pieces += self.named(row) if named else self.named(row)[:1]
            if len(share.rows) > 1:
                pieces.append(Piece(f"  ×{len(share.rows):,}", "muted"))
            alone = named and len(share.rows) == 1 and row != self._path.root
            saved = self._saves(row) if alone else None
            if saved:
                pieces += [Piece("  saves ", "muted"), Piece(fmt.duration(saved), "good")]
            yield from self.cut(pieces, self.entry(row))
        if len(shares) > _SHARES:
            yield Line((Piece(f"{' ' * 15}and {len(shares) - _SHARES} more", "muted"),))
        yield Line()

    def section(self, at: int) -> Iterator[Line]:
        section = self._path.section(at)
        entry = self.entry(section.row)
        pieces = [
            Piece(f"{fmt.offset(section.start_ns - self._begin):>8} ", "muted"),
            Piece(f"{fmt.duration(section.end_ns - section.start_ns):>8}  ", "strong"),
        ]
        if section.wait:
            pieces.append(Piece("wait after ", "warning"))
        yield from self.cut([*pieces, *self.named(section.row)], entry)
        indent = _INDENT if self._width >= 60 else "    "
        for part in section.reason.split("; ") if self._width < 100 else [section.reason]:
            for line in wrap_pieces([Piece(part, "muted")], self._width - len(indent)):
                yield Line((Piece(indent), *line), entry)
        for row in section.alternatives[:_OTHERS]:
            yield from self.cut([Piece(f"{indent}or: ", "warning"), *self.named(row)], self.entry(row))
        more = len(section.alternatives) - _OTHERS
        if more > 0:
            yield Line((Piece(f"{indent}or one of {more} more", "warning"),))

    def cut(self, pieces: list[Piece], entry: Entry) -> Iterator[Line]:
        """A line that is cut where it would be too long."""
        lines = wrap_pieces(pieces, self._width)
        yield Line(tuple(next(iter(lines), [])), entry)

    def entry(self, row: int) -> Entry:
        """What leads to a span."""
        return Entry("span", "", (self._trace, self._store.key(row)))

    def named(self, row: int) -> list[Piece]:
        """Service and name of a span."""
        strings = self._store.strings
        service, name = strings[int(self._store.service[row])], strings[int(self._store.name[row])]
        label = Piece(clean(service) or "(no service)", f"service:{service}")
        return [label, Piece(f" {clean(name)}")]
