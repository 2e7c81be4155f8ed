"""What the record of a span says that its columns do not: read once, and only of spans in question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from tracetui.analysis import conventions as conv
from tracetui.analysis.conventions import first_number, first_text
from tracetui.analysis.findings.records import Records
from tracetui.analysis.signature import Area, Signature, signature
from tracetui.model.attributes import Attributes, Event, SpanDetails
from tracetui.model.store import Kind, SpanStore, Status

_KINDS: Final = tuple(Kind)
_GRPC_TO_RETRY: Final = frozenset({4, 8, 14})
_GRPC_SERVER_FAULTS: Final = frozenset({2, 4, 12, 13, 14, 15})
"""Codes that are the server's fault; the others are its answer to what the client did."""
_MOST_MESSAGE: Final = 400
_HTTP_TO_RETRY: Final = frozenset({408, 429})
_CANCELLED: Final = (
    "cancel",
    "deadline",
    "timeout",
    "timed out",
    "time out",
    "aborted by client",
    "etimedout",
)
_GONE: Final = re.compile(
    r"""
    ^cancell?ed\b | \bcancell?ed(?:error|exception)?$ | \bcancellation(?:error|exception)
    | (?:context|operation|request|task|call|rpc|stream)(?:[ ]?\w{1,8}){0,2}[ ]?cancell?ed
    | cancell?ed[ ]by[ ](?:the[ ])?(?:client|caller|peer|user)
    | client[ ]?(?:has[ ]|was[ ]|is[ ])?(?:disconnected|closed|gone|abort)
    | (?:closed|aborted)[ ]by[ ](?:the[ ])?client | request[ ]aborted | broken[ ]pipe
    """,
    re.I | re.VERBOSE,
)


