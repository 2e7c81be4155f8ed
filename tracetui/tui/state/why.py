"""What was found about a trace, for its screen: the ranked findings, and the marks that rows get."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tracetui.analysis.finding import LABELS, Finding, Kind, Severity

from .facts import Facts

MOST_BADGED = 3
"""Culprits of one finding that each get a badge; of more it is the first one."""
_ONE_BADGE = frozenset(
    {Kind.N_PLUS_ONE, Kind.CHATTY_SERVICES, Kind.CONCURRENCY_LIMIT, Kind.CLOCK_SKEW, Kind.DOMINANT_SPAN}
)
_LOUD = (Severity.HIGH, Severity.MEDIUM)


class Badge(Struct, frozen=True):
    """A word behind a row's name.

    Attributes:
        text: The word; holds no foreign text.
        loud: It is of a finding that matters.
    """

    text: str
    loud: bool


class Why(Struct, frozen=True):
    """The answers about one trace.

    Attributes:
        findings: Ranked.
        root_ns: What is asked about: how long the request took.
        badges: Words for rows, by node.
    """

    findings: tuple[Finding, ...]
    root_ns: int
    badges: dict[int, Badge]

    @classmethod
    def of(cls, facts: Facts, findings: Sequence[Finding]) -> Why:
        """Findings for the picture of their trace."""
        badges: dict[int, Badge] = {}
        for finding in findings:
            for number, row in enumerate(_badged(finding), 1):
                node = facts.forest.node(row - facts.first)
                above = int(facts.forest.parent[node])
                text = finding.badge
                if finding.kind is Kind.RETRY and len(finding.spans) <= MOST_BADGED:
                    text = f"try {number}/{len(finding.spans)}"
                elif len(finding.spans) > 1 and above >= 0 and facts.forest.run(above) is not None:
                    node, text = above, LABELS[finding.kind]  # the run has its count already
                badges.setdefault(node, Badge(text, finding.severity in _LOUD))
        return cls(tuple(findings), facts.trace.root_duration_ns, badges)


def _badged(finding: Finding) -> tuple[int, ...]:
    if finding.kind in _ONE_BADGE or len(finding.spans) > MOST_BADGED:
        return finding.spans[:1]
    if finding.kind is Kind.ERROR_ORIGIN:
        return finding.spans[:1]
    return finding.spans
