"""The other side of the opening times: a Textual app that shows one word, and imports what a reader must."""

from __future__ import annotations

import msgspec
import numpy as np
import orjson
from textual.app import App, ComposeResult
from textual.widgets import Static

IMPORTED = (msgspec, np, orjson)


class Bare(App[None]):
    """One word on the screen."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static("ready-mark")


if __name__ == "__main__":
    Bare().run()
