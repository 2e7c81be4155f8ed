"""Where bytes come from: files, compressed files, archives, pipes, memory. To a reader all are alike."""

from tracetui.sources.base import ByteSource, MemorySource, Stopped, Tick
from tracetui.sources.expand import Found, expand
from tracetui.sources.file import Fate, FileSource, file_under
from tracetui.sources.open import open_member, open_source, unpack
from tracetui.sources.packed import PackedSource
from tracetui.sources.scratch import Scratch
from tracetui.sources.spool import SpooledSource
from tracetui.sources.transcoded import TranscodedSource, as_utf8

__all__ = [
    "ByteSource", "Fate", "FileSource", "Found", "MemorySource", "PackedSource", "Scratch", "SpooledSource",
    "Stopped", "Tick", "TranscodedSource", "as_utf8", "expand", "file_under", "open_member",
    "open_source", "unpack",
]  # fmt: skip
