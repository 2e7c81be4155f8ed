"""Where bytes come from: files, compressed files, pipes, memory. To a reader all are one `ByteSource`."""

from tracetui.sources.base import ByteSource, MemorySource

__all__ = ["ByteSource", "MemorySource"]
