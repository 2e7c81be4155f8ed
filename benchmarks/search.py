"""Search and filter against one pass of memchr over the file: `python -m benchmarks.search FILE [ROUNDS]`.

The file is one of `benchmarks.generate` in Jaeger's format. Prints JSON: for each search the median of its
ratios to a memchr pass that ran just before it. Goal 7: exact <= 12, case-insensitive <= 20, filter <= 1.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tracetui import loaders
from tracetui.query.compile import evaluate, keep_ancestors
from tracetui.query.grammar import parse
from tracetui.query.search import Searcher

EXACT = "Customer-00c0ffee"
ANY_CASE = "customer-00c0ffee"
FILTER = "service=cart >200ms user.id=customer-00c0ffee"
OTHERS = {
    "hits in 1.5% of the spans": "exec-63",
    "hits in half of the spans": "enterprise",
    "regular expression": "re:exec-6[3]",
}
OTHER_FILTERS = {
    "attribute alone, =": "user.id=customer-00c0ffee",
    "attribute alone, number": "http.response.status_code=500",
    "attribute alone, >=": "http.response.status_code>=500",
    "columns alone": "cart >50ms",
}
GOALS = {"exact": 12.0, "case-insensitive": 20.0, "filter": 1.0}


def figures(path: str, rounds: int = 5, *, goals_only: bool = False) -> dict[str, float]:
    """Ratios to one memchr pass over the bytes of a file, by what was searched; "keep ancestors" is in ms.

    Args:
        path: A Jaeger file of `benchmarks.generate`.
        rounds: How often each side runs, after one run that does not count.
        goals_only: Leave out what no goal is about.
    """
    content = Path(path).read_bytes()
    store = loaders.load([path]).store
    searcher = Searcher(store)
    searches = {"exact": EXACT, "case-insensitive": ANY_CASE} | ({} if goals_only else OTHERS)
    filters = {"filter": FILTER} | ({} if goals_only else OTHER_FILTERS)
    sides: dict[str, Callable[[], object]] = {
        name: lambda text=text: _search(searcher, text)  # type: ignore[misc]
        for name, text in searches.items()
    }
    for name, text in filters.items():
        query = parse(text)
        sides[name] = lambda query=query: evaluate(query, store)  # type: ignore[misc]
    gc.collect()
    found: dict[str, float] = {}
    for name, side in sides.items():
        side()
        ratios = []
        for _ in range(rounds):
            pass_seconds = min(_seconds(lambda: content.find(b"\x00")) for _ in range(2))
            ratios.append(_seconds(side) / pass_seconds)
        found[name] = statistics.median(ratios)
    mask = evaluate(parse("cart >50ms"), store)
    found["keep ancestors"] = 1e3 * min(_seconds(lambda: keep_ancestors(mask, store)) for _ in range(rounds))
    return found


def _search(searcher: Searcher, text: str) -> object:
    searcher.forget()
    return searcher.search(text)


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(figures(sys.argv[1], int((sys.argv[2:] or ["5"])[0])), indent=1))
