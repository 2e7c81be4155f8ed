"""The answers to "why is it slow?" as lines of a pane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.analysis.finding import LABELS, ROLES, Finding, Severity
from tracetui.format import duration
from tracetui.text import cell_len, fit
from tracetui.tui.detail.lines import Entry, Line, Piece, clean, wrap

__all__ = ["build", "finding_of"]

_ROOMY: Final = 56
"""Cells from which label, title and saving stand side by side."""
_MOST_LINES: Final = 3


def finding_of(entry: Entry | None) -> int:
    """The number of the finding that a line tells of, -1 for none."""
    return entry.value if entry is not None and isinstance(entry.value, int) else -1


def build(findings: Sequence[Finding] | None, root_ns: int, width: int, trouble: str = "") -> Iterator[Line]:
    """The lines of the pane.

    Args:
        findings: Ranked; None while they are being looked for.
        root_ns: How long the request took.
        width: Cells of a line; no line is wider.
        trouble: Why they could not be looked for, if so.
    """
    width = max(20, width)
    head = Piece(f"Why {duration(root_ns)}?", "strong")
    if findings is None and trouble:
        yield Line((head,))
        for part in wrap(f"cannot be found out: {trouble}", width):
            yield Line((Piece(part, "warning"),))
        return
    if not findings:
        words = "looking…" if findings is None else "nothing found: no rule explains this time"
        yield from _heading(head, words, width)
        return
    yield from _heading(head, "ranked by what fixing each would save", width)
    digits = len(str(len(findings)))
    label = max(cell_len(LABELS[finding.kind]) for finding in findings)
    for number, finding in enumerate(findings):
        yield Line((), Entry("finding", number) if number else None)
        yield from _finding(number, digits, label, finding, width)


def _heading(head: Piece, words: str, width: int) -> Iterator[Line]:
    if cell_len(head.text) + 2 + len(words) <= width:
        yield Line((head, Piece(f"  {words}", "muted")))
    else:
        yield Line((head,))


def _finding(number: int, digits: int, label: int, finding: Finding, width: int) -> Iterator[Line]:
    entry = Entry("finding", number)
    lead = digits + 1
    saving = _saving(finding)
    first = Piece(f"{number + 1:>{digits}} ", ROLES[finding.severity])
    words = Piece(LABELS[finding.kind].ljust(label + 2), "strong")
    room = width - lead - cell_len(saving.text) - 1
    if width < _ROOMY:
        gap = " " * max(1, room - label - 1)
        yield Line((first, words, Piece(gap), saving), entry)
        room = width - lead
        for part in _parts(finding.title, room):
            yield Line((Piece(" " * lead), Piece(part)), entry)
    else:
        lead += label + 2
        room -= label + 2
        parts = _parts(finding.title, room)
        gap = " " * (room - cell_len(parts[0]) + 1)
        yield Line((first, words, Piece(parts[0]), Piece(gap), saving), entry)
        for part in parts[1:]:
            yield Line((Piece(" " * lead), Piece(part)), entry)
    for text in (finding.detail, finding.caveat if finding.severity.rank < Severity.LOW.rank else ""):
        for part in _parts(text, width - lead) if text else ():
            yield Line((Piece(" " * lead), Piece(part, "muted")), entry)


def _saving(finding: Finding) -> Piece:
    if finding.saving_ns:
        return Piece(f"−{duration(finding.saving_ns)}", "good")
    return Piece("–" if finding.on_critical_path else "off path", "muted")


def _parts(text: str, width: int) -> list[str]:
    parts = [part.rstrip() for part in wrap(clean(text), max(10, width))]
    if len(parts) > _MOST_LINES:
        rest = " ".join(parts[_MOST_LINES - 1 :])
        parts = [*parts[: _MOST_LINES - 1], fit(rest, max(10, width), pad=False)]
    return parts or [""]
