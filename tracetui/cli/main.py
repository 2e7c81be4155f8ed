"""Where the process starts: the version, the choice of a command, and what becomes of errors.

Nothing is imported here before it is needed: `--version` costs little more than Python itself.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cyclopts import App

_STDIN = (
    "\0-"  # no argument can hold a NUL: how a lone "-" passes the parser, which would take it for an option
)


_COMMANDS = {
    "show": ("tracetui.cli.show:show", "Print traces."),
    "why": ("tracetui.cli.why:why", "Print the findings, ranked by what fixing each would save."),
    "search": ("tracetui.cli.search:search", "List the traces of a Jaeger or a Zipkin."),
    "config": ("tracetui.cli.config:app", "Settings: path, show, schema."),
}


def main() -> NoReturn:
    """Run the command line of this process, and exit with its code."""
    # numpy's linear algebra is never used, and starting its threads would take longer than numpy itself.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from tracetui import __version__

        print(__version__)
        _leave(0)
    try:
        code = run(arguments)
    except KeyboardInterrupt:
        code = 130
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process without taking its memory apart first, which costs a tenth of a short run."""
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or its reader has gone
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: What follows the program's name.

    Returns:
        The exit code. Whatever goes wrong has been told in one line on stderr.
    """
    _end_by_signal()
    from tracetui.cli.messages import reported

    for name in [name for name in os.environ if name.startswith("TRACETUI_") and not os.environ[name]]:
        del os.environ[name]  # set to nothing is not set
    debug = "--debug" in arguments or "TRACETUI_DEBUG" in os.environ
    return reported(lambda: _dispatch(arguments), debug=debug)


def _end_by_signal() -> None:
    """Exit with 128 + n when signal n ends the process; the viewer puts its own handlers in their place."""
    import signal
    from types import FrameType

    def end(number: int, _frame: FrameType | None) -> None:
        os._exit(128 + number)

    # Python would raise an interrupt wherever it is: numpy crashes of one in its import, a callback eats it.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores the hang-up, and so it stays
            signal.signal(number, end)


def _dispatch(arguments: list[str]) -> int:
    from tracetui.cli.viewer import can_view, is_plain, open_viewer

    if is_plain(arguments, tuple(_COMMANDS)) and can_view(arguments):
        return open_viewer(arguments)  # as the default command would; loading its library takes longer
    if arguments[:1] == ["show"]:
        from tracetui.cli.quick import read_show

        if (plain := read_show(arguments)) is not None:
            return plain.run()
    from cyclopts import CycloptsError

    from tracetui.errors import UsageError

    try:
        code = build_app(completion=not arguments or arguments[0].startswith("-"))(
            [_STDIN if argument == "-" else argument for argument in arguments],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except CycloptsError as error:
        message = " ".join(str(error).replace(_STDIN, "-").split())
        raise UsageError(message.rstrip("."), hint="see --help") from error
    return code if isinstance(code, int) else 0


def build_app(*, completion: bool = True) -> App:
    """The commands and their options; each command's module is imported when it is called.

    Args:
        completion: Offer the installation of shell completion, which costs an eighth of a short run.
    """
    from cyclopts import App, Group, Parameter

    from tracetui import __version__
    from tracetui.cli.view import view

    app = App(
        name="tracetui",
        help="Read distributed traces: the waterfall, and the path that made it slow.",
        version=__version__,
        version_flags=["--version", "-V"],
        default_parameter=Parameter(negative=(), show_default=False),
        group_commands=Group("Commands", sort_key=1),
    )
    app.default(view)
    for name, (command, help) in _COMMANDS.items():
        app.command(command, name=name, help=help)
    if completion:
        app.register_install_completion_command(add_to_startup=False)
    return app


def source_name(argument: str) -> str:
    """A source as the user wrote it."""
    return "-" if argument == _STDIN else argument
