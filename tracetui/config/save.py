"""Keeping a change of the settings: only that is written, and the rest of the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracetui.errors import TracetuiError

from .files import alone, read_small, reason, replace_small
from .load import Broken, is_newer, parse
from .settings import VERSION

_HEAD = "# Settings of tracetui. What they are: tracetui config schema\n\n"


class NotKept(TracetuiError):
    """Something of the user's could not be written down; what was there is as it was."""


def save(changes: Mapping[str, Any], path: Path) -> None:
    """Write changed settings into the file; comments, order and unknown settings stay.

    The file is read again first, as another viewer or an editor may have written it. The new text is
    read back by another parser before it replaces the old one.

    Args:
        changes: Field names of `Settings` and their new values.
        path: The file; made where it is missing.

    Raises:
        NotKept: It is broken or of a newer form now, or could not be written.
    """
    with alone(path):
        try:
            data = read_small(path)
            document = parse(data) if data is not None else {}
            if is_newer(document):
                raise NotKept("settings of a newer form are left alone", source=str(path))
            text = _edited("" if data is None else data.decode("utf-8"), changes, fresh=data is None)
            _prove(text, {**({"config_version": VERSION} if data is None else {}), **document, **changes})
            replace_small(path, text.encode("utf-8"))
        except OSError as error:
            raise NotKept(f"settings cannot be kept: {reason(error)}", source=str(path)) from error
        except Broken as error:
            raise NotKept(f"settings cannot be kept: {error}", source=str(path)) from error


def _edited(text: str, changes: Mapping[str, Any], *, fresh: bool) -> str:
    import tomlkit

    if fresh:
        text = f"{_HEAD}config_version = {VERSION}\n"
    elif text and not text.endswith("\n"):
        text += "\n"
    try:
        document = tomlkit.parse(text)
        for name, value in changes.items():
            document[name] = value
        return tomlkit.dumps(document)
    except Exception as error:  # what it stumbles over, the user can put right; the viewer goes on
        raise Broken(f"the text cannot be edited ({type(error).__name__})") from error


def _prove(text: str, wanted: Mapping[str, Any]) -> None:
    """Make sure that the edited text means what it should.

    Raises:
        Broken: It does not.
    """
    import tomllib

    try:
        read = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Broken("the text cannot be edited: it would break") from error
    if read != wanted:
        raise Broken("the text cannot be edited: it would mean something else")
