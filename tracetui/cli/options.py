"""The options that commands share, and their variables `TRACETUI_<OPTION>`: scripts hold on to the names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from tracetui.errors import UsageError

if TYPE_CHECKING:
    from cyclopts import Parameter  # at run time put here by cli.parameters, when it is needed

    from tracetui.analysis import Mode
    from tracetui.backends import ClientOptions
    from tracetui.export.ansi import TextOptions
    from tracetui.loaders import LoadOptions
    from tracetui.model.trace import Collection

Colour = Literal["auto", "always", "never"]
ClockOption = Literal["raw", "adjusted"]
CriticalPath = Literal["default", "exact", "clip", "to-end"]


@dataclass(frozen=True, repr=False)  # a header may be a secret
class Options:
    """What is read, and how it is shown.

    Where None stands for "not given", the viewer asks the settings.
    """

    trace: Annotated[tuple[str, ...], Parameter(name="--trace", env_var="TRACETUI_TRACE")] = ()
    "Only the trace with this id; leading zeros are optional. May be given several times."

    input_format: Annotated[str | None, Parameter(env_var="TRACETUI_INPUT_FORMAT")] = None
    "Take the sources to be in this format: jaeger-ui, zipkin-v2, otlp-json or otlp-ndjson."

    max_bytes: Annotated[int | None, Parameter(env_var="TRACETUI_MAX_BYTES")] = None
    "Stop reading what is compressed or streamed after so many decoded bytes (8 GiB; of the network 512 MiB)."

    critical_path: Annotated[CriticalPath | None, Parameter(env_var="TRACETUI_CRITICAL_PATH")] = None
    "How the critical path is found; if not given: default."

    clock: Annotated[ClockOption | None, Parameter(env_var="TRACETUI_CLOCK")] = None
    "Times as recorded (raw, if not given), or with clocks that are apart adjusted by their calls."

    color: Annotated[Colour, Parameter(env_var="TRACETUI_COLOR", show_default=True)] = "auto"
    "When to use colours; auto: on a terminal, unless NO_COLOR is set."

    ascii: Annotated[bool | None, Parameter(env_var="TRACETUI_ASCII", negative="--no-ascii")] = None
    "Draw and write in ASCII alone."

    header: Annotated[
        tuple[str, ...], Parameter(name=("--header", "-H"), env_var=(), show_env_var=False)
    ] = ()
    "Send this header, 'Name: value'. May be given several times. The list of processes shows it to others."

    header_file: Annotated[str | None, Parameter(env_var="TRACETUI_HEADER_FILE")] = None
    "Send the headers of this file, a line each; only you may be able to read it."

    token_file: Annotated[str | None, Parameter(env_var="TRACETUI_TOKEN_FILE")] = None
    "Send the bearer token of this file; only you may be able to read it. TRACETUI_TOKEN is a token itself."

    token_command: Annotated[str | None, Parameter(env_var="TRACETUI_TOKEN_COMMAND")] = None
    "Send the bearer token that this command prints."

    netrc: Annotated[bool, Parameter(env_var="TRACETUI_NETRC")] = False
    "Take user and password from ~/.netrc."

    tenant: Annotated[str | None, Parameter(env_var="TRACETUI_TENANT")] = None
    "Ask as this tenant, in the header x-tenant."

    ca_file: Annotated[str | None, Parameter(env_var="TRACETUI_CA_FILE")] = None
    "Trust the certificates of this file in place of the system's."

    client_cert: Annotated[str | None, Parameter(env_var="TRACETUI_CLIENT_CERT")] = None
    "Show this certificate to the server; its key may stand in the same file."

    client_key: Annotated[str | None, Parameter(env_var="TRACETUI_CLIENT_KEY")] = None
    "The key of that certificate."

    insecure: Annotated[bool, Parameter(env_var="TRACETUI_INSECURE")] = False
    "Trust any certificate."

    timeout: Annotated[str, Parameter(env_var="TRACETUI_TIMEOUT", show_default=True)] = "60s"
    "How long one request may take, its answer included."

    debug: Annotated[bool, Parameter(env_var="TRACETUI_DEBUG")] = False
    "Show the traceback of an internal error."

    def load_options(self) -> LoadOptions:
        """What the loaders are told.

        Raises:
            UsageError: A value is out of range.
        """
        from tracetui.loaders import LoadOptions

        if self.max_bytes is not None and self.max_bytes <= 0:
            raise UsageError("--max-bytes must be above 0")
        from tracetui.cli.network import LazyFetcher

        return LoadOptions(
            input_format=self.input_format,
            max_bytes=self.max_bytes,
            trace_ids=tuple(self.trace),
            fetch=LazyFetcher(self),
        )

    def client_options(self) -> ClientOptions:
        """How servers are asked.

        Raises:
            UsageError: A value is out of range.
        """
        from tracetui.cli.network import client_options

        return client_options(self)

    @property
    def mode(self) -> Mode:
        """The variant of the critical path."""
        from tracetui.analysis import Mode

        return Mode(self.critical_path or Mode.DEFAULT)

    def by_clock(self, collection: Collection) -> Collection:
        """A load by the clocks that are asked for; what is known of clocks is told in its issues."""
        from tracetui.analysis.skew import tell_skew

        tell_skew(collection)
        if self.clock != "adjusted":
            return collection
        from tracetui.analysis.adjusted import adjust

        return adjust(collection)

    def coloured(self) -> bool:
        """Whether text on stdout gets colours."""
        if self.color != "auto":
            return self.color == "always"
        return _is_terminal(1) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def text_options(self, width: int | None = None) -> TextOptions:
        """How text is laid out.

        Args:
            width: Cells of a line; None: COLUMNS, else the terminal's width, else 80.
        """
        from tracetui.export.ansi import Painter, TextOptions, depth_of, palette_of

        painter = Painter(depth_of(), palette_of()) if self.coloured() else Painter()
        return TextOptions(width or _columns(), painter, bool(self.ascii))


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False


def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80
