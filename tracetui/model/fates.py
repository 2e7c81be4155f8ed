"""What became of the files of a collection since they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracetui.model.issue_codes import IssueCode
from tracetui.model.trace import Collection, Trace
from tracetui.sources import ByteSource, Fate, file_under

__all__ = ["LOST", "WORDS", "fate_of", "look_at", "take_in", "worst"]

LOST: Final = (Fate.CUT, Fate.CHANGED)
"""Of these, what has not been read by now cannot be read any more."""

WORDS: Final = {
    Fate.CUT: "was cut since it was read",
    Fate.CHANGED: "was changed since it was read",
    Fate.REPLACED: "was replaced by another file since it was read",
    Fate.REMOVED: "was removed since it was read",
    Fate.GROWN: "has grown since it was read",
}


def look_at(sources: Sequence[ByteSource]) -> dict[int, Fate]:
    """Ask the file system; it may be a slow one, so not in the thread of a screen.

    Args:
        sources: Of a store.

    Returns:
        What became of the file of each source, by the source's number; those that are the same are left out.
    """
    asked: dict[int, Fate] = {}
    found: dict[int, Fate] = {}
    for number, source in enumerate(sources):
        file = file_under(source)
        if file is None:
            continue
        if id(file) not in asked:  # members of an archive share one
            asked[id(file)] = file.fate()
        if asked[id(file)]:
            found[number] = asked[id(file)]
    return found


def take_in(collection: Collection, found: Mapping[int, Fate], told: Sequence[str] = ()) -> dict[str, Fate]:
    """Note what became of files; what is more than growth becomes an issue, once for each file.

    Args:
        collection: What was read from them.
        found: By number of source, see `look_at`.
        told: Names of files of which that is told already.

    Returns:
        What was not known before, by the names of the files.
    """
    fresh: dict[str, Fate] = {}
    fates = collection.fates
    for number, fate in found.items():
        file = file_under(collection.store.sources[number])
        before = fates.get(number, Fate.SAME)
        fates[number] = fate
        if file is None or before is fate or file.name in fresh:
            continue
        fresh[file.name] = fate
        if fate is not Fate.GROWN and before in (Fate.SAME, Fate.GROWN) and file.name not in told:
            collection.log.add(IssueCode.SOURCE_CHANGED, f"{fate}: {file.name}")
    return fresh


def fate_of(trace: Trace) -> Fate:
    """The worst that became of the files that hold a trace's spans; growing is nothing bad."""
    store, fates = trace.store, trace.collection.fates
    rows = slice(trace.first, trace.last)
    return worst(fate for number, fate in fates.items() if (store.source[rows] == number).any())


def worst(fates: Iterable[Fate]) -> Fate:
    """The worst of some fates; growing is nothing bad."""
    there = set(fates)
    return next((fate for fate in WORDS if fate in there and fate is not Fate.GROWN), Fate.SAME)
