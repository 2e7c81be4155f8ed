"""`tracetui search`: list the traces of a backend."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tracetui.cli.options import Options
from tracetui.cli.parameters import Shared
from tracetui.errors import UsageError

if TYPE_CHECKING:
    from tracetui.backends.base import SearchQuery

Format = Literal["table", "json", "jsonl"]


def search(
    url: Annotated[str, Parameter(name="URL", env_var=(), show_env_var=False)],
    *,
    service: Annotated[str | None, Parameter(env_var="TRACETUI_SERVICE")] = None,
    operation: Annotated[str | None, Parameter(env_var="TRACETUI_OPERATION")] = None,
    tag: Annotated[tuple[str, ...], Parameter(env_var=(), show_env_var=False)] = (),
    min_duration: Annotated[str | None, Parameter(env_var="TRACETUI_MIN_DURATION")] = None,
    max_duration: Annotated[str | None, Parameter(env_var="TRACETUI_MAX_DURATION")] = None,
    since: Annotated[str | None, Parameter(env_var="TRACETUI_SINCE")] = None,
    from_: Annotated[str | None, Parameter(name="--from", env_var="TRACETUI_FROM")] = None,
    to: Annotated[str | None, Parameter(env_var="TRACETUI_TO")] = None,
    limit: Annotated[int | None, Parameter(env_var="TRACETUI_LIMIT")] = None,
    format: Annotated[Format, Parameter(env_var="TRACETUI_FORMAT", show_default=True)] = "table",
    width: Annotated[int | None, Parameter(env_var="TRACETUI_WIDTH")] = None,
    options: Shared = Options(),  # noqa: B008 - frozen
) -> int:
    """List the traces of a Jaeger or a Zipkin.

    Args:
        url: Any address of it: its own, or that of a search in its user interface, whose conditions count.
        service: Traces with a span of this service.
        operation: Traces with a span of this name (of that service, if one is given).
        tag: Traces with a span that has this attribute, k=v, or k for any value. May be given several times.
        min_duration: Traces that take at least this long: 50ms, 1.5s.
        max_duration: Traces that take at most this long.
        since: How far back: 15m, 1h, 2d. If not given: 1h.
        from_: Where the time range begins: 2026-11-22T08:00:00Z, 2026-11-22 08:00, 1795337297, -2h.
        to: Where it ends; if not given: now.
        limit: How many traces, the newest ones. If not given: 20.
        format: What to print.
        width: Cells of a line of the table. If not given: COLUMNS, else the terminal's width, else 80.
    """
    from msgspec.structs import replace

    from tracetui.backends import Call, connect, parse_address
    from tracetui.cli.listing import print_found
    from tracetui.cli.network import client_options

    if width is not None and width < 1:
        raise UsageError("--width must be above 0")
    address = parse_address(url if "://" in url else f"http://{url}")
    given = {
        "service": service,
        "operation": operation,
        "tags": tuple(map(tag_of, tag)) or None,
        "min_duration_ns": _duration("--min-duration", min_duration),
        "max_duration_ns": _duration("--max-duration", max_duration),
        "limit": _limit(limit),
        **_range(since, from_, to),
    }
    call = Call()
    backend = connect(address, client_options(options), call)
    query = replace(_start(address.query, given), **{k: v for k, v in given.items() if v is not None})
    return print_found(backend, query, call, options, format, width)


def _start(query: SearchQuery | None, given: Mapping[str, object]) -> SearchQuery:
    """The conditions of the address, without its time range where another one is given."""
    from msgspec.structs import replace

    from tracetui.backends.base import SearchQuery

    if query is None:
        return SearchQuery()
    ranges = ("start_ns", "end_ns", "since_ns")
    if any(given.get(name) is not None for name in ranges):
        query = replace(query, start_ns=None, end_ns=None, since_ns=None)
    return query


def tag_of(text: str) -> tuple[str, str | None]:
    """A condition as written: `k=v`, or `k` for any value.

    Raises:
        UsageError: It has no key.
    """
    key, mark, value = text.partition("=")
    if not key.strip():
        raise UsageError("--tag needs a key", hint="--tag http.response.status_code=500")
    return key.strip(), value if mark else None


def _duration(option: str, text: str | None) -> int | None:
    from tracetui.query.values import duration_ns

    try:
        return None if text is None else duration_ns(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _limit(limit: int | None) -> int | None:
    if limit is not None and not 0 < limit <= 1_000_000:
        raise UsageError("--limit must be above 0 and at most a million")
    return limit


def _range(since: str | None, start: str | None, end: str | None) -> dict[str, int | None]:
    """The time range.

    Raises:
        UsageError: A time is none, or it ends before it begins.
    """
    from tracetui.backends.when import time_ns

    if since is not None and start is not None:
        raise UsageError("--since and --from both say where the time range begins")
    now = time.time_ns()
    found: dict[str, int | None] = {"since_ns": _duration("--since", since)}
    for option, name, text in (("--from", "start_ns", start), ("--to", "end_ns", end)):
        try:
            found[name] = None if text is None else time_ns(text, now)
        except ValueError as error:
            raise UsageError(f"{option}: {error}") from None
    begin, finish = found["start_ns"], found["end_ns"]
    if begin is not None and begin >= (now if finish is None else finish):
        raise UsageError("the time range ends before it begins", hint="see --from and --to")
    return found
