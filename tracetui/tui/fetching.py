"""Fetching one trace from a backend: a load like that of a file, with the call that it costs."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tracetui.analysis import Mode
from tracetui.backends.base import Backend
from tracetui.backends.call import call_of
from tracetui.loaders import LoadOptions
from tracetui.loaders.remote import Remote
from tracetui.model.trace import Collection

from .loading import Loading

__all__ = ["TraceFetch"]


class _Fetch(Struct, frozen=True):
    """Gets a trace of one backend; see `tracetui.loaders.remote.Fetch`."""

    backend: Backend

    def __call__(
        self,
        name: str,
        trace_ids: tuple[str, ...],
        tell: Callable[[str, int, int | None], None],
        cancelled: Callable[[], bool] | None,
    ) -> Remote:
        call = call_of(tell, cancelled)
        return Remote([self.backend.open_trace(trace_ids, call)], trace_ids)


class TraceFetch(Loading):
    """A load of a trace that a backend has.

    Args:
        backend: who has it.
        trace_id: which; leading zeros are optional.
        mode: how strictly critical paths are followed.
        on_whole: given the collection once all of it is there, in the thread that loads.
    """

    def __init__(
        self,
        backend: Backend,
        trace_id: str,
        mode: Mode = Mode.DEFAULT,
        *,
        on_whole: Callable[[Collection], None] | None = None,
    ) -> None:
        options = LoadOptions(trace_ids=(trace_id,), fetch=_Fetch(backend))
        super().__init__((backend.link(trace_id),), options, mode)
        self.backend = backend
        self.trace_id = trace_id
        self._on_whole = on_whole

    def again(self) -> Loading:
        """The same load once more, not started yet."""
        return TraceFetch(self.backend, self.trace_id, self._mode, on_whole=self._on_whole)

    def _read(self) -> Collection:
        collection = super()._read()
        if collection.complete and not collection.failures and self._on_whole is not None:
            self._on_whole(collection)
        return collection
