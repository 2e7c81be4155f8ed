"""Settings for people and programs: as TOML with their origins, as JSON schema, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tracetui.text import neutralise

from .load import Loaded
from .settings import FIELDS, Server, Settings, variable


def toml_lines(loaded: Loaded) -> Iterator[str]:
    """The settings in force as lines of TOML, with where each comes from. Harmless in a terminal."""
    tables = []
    for name in FIELDS:
        value, origin = getattr(loaded.settings, name), loaded.origins[name]
        if isinstance(value, dict):
            tables.append((name, value, origin))
        else:
            yield f"{name} = {_toml(value)}  # {origin}"
    for name, table, origin in tables:
        yield ""
        yield f"[{name}]  # {origin}"
        for key, value in table.items():
            if isinstance(value, Server):
                yield from _server(f"{name}.{_key(key)}", value)
            else:
                yield f"{_key(key)} = {_toml(value)}"


def _server(table: str, server: Server) -> Iterator[str]:
    """A server's table, without what it has by default; values of headers may be secrets."""
    yield f"[{table}]"
    for field in msgspec.structs.fields(server):
        value = getattr(server, field.name)
        if isinstance(value, dict):
            shown = ", ".join(f'{_key(name)} = "…"' for name in value)
            if value:
                yield f"{field.name} = {{{shown}}}"
        elif field.name == "url" or value != field.default:
            yield f"{field.name} = {_toml(_address(value) if field.name == 'url' else value)}"


def _address(url: str) -> str:
    """An address without what may be secret in it."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + mark + host.rpartition("@")[2] + slash + path.partition("?")[0]


def schema() -> dict[str, Any]:
    """The JSON schema of the file."""
    found = msgspec.json.schema(Settings)
    told: dict[str, Any] = found["$defs"]["Settings"]
    told["description"] = told["description"].partition("\n")[0]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def settings_table() -> str:
    """The settings as docs/settings.md shows them: type, default, variable and meaning."""
    fields = schema()["$defs"]["Settings"]["properties"]
    defaults = Settings()
    lines = ["| setting | values | default | variable | what it is |", "|---|---|---|---|---|"]
    for name in FIELDS:
        field, value = fields[name], getattr(defaults, name)
        shown = "" if isinstance(value, dict) else f"`{_toml(value)}`"
        told = f"`{variable(name)}`" if variable(name) else ""
        lines.append(f"| `{name}` | {_values(field)} | {shown} | {told} | {field['description']} |")
    return "\n".join(lines) + "\n"


def _values(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " ".join(f"`{value}`" for value in field["enum"])
    kind: str = {
        "string": "text",
        "boolean": "`true` `false`",
        "array": "list of texts",
        "object": "table",
    }.get(field["type"], "whole number")
    low, high = field.get("minimum"), field.get("maximum")
    return f"{kind}, {low} to {high}" if high is not None else kind


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{"".join(map(_character, value))}"'
    assert isinstance(value, list)
    return f"[{', '.join(map(_toml, value))}]"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _toml(name)


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and neutralise(character) == character:
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"
