"""`tracetui` without a command: the viewer where there is a terminal for it, else what `show` prints."""

from __future__ import annotations

import os

from tracetui.cli.main import source_name
from tracetui.cli.options import Options, Sources
from tracetui.errors import UsageError

_STDIN, _STDOUT = 0, 1


def view(*sources: Sources, options: Options = Options()) -> int:  # noqa: B008 - frozen
    """Open the viewer. Where stdout is no terminal, print what `show` prints.

    Args:
        sources: Files, directories, globs, or - for standard input. Without any, the start screen.
    """
    names = [source_name(source) for source in sources]
    if can_view(names):
        return _open_viewer(names, options)
    if not names:
        raise UsageError("no source given", hint="a file, a directory, a glob, or - for standard input")
    from tracetui.cli.show import print_traces

    return print_traces(names, options)


def can_view(names: list[str]) -> bool:
    """Whether there is a terminal to draw on, and keys can be read.

    Keys come from stdin, or from /dev/tty where stdin is a source.
    """
    if os.environ.get("TERM") == "dumb" or not _is_terminal(_STDOUT):
        return False
    if "-" not in names:
        return _is_terminal(_STDIN)
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _open_viewer(names: list[str], options: Options) -> int:
    # The screen asks the environment for its colours, as does the framework below it.
    if options.color == "never":
        os.environ["NO_COLOR"] = "1"
    elif options.color == "always":
        os.environ.pop("NO_COLOR", None)
    load_options = options.load_options()
    from tracetui import tui

    return tui.run(names, load_options, mode=options.mode, ascii=options.ascii)


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False
