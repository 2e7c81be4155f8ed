"""The viewer from the command line: whether there is a terminal for it, and opening it.

Nothing here imports the CLI library, so that plain sources are on the screen before it would be there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracetui.backends import ClientOptions
    from tracetui.cli.selected import Selected
    from tracetui.loaders import LoadOptions
    from tracetui.tui.copy_choices import Copyable

STDIN, STDOUT, STDERR = 0, 1, 2


def can_view(names: Sequence[str], screen: int = STDOUT) -> bool:
    """Whether there is a terminal to draw on, and keys can be read.

    Keys come from stdin, or from /dev/tty where stdin is a source.

    Args:
        names: The sources.
        screen: What is drawn on, a file descriptor.
    """
    if os.environ.get("TERM") == "dumb" or not _is_terminal(screen):
        return False
    if "-" not in names:
        return _is_terminal(STDIN)
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def is_plain(arguments: Sequence[str], commands: Sequence[str]) -> bool:
    """Whether a command line is nothing but sources: no command, no option, none in the environment.

    Args:
        arguments: What follows the program's name.
        commands: The names of the commands.
    """
    if any(name.startswith("TRACETUI_") for name in os.environ):
        return False
    return bool(arguments) and arguments[0] not in commands and all(a and a[0] != "-" for a in arguments)


def open_viewer(
    names: Sequence[str],
    load_options: LoadOptions | None = None,
    print_selected: Selected | None = None,
    client: Callable[[], ClientOptions] | None = None,
    **given: object,
) -> int:
    """Open the viewer, and return its exit code when it is left.

    Args:
        names: The sources.
        load_options: How to read them.
        print_selected: Draw on stderr, and print the span under the cursor at the end.
        client: How servers are asked; None for what the environment says.
        given: Settings that the command line has a say in; None where it has not.
    """
    import gc

    gc.disable()  # until all is read: what is imported and loaded is not garbage
    # Not from deep within other imports: there Python runs over the end of a piece of its stack, and each
    # call that does so has another piece mapped, and taken away when it returns.
    import numpy  # noqa: F401

    from tracetui import config, tui

    settings = config.load().with_options(**given)
    if load_options is None:
        # No option is given, so what holds them need not be imported.
        from tracetui.cli.network import LazyFetcher, client_options
        from tracetui.loaders import LoadOptions

        load_options, client = LoadOptions(fetch=LazyFetcher()), client_options
    if print_selected is None:
        return tui.run(names, load_options, settings, client=client)
    from tracetui.cli.selected import print_selected as print_chosen
    from tracetui.cli.selected import screen_on_stderr

    chosen: list[Copyable] = []
    with screen_on_stderr():
        code = tui.run(names, load_options, settings, chosen.append, client)
    print_chosen(chosen[0] if chosen else None, print_selected)
    return code


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False
