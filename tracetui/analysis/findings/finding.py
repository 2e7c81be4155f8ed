"""What a detector hands in to become a finding, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from tracetui.analysis.finding import LABELS, Evidence, Finding, Kind, Severity

if TYPE_CHECKING:
    from tracetui.analysis.findings.context import Context

__all__ = ["MS", "Detector", "Draft", "Evidence", "Finding", "Kind", "Rule", "Severity"]

MS: Final = 1_000_000


@dataclass(slots=True)
class Draft:
    """What a detector says; rows count from the trace's first row.

    Attributes:
        title: As in `Finding`.
        detail: Likewise.
        rows: The spans, culprits first.
        evidence: Likewise.
        lengths: What would change: new lengths by row, 0 for spans that would go.
        gaps: And stretches of spans' own time that would go: row, start and end.
        ceiling: The most severe that it can be: ordinary work can look like it.
        floor: The least severe that it can be: an error that somebody saw.
        badge: For the culprit's row, if not the rule's.
        caveat: If not the rule's.
        reached_root: An error that came out at the root.
    """

    title: str
    rows: list[int]
    detail: str = ""
    evidence: Evidence = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    gaps: list[tuple[int, int, int]] = field(default_factory=list)
    ceiling: Severity = Severity.HIGH
    floor: Severity = Severity.INFO
    badge: str = ""
    caveat: str = ""
    reached_root: bool = False


Detector: TypeAlias = "Callable[[Context], Iterator[Draft]]"


class Rule(Struct, frozen=True):
    """One kind of finding: what it is and how it is found. The page of each kind is made from this.

    Attributes:
        kind: Its name in outputs.
        headline: What it is, in a sentence.
        looks: What it looks like in a waterfall.
        rule: When it fires; names of thresholds stand in braces.
        guards: When it does not, though it looks like it.
        caveat: What to know before believing one.
        disproof: What would show that one is wrong.
        fix: What usually mends it.
        detect: What finds it.
    """

    kind: Kind
    headline: str
    looks: str
    rule: str
    guards: str
    caveat: str
    disproof: str
    fix: str
    detect: Detector

    @property
    def badge(self) -> str:
        """A word for rows and lists."""
        return LABELS[self.kind]
