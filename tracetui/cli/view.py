"""`tracetui` without a command: the viewer where there is a terminal for it, else what `show` prints."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tracetui.cli.main import source_name
from tracetui.cli.options import Options, Sources
from tracetui.cli.selected import Selected, print_selected, screen_on_stderr
from tracetui.errors import UsageError

if TYPE_CHECKING:
    from tracetui.tui.copy_choices import Copyable

_STDIN, _STDOUT, _STDERR = 0, 1, 2


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
    options: Options = Options(),  # noqa: B008 - frozen
    view_options: ViewOptions = ViewOptions(),
) -> int:
    """Open the viewer. Where stdout is no terminal, print what `show` prints.

    Args:
        sources: Files, directories, globs, or - for standard input. Without any, the start screen.
    """
    names = [source_name(source) for source in sources]
    if can_view(names, screen=_STDERR if view_options.print_selected else _STDOUT):
        return _open_viewer(names, options, view_options)
    if not names:
        raise UsageError("no source given", hint="a file, a directory, a glob, or - for standard input")
    from tracetui.cli.show import print_traces

    return print_traces(names, options)


def can_view(names: list[str], screen: int = _STDOUT) -> bool:
    """Whether there is a terminal to draw on, and keys can be read.

    Keys come from stdin, or from /dev/tty where stdin is a source.

    Args:
        names: The sources.
        screen: What is drawn on, a file descriptor.
    """
    if os.environ.get("TERM") == "dumb" or not _is_terminal(screen):
        return False
    if "-" not in names:
        return _is_terminal(_STDIN)
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _open_viewer(names: list[str], options: Options, view_options: ViewOptions) -> int:
    # The screen asks the environment for its colours, as does the framework below it.
    if options.color == "never":
        os.environ["NO_COLOR"] = "1"
    elif options.color == "always":
        os.environ.pop("NO_COLOR", None)
    load_options = options.load_options()
    from tracetui import config, tui

    settings = config.load().with_options(
        critical_path=options.critical_path,
        ascii=options.ascii,
        theme=view_options.theme,
        time_format=view_options.time_format,
        mouse=view_options.mouse,
    )
    form = view_options.print_selected
    if form is None:
        return tui.run(names, load_options, settings)
    chosen: list[Copyable] = []
    with screen_on_stderr():
        code = tui.run(names, load_options, settings, chosen.append)
    print_selected(chosen[0] if chosen else None, form)
    return code


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False
