"""The network for commands: what the options say of it, and sources that are addresses.

Nothing of the network is imported before an address is met.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracetui.errors import UsageError
from tracetui.loaders.remote import Remote, is_address

if TYPE_CHECKING:
    from tracetui.backends import ClientOptions
    from tracetui.backends.base import Backend
    from tracetui.cli.options import Options

_MAX_TIMEOUT_S = 3600.0


class LazyFetcher(NamedTuple):
    """Gets what addresses stand for, once there is one. See `loaders.remote.Fetch`.

    Attributes:
        options: What the command line says; None where it says nothing.
    """

    options: Options | None = None

    def __call__(
        self,
        name: str,
        trace_ids: tuple[str, ...],
        tell: Callable[[str, int, int | None], None],
        cancelled: Callable[[], bool] | None,
    ) -> Remote:
        """See `loaders.remote.Fetch`."""
        from tracetui.backends.fetching import Fetcher

        return Fetcher(client_options(self.options))(name, trace_ids, tell, cancelled)


def client_options(options: Options | None = None) -> ClientOptions:
    """How servers are asked.

    Args:
        options: What the command line says; None where it says nothing.

    Raises:
        UsageError: A value is out of range.
    """
    from tracetui.backends.options import DEFAULT_MAX_BYTES, ClientOptions
    from tracetui.cli.options import Options

    options = options or Options()
    given = os.environ.get("TRACETUI_HEADER", "").splitlines()
    return ClientOptions(
        headers=options.header or tuple(line for line in given if line.strip()),
        header_file=options.header_file,
        token=os.environ.get("TRACETUI_TOKEN"),
        token_file=options.token_file,
        token_command=options.token_command,
        tenant=options.tenant,
        netrc=options.netrc,
        ca_file=options.ca_file,
        client_cert=options.client_cert,
        client_key=options.client_key,
        insecure=options.insecure,
        timeout_s=timeout_s(options.timeout),
        max_bytes=options.max_bytes or DEFAULT_MAX_BYTES,
    )


def timeout_s(text: str) -> float:
    """The seconds of `--timeout`.

    Raises:
        UsageError: It is no duration, or out of range.
    """
    from tracetui.query.values import duration_ns

    try:
        seconds = duration_ns(f"{text}s" if text.replace(".", "", 1).isdecimal() else text) / 1e9
    except ValueError as error:
        raise UsageError(f"--timeout: {error}") from None
    if not 0 < seconds <= _MAX_TIMEOUT_S:
        raise UsageError("--timeout must be above 0 and at most an hour")
    return seconds


def to_be_searched(names: Sequence[str], options: Options) -> Backend | None:
    """The backend, if the only source is one without a trace in its address, and no trace is asked for.

    Raises:
        TracetuiError: It could not be found out.
    """
    if len(names) != 1 or options.trace or not is_address(names[0]) or os.path.lexists(names[0]):
        return None
    from tracetui.backends import Call
    from tracetui.backends.fetching import is_search

    return is_search(names[0], client_options(options), Call())
