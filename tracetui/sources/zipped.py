"""zip archives, recognised by content: each member a source of its own."""

from __future__ import annotations

import io
import stat
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracetui.errors import InputError
from tracetui.format import size as size_text
from tracetui.sources import zstd
from tracetui.sources.base import ByteSource, Slice, Tick, no_tick
from tracetui.sources.gzipped import until_error
from tracetui.sources.packed import BOMB_BYTES, BOMB_RATIO, PIECE, PackedSource
from tracetui.sources.scratch import Scratch
from tracetui.sources.spool import DEFAULT_MAX_BYTES, Refused

if TYPE_CHECKING:
    from zipfile import ZipInfo

MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_DIRECTORY_BYTES: Final = 8 * 1024 * 1024
_STORED, _DEFLATED, _ZSTD, _ZSTD_OLD = 0, 8, 93, 20
_WAYS: Final = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 95: "XZ", 98: "PPMd"}
_ENCRYPTED: Final = 1
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")


class ZipArchive:
    """An archive: its members can be opened one by one. Nothing is ever written under their names.

    Args:
        raw: Its bytes; closed with the archive.
        max_bytes: Refuse to decode more than this, over all members.
        scratch: Where decoded bytes are kept.
        tick: Called while something is decoded.

    Attributes:
        name: The archive's.
        members: What can be opened, by number.
        encrypted: Names of files that need a password.
        skipped: What else is in it that is no file, and what it is.

    Raises:
        InputError: It is damaged, cut, or holds too many files.
    """

    def __init__(
        self,
        raw: ByteSource,
        *,
        max_bytes: int | None = None,
        scratch: Scratch | None = None,
        tick: Tick = no_tick,
    ) -> None:
        self.name = raw.name
        self.raw = raw
        self.limits: dict[str, Any] = {"max_bytes": max_bytes, "scratch": scratch or Scratch(), "tick": tick}
        self.members: list[ZipInfo] = []
        self.encrypted: list[str] = []
        self.skipped: list[str] = []
        self._size = _read_to_end(raw)
        self._decoded = 0
        for info in self._directory():
            self._sort_in(info)

    def _directory(self) -> list[ZipInfo]:
        import zipfile  # takes a while, and is rarely wanted

        try:
            file: Any = _File(self.raw, self._size)
            with zipfile.ZipFile(file) as archive:
                return archive.infolist()
        except zipfile.BadZipFile as error:
            cut = "not a zip file" in str(error)
            told = (
                "is a zip archive without its table of contents"
                if cut
                else f"is a damaged zip archive: {error}"
            )
            raise InputError(told, source=self.name, hint="is it cut? Get it again") from None
        except (NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
            raise InputError(f"is a zip archive that cannot be read: {error}", source=self.name) from None

    def _sort_in(self, info: ZipInfo) -> None:
        folders = info.filename.split("/")
        if info.is_dir() or folders[0] == "__MACOSX" or folders[-1].startswith("."):
            return
        if info.flag_bits & _ENCRYPTED:
            self.encrypted.append(info.filename)
        elif stat.S_ISLNK(info.external_attr >> 16):
            self.skipped.append(f"{self.name}:{info.filename}: a link")
        else:
            self.members.append(info)

    def member(self, number: int) -> ByteSource:
        """The bytes of a member.

        Raises:
            InputError: Its place is not in the archive, or it is compressed in an unusual way.
        """
        info = self.members[number]
        name = f"{self.name}:{info.filename}"
        header = self.raw.pread(info.header_offset, _LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != MAGICS[0]:
            raise InputError("is not where the archive says; the archive is damaged", source=name)
        _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        start = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
        packed = Slice(self.raw, name, start, info.compress_size)
        if info.compress_type == _STORED:
            return packed
        if info.compress_type == _DEFLATED:
            return _Inflated(packed, self, info)
        if info.compress_type in (_ZSTD, _ZSTD_OLD):
            return _Unzstd(packed, self, info)
        way = _WAYS.get(info.compress_type, f"method {info.compress_type}")
        raise InputError(
            f"is compressed with {way}, which cannot be read", source=name, hint="unzip it first"
        )

    def count(self, length: int) -> None:
        """Some more bytes of some member were decoded.

        Raises:
            Refused: The archive is a bomb, or beyond the limit.
        """
        self._decoded += length
        limit = self.limits["max_bytes"] or DEFAULT_MAX_BYTES
        if self._decoded > limit:
            told = f"holds more than {size_text(limit)}; the rest was not read"
            raise Refused(told, source=self.name, hint="--max-bytes sets the limit")
        if self._decoded > BOMB_BYTES and self._decoded > BOMB_RATIO * self._size:
            told = f"expands to more than {BOMB_RATIO} times its size and 256 MiB; not read"
            raise Refused(told, source=self.name, hint="unzip it first if you trust it")

    def close(self) -> None:
        """Give back what is held open."""
        self.raw.close()


class _Member(PackedSource):
    """A compressed member.

    Args:
        packed: Its compressed bytes.
        archive: What it is part of.
        info: What the archive says of it.
    """

    kind: ClassVar[str] = "zip"

    def __init__(self, packed: Slice, archive: ZipArchive, info: ZipInfo) -> None:
        super().__init__(packed, **archive.limits)
        self._archive = archive
        self._info = info

    def _decode(self) -> Iterator[bytes]:
        checksum = 0
        for piece in self._decompress():
            self._archive.count(len(piece))
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if not (self.corrupt or self.cut) and checksum != self._info.CRC:
            self.corrupt = "its checksum is wrong"

    def _decompress(self) -> Iterator[bytes]:
        raise NotImplementedError


class _Inflated(_Member):
    def _decompress(self) -> Iterator[bytes]:
        decoder = zlib.decompressobj(wbits=-15)
        waiting = b""
        while not decoder.eof:
            waiting = waiting or self.take()
            if not waiting:
                self.cut = True
                return
            before = decoder.copy()
            try:
                piece = decoder.decompress(waiting, PIECE)
            except zlib.error as error:
                self.corrupt = str(error)
                yield from until_error(before, waiting)
                return
            waiting = decoder.unconsumed_tail
            self.waiting = len(waiting)
            if piece:
                yield piece


class _Unzstd(_Member):
    def _decompress(self) -> Iterator[bytes]:
        return zstd.frames(self)


class _File:
    """A source as `zipfile` reads it."""

    def __init__(self, source: ByteSource, size: int) -> None:
        self._source = source
        self._size = size
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + (0, self._at, self._size)[whence]
        if at < 0:
            raise OSError("it is too short")
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        length = self._size - self._at if length < 0 else length
        if length > _DIRECTORY_BYTES:
            told = f"holds too many files: its table of contents is over {size_text(_DIRECTORY_BYTES)}"
            raise InputError(told, source=self._source.name, hint="unzip it first")
        data = self._source.pread(self._at, length)
        self._at += len(data)
        return data


def _read_to_end(source: ByteSource) -> int:
    """How long a source is; one that comes piece by piece has to be read for that."""
    at = 0
    while source.size is None:
        at += PIECE
        source.pread(at, 1)
    return source.size
