"""`tracetui` without a command: the viewer where there is a terminal for it, else what `show` prints."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tracetui.cli.main import source_name
from tracetui.cli.options import Options
from tracetui.cli.parameters import Shared, Sources
from tracetui.cli.selected import Selected
from tracetui.cli.viewer import STDERR, STDOUT, can_view, open_viewer
from tracetui.errors import UsageError

if TYPE_CHECKING:
    from tracetui.backends.base import Backend


@Parameter(name="*")
@dataclass(frozen=True)
class ViewOptions:
    """How the viewer looks; what is not given is what the settings say."""

    theme: Annotated[str | None, Parameter(env_var="TRACETUI_THEME")] = None
    "Colours: dark, light, high-contrast, colour-blind, ansi, or a theme of Textual's."

    time_format: Annotated[
        Literal["relative", "local", "utc"] | None, Parameter(env_var="TRACETUI_TIME_FORMAT")
    ] = None
    "Times from the start of the trace, or of the day."

    mouse: Annotated[bool | None, Parameter(env_var="TRACETUI_MOUSE", negative="--no-mouse")] = None
    "Take clicks and the wheel; without, the terminal selects text as usual."

    print_selected: Annotated[Selected | None, Parameter(env_var="TRACETUI_PRINT_SELECTED")] = None
    "Draw on stderr, and when left with q print the span under the cursor: its id, or all of it as JSON."


def view(
    *sources: Sources,
    options: Shared = Options(),  # noqa: B008 - frozen
    view_options: ViewOptions = ViewOptions(),
) -> int:
    """Open the viewer. Where stdout is no terminal, print what `show` prints.

    Args:
        sources: Files, directories, globs, or - for standard input. Without any, the start screen.
    """
    names = [source_name(source) for source in sources]
    if can_view(names, screen=STDERR if view_options.print_selected else STDOUT):
        return _open_viewer(names, options, view_options)
    if not names:
        raise UsageError("no source given", hint="a file, a directory, a glob, or - for standard input")
    from tracetui.cli.network import to_be_searched

    backend = to_be_searched(names, options)
    if backend is not None:
        return _list(backend, names[0], options)
    from tracetui.cli.printing import print_traces

    return print_traces(names, options)


def _list(backend: Backend, name: str, options: Options) -> int:
    """What `search` prints of an address that is of no trace."""
    from tracetui.backends import Call, SearchQuery, parse_address
    from tracetui.cli.listing import print_found

    return print_found(backend, parse_address(name).query or SearchQuery(), Call(), options)


def _open_viewer(names: list[str], options: Options, view_options: ViewOptions) -> int:
    import numpy  # noqa: F401  # not from deep within other imports: see `cli.viewer`

    # The screen asks the environment for its colours, as does the framework below it.
    if options.color == "never":
        os.environ["NO_COLOR"] = "1"
    elif options.color == "always":
        os.environ.pop("NO_COLOR", None)
    return open_viewer(
        names,
        options.load_options(),
        view_options.print_selected,
        options.client_options,
        critical_path=options.critical_path,
        clock=options.clock,
        ascii=options.ascii,
        theme=view_options.theme,
        time_format=view_options.time_format,
        mouse=view_options.mouse,
    )
