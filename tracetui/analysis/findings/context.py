"""What detectors look at: a trace's columns, its records where they are asked for, and groups of like spans.

Candidates are chosen by columns; only theirs are the records that are decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
from msgspec import Struct

from tracetui.analysis.blocking import Mode
from tracetui.analysis.columns import Ints, Mask, Rows
from tracetui.analysis.critical_path import CriticalPaths
from tracetui.analysis.findings.columns import TraceColumns
from tracetui.analysis.findings.facts import Facts, Reader
from tracetui.analysis.findings.scan import Scan
from tracetui.analysis.findings.thresholds import Thresholds
from tracetui.analysis.names import name as plain_name
from tracetui.model.distinct import distinct
from tracetui.model.store import SpanStore, Status
from tracetui.model.trace import Trace

MS: Final = 1_000_000
_MOST_FAMILIES: Final = 200
_MOST_MEMBERS: Final = 64
"""Members of one family that are decoded; where all of these are alike, so are the others."""


_SCANNED_WHOLE: Final = 20_000
_SAMPLE: Final = 256
_SAMPLES: Final = 8
_ASKED: Final = 8


class _PlainNames(dict[int, int]):
    """Numbers of the texts of a store, equal where they differ by ids only."""

    def __init__(self, store: SpanStore) -> None:
        self._strings = store.strings
        self._numbers: dict[str, int] = {}

    def __missing__(self, code: int) -> int:
        plain = plain_name(self._strings[code])
        number = self[code] = self._numbers.setdefault(plain, len(self._numbers))
        return number


class Group(Struct, frozen=True):
    """Spans that are alike: same service, same kind, same signature.

    Attributes:
        rows: Rows, earliest start first.
        facts: What is known of one of them.
    """

    rows: list[int]
    facts: Facts


class Context(TraceColumns):
    """One trace, as detectors see it. All rows count from the trace's first.

    Args:
        trace: The trace.
        mode: The rules of the critical path.
        thresholds: When a finding is worth telling.
        paths: The paths of the trace's roots, if they are at hand.
    """

    def __init__(
        self, trace: Trace, mode: Mode, thresholds: Thresholds, paths: CriticalPaths | None = None
    ) -> None:
        super().__init__(trace, mode, paths)
        self.thresholds = thresholds
        self.reader = Reader(self.store, self.first, self.last)

    # Records.

    def facts(self, row: int) -> Facts:
        """The record of a row, decoded."""
        return self.reader[row]

    @cached_property
    def scan(self) -> Scan:
        """What the bytes of all records tell without being decoded."""
        if self.n <= _SCANNED_WHOLE:
            return Scan.of(self.trace, self.reader.records.windows())
        # Where some thousand records and those of the path hold no failure that their status does not tell,
        # statuses can be believed: reading all would take a fifth of the time that loading did.
        some = np.zeros(self.n, np.bool_)
        for first in np.linspace(0, self.n - _SAMPLE, _SAMPLES).astype(np.intp).tolist():
            some[first : first + _SAMPLE] = True
        some[self.own_path > self.root_ns // 300] = True
        found = Scan.of(self.trace, self.reader.records.windows(np.flatnonzero(some)))
        untold = found.bad_answers[self.status[found.bad_answers] != Status.ERROR][:_ASKED].tolist()
        if not any(facts.failed for facts in self.reader.read(untold).values()):
            return found
        return Scan.of(self.trace, self.reader.records.windows())

    @cached_property
    def failed(self) -> Mask:
        """bool[n], the errors: by status, and by what answers say where no status does."""
        found: Mask = self.status == Status.ERROR
        rows = [row for row in self.scan.bad_answers.tolist() if not found[row]]
        rows.sort(key=lambda row: (-int(self.path[row]), int(self.rank[row])))
        for row, facts in self.reader.read(rows[:_MOST_MEMBERS]).items():
            found[row] = facts.failed
        return found

    @cached_property
    def retried(self) -> set[int]:
        """Rows that are tries of a retry; its detector, which comes first, fills it."""
        return set()

    @cached_property
    def repeated(self) -> set[int]:
        """Rows of calls that were told as repeated, by detectors that come early."""
        return set()

    # Like spans.

    @cached_property
    def like(self) -> Ints:
        """int64[n], equal for rows of one service, kind and name, ids in names aside."""
        codes, where = self._names
        known: _PlainNames = self.trace.collection.kept.setdefault(_PlainNames, _PlainNames(self.store))
        name = np.array([known[code] for code in codes.tolist()], np.int64)[where]
        found: Ints = (name << 36) | (self.service.astype(np.int64) << 4) | self.kind
        return found

    def _grouped(self, rows: Rows, keys: list[Ints], least: int) -> Iterator[Rows]:
        """Rows with equal keys, `least` or more of them, those with most time on the path first."""
        if len(rows) < max(least, 1):
            return
        keys = [key for key in keys if (key != key[0]).any()]  # most traces have one root
        order = np.lexsort([self.rank[rows], *reversed(keys)])
        new = np.zeros(len(rows), np.bool_)
        new[0] = True
        for key in keys:
            new[1:] |= key[order][1:] != key[order][:-1]
        order = rows[order]
        heads = np.flatnonzero(new)
        counts = np.diff(np.append(heads, len(order)))
        path = np.add.reduceat(self.path[order], heads)
        total = np.add.reduceat(self.duration[order], heads)
        best = np.flatnonzero(counts >= least)
        best = best[np.lexsort([self.rank[order[heads[best]]], -total[best], -path[best]])][:_MOST_FAMILIES]
        for at in best.tolist():
            yield order[heads[at] : heads[at] + counts[at]]

    @cached_property
    def families(self) -> list[Rows]:
        """Like siblings, two or more, by start; the families with most time on the path first."""
        rows = np.flatnonzero(self.parent >= 0)
        rows = rows[self.child_count[self.parent[rows]] >= 2]
        return list(self._grouped(rows, [self.parent[rows], self.like[rows]], 2))

    @cached_property
    def wrapped(self) -> list[Rows]:
        """Like spans, one below each of several like siblings: the same work behind one level of wrappers."""
        rows = np.flatnonzero(self.parent >= 0)
        above = self.parent[self.parent[rows]]
        least = self.thresholds.n_plus_one_calls
        rows = rows[(above >= 0) & (self.child_count[np.maximum(above, 0)] >= least)]
        above = self.parent[rows]
        found = self._grouped(rows, [self.parent[above], self.like[above], self.like[rows]], least)
        return [group for group in found if len(distinct(self.parent[group])) == len(group)]

    @cached_property
    def everywhere(self) -> list[Rows]:
        """Like spans anywhere below one root."""
        rows = np.arange(self.n)
        return list(self._grouped(rows, [self.tree, self.like], 2))

    def alike(self, rows: Rows, least: int) -> list[Group]:
        """Groups of like spans by what they called, `least` or more of each.

        Args:
            rows: Rows of one family, by start.
            least: Smaller groups are left out.
        """
        members = rows.tolist()
        facts = self.reader.read(members[:_MOST_MEMBERS])
        groups: dict[object, list[int]] = {}
        for row, known in facts.items():
            groups.setdefault(known.signature.like, []).append(row)
        if len(groups) == 1 and len(facts) < len(members):
            [sole] = groups.values()
            return [Group(members, facts[sole[0]])] if len(members) >= least else []
        return [Group(group, facts[group[0]]) for group in groups.values() if len(group) >= least]
