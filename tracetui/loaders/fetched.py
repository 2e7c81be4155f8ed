"""Sources that come over a network into one builder: whole, or told to be a part."""

from __future__ import annotations

from collections.abc import Callable

from tracetui.errors import BackendError, Cancelled, InputError, NotATrace
from tracetui.loaders.collecting import Collecting
from tracetui.loaders.control import Progress, Stopped
from tracetui.loaders.remote import Fetch, Remote, broken, counts, plain_id, without_secrets
from tracetui.model.builder import StoreBuilder
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Collection
from tracetui.sources import ByteSource, unpack


class Fetched:
    """What one load reads from a network.

    Args:
        builder: Is filled.
        run: The load.

    Attributes:
        asked_for: Ids, as they are in the store, of the traces that were asked for one by one.
    """

    def __init__(self, builder: StoreBuilder, run: Collecting) -> None:
        self._builder = builder
        self._run = run
        self.asked_for: set[str] = set()
        self._left_out: set[str] = set()
        self._notes: list[str] = []
        self._is_whole = True

    def read_address(
        self,
        name: str,
        fetch: Fetch,
        trace_ids: tuple[str, ...],
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        """Read what an address stands for; what cannot be had is noted.

        Raises:
            Stopped: The user wants no more.
            UsageError: The address is none.
        """

        def tell(note: str, read: int, total: int | None) -> None:
            if on_progress is not None:
                on_progress(Progress(without_secrets(name), read, total, self._builder.span_count, note))

        try:
            self.read(fetch(name, trace_ids, tell, cancelled))
        except Cancelled:
            raise Stopped from None
        except BackendError as error:
            self._run.failures.append(error)

    def read(self, remote: Remote) -> None:
        """Read what came of an address.

        Raises:
            BackendError: It broke off, is not whole, or is no trace; what came of it is kept, marked as such.
            Stopped: The user wants no more.
        """
        known = set(self._builder.traces.texts)
        for source in remote.sources:
            self._read_whole(source)
        new = [text for text in self._builder.traces.texts if text not in known and text]
        if remote.asked:
            self.asked_for.update(new)
            wanted = {plain_id(text) for text in remote.asked}
            if new and not any(plain_id(text) in wanted for text in new):
                told = f"asked for {', '.join(remote.asked)}, got {', '.join(new[:3])}"
                self._builder.issues.add(IssueCode.TRACE_ID_MISMATCH, told)
        if remote.keep is not None:
            self._left_out.update(text for text in new if text not in remote.keep)
        self._notes += remote.notes

    def _read_whole(self, source: ByteSource) -> None:
        """Read a source that must be whole: a file that is cut shows what it has, an answer does not."""
        builder, failures = self._builder, self._run.failures
        spans, issues, failed = builder.span_count, counts(builder.issues), len(failures)
        try:
            self._read(source)
            if len(failures) > failed:
                raise _of_network(failures.pop(), source)
            if fault := broken(issues, builder.issues):
                raise BackendError(f"the answer is not whole: {fault}", source=source.name)
        except BackendError as error:
            if builder.span_count == spans:
                raise
            self._is_whole = False
            builder.issues.add(IssueCode.PARTIAL_TRACE, f"{source.name}: {error.message}")
            told = f"only a part is shown: {error.message}"
            raise BackendError(told, source=source.name, hint=error.hint) from None

    def _read(self, source: ByteSource) -> None:
        try:
            self._run.read_opened(unpack(source))
        except Cancelled:
            raise Stopped from None
        except (InputError, NotATrace) as error:
            raise _of_network(error, source) from None

    def finish(self, collection: Collection) -> Collection:
        """Put the finishing touches to what was read."""
        collection.complete = collection.complete and self._is_whole
        if self._left_out:
            ids = collection.store.trace_ids
            kept = [number for number, text in enumerate(ids) if text not in self._left_out]
            collection = collection.select(kept)
        collection.notes.extend(self._notes)
        return collection


def _of_network(error: Exception, source: ByteSource) -> BackendError:
    """A fault of an input, where that is an answer: the network's, not the user's."""
    if isinstance(error, InputError):
        return BackendError(error.message, source=error.source or source.name, hint=error.hint)
    return BackendError(str(error), source=source.name)
