"""Command lines of `show` that do without the CLI library, whose import is a third of a short run.

Read here are sources and options as the help writes them, each value in an argument of its own. Whatever
else a command line holds is the library's to read, to complain about and to explain.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, get_args

from tracetui.cli.options import ClockOption, Colour, CriticalPath, Options
from tracetui.cli.printing import Format, Spans, print_traces


class Show(NamedTuple):
    """What a command line of `show` asks for."""

    names: tuple[str, ...]
    options: Options
    format: Format = "tree"
    spans: Spans = "all"
    width: int | None = None

    def run(self) -> int:
        """Print; returns the exit code. Raises as `print_traces`."""
        return print_traces(list(self.names), self.options, self.format, self.spans, self.width)


def _one_of(choices: Any) -> Callable[[str], str | None]:
    known = frozenset(get_args(choices))
    return lambda text: text if text in known else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and int(text) else None


def _text(text: str) -> str | None:
    return text or None


_OWN: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "--format": ("format", _one_of(Format)),
    "--spans": ("spans", _one_of(Spans)),
    "--width": ("width", _number),
}
_SHARED: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "--trace": ("trace", _text),
    "--input-format": ("input_format", _text),
    "--max-bytes": ("max_bytes", _number),
    "--critical-path": ("critical_path", _one_of(CriticalPath)),
    "--clock": ("clock", _one_of(ClockOption)),
    "--color": ("color", _one_of(Colour)),
}
_FLAGS: Final = {"--ascii": "ascii", "--debug": "debug"}


def read_show(arguments: Sequence[str]) -> Show | None:
    """Read a command line of `show`.

    Args:
        arguments: What follows the program's name.

    Returns:
        What it asks for; None if the library has to read it.
    """
    if arguments[:1] != ["show"] or any(name.startswith("TRACETUI_") for name in os.environ):
        return None
    names: list[str] = []
    own: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "-" or not argument.startswith("-"):
            names.append(argument)
        elif argument in _FLAGS and _FLAGS[argument] not in shared:
            shared[_FLAGS[argument]] = True
        else:
            into = own if argument in _OWN else shared
            field, read = (_OWN | _SHARED).get(argument, ("", _text))
            value = next(rest, "")
            found = None if value.startswith("-") else read(value)
            if not field or found is None or (field in into and field != "trace"):
                return None
            into[field] = (*into.get("trace", ()), found) if field == "trace" else found
    if not names or "" in names:
        return None
    return Show(tuple(names), Options(**shared), **own)
