"""What a load needs of sources that come over a network. Who fetches them is no concern of this layer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from tracetui.loaders.values import trace_id
from tracetui.model.issues import IssueCode, IssueLog
from tracetui.sources.base import ByteSource

_NOT_WHOLE: Final = (
    IssueCode.TRUNCATED,
    IssueCode.TRAILING_BYTES,
    IssueCode.BAD_LINE,
    IssueCode.CORRUPT_GZIP,
)


class Remote(Struct, frozen=True):
    """What an address stands for.

    Attributes:
        sources: Where the bytes come from, already on their way.
        asked: The ids of the traces that were asked for; none where the address names none.
        keep: The ids of those traces that are wanted of all that come; None for all.
        notes: What is to be told of how they were come by, a line each.
    """

    sources: Sequence[ByteSource]
    asked: tuple[str, ...] = ()
    keep: frozenset[str] | None = None
    notes: tuple[str, ...] = ()


class Fetch(Protocol):
    """Asks the network for what an address stands for."""

    def __call__(
        self,
        name: str,
        trace_ids: tuple[str, ...],
        tell: Callable[[str, int, int | None], None],
        cancelled: Callable[[], bool] | None,
    ) -> Remote:
        """Ask; returns when answers have begun.

        Args:
            name: The address.
            trace_ids: Traces that are asked for where the address itself names none.
            tell: Takes what is going on, bytes that came, and how many there will be; from any thread.
            cancelled: Asked while something is waited for; also afterwards, as long as the sources are read.

        Raises:
            BackendError: The network or the server failed.
            UsageError: The address is none.
            Cancelled: `cancelled` said so.
        """


def is_address(name: str) -> bool:
    """Whether a source is an address."""
    return name[:8].lower().startswith(("http://", "https://"))


def broken(before: dict[IssueCode, int], log: IssueLog) -> str:
    """What of the issues that came since says that a document was not whole; "" if nothing does."""
    for issue in log:
        cut = issue.code in _NOT_WHOLE
        if cut and issue.count > before.get(issue.code, 0):
            return issue.samples[-1] if issue.samples else issue.message
    return ""


def counts(log: IssueLog) -> dict[IssueCode, int]:
    """How often each issue was met."""
    return {issue.code: issue.count for issue in log}


def plain_id(text: str) -> str:
    """A trace id without what may be left out: leading zeros and case."""
    return trace_id(text.strip().lower()).lstrip("0").lower()


def without_secrets(text: str) -> str:
    """A text that should have been a URL, as it may be shown: no userinfo, no query, no fragment."""
    head = re.split(r"[?#]", text, maxsplit=1)[0]
    scheme, mark, rest = head.partition("://")
    if not mark:
        return head.rpartition("@")[2]
    return scheme + mark + rest.partition("/")[0].rpartition("@")[2] + "".join(rest.partition("/")[1:])
