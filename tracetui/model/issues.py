"""The import report: what was repaired, guessed or left out while reading.

Every repair has a code from a closed set. An `IssueLog` counts each code once and keeps a few samples,
so a hundred thousand bad lines are one issue with a count, not a hundred thousand messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from tracetui.model.issue_codes import IssueCode, Severity
from tracetui.model.issue_kinds import KINDS, IssueKind

__all__ = [
    "KINDS",
    "MAX_SAMPLES",
    "RANK",
    "Issue",
    "IssueCode",
    "IssueKind",
    "IssueLog",
    "Sample",
    "Severity",
]

MAX_SAMPLES: Final = 5
RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Sample(Struct, frozen=True):
    """One of the places where an issue was met.

    Attributes:
        text: What was found there, with line or byte where that is known; as found, not neutralised.
        row: The span concerned, -1 for none: while reading a row of the builder, in a `Collection` the row
            within its trace.
        source: Number of the source that was being read, -1 for none.
    """

    text: str
    row: int = -1
    source: int = -1


class Issue(Struct):
    """One kind of trouble, how often it was met, and the first few places.

    Attributes:
        code: What it is.
        count: How many records it concerns.
        places: The first few places.
    """

    code: IssueCode
    count: int = 0
    places: list[Sample] = field(default_factory=list)

    @property
    def kind(self) -> IssueKind:
        """What it means, in words."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How much this changes what is shown."""
        return KINDS[self.code].severity

    @property
    def samples(self) -> list[str]:
        """The first few places in words, as found (not neutralised)."""
        return [place.text for place in self.places]

    @property
    def message(self) -> str:
        """One sentence with the count in it."""
        kind = KINDS[self.code]
        return kind.one if self.count == 1 else kind.many.format(n=f"{self.count:,}")


class IssueLog:
    """Counts issues by code.

    Attributes:
        source: Number of the source that is being read, for the samples to come; -1 for none.
    """

    def __init__(self) -> None:
        self.source = -1
        self._by_code: dict[IssueCode, Issue] = {}

    def add(self, code: IssueCode, sample: str = "", *, count: int = 1, row: int = -1) -> None:
        """Count an issue.

        Args:
            code: What it is.
            sample: Where it was met, as found; only the first few are kept.
            count: How many records it concerns.
            row: The span concerned, see `Sample`.
        """
        issue = self._by_code.get(code)
        if issue is None:
            issue = self._by_code[code] = Issue(code)
        issue.count += count
        if (sample or row >= 0) and len(issue.places) < MAX_SAMPLES:
            issue.places.append(Sample(sample, row, self.source))

    def merge(self, other: IssueLog) -> None:
        """Add all that another log counted."""
        for issue in other:
            self.add(issue.code, count=issue.count)
            mine = self._by_code[issue.code]
            mine.places.extend(issue.places[: MAX_SAMPLES - len(mine.places)])

    def copy(self) -> IssueLog:
        """A log with the same counts that can grow on its own."""
        new = IssueLog()
        new.merge(self)
        return new

    def move_samples(self, row_of: Callable[[int], int]) -> None:
        """Have the samples name their spans by other rows.

        Args:
            row_of: The new row for an old one; -1 for none.
        """
        for issue in self:
            issue.places = [
                replace(place, row=row_of(place.row)) if place.row >= 0 else place for place in issue.places
            ]

    def name_sources(self, names: list[str]) -> None:
        """Put the name of its source in front of each sample that does not begin with it.

        Args:
            names: Of the sources, by number.
        """
        for issue in self:
            issue.places = [_with_source(place, names) for place in issue.places]

    @property
    def issues(self) -> list[Issue]:
        """All issues, the worst first, then by code."""
        return sorted(self, key=lambda issue: (RANK[issue.severity], issue.code))

    @property
    def reckoned(self) -> int:
        """How many records have issues that the reader should know of; harmless repairs are not counted."""
        return sum(issue.count for issue in self if issue.severity is not Severity.INFO)

    def __iter__(self) -> Iterator[Issue]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code


def _with_source(place: Sample, names: list[str]) -> Sample:
    if not 0 <= place.source < len(names) or place.text.startswith(names[place.source]):
        return place
    return replace(place, text=f"{names[place.source]}: {place.text}")
