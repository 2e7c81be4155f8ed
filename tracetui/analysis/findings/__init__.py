"""Why is it slow? Ranked answers, each with what mending it would save and the spans that it speaks of.

    findings = find(trace)                      all findings of a trace, the first is the one to look at
    find(trace, mode=..., thresholds=...)       by other rules of the critical path, with other thresholds

Each kind stands in a file of its own: a `Rule` with its words, and a function that yields drafts from a
`Context`. Here they are given what they save (by replay), their credit (each millisecond of the path counts
once), their severity and their rank.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tracetui.analysis.blocking import Mode
from tracetui.analysis.critical_path import CriticalPaths
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.credit import ORDER, Claims
from tracetui.analysis.findings.finding import Draft, Finding, Kind, Rule, Severity
from tracetui.analysis.findings.rules import RULES
from tracetui.analysis.findings.thresholds import Thresholds
from tracetui.analysis.replay import Replay
from tracetui.analysis.waits import Waits
from tracetui.model.trace import Trace

__all__ = ["RULES", "Finding", "Kind", "Rule", "Severity", "Thresholds", "find", "severity_of"]

_MS: Final = 1_000_000
_NUMBERS: Final = {kind: number for number, kind in enumerate(Kind)}
_BY_KIND: Final = {rule.kind: rule for rule in RULES}
_MOST_A_KIND: Final = 6
_SMALL_PART: Final = 100
_MOST_TRIED: Final = 12
_MOST_OFF_PATH: Final = 3


class Stopped(Exception):
    """Nobody wants the answer any more."""


def find(
    trace: Trace,
    *,
    mode: Mode = Mode.DEFAULT,
    thresholds: Thresholds | None = None,
    paths: CriticalPaths | None = None,
    waits: Waits | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Finding]:
    """All findings of a trace, ranked: an error that reached the root, then what saves most.

    Args:
        trace: The trace.
        mode: The rules of the critical path.
        thresholds: When a finding is worth telling.
        paths: The critical paths of the trace's roots in this mode, if they are at hand.
        waits: Who waited for whom, where findings of many traces are asked for.
        cancelled: Asked between detectors.

    Returns:
        Findings; none where nothing was found. The same whatever the order of the input.

    Raises:
        Stopped: `cancelled` said so.
    """
    context = Context(trace, mode, thresholds or Thresholds(), paths)
    found: dict[Kind, list[Draft]] = {}
    for rule in RULES:
        if cancelled is not None and cancelled():
            raise Stopped
        found[rule.kind] = list(rule.detect(context))
    findings = _Credited(context, found, waits).findings()
    findings.sort(key=lambda finding: _rank(finding, trace))
    return findings


def severity_of(saving_ns: int, root_ns: int) -> Severity:
    """How much a saving matters in a trace whose root takes `root_ns`."""
    if saving_ns * 5 >= root_ns and saving_ns >= 100 * _MS:
        return Severity.HIGH
    if saving_ns * 20 >= root_ns and saving_ns >= 25 * _MS:
        return Severity.MEDIUM
    return Severity.LOW if saving_ns > 0 else Severity.INFO


def _rank(finding: Finding, trace: Trace) -> tuple[object, ...]:
    store = trace.store
    return (
        not finding.reached_root,
        -finding.saving_ns,
        not finding.on_critical_path,
        finding.severity.rank,
        _NUMBERS[finding.kind],
        int(store.start_ns[finding.spans[0]]) if finding.spans else 0,
        [store.key(row) for row in finding.spans[:3]],
    )


class _Credited:
    """Turns drafts into findings: replay, credit, severity."""

    def __init__(self, context: Context, drafts: dict[Kind, list[Draft]], waits: Waits | None) -> None:
        self._context, self._drafts, self._waits = context, drafts, waits
        self._claims = Claims(context)
        self._replay: Replay | None = None

    def findings(self) -> list[Finding]:
        """All findings, in the order in which they are credited."""
        out: list[Finding] = []
        for kind in ORDER:
            if self._drafts[kind]:
                out += self._of_kind(_BY_KIND[kind], self._drafts[kind])
        for kind in Kind:
            if kind not in ORDER:
                out += [self._finding(_BY_KIND[kind], draft, 0) for draft in self._drafts[kind]]
        return out

    def _of_kind(self, rule: Rule, drafts: list[Draft]) -> list[Finding]:
        """The findings of a kind that saves something: those that claim most first, off-path ones few."""
        sizes = [self._claims.size(draft) for draft in drafts]
        order = sorted(range(len(drafts)), key=lambda at: (-sizes[at], at))
        out: list[Finding] = []
        off = tried = 0
        for at in order:
            draft = drafts[at]
            if sizes[at] == 0:
                if off < _MOST_OFF_PATH:
                    out.append(self._finding(rule, draft, 0))
                off += 1
                continue
            tried += 1
            if len(out) >= _MOST_A_KIND or tried > _MOST_TRIED:
                break
            start, end = self._claims.claim(draft)
            size = int((end - start).sum())
            taken = self._claims.taken(start, end)
            if rule.kind is Kind.DOMINANT_SPAN and taken * 3 >= size:
                continue  # what is sharper explains most of it
            saving = min(self._saved(draft) - taken, size - taken)
            if saving > 0:
                self._claims.take(start, end)
                out.append(self._finding(rule, draft, saving))
            elif not taken and rule.kind is not Kind.DOMINANT_SPAN:
                out.append(self._finding(rule, draft, 0))
        return self._without_small_repeats(out)

    def _without_small_repeats(self, found: list[Finding]) -> list[Finding]:
        """Findings of a kind, of those that say the same of one place the first, and others that matter."""
        context = self._context
        told: set[object] = set()
        kept: list[Finding] = []
        for finding in sorted(found, key=lambda one: -one.saving_ns):
            called = finding.evidence.get("signature")
            place = called, context.caller_of(finding.spans[0] - context.first)
            small = finding.saving_ns * _SMALL_PART < context.root_ns
            if not (called and small and place in told):
                kept.append(finding)
            told.add(place)
        return kept

    def _saved(self, draft: Draft) -> int:
        context = self._context
        if self._replay is None:
            root = context.root + context.first
            blocking = self._waits.below(root) if self._waits is not None else None
            self._replay = Replay(context.store, root, context.mode, blocking)
        first = context.first
        lengths = {row + first: length for row, length in draft.lengths.items() if context.below_root(row)}
        gaps = [(row + first, begin, end) for row, begin, end in draft.gaps if context.below_root(row)]
        return self._replay.saving(lengths, gaps)

    def _finding(self, rule: Rule, draft: Draft, saving: int) -> Finding:
        context = self._context
        severity = severity_of(saving, context.root_ns)
        if draft.ceiling.rank > severity.rank and severity is not Severity.INFO:
            severity = draft.ceiling
        if draft.floor.rank < severity.rank:
            severity = draft.floor
        on_path = saving > 0 or any(context.path[row] > 0 for row in draft.rows[:50])
        return Finding(
            rule.kind,
            draft.title,
            draft.detail,
            severity,
            saving,
            on_path,
            tuple(row + context.first for row in draft.rows),
            draft.evidence,
            draft.caveat or rule.caveat,
            rule.disproof,
            draft.badge or rule.badge,
            draft.reached_root,
        )
