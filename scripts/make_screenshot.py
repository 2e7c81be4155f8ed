"""Draw docs/images/ by running the viewer without a terminal: `python -m scripts.make_screenshot`.

They change with the version of Textual, so no test compares them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from tracetui.loaders import LoadOptions
from tracetui.tui.app import TraceApp
from tracetui.tui.loading import Loading

ROOT = Path(__file__).resolve().parent.parent
SIZE = 144, 36

PICTURES: dict[str, tuple[str, Sequence[str]]] = {
    "waterfall.svg": ("sample_traces/checkout.json", ("e",)),
    "traces.svg": ("sample_traces/several-traces.json", ()),
}
"""Name of the picture: the sample, and the keys to press."""


async def picture(sample: str, keys: Sequence[str]) -> str:
    """What the viewer shows of a sample after some keys, as SVG."""
    loading = Loading([sample], LoadOptions())
    loading.start()
    app = TraceApp(loading)
    async with app.run_test(size=SIZE) as pilot:
        while not app.finished:
            if app.failure is not None:
                raise app.failure
            await pilot.pause(0.02)
        await app.workers.wait_for_complete()  # of what looks for findings
        await pilot.press(*keys)
        await pilot.pause(0.2)
        return app.export_screenshot(title="tracetui")


def main() -> None:
    """Draw and write them all."""
    os.chdir(ROOT)
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    os.environ.pop("NO_COLOR", None)
    folder = Path("docs", "images")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (sample, keys) in PICTURES.items():
        (folder / name).write_text(asyncio.run(picture(sample, keys)), encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
