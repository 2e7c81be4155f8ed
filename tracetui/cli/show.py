"""`tracetui show`: print traces."""

from typing import Annotated

from cyclopts import Parameter

from tracetui.cli.main import source_name
from tracetui.cli.options import Options
from tracetui.cli.parameters import Shared, Sources
from tracetui.cli.printing import Format, Spans, print_traces
from tracetui.errors import UsageError


def show(
    *sources: Sources,
    format: Annotated[Format, Parameter(env_var="TRACETUI_FORMAT", show_default=True)] = "tree",
    spans: Annotated[Spans, Parameter(env_var="TRACETUI_SPANS", show_default=True)] = "all",
    width: Annotated[int | None, Parameter(env_var="TRACETUI_WIDTH")] = None,
    options: Shared = Options(),  # noqa: B008 - frozen
) -> int:
    """Print traces.

    Args:
        sources: Files, directories, globs, or - for standard input. Several are one collection.
        format: What to print. tree is the waterfall as text.
        spans: Which spans to print: all, those on the critical path, or none.
        width: Cells of a line of tree and table. If not given: COLUMNS, else the terminal's width, else 80.
    """
    if not sources:
        raise UsageError("no source given", hint="a file, a directory, a glob, or - for standard input")
    if width is not None and width < 1:
        raise UsageError("--width must be above 0")
    return print_traces([source_name(source) for source in sources], options, format, spans, width)
