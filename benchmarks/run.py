"""Print what was reached of the goals for speed and memory: `python -m benchmarks.run [--quick]`."""

from __future__ import annotations

import argparse
import compileall
import itertools
import json
import math
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import generate, measure, remote, search_stalls, values

ROOT = Path(__file__).resolve().parent.parent
LOADS = (
    "import gc, os, sys, orjson; gc.disable(); d = orjson.loads(open(sys.argv[1], 'rb').read()); os._exit(0)"
)
READY = re.compile(b"ready-mark")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: the goal's number, what was measured, the figure and its limit, infinite for none."""

    goal: str
    what: str
    value: float
    limit: float
    unit: str = "x"

    def __str__(self) -> str:
        figure = f"{self.goal:>2}  {self.what:<66} {self.value:8.2f} {self.unit:<6}"
        if math.isinf(self.limit):
            return figure.rstrip()
        return f"{figure} <= {self.limit:<6g} {'ok' if self.value <= self.limit else 'MISSED'}"


class Bench:
    """The files, and the commands on both sides.

    Args:
        folder: Where the files are made and kept.
        rounds: How often each side runs.
        big: How many spans stand for "a million".
    """

    def __init__(self, folder: Path, rounds: int, big: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.big = big
        script = Path(sys.executable).with_name("tracetui")
        self.tracetui = [str(script)] if script.exists() else [sys.executable, "-m", "tracetui"]
        self.bare = [sys.executable, "-m", "benchmarks.bare_app"]

    def file(self, name: str, spans: int, *, many: bool = False) -> str:
        """The path of a file, made when it is first asked for."""
        wanted = f"{name}-{spans}{'-many' if many else ''}{generate.FORMATS[name].suffix}"
        path = self.folder / wanted
        if not path.exists():
            print(f"    writing {wanted}", file=sys.stderr, flush=True)
            generate.write(name, spans, path, many=many)
        return str(path)

    def probe(self, name: str, path: str) -> dict[str, float]:
        """The figures of a probe, in a process of its own."""
        run = measure.process([sys.executable, "-m", "benchmarks.probes", name, path])
        figures: dict[str, float] = json.loads(run.output)
        return figures

    def seconds(self, name: str, path: str) -> Callable[[], float]:
        """A side: the seconds of a probe."""
        return lambda: self.probe(name, path)["seconds"]

    def whole(self, *argv: str) -> Callable[[], float]:
        """A side: a whole process, from its start to its end."""
        return lambda: measure.process(argv, discard=True).seconds

    def opens(self, path: str) -> Callable[[], float]:
        """A side: from the start to the first bar."""
        return lambda: measure.first([*self.tracetui, path], measure.BAR)

    def bare_opens(self) -> float:
        """A side: from the start of the bare app to its word."""
        return measure.first(self.bare, READY)

    def longest_turn(self, path: str) -> float:
        """The longest turn of the event loop while a file is being read; see `benchmarks.stalls`."""
        result = self.folder / "turns"
        result.unlink(missing_ok=True)
        with measure.Terminal([sys.executable, "-m", "benchmarks.stalls", path, str(result)]) as terminal:
            terminal.ended()
        longest: list[float] = json.loads(result.read_bytes())
        return longest[0]

    def whole_loads(self, path: str) -> Callable[[], float]:
        """A side: a process that decodes the file at once, and nothing else."""
        return self.whole(sys.executable, "-c", LOADS, path)


def opening(bench: Bench) -> Iterator[Line]:
    """Goals 1 and 2: to the first bar, against a bare app."""
    small, large = bench.file("jaeger", 1_000), bench.file("jaeger", 100_000)
    taken = measure.alternate(
        {
            "bare": bench.bare_opens,
            "small": bench.opens(small),
            "large": bench.opens(large),
            "loads": bench.seconds("loads", large),
        },
        bench.rounds,
    )
    yield Line("1", "first bar of 1k spans / bare app", measure.ratio(taken["small"], taken["bare"]), 1.3)
    both = [bare + loads for bare, loads in zip(taken["bare"], taken["loads"], strict=True)]
    yield Line(
        "2", "first bar of 100k spans / (bare app + orjson.loads)", measure.ratio(taken["large"], both), 0.6
    )


def partial_view(bench: Bench) -> Iterator[Line]:
    """Goal 3: to the first bar of any file, against a bare app."""
    files = {name: bench.file(name, bench.big) for name in ("jaeger", "otlp", "zipkin")}
    files["jaeger, many traces"] = bench.file("jaeger", bench.big, many=True)
    sides = {"bare": bench.bare_opens} | {name: bench.opens(path) for name, path in files.items()}
    taken = measure.alternate(sides, bench.rounds)
    for name in files:
        what = f"first bar of {bench.big:,} spans, {name} / bare app"
        yield Line("3", what, measure.ratio(taken[name], taken["bare"]), 1.5)
    for name, path in files.items():
        what = f"longest turn of the screen while {bench.big:,} spans load, {name}"
        yield Line("3", what, bench.longest_turn(path), 20.0, "ms CPU")


def loading(bench: Bench) -> Iterator[Line]:
    """Goal 4: reading into columns and tree, against decoding at once."""
    for name in generate.FORMATS:
        small, large = bench.file(name, 100_000), bench.file(name, bench.big)
        few = {"load": bench.seconds("load", small), "loads": bench.seconds("loads", small)}
        lot = {kind: bench.seconds(kind, large) for kind in ("load", "alone", "loads")}
        quick, slow = measure.alternate(few, bench.rounds), measure.alternate(lot, max(2, bench.rounds // 2))
        goal, small_goal = (0.8, 1.0) if name == "zipkin" else (0.35, 0.6)
        what = f"load {{:,}} spans, {name} / orjson.loads"
        yield Line("4", what.format(100_000), measure.ratio(quick["load"], quick["loads"]), small_goal)
        yield Line("4", what.format(bench.big), measure.ratio(slow["load"], slow["loads"]), goal)
        what = f"load {bench.big:,} spans by one process, {name} / orjson.loads"
        yield Line("4", what, measure.ratio(slow["alone"], slow["loads"]), math.inf)
        growth = statistics.median(slow["load"]) / statistics.median(quick["load"])
        more = bench.big / 1_000_000
        yield Line("4", f"load {bench.big:,} / load 100,000, {name}", growth, 11 * more)


def memory(bench: Bench) -> Iterator[Line]:
    """Goal 5: what a load keeps and what it takes meanwhile."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    for name in ("jaeger", "otlp", "zipkin"):
        path = bench.file(name, bench.big)
        found = bench.probe("memory", path)
        spans = found["spans"]
        yield Line("5", f"kept of {bench.big:,} spans, {name}", found["kept"] / spans, 120, "B/span")
        limit = max(0.15 * Path(path).stat().st_size, 150 * spans) / spans
        yield Line("5", f"peak of {bench.big:,} spans, {name}", found["peak"] / spans, round(limit), "B/span")


def _presses(terminal: measure.Terminal, keys: tuple[bytes, ...]) -> Callable[[], float]:
    """A side: the answer to the next of some keys."""
    turn = itertools.cycle(keys)
    return lambda: terminal.press(next(turn))


def keys(bench: Bench) -> Iterator[Line]:
    """Goal 6: the answer to a key, in a terminal, whatever the size of the trace."""
    paths = bench.file("jaeger", 1_000), bench.file("jaeger", bench.big)
    with (
        measure.Terminal([*bench.tracetui, paths[0]]) as small,
        measure.Terminal([*bench.tracetui, paths[1]]) as large,
    ):
        for terminal in (small, large):
            terminal.until(measure.BAR)
        for terminal in (large, small):
            terminal.settle(3.0)
        # There and back: at the end of the small one, where nothing moves, there would be no answer.
        for what, keys in (("down and up", (b"j", b"k")), ("page down and up", (b"\x1b[6~", b"\x1b[5~"))):
            taken = measure.alternate(
                {"small": _presses(small, keys), "large": _presses(large, keys)}, 8 * bench.rounds
            )
            value = statistics.median(taken["large"]) / statistics.median(taken["small"])
            yield Line("6", f"{what} at {bench.big:,} spans / at 1,000", value, 1.15)
    own = [bench.probe("view", paths[1]) for _ in range(bench.rounds)]
    for what, limit in (("fold", 3.0), ("all", 20.0), ("filter", 20.0)):
        value = statistics.median(one[what] for one in own) * 1e3
        words = {"fold": "fold one row", "all": "fold or unfold all", "filter": "filter"}[what]
        yield Line("6", f"{words} at {bench.big:,} spans, our own time", value, limit, "ms")


def searching(bench: Bench) -> Iterator[Line]:
    """Goal 7: searching all attributes, against one pass over the bytes."""
    path = bench.file("jaeger", bench.big)
    from benchmarks import search  # numpy and all; what a child is measured by should not begin with it

    found = [bench.probe("search", path) for _ in range(max(2, bench.rounds // 2))]
    for name, limit in search.GOALS.items():
        value = statistics.median(one[name] for one in found)
        yield Line("7", f"search {name}, {bench.big:,} spans / memchr", value, limit)


def analysis(bench: Bench) -> Iterator[Line]:
    """Goal 8: microseconds a span; the one goal that is no ratio."""
    for many in (False, True):
        path = bench.file("jaeger", 100_000, many=many)
        found = [bench.probe("analysis", path) for _ in range(bench.rounds)]
        each = 1e6 / found[0]["spans"]
        shape = "traces of 5 to 119 spans" if many else "one trace"
        tree = statistics.median(one["tree"] + one["self"] for one in found) * each
        yield Line("8", f"tree and self time of 100,000 spans, {shape}", tree, 1.1, "us")
        path_us = statistics.median(one["path"] for one in found) * each
        yield Line("8", f"critical path of 100,000 spans, {shape}", path_us, 1.5, "us")


def command_line(bench: Bench) -> Iterator[Line]:
    """Goal 9: starting, against starting Python."""
    small = bench.file("jaeger", 1_000)
    python = sys.executable
    taken = measure.alternate(
        {
            "pass": bench.whole(python, "-c", "pass"),
            "version": bench.whole(*bench.tracetui, "--version"),
            "imports": bench.whole(python, "-c", "import numpy, msgspec, orjson, cyclopts"),
            "show": bench.whole(*bench.tracetui, "show", small),
        },
        2 * bench.rounds,
    )
    yield Line(
        "9", "tracetui --version / python -c pass", measure.ratio(taken["version"], taken["pass"]), 4.0
    )
    yield Line(
        "9", "tracetui show of 1k spans / its imports", measure.ratio(taken["show"], taken["imports"]), 1.4
    )


def reports(bench: Bench) -> Iterator[Line]:
    """Goal 10: a whole report, against decoding the file at once."""
    report = ("show", "--format", "json", "--spans", "none")
    cases = [
        ("jaeger", 100_000, False, 0.75),
        ("otlp", 100_000, False, 0.75),
        ("zipkin", 100_000, False, 1.5),
    ]
    cases += [("jaeger", 100_000, True, 1.2), ("otlp", 100_000, True, 1.2), ("zipkin", 100_000, True, 1.9)]
    cases += [("jaeger", bench.big, False, 0.45)]
    for name, spans, many, goal in cases:
        path = bench.file(name, spans, many=many)
        shape = "many traces" if many else "one trace"
        sides = {"show": bench.whole(*bench.tracetui, *report, path), "loads": bench.whole_loads(path)}
        taken = measure.alternate(sides, bench.rounds if spans == 100_000 else 2)
        what = f"report of {spans:,} spans, {name}, {shape} / orjson.loads"
        yield Line("10", what, measure.ratio(taken["show"], taken["loads"]), goal)
    large = bench.file("jaeger", bench.big)
    peak = measure.process([*bench.tracetui, *report, large], discard=True).peak
    yield Line(
        "10", f"peak memory of that of {bench.big:,} spans / the file", peak / Path(large).stat().st_size, 0.5
    )


def replay(bench: Bench) -> Iterator[Line]:
    """Goal 11: savings for a screen and for findings, against the critical path of the same trace."""
    path = bench.file("jaeger", 100_000)
    found = [bench.probe("replay", path) for _ in range(bench.rounds)]
    rows = statistics.median((one["ready"] + one["rows"]) / one["path"] for one in found)
    yield Line("11", "savings of 40 rows, made ready, of 100,000 spans / critical path", rows, 3.0)
    groups = statistics.median(one["groups"] / one["path"] for one in found)
    yield Line("11", "savings of 30 groups of 48 spans, of 100,000 / critical path", groups, 5.0)


def findings(bench: Bench) -> Iterator[Line]:
    """Goal 12: all findings of a trace in less time than reading it took; the screen shows it before."""
    for name in ("jaeger", "otlp", "zipkin"):
        path = bench.file(name, 100_000)
        found = [bench.probe("findings", path) for _ in range(bench.rounds)]
        ratio = statistics.median(one["find"] / one["load"] for one in found)
        yield Line("12", f"all findings of 100,000 spans, {name} / reading them", ratio, 1.0)


def streaming(bench: Bench) -> Iterator[Line]:
    """Goal 13: the screen's own time for a turn while a search streams; depends on the machine."""
    turns = [search_stalls.figures()["turns"][0] for _ in range(bench.rounds)]
    what = f"longest turn, search of {search_stalls.TRACES:,} traces of {search_stalls.SPANS} spans"
    yield Line("13", what, statistics.median(turns), 20, "ms")


def long_values(bench: Bench) -> Iterator[Line]:
    """Goal 14: an attribute of 10 MB is seen within a second, beside the rows and by itself."""
    for kind, found in values.lines(bench.tracetui, 10_000_000, max(1, bench.rounds // 2)):
        value = max(found["detail"], found["whole"])
        yield Line("14", f"an attribute of 10 MB opens, {kind}", value, values.LIMIT_S, "s")


def remote_traces(bench: Bench) -> Iterator[Line]:
    """Goal 15: opening a trace from a server, less the server's time, against its file."""
    found = remote.figures(bench.rounds)
    what = f"trace of {remote.SPANS:,} spans from a server / its file"
    yield Line("15", what, found["cpu"], 1.5)


GOALS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "1,2": opening,
    "3": partial_view,
    "4": loading,
    "5": memory,
    "6": keys,
    "7": searching,
    "8": analysis,
    "9": command_line,
    "10": reports,
    "11": replay,
    "12": findings,
    "13": streaming,
    "14": long_values,
    "15": remote_traces,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="what was reached of the goals for speed and memory")
    parser.add_argument("--only", default="", help="numbers of goals, with commas")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs (5)")
    parser.add_argument("--quick", action="store_true", help="200,000 spans where a million is meant")
    parser.add_argument("--data", type=Path, help="where to keep the files; by default they are deleted")
    given = parser.parse_args()
    wanted = set(given.only.split(",")) - {""}
    folder = given.data or Path(tempfile.mkdtemp(prefix="tracetui-bench-"))
    bench = Bench(folder, given.rounds, 200_000 if given.quick else 1_000_000)
    # An installed package has byte code; an editable checkout may not, if PYTHONDONTWRITEBYTECODE is set.
    for package in ("tracetui", "benchmarks"):
        compileall.compile_dir(ROOT / package, quiet=1)
    missed = 0
    try:
        for numbers, goal in GOALS.items():
            if wanted and not wanted & set(numbers.split(",")):
                continue
            for line in goal(bench):
                missed += line.value > line.limit
                print(line, flush=True)
    finally:
        if given.data is None:
            shutil.rmtree(folder)
    print(f"{missed} missed" if missed else "all reached")


if __name__ == "__main__":
    main()
