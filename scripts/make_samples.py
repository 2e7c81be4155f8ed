"""Write sample_traces/: `python -m scripts.make_samples [FOLDER]`. The same bytes each time."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from scripts.tracegen import bulk, faults, shop, troubles, writers

FOLDER = Path(__file__).resolve().parent.parent / "sample_traces"


def _pretty(document: Any) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def _compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def documents() -> dict[str, bytes]:
    """Every sample: path below the folder, and bytes (before compression where the name ends in .gz)."""
    checkout, slow, several = shop.checkout(), shop.shop_checkout(), bulk.several()
    exported = b"".join(_compact(writers.otlp([story])) for story in several)
    return {
        "checkout.json": _pretty(writers.jaeger([checkout])),
        "shop-checkout.jaeger.json": _pretty(writers.jaeger([slow])),
        "shop-checkout.zipkin.json": _pretty(writers.zipkin([slow])),
        "shop-checkout.otlp.json": _pretty(writers.otlp([slow])),
        "failing-request.json": _pretty(writers.otlp([troubles.failing_request()])),
        "fragmented.json": _pretty(writers.jaeger([troubles.fragmented()])),
        "n-plus-one.json": _pretty(writers.otlp([troubles.n_plus_one()])),
        "several-traces.json": _pretty(writers.jaeger(several)),
        "large-5000.json": _compact(writers.jaeger([bulk.large()], envelope=False)),
        "containers/checkout.json.gz": _pretty(writers.jaeger([checkout])),
        "containers/several-traces.ndjson": exported,
        "containers/several-traces.ndjson.gz": exported,
        **{
            f"findings/{kind}.json": _pretty(writers.otlp([faults.planted(kind, seed, "stable").story]))
            for kind, seed in faults.SAMPLES.items()
        },
    }


def main(arguments: list[str]) -> None:
    """Write all samples into the folder of the first argument, or into the repository's own."""
    folder = Path(arguments[0]) if arguments else FOLDER
    for name, content in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content)
        print(f"{path}  {len(content):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
