"""`python -m fuzz TARGET...`: run fuzzers; exit 1 if they found something.

With atheris (Linux, the extra `fuzz`) inputs are bred by what code they reach; without it they are drawn at
random from the same mutations.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random

from fuzz.findings import Findings
from fuzz.mutate import mutate, mutate_bytes
from fuzz.seeds import seeds

NAMES = ("detect", "head", "jaeger", "zipkin", "otlp", "details", "model")
_LONGEST = 1 << 14


def _arguments(args: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; default: all")
    parser.add_argument("--seconds", type=float, default=10, help="for each target (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=2_000_000, help="at most so many executions of each")
    parser.add_argument("--engine", choices=("auto", "atheris", "random"), default="auto")
    parser.add_argument("--seeds", type=Path, help="a folder of files to begin with, beside the own ones")
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"), help="where findings go")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(args)
    unknown = set(chosen.targets) - set(NAMES)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}")
    return chosen


def run_random(name: str, found: Findings, chosen: argparse.Namespace) -> None:
    """Mutate seeds, and what came of them, at random; the same inputs in each run."""
    random = Random(name)
    pool = seeds(name, chosen.seeds)
    change = mutate_bytes if name == "model" else mutate
    for data in pool:
        found.run(data)
    until = time.monotonic() + chosen.seconds
    while found.executions < chosen.runs and time.monotonic() < until:
        data = change(random.choice(pool), random)[:_LONGEST]
        found.run(data)
        if random.random() < 0.02:
            pool.append(data)
            del pool[200 + random.randrange(50) :]


def run_atheris(name: str, chosen: argparse.Namespace) -> None:
    """Breed inputs by what code they reach. Does not return: libFuzzer ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    with atheris.instrument_imports(include=["tracetui"], enable_loader_override=False):
        from fuzz.targets import TARGETS

    found = Findings(name, TARGETS[name], chosen.out)

    def breed(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if name != "model" and random.random() < 0.6:
            skipped = 1 if name in ("details", "otlp") else 0
            return (data[:skipped] + mutate(data[skipped:], random))[:most]
        bred: bytes = atheris.Mutate(data, most)
        return bred

    corpus = chosen.out / f"{name}.corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(name, chosen.seeds)):
        (corpus / f"seed-{number}").write_bytes(data[:_LONGEST])
    flags = [
        *(f"-max_total_time={max(1, int(chosen.seconds))}", f"-runs={chosen.runs}", f"-max_len={_LONGEST}"),
        *(
            "-timeout=30",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            f"-artifact_prefix={chosen.out}/{name}-",
        ),
    ]
    atheris.Setup([name, str(corpus), *flags], found.run, custom_mutator=breed)
    atheris.Fuzz()


def run_children(name: str, chosen: argparse.Namespace) -> Findings:
    """Run atheris in a process of its own, and again when a timeout or its memory ended it."""
    total = Findings(name, lambda data: None, chosen.out)
    until = time.monotonic() + chosen.seconds
    figures = chosen.out / f"{name}.json"
    while (left := until - time.monotonic()) > 1 and total.executions < chosen.runs:
        figures.unlink(missing_ok=True)
        command = [sys.executable, "-m", "fuzz", name, "--child", "--out", str(chosen.out)]
        command += ["--seconds", str(left), "--runs", str(chosen.runs - total.executions)]
        command += ["--seeds", str(chosen.seeds)] if chosen.seeds else []
        ended = subprocess.run(command, check=False).returncode
        if figures.exists():
            part = json.loads(figures.read_text())
            total.executions += part["executions"]
            for where, count in part["faults"].items():
                total.faults[where] = total.faults.get(where, 0) + count
        if ended == 0:
            break
        total.faults[f"ended with {ended}"] = total.faults.get(f"ended with {ended}", 0) + 1
    total.write()
    return total


def _run(name: str, engine: str, chosen: argparse.Namespace) -> Findings:
    if engine == "atheris":
        return run_children(name, chosen)
    from fuzz.targets import TARGETS

    found = Findings(name, TARGETS[name], chosen.out)
    run_random(name, found, chosen)
    found.write()
    return found


def main(args: Sequence[str] | None = None) -> int:
    """Run the targets one after the other, and tell what they met."""
    chosen = _arguments(args)
    if chosen.child:
        run_atheris(chosen.targets[0], chosen)
    engine = chosen.engine
    if engine == "auto":
        engine = "atheris" if find_spec("atheris") else "random"
    failed = False
    for name in chosen.targets or NAMES:
        began = time.monotonic()
        found = _run(name, engine, chosen)
        failed = failed or bool(found.faults)
        took = f"{time.monotonic() - began:.0f} s"
        print(f"{name}: {found.executions:,} executions in {took}, {len(found.faults)} faults", flush=True)
        for where, count in sorted(found.faults.items()):
            print(f"  {count:,} × {where}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
