"""Traces from bytes, without a file that a test would have to name."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tracetui import loaders
from tracetui.model.trace import Collection


def load_json(document: bytes) -> Collection:
    """Load a document."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        file.write_bytes(document)
        return loaders.load([str(file)])
