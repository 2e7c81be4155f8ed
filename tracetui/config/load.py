"""Reading settings: the file, then the environment over it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from platformdirs.unix import Unix

from tracetui.errors import UsageError
from tracetui.format import plural

from .files import read_small, reason, set_aside
from .settings import FIELDS, VERSION, Settings, variable

DEFAULT, FILE, OPTION = "default", "file", "option"
_TRUE = ("1", "true", "t", "yes", "y", "on")
_FALSE = ("0", "false", "f", "no", "n", "off")


class Broken(ValueError):
    """A file that is not TOML, or whose settings have other types than they should."""


class Loaded(msgspec.Struct, frozen=True):
    """Settings in force.

    Attributes:
        settings: Their values.
        origins: For each field "default", "file", "option", or the name of the variable it comes from.
        warnings: What was wrong with the file, a line each; foreign text in it as found.
        path: The file, which need not exist.
        writable: Whether a change may be kept: not where the file is of a newer form.
    """

    settings: Settings
    origins: Mapping[str, str]
    warnings: tuple[str, ...]
    path: Path
    writable: bool = True

    @classmethod
    def defaults(cls) -> Loaded:
        """The defaults, from no file and kept in none."""
        return cls(Settings(), dict.fromkeys(FIELDS, DEFAULT), (), Path(), writable=False)

    @property
    def is_kept(self) -> bool:
        """Whether they come from a place where something can be kept."""
        return bool(self.path.name)

    def with_options(self, **given: object) -> Loaded:
        """These settings with options of the command line over them; None is one that was not given."""
        given = {name: value for name, value in given.items() if value is not None}
        settings = msgspec.structs.replace(self.settings, **given)
        origins = {**self.origins, **dict.fromkeys(given, OPTION)}
        return Loaded(settings, origins, self.warnings, self.path, self.writable)


def config_path() -> Path:
    """Where the settings are: `config.toml` in the XDG place, on macOS too."""
    return Unix("tracetui").user_config_path / "config.toml"


def load(environ: Mapping[str, str] | None = None, path: Path | None = None) -> Loaded:
    """Read the settings.

    A file that is broken is set aside under another name, and the defaults hold; one of a newer form is used
    as far as it is understood, and left alone.

    Args:
        environ: The environment; None for the process's own.
        path: The file; None for the one in the XDG place.

    Raises:
        UsageError: A variable has a value that cannot be.
    """
    path = path or config_path()
    warnings: list[str] = []
    writable = True
    found: dict[str, Any] = {}
    try:
        data = read_small(path)
        document = parse(data) if data is not None else {}
        writable = not is_newer(document)
        found = _known_part(document) if is_newer(document) else _checked(document)
        warnings += _oddities(path, document)
    except OSError as error:
        warnings.append(f"{path}: {reason(error)}; the defaults are used")
    except Broken as error:
        warnings.append(f"{path}: {error}; {_put_away(path)}, the defaults are used")
    origins = {name: FILE if name in found else DEFAULT for name in FIELDS}
    given = _from_variables(os.environ if environ is None else environ)
    origins.update((name, variable(name)) for name in given)
    return Loaded(Settings(**{**found, **given}), origins, tuple(warnings), path, writable)


def parse(data: bytes) -> dict[str, Any]:
    """Read TOML.

    Raises:
        Broken: It is none; the message says where.
    """
    import tomllib  # most users have no file

    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Broken(f"byte {error.start} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise Broken(f"not TOML: {error}") from error
    except RecursionError as error:
        raise Broken("not TOML: nested too deeply") from error


def is_newer(document: Mapping[str, Any]) -> bool:
    """Whether a document says that it is of a form that this program does not know."""
    version = document.get("config_version", VERSION)
    return type(version) is int and version > VERSION


def _checked(document: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a document.

    Raises:
        Broken: One has another type or value than it may have.
    """
    try:
        settings = msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        raise Broken(_in_words(error)) from error
    return {name: getattr(settings, name) for name in FIELDS if name in document}


def _known_part(document: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a newer document that make sense to this program."""
    found = {}
    for name in FIELDS:
        if name in document and name != "config_version":
            try:
                found[name] = msgspec.convert(document[name], _type_of(name))
            except msgspec.ValidationError:
                continue
    return found


def _type_of(name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(Settings) if field.name == name)


def _in_words(error: msgspec.ValidationError) -> str:
    message, _, place = str(error).partition(" - at `$.")
    place = place.rstrip("`").replace("[...]", "")
    message = message[0].lower() + message[1:].replace("`", "")
    return f"{place}: {message}" if place else message


def _oddities(path: Path, document: Mapping[str, Any]) -> Iterable[str]:
    if is_newer(document):
        yield (
            f"{path}: config_version {document['config_version']} is newer than this program knows; "
            "what it understands is used, and changes are not kept"
        )
        return
    unknown = [name for name in document if name not in FIELDS]
    if unknown:
        some = ", ".join(name[:40] for name in unknown[:5]) + (", …" if len(unknown) > 5 else "")
        yield f"{path}: {plural(len(unknown), 'setting')} not known here: {some}"


def _put_away(path: Path) -> str:
    try:
        return f"set aside as {set_aside(path).name}"
    except OSError as error:
        return f"it could not be set aside ({reason(error)})"


def _from_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the environment; a variable that is set to nothing counts as not set."""
    return {
        name: _from_text(name, environ[variable(name)])
        for name in FIELDS
        if variable(name) and environ.get(variable(name))
    }


def _from_text(name: str, text: str) -> Any:
    wanted: Any = text
    if isinstance(getattr(Settings(), name), bool):
        word = text.strip().lower()
        wanted = True if word in _TRUE else False if word in _FALSE else text
    elif name == "pinned":
        wanted = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.convert(wanted, _type_of(name), strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{variable(name)}: {_in_words(error)}", hint="tracetui config schema says what it may be"
        ) from error
