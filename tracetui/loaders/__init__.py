"""From sources to one collection of traces, whatever their formats."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from msgspec import Struct

from tracetui.errors import InputError, NotATrace, TracetuiError
from tracetui.loaders.control import Control, Progress, Stopped
from tracetui.loaders.detect import find_loader
from tracetui.loaders.stream import JsonFault, JsonTruncated
from tracetui.loaders.values import trace_id
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Collection
from tracetui.sources import ByteSource, expand, open_source
from tracetui.sources.gzipped import GzipSource

__all__ = ["LoadOptions", "Progress", "load"]


_KEPT: Final = 2000 << 10


class LoadOptions(Struct, frozen=True):
    """How to load.

    Attributes:
        input_format: Name of a format, if it is not to be found out.
        max_bytes: Limit for what is decoded or streamed.
        trace_ids: Keep these traces only.
    """

    input_format: str | None = None
    max_bytes: int | None = None
    trace_ids: tuple[str, ...] = ()


_DEFAULTS: Final = LoadOptions()


def load(
    names: Sequence[str],
    options: LoadOptions = _DEFAULTS,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_partial: Callable[[Collection], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collection:
    """Read sources into one collection.

    Args:
        names: Files, directories, globs, or "-" for standard input.
        options: How to load.
        on_progress: Told after each batch, on the calling thread.
        on_partial: Given a usable view of what was read so far, after the first batch and whenever the spans
            have doubled.
        cancelled: Asked after each batch; when true, what was read is returned with `complete` False.

    Raises:
        InputError: No source could be read, or none holds a trace that was asked for.
    """
    run = _Load(StoreBuilder(), options, on_progress, on_partial, cancelled)
    with _without_gc():
        complete = True
        try:
            for group in names:
                run.read_group(group)
        except Stopped:
            complete = False
        return run.finish(complete)


class _Load:
    """One load of several sources."""

    def __init__(
        self,
        builder: StoreBuilder,
        options: LoadOptions,
        on_progress: Callable[[Progress], None] | None,
        on_partial: Callable[[Collection], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._builder = builder
        self._options = options
        self._failures: list[TracetuiError] = []
        self._control = Control(builder, on_progress=on_progress, on_partial=on_partial, cancelled=cancelled)

    def read_group(self, name: str) -> None:
        """Read all that one name stands for.

        Files met in a directory or a glob that are no traces are one issue.
        """
        try:
            members = expand([name])
        except InputError as error:
            self._failures.append(error)
            return
        if members == [name]:
            self._read_or_note(name)
            return
        strangers: list[NotATrace] = []
        found = False
        for member in members:
            try:
                self._read(member)
                found = True
            except NotATrace as error:
                strangers.append(error)
            except InputError as error:
                self._failures.append(error)
        if found or self._failures:
            for stranger in strangers:
                self._builder.issues.add(IssueCode.NOT_A_TRACE, stranger.source)
        else:
            plural = "files" if len(members) > 1 else "file"
            hint = str(strangers[0]) if strangers else ""
            told = f"none of the {len(members)} {plural} is a trace"
            self._failures.append(NotATrace(told, source=name, hint=hint))

    def _read_or_note(self, name: str) -> None:
        try:
            self._read(name)
        except InputError as error:
            self._failures.append(error)

    def _read(self, name: str) -> None:
        source = open_source(name, max_bytes=self._options.max_bytes)
        before = len(self._builder.sources)
        try:
            loader = _loader_of(source, self._options.input_format)
            self._control.next_source(source)
            self._load(loader.load, source)
        finally:
            # Once announced, a source is read again whenever a span is opened.
            if len(self._builder.sources) == before:
                source.close()

    def _load(self, load_source: Callable[..., None], source: ByteSource) -> None:
        before = self._builder.span_count
        try:
            load_source(source, self._builder, self._control)
        except JsonTruncated as fault:
            gzip = isinstance(source, GzipSource) and (source.corrupt or source.cut)
            reason = "its gzip data is cut or corrupt" if gzip else "the file is cut"
            told = f"ends before one span is complete, in what begins at byte {fault.offset}"
            raise InputError(told, source=source.name, hint=reason) from None
        except JsonFault as fault:
            told = f"is not valid JSON: {fault.reason} at byte {fault.offset}"
            raise InputError(told, source=source.name, hint="no span stands before that") from None
        except InputError as error:
            # What was read before a source broke off is worth showing.
            if self._builder.span_count == before or isinstance(error, NotATrace):
                raise
            self._failures.append(error)
        if isinstance(source, GzipSource) and source.corrupt:
            self._builder.issues.add(IssueCode.CORRUPT_GZIP, f"{source.name}: {source.corrupt}")
        elif (
            isinstance(source, GzipSource) and source.cut and IssueCode.TRUNCATED not in self._builder.issues
        ):
            self._builder.issues.add(IssueCode.TRUNCATED, f"{source.name}: the gzip data is cut")

    def finish(self, complete: bool) -> Collection:
        """The collection, or the first failure if there is nothing in it."""
        if not self._builder.span_count and complete:
            raise self._failures[0] if self._failures else NotATrace("holds no spans")
        collection = self._builder.finish(complete=complete)
        if self._options.trace_ids:
            collection = self._chosen(collection)
        collection.failures.extend(self._failures)
        return collection

    def _chosen(self, collection: Collection) -> Collection:
        wanted = {_plain(text) for text in self._options.trace_ids}
        ids = collection.store.trace_ids
        numbers = [number for number, text in enumerate(ids) if _plain(text) in wanted]
        if not numbers and collection.complete:
            told = f"trace {', '.join(self._options.trace_ids)} is not among the {len(ids)} traces read"
            raise InputError(told, hint="check the id")
        return collection.select(numbers)


def _plain(text: str) -> str:
    """An id without what may be left out: leading zeros and case."""
    return trace_id(text.strip().lower()).lstrip("0").lower()


def _loader_of(source: ByteSource, input_format: str | None) -> ModuleType:
    try:
        return find_loader(source, input_format)
    except NotATrace as error:
        if not isinstance(source, GzipSource) or not (source.corrupt or source.cut):
            raise
        told = f"is corrupt gzip data: {source.corrupt or 'it is cut'}"
        raise InputError(told, source=source.name, hint=error.message) from None


@contextmanager
def _without_gc() -> Iterator[None]:
    """No garbage collection: it would walk all that was read, over and over.

    Freeing one large block also tells glibc to keep smaller ones when they are freed, instead of giving each
    batch's buffers back to the system and asking for them again.
    """
    was_on = gc.isenabled()
    bytes(_KEPT)
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
