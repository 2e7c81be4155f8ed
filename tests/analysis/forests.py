"""Random traces for property tests: near ties, overhangs, other clocks, several roots."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.analysis.columns import MS, US, S

UNITS = (1, US, 10 * US, MS)


@st.composite
def forests(
    draw: st.DrawFn, max_spans: int = 14, base: int = 1_700_000_000_000_000_000, unit: int = 0
) -> list[S]:
    """Spans of one trace on a coarse grid, so that equal times are the rule; keys in a drawn order."""
    count = draw(st.integers(1, max_spans))
    unit = unit or draw(st.sampled_from(UNITS))
    names = draw(st.permutations([f"{n:016x}" for n in range(1, count + 1)]))
    spans: list[S] = []
    for number in range(count):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        if parent is None:
            start, length = draw(st.integers(0, 40)), draw(st.integers(0, 400))
        else:
            above = spans[parent]
            offset = (above.start - base) // unit
            inside = max(1, above.duration // unit)
            start = offset + draw(st.integers(-2, inside + 2))
            length = draw(st.integers(0, max(3, inside)))
        spans.append(
            S(
                names[number],
                base + max(0, start) * unit,
                length * unit,
                None if parent is None else names[parent],
                draw(st.sampled_from(("", "", "", "producer", "consumer", "client", "server"))),
                draw(st.sampled_from("aab")),
                parent is not None and draw(st.integers(0, 9)) == 0,
                draw(st.sampled_from(("shop", "cart", "stock"))),
                draw(st.sampled_from((None, None, "10.0.0.1", "10.0.0.2"))),
            )
        )
    return spans


@st.composite
def jittery(draw: st.DrawFn, depth: int = 3) -> list[S]:
    """Calls one after the other that overlap a little, nested: near-sequential siblings at every level."""
    base = 1_700_000_000_000_000_000
    spans = [S("0001", base, 100_000 * US)]
    level = [spans[0]]
    for _ in range(draw(st.integers(1, depth))):
        below = []
        for above in level:
            count = draw(st.integers(0, 4))
            for number in range(count):
                width = above.duration // count
                start = above.start + number * width + draw(st.integers(-3, 3)) * max(1, width // 100)
                length = width + draw(st.integers(-4, 4)) * max(1, width // 100)
                span = S(f"{len(spans) + 1:04x}", start, max(0, length), above.key)
                spans.append(span)
                below.append(span)
        level = below
    return spans
