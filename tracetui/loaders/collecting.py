"""Sources of all kinds into one builder: files, groups, archives; what is told of the bad ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.errors import InputError, NotATrace, TracetuiError
from tracetui.loaders.control import Control
from tracetui.loaders.detect import Loader, find_loader
from tracetui.loaders.foreign import read_all
from tracetui.loaders.memory import give_back
from tracetui.loaders.stream import JsonFault, JsonTruncated
from tracetui.model.builder import StoreBuilder
from tracetui.model.fates import LOST, look_at, take_in
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Collection
from tracetui.sources import (
    ByteSource,
    Fate,
    FileSource,
    PackedSource,
    Scratch,
    SpooledSource,
    TranscodedSource,
    as_utf8,
    expand,
    open_member,
    open_source,
)

if TYPE_CHECKING:
    from tracetui.sources.zipped import ZipArchive


class Pulse:
    """Carries the wish to stop to sources, which outlive the load: after it, there is nothing to stop.

    Args:
        control: Of the load.
    """

    def __init__(self, control: Control) -> None:
        self._control: Control | None = control

    def __call__(self) -> None:
        """Something takes long. Raises as `Control.tick`."""
        if self._control is not None:
            self._control.tick()

    def end(self) -> None:
        """The load is over."""
        self._control = None


class Collecting:
    """One load of several sources.

    Args:
        builder: Is filled.
        control: Is told how far it is.
        input_format: Name of a format, if it is not to be found out.
        max_bytes: Limit for what is decoded or streamed.

    Attributes:
        failures: What could not be read so far.
    """

    def __init__(
        self,
        builder: StoreBuilder,
        control: Control,
        *,
        input_format: str | None = None,
        max_bytes: int | None = None,
    ) -> None:
        self._builder = builder
        self._control = control
        self._input_format = input_format
        self._max_bytes = max_bytes
        self.failures: list[TracetuiError] = []
        self._pulse = Pulse(control)
        self._scratch = Scratch()

    def read(self, name: str) -> None:
        """Read all that one name stands for; what cannot be read is noted.

        Raises:
            Stopped: The user wants no more.
        """
        try:
            found = expand(name, self._pulse)
            if not found.is_group:
                self._read_path(name)
                return
            self.failures += found.failures
            group = _Group(found.skipped)
            for path in found.paths:
                self._read_one(group, path)
            if group.read or group.failed or found.failures:
                self._tell_strangers(group.strangers)
            else:
                raise group.nothing(name)
        except InputError as error:
            self.failures.append(error)

    def _read_one(self, group: _Group, path: str) -> None:
        """Read one file of several; that it is no trace is no error."""
        try:
            self._read_path(path)
            group.read += 1
        except NotATrace as error:
            group.strangers.append(error.source or path)
            group.first = group.first or f"{error.source}: {error.message}"
        except InputError as error:
            group.failed += 1
            self.failures.append(error)

    def _read_path(self, name: str) -> None:
        self._control.next_source(None)
        self.read_opened(
            open_source(name, max_bytes=self._max_bytes, scratch=self._scratch, tick=self._pulse)
        )

    def read_opened(self, opened: ByteSource | ZipArchive) -> None:
        """Read a source or an archive that is open. Raises as `read_source`."""
        if isinstance(opened, FileSource):
            self.read_source(opened)
            return
        from tracetui.sources.zipped import ZipArchive

        if isinstance(opened, ZipArchive):
            self._read_archive(opened)
        else:
            self.read_source(opened)

    def _read_archive(self, archive: ZipArchive) -> None:
        """Read the members of an archive. Raises if none of them gave a span."""
        group = _Group(archive.skipped)
        failures: list[InputError] = []
        if archive.encrypted:
            many = "files that are" if len(archive.encrypted) > 1 else "a file that is"
            told = f"holds {many} encrypted: {', '.join(archive.encrypted[:3])}"
            failures.append(InputError(told, source=archive.name, hint="unzip it first"))
        for number in range(len(archive.members)):
            try:
                self._pulse()
                self.read_source(open_member(archive, number))
                group.read += 1
            except NotATrace as error:
                group.strangers.append(error.source)
                group.first = group.first or f"{error.source}: {error.message}"
            except InputError as error:
                failures.append(error)
                if error.source == archive.name:
                    break
        if not group.read:
            archive.close()
            raise failures[0] if failures else group.nothing(archive.name)
        self.failures += failures
        self._tell_strangers(group.strangers)

    def _tell_strangers(self, names: list[str]) -> None:
        for name in names:
            self._builder.issues.add(IssueCode.NOT_A_TRACE, name)

    def read_source(self, source: ByteSource) -> None:
        """Read a source that is open. It is closed if nothing of it is kept.

        Raises:
            InputError: It cannot be read, or holds no trace.
            Stopped: The user wants no more.
        """
        before = len(self._builder.sources)
        text = source
        try:
            text = as_utf8(source, max_bytes=self._max_bytes, scratch=self._scratch, tick=self._pulse)
            loader = self._loader_of(source, text)
            self._control.next_source(text)
            self._load(loader, source, text)
            if isinstance(text, TranscodedSource):
                told = f"{source.name}: {text.encoding.upper()}"
                self._builder.issues.add(IssueCode.OTHER_ENCODING, told)
        finally:
            # Once announced, a source is read again whenever a span is opened.
            if len(self._builder.sources) == before:
                text.close()

    def _loader_of(self, source: ByteSource, text: ByteSource) -> Loader:
        try:
            return find_loader(text, self._input_format)
        except NotATrace as error:
            _raise_fault(source)
            if not isinstance(source, PackedSource) or not (source.corrupt or source.cut):
                raise
            told = f"is corrupt {source.kind} data: {source.corrupt or 'it is cut'}"
            hint = error.message if source.pread(0, 1) else "nothing could be read of it"
            raise InputError(told, source=source.name, hint=hint) from None

    def _load(self, loader: Loader, source: ByteSource, text: ByteSource) -> None:
        before, cut_before = self._builder.span_count, self._cuts()
        try:
            read_all(loader, text, self._builder, self._control)
        except JsonTruncated as fault:
            _raise_fault(source)
            reason = "the file is cut"
            if isinstance(source, PackedSource) and (source.corrupt or source.cut):
                reason = f"its {source.kind} data is cut or corrupt"
            told = f"ends before one span is complete, in what begins at byte {fault.offset}"
            raise InputError(told, source=source.name, hint=reason) from None
        except JsonFault as fault:
            told = f"is not valid JSON: {fault.reason} at byte {fault.offset}"
            raise InputError(told, source=source.name, hint="no span stands before that") from None
        except InputError as error:
            # What was read before a source broke off is worth showing.
            if self._builder.span_count == before or isinstance(error, NotATrace):
                _raise_fault(source)
                raise
            self.failures.append(error)
        else:
            self.failures += _faults(source)
        self._tell_state(source, told_cut=self._cuts() > cut_before)

    def _cuts(self) -> int:
        return next((issue.count for issue in self._builder.issues if issue.code is IssueCode.TRUNCATED), 0)

    def _tell_state(self, source: ByteSource, *, told_cut: bool) -> None:
        """Tell of a source that was read what it says of itself: damaged, cut, still growing."""
        issues = self._builder.issues
        raw = source
        if isinstance(source, PackedSource):
            raw = source.raw
            if source.corrupt:
                issues.add(IssueCode.CORRUPT_GZIP, f"{source.name}: {source.corrupt}")
            elif source.cut and not told_cut:
                issues.add(IssueCode.TRUNCATED, f"{source.name}: the {source.kind} data is cut")
                told_cut = True
        if isinstance(raw, FileSource):
            fate = raw.fate()
            if fate is Fate.GROWN:
                told = f"{source.name}: it is being written to; what came after byte {raw.size} was not read"
                issues.add(IssueCode.TRUNCATED, told, count=0 if told_cut else 1)
            elif fate in LOST:
                told = "was changed while it was read; what is shown may be neither the old nor the new"
                self.failures.append(InputError(told, source=source.name, hint="read it again"))

    def finish(self, complete: bool) -> Collection:
        """The collection.

        Args:
            complete: Whether all sources were read.

        Raises:
            TracetuiError: There is nothing in it; the first failure.
        """
        self._pulse.end()
        if not self._builder.span_count and complete:
            raise self.failures[0] if self.failures else NotATrace("holds no spans")
        spans = self._builder.span_count
        give_back(spans)
        collection = self._builder.finish(complete=complete)
        give_back(spans)
        collection.failures.extend(self.failures)
        take_in(collection, look_at(collection.store.sources), [error.source for error in self.failures])
        return collection


def _faults(source: ByteSource) -> list[InputError]:
    """Why the bytes of a source broke off, if they did."""
    return [source.fault] if isinstance(source, SpooledSource) and source.fault is not None else []


def _raise_fault(source: ByteSource) -> None:
    for fault in _faults(source):
        raise fault


class _Group:
    """What became of the files of a directory, a glob or an archive.

    Args:
        skipped: What was met there and is no file.
    """

    def __init__(self, skipped: list[str]) -> None:
        self.strangers = list(skipped)
        self.read = 0
        self.failed = 0
        self.first = ""

    def nothing(self, name: str) -> NotATrace:
        """That none of them is a trace."""
        count = len(self.strangers)
        if not count:
            return NotATrace("holds no files", source=name)
        told = f"none of the {count:,} files is a trace" if count > 1 else "its only file is no trace"
        return NotATrace(told, source=name, hint=self.first or self.strangers[0])
