"""Where bytes come from: files, compressed files, pipes, memory. To a reader all are one `ByteSource`."""

from tracetui.sources.base import ByteSource, MemorySource
from tracetui.sources.open import expand, open_source

__all__ = ["ByteSource", "MemorySource", "expand", "open_source"]
