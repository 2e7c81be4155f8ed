"""What is measured inside a process of its own: `python -m benchmarks.probes NAME FILE` prints JSON."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Figures = dict[str, float]


def _timed(call: Callable[[], object]) -> float:
    """Seconds of CPU, so that what else runs on the machine hardly counts; nothing here waits."""
    began = time.process_time()
    kept = call()
    seconds = time.process_time() - began
    del kept
    return seconds


def _clocked(call: Callable[[], object]) -> float:
    """Seconds by the clock: two processes may be at work."""
    began = time.perf_counter()
    kept = call()
    seconds = time.perf_counter() - began
    del kept
    return seconds


def loads(path: str) -> Figures:
    """The yardstick: orjson.loads of the whole file with gc off (of each line, if they are documents)."""
    import orjson

    content = Path(path).read_bytes()
    gc.disable()
    if path.endswith(".ndjson"):
        lines = content.splitlines()
        return {"seconds": _clocked(lambda: [orjson.loads(line) for line in lines])}
    return {"seconds": _clocked(lambda: orjson.loads(content))}


def load(path: str) -> Figures:
    """Reading a file into columns and tree, as the command line does."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: its idle threads would be timed as well
    from tracetui import loaders

    return {"seconds": _clocked(lambda: loaders.load([path]))}


def alone(path: str) -> Figures:
    """The same by one process."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from tracetui import loaders

    options = loaders.LoadOptions(second=False)
    return {"seconds": _clocked(lambda: loaders.load([path], options))}


def memory(path: str) -> Figures:
    """Private memory of a load, in bytes over that of a process that has read one small file; Linux only."""
    from tracetui import loaders

    small = Path(__file__).resolve().parent.parent / "sample_traces" / "checkout.json"
    loaders.load([str(small)])
    gc.collect()
    before = _private()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    idle = _status("VmRSS")
    collection = loaders.load([path])
    peak = _status("VmHWM") - idle
    gc.collect()
    return {"kept": _private() - before, "peak": peak, "spans": len(collection.store)}


def _private() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def analysis(path: str) -> Figures:
    """Tree, self time and critical path of a loaded file: the best of three, in seconds."""
    import numpy as np

    from tracetui import loaders
    from tracetui.analysis import critical_paths, self_times
    from tracetui.model.tree import grow_forest

    store = loaders.load([path]).store
    rng = np.random.default_rng(1)
    shuffle = rng.permutation(len(store))
    place = np.empty(len(store), np.int64)
    place[shuffle] = np.arange(len(store))
    parent = store.parent[shuffle]
    parent = np.where(parent >= 0, place[parent], -1).astype(np.int32)
    trace = (np.searchsorted(store.trace_first, shuffle, side="right") - 1).astype(np.int32)
    start_ns = store.start_ns[shuffle]
    gc.disable()
    return {
        "tree": min(_timed(lambda: grow_forest(parent, trace, start_ns)) for _ in range(3)),
        "self": min(_timed(lambda: self_times(store)) for _ in range(3)),
        "path": min(_timed(lambda: critical_paths(store)) for _ in range(3)),
        "spans": len(store),
    }


def replay(path: str) -> Figures:
    """Replay of the largest root: made ready, asked for forty rows, and for thirty groups; in seconds."""
    import numpy as np

    from tracetui import loaders
    from tracetui.analysis import critical_path
    from tracetui.analysis.replay import Replay

    store = loaders.load([path]).store
    root = int(np.argmax(store.size))
    rows = np.unique(critical_path(store, root).span).tolist()
    shown = rows[:: max(1, len(rows) // 40)][:40]
    groups = [rows[at :: max(1, len(rows) // 48)][:48] for at in range(30)]
    gc.disable()
    asked = Replay(store, root)
    return {
        "path": min(_timed(lambda: critical_path(store, root)) for _ in range(3)),
        "ready": min(_timed(lambda: Replay(store, root)) for _ in range(3)),
        "rows": _timed(lambda: [(asked.saves(r), asked.slack(r), asked.what_if(r, 1, 2)) for r in shown]),
        "groups": _timed(lambda: [asked.side_by_side(group) for group in groups]),
    }


def findings(path: str) -> Figures:
    """Reading a file by one process, and all findings of its traces after that, in seconds of CPU."""
    from tracetui import loaders
    from tracetui.analysis import critical_paths
    from tracetui.analysis.findings import find

    loaded: list[Any] = []
    gc.disable()
    options = loaders.LoadOptions(second=False)
    load_s = _timed(lambda: loaded.append(loaders.load([path], options)))
    collection = loaded[0]
    paths = critical_paths(collection.store)
    return {"load": load_s, "find": _timed(lambda: [find(trace, paths=paths) for trace in collection.traces])}


def search(path: str) -> Figures:
    """Searching a loaded file: ratios to one pass of memchr over its bytes."""
    from benchmarks.search import figures

    return figures(path, goals_only=True)


def view(path: str) -> Figures:
    """What folding and filtering one trace take of our own time, the worst of a few places, in seconds."""
    import numpy as np

    from tracetui import loaders
    from tracetui.tui.state import facts, moves
    from tracetui.tui.state.view import ViewState

    laid_out = facts.lay_out(loaders.load([path]).traces[0])
    state = ViewState(laid_out.forest, laid_out.whole)
    parents = np.flatnonzero(state.forest.size > 1)
    places = [int(parents[len(parents) * n // 7]) for n in range(7)]
    gc.disable()
    fold = max(_timed(partial(state.fold, node)) for node in places)
    unfold = max(_timed(partial(state.unfold, node)) for node in reversed(places))
    everything = _timed(lambda: moves.fold_all(state))
    everything = max(everything, _timed(lambda: moves.unfold_all(state)))
    matches = state.forest.error.copy()
    kept = max(_timed(lambda: state.set_filter(matches)), _timed(lambda: state.set_filter(None)))
    return {"fold": max(fold, unfold), "all": everything, "filter": kept}


PROBES: dict[str, Callable[[str], Figures]] = {
    "analysis": analysis,
    "findings": findings,
    "load": load,
    "alone": alone,
    "loads": loads,
    "memory": memory,
    "replay": replay,
    "search": search,
    "view": view,
}

if __name__ == "__main__":
    print(json.dumps(PROBES[sys.argv[1]](sys.argv[2])), flush=True)
    os._exit(0)  # what a decoder has built is not taken apart at the cost of the one who waits
