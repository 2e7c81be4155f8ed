"""What the import report lists: the issues of an import and of one of its traces, or of all of them."""

from __future__ import annotations

from msgspec import Struct

from tracetui.model.issues import MAX_SAMPLES, RANK, Issue, Severity
from tracetui.model.trace import Collection


class Place(Struct, frozen=True):
    """One sample of an issue.

    Attributes:
        text: What was found, as found.
        trace: Number of the trace it belongs to, -1 for none.
        row: Row of the span in the collection's store, -1 where it is about no span.
    """

    text: str
    trace: int = -1
    row: int = -1


class Told(Struct, frozen=True):
    """One issue and where it was met.

    Attributes:
        issue: The issue; its count is that of all traces concerned.
        traces: How many traces have it, 0 for an issue of the import.
        places: The samples.
    """

    issue: Issue
    traces: int
    places: tuple[Place, ...]


def gather(collection: Collection, trace: int | None = None) -> list[Told]:
    """The issues of the import, and of a trace or (None) of all traces together; the worst first."""
    found = [
        Told(issue, 0, tuple(Place(place.text) for place in issue.places)) for issue in collection.issues
    ]
    numbers = range(len(collection.trace_logs)) if trace is None else (trace,)
    sums: dict[str, Told] = {}
    for number in numbers:
        log = collection.trace_logs[number]
        for issue in log or ():
            before = sums.get(issue.code)
            places = () if before is None else before.places
            if len(places) < MAX_SAMPLES:
                places += _places(collection, number, issue)
            count = issue.count + (before.issue.count if before is not None else 0)
            traces = 1 + (before.traces if before is not None else 0)
            sums[issue.code] = Told(Issue(issue.code, count), traces, places[:MAX_SAMPLES])
    found += sums.values()
    return sorted(found, key=lambda told: (RANK[told.issue.severity], told.traces > 0, told.issue.code))


def _places(collection: Collection, trace: int, issue: Issue) -> tuple[Place, ...]:
    first = int(collection.store.trace_first[trace])
    return tuple(
        Place(place.text, trace, first + place.row if place.row >= 0 else -1) for place in issue.places
    )


def tally(collection: Collection, trace: int | None = None) -> tuple[int, Severity]:
    """How many records have issues that the reader should know of, and how grave the worst is.

    Args:
        collection: What was read.
        trace: Number of a trace, or None for all. The issues of the import count where it is the only trace.
    """
    logs = [collection.trace_logs[trace]] if trace is not None else list(collection.trace_logs)
    if len(collection.trace_logs) < 2 or trace is None:
        logs.append(collection.log)
    there = [log for log in logs if log is not None]
    severities = {issue.severity for log in there for issue in log}
    return sum(log.reckoned for log in there), min(severities, key=RANK.__getitem__, default=Severity.INFO)
