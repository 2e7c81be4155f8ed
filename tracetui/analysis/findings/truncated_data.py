"""Truncated data: something was cut before it got here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracetui import format as fmt
from tracetui.analysis import conventions as conv
from tracetui.analysis.conventions import first_text
from tracetui.analysis.findings.context import Context
from tracetui.analysis.findings.facts import Facts
from tracetui.analysis.findings.finding import Draft, Evidence, Kind, Rule

_LIMITS: Final = frozenset({1_000, 2_000, 5_000, 10_000, 20_000, 32_000, 50_000, 100_000})
_MOST: Final = 100
_SHORTEST: Final = 60
"""Shorter texts that end in dots may be meant to."""


def _detect(context: Context) -> Iterator[Draft]:
    hints = (context.ranked(found.tolist()) for found in (context.scan.dropped, context.scan.cut))
    rows = list(dict.fromkeys(row for found in hints for row in found))
    dropped: dict[str, int] = {}
    losers: list[int] = []
    cut: list[int] = []
    for row, facts in context.reader.read(rows[:_MOST]).items():
        lost = {what: count for what, count in facts.details.dropped.items() if count > 0}
        for what, count in lost.items():
            dropped[what] = dropped.get(what, 0) + count
        if lost:
            losers.append(row)
        elif _is_cut(facts):
            cut.append(row)
    limit = context.n if context.n in _LIMITS else 0
    warned = _warned(context)
    if losers or cut or limit or warned:
        yield _draft(context, losers, cut, dropped, limit, warned)


def _is_cut(facts: Facts) -> bool:
    """Whether a statement ends in dots, or a long text does."""
    statement = first_text(facts.attributes, conv.STATEMENT)
    texts = [
        value for value in facts.attributes.values() if isinstance(value, str) and len(value) >= _SHORTEST
    ]
    return statement.endswith(("...", "…")) or any(text.endswith(("...", "…")) for text in texts)


def _warned(context: Context) -> str:
    """What a loader or a backend noted of the trace as a whole."""
    found = [issue for issue in context.trace.issues if str(issue.code) in ("partial-trace",)]
    return found[0].samples[0] if found and found[0].samples else found[0].message if found else ""


def _draft(
    context: Context, losers: list[int], cut: list[int], dropped: dict[str, int], limit: int, warned: str
) -> Draft:
    parts = [f"{count:,} {what}" for what, count in sorted(dropped.items())]
    lost = [
        *([f"{' and '.join(parts)} dropped by {fmt.plural(len(losers), 'span')}"] if losers else []),
        *([f"{fmt.plural(len(cut), 'text')} cut off"] if cut else []),
        *([f"exactly {limit:,} spans, which is a usual limit"] if limit else []),
        *([warned] if warned else []),
    ]
    rows = [*losers, *cut] or [context.root]
    evidence: Evidence = {"spans_with_losses": len(losers), "cut_texts": len(cut)}
    evidence |= {f"dropped_{what}": count for what, count in dropped.items()}
    if limit:
        evidence["span_limit"] = limit
    if warned:
        evidence["told"] = warned
    where = context.who(rows[0])
    return Draft(
        title=f"the trace is not all there: {'; '.join(lost)}",
        detail=f"the first at {where}" if losers or cut else "more spans may be missing",
        rows=rows,
        evidence=evidence,
        badge="cut",
    )


RULE: Final = Rule(
    kind=Kind.TRUNCATED_DATA,
    headline="Part of the data was cut before it got here.",
    looks="Nothing in the waterfall; attributes, events or links that are missing, texts that end in dots.",
    rule="A span says that attributes, events or links of it were dropped; a statement or a long text "
    "ends in dots; the number of spans is exactly a usual limit; or the backend said so.",
    guards="Short texts that end in dots are taken as they are.",
    caveat="What was cut may be what explains the time.",
    disproof="The limits were not reached: the text ends so by itself.",
    fix="Raise the SDK's limits (`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, "
    "`OTEL_SPAN_EVENT_COUNT_LIMIT`), or those of the collector and the backend.",
    detect=_detect,
)
