"""OTLP JSON, one document a line (collector file exporter): read as `otlp`, under its own name."""

from __future__ import annotations

from tracetui.loaders.control import Control
from tracetui.loaders.head import Head
from tracetui.loaders.otlp import Reader, is_lines, is_otlp
from tracetui.model.builder import StoreBuilder
from tracetui.sources.base import ByteSource

NAME = "otlp-ndjson"


def sniff(head: Head) -> bool:
    """Whether these are documents of OTLP JSON, one after the other."""
    return is_otlp(head) and is_lines(head)


def load(source: ByteSource, builder: StoreBuilder, control: Control) -> None:
    """Read a source into a builder.

    Raises:
        JsonFault: It is not JSON, and no span stands before the fault.
        NotATrace: It holds no spans.
    """
    Reader(source, builder, control, NAME).read()