class Facts:
    """One span's record, decoded, with what follows from it.

    Args:
        details: The decoded record.
        name: The span's name.
        kind: Its kind.
        status: Its status, as the columns have it.
    """

    def __init__(self, details: SpanDetails, name: str, kind: Kind, status: int) -> None:
        self.details = details
        self.name = name
        self.kind = kind
        self.status = status

    @property
    def attributes(self) -> Attributes:
        """The span's own attributes."""
        return self.details.attributes

    @property
    def events(self) -> list[Event]:
        """In order of time."""
        return self.details.events

    @cached_property
    def signature(self) -> Signature:
        """What the span called."""
        return signature(self.attributes, self.name, self.kind.name.lower())

    @cached_property
    def http_status(self) -> int | None:
        """The status of an HTTP answer."""
        code = first_number(self.attributes, conv.HTTP_STATUS)
        return code if code is not None and 100 <= code < 1000 else None

    @cached_property
    def grpc_status(self) -> int | None:
        """The status of a gRPC answer, by number."""
        code = first_number(self.attributes, conv.GRPC_STATUS)
        if code is None:
            word = first_text(self.attributes, conv.GRPC_STATUS).upper().replace(" ", "_")
            code = conv.GRPC.index(word) if word in conv.GRPC else None
        return code if code is not None and 0 <= code < len(conv.GRPC) else None

    @cached_property
    def resends(self) -> int:
        """How many tries there were before this one, as the client says."""
        return first_number(self.attributes, conv.HTTP_RESENDS) or 0

    @cached_property
    def failed(self) -> bool:
        """Whether it is an error: by its status, or by what an answer over HTTP or gRPC says.

        An exception that was recorded but did not leave the span is none.
        """
        if self.status == Status.ERROR:
            return True
        if self.http_status is not None:
            if self.http_status >= 500:
                return True
            if self.http_status >= 400 and self.kind is Kind.CLIENT:
                return True
        if self.grpc_status:
            return self.kind is not Kind.SERVER or self.grpc_status in _GRPC_SERVER_FAULTS
        return any(_left_the_span(event) for event in self.events)

    @cached_property
    def ordinary(self) -> str:
        """Why a failure is part of ordinary work; "" where it is not."""
        http, grpc = self.http_status, self.grpc_status
        if self.kind is Kind.SERVER and http is not None and 400 <= http < 500:
            return f"the request was refused with {http}, which is an answer"
        if http in (404, 410) or grpc == 5:
            if self.signature.area in (Area.CACHE, Area.HTTP, Area.RPC, Area.DATABASE):
                return "something was looked up that is not there"
        elif self.signature.area is Area.CACHE and "not found" in self.message.lower():
            return "something was looked up that is not there"
        return ""

    @cached_property
    def to_retry(self) -> bool:
        """Whether the call failed in a way after which clients try again."""
        if self.status == Status.ERROR:
            return True
        http, grpc = self.http_status, self.grpc_status
        return bool((http and (http >= 500 or http in _HTTP_TO_RETRY)) or grpc in _GRPC_TO_RETRY)

    @cached_property
    def cancelled(self) -> bool:
        """Whether the caller gave up: a deadline, a timeout, a cancellation."""
        if self.grpc_status in (1, 4) or self.http_status in (408, 499):
            return True
        words = f"{self.exception} {self.message} {first_text(self.attributes, conv.ERROR_TYPE)}".lower()
        return any(word in words for word in _CANCELLED)

    @cached_property
    def abandoned(self) -> bool:
        """Whether whom it worked for went away: it was cancelled, and not by a limit of its own."""
        if self.grpc_status == 1 or self.http_status == 499:
            return True
        words = self.exception.rpartition(".")[2], self.message, first_text(self.attributes, conv.ERROR_TYPE)
        return any(_GONE.search(text[:_MOST_MESSAGE]) for text in words)

    @cached_property
    def exception(self) -> str:
        """Type of the last exception that is recorded, "" where none is."""
        for event in reversed(self.events):
            found = first_text(event.attributes, ("exception.type", "error.kind", "error.type"))
            if found:
                return found
        return first_text(self.attributes, conv.ERROR_TYPE)

    @cached_property
    def message(self) -> str:
        """What the error says of itself, "" where it says nothing."""
        if self.details.status_message:
            return self.details.status_message
        for event in reversed(self.events):
            found = first_text(event.attributes, ("exception.message", "error.message", "message"))
            if found:
                return found
        return first_text(self.attributes, conv.ERROR_MESSAGE)

    @cached_property
    def answer(self) -> str:
        """How the call failed, in a word: `504`, `UNAVAILABLE`, `TimeoutError`, `error`; "" if it did not."""
        if self.http_status is not None and self.http_status >= 400:
            return str(self.http_status)
        if self.grpc_status:
            return conv.GRPC[self.grpc_status]
        if not self.failed:
            return ""
        short = self.exception.rpartition(".")[2]
        return short[:40] or "error"

    @property
    def is_call(self) -> bool:
        """Whether it asks something of a database, a cache or another service."""
        if self.kind in (Kind.SERVER, Kind.CONSUMER, Kind.PRODUCER) or self.signature.area is Area.MESSAGING:
            return False
        return self.kind is Kind.CLIENT or self.signature.area is not Area.NONE


def _left_the_span(event: Event) -> bool:
    return event.name == "exception" and event.attributes.get("exception.escaped") in (True, "true", "True")


class Reader:
    """Decodes records of one trace, many at a time, each once, and no more than a trace of its size allows.

    Args:
        store: The columns.
        first: The row that rows count from.
        last: Row after the last.

    Attributes:
        records: Where the records are.
        left: How many records may be decoded yet.
    """

    def __init__(self, store: SpanStore, first: int, last: int) -> None:
        self._store, self._first = store, first
        self._known: dict[int, Facts] = {}
        self.records = Records(store, first, last)
        self.left = 800 + (last - first) // 250

    def read(self, rows: Iterable[int]) -> dict[int, Facts]:
        """The facts of rows, as far as the budget goes; which are left out is the same each time."""
        wanted = list(dict.fromkeys(rows))
        missing = [row for row in wanted if row not in self._known][: max(0, self.left)]
        if missing:
            self.left -= len(missing)
            self._decode(missing)
        known = self._known
        return {row: known[row] for row in wanted if row in known}

    def __getitem__(self, row: int) -> Facts:
        """The facts of one row, whatever the budget."""
        found = self._known.get(row)
        if found is None:
            self._decode([row])
            found = self._known[row]
        return found

    def _decode(self, rows: list[int]) -> None:
        store, first = self._store, self._first
        for row, details in self.records.decoded(rows):
            at = row + first
            name = store.strings[int(store.name[at])]
            self._known[row] = Facts(details, name, _KINDS[int(store.kind[at])], int(store.status[at]))
