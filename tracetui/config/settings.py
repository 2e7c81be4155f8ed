"""The settings: names, types, defaults and what each is for. Schema, documents and checks come from here."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

VERSION = 1
"""The form of the file that is written and understood."""

Keys = str | list[str]


class Server(Struct, frozen=True, kw_only=True):
    """A server that keeps traces, and how to ask it. Secrets need not stand here: files and commands tell.

    What an attribute means is told by the option of the same name.
    """

    url: Annotated[str, Meta(min_length=1, description="Its address.")]
    headers: Annotated[
        dict[str, str], Meta(description="Headers to send, by their names; those of a file are kept unseen.")
    ] = {}
    header_file: Annotated[str, Meta(description="A file of headers that only you may read.")] = ""
    token_file: Annotated[str, Meta(description="A file with a bearer token that only you may read.")] = ""
    token_command: Annotated[str, Meta(description="A command that prints a bearer token.")] = ""
    tenant: Annotated[str, Meta(description="The tenant to ask as.")] = ""
    netrc: Annotated[bool, Meta(description="Take user and password from ~/.netrc.")] = False
    ca_file: Annotated[str, Meta(description="Certificates to trust in place of the system's.")] = ""
    client_cert: Annotated[str, Meta(description="The certificate to show.")] = ""
    client_key: Annotated[str, Meta(description="The key of that certificate.")] = ""
    insecure: Annotated[bool, Meta(description="Trust any certificate; the screen says so.")] = False


class Settings(Struct, frozen=True, kw_only=True):
    """Settings of tracetui.

    The description of each field is its documentation: the JSON schema and docs/settings.md show it.
    """

    config_version: Annotated[
        int,
        Meta(ge=1, description="The form of this file. A newer one than the program knows is left alone."),
    ] = VERSION
    theme: Annotated[
        str,
        Meta(
            min_length=1,
            description="Colours: dark, light, high-contrast, colour-blind, ansi (the terminal's own "
            "sixteen), or a theme of Textual's, such as nord.",
        ),
    ] = "dark"
    time_format: Annotated[
        Literal["relative", "local", "utc"],
        Meta(description="Times: from the start of the trace, or of the day, local or UTC."),
    ] = "relative"
    tree_width: Annotated[
        int,
        Meta(
            ge=-200,
            le=200,
            description="Cells that the tree column has more (below 0: fewer) than it would have by itself.",
        ),
    ] = 0
    pinned: Annotated[
        list[str],
        Meta(description="Attributes, of the span or its resource, that get a column beside the names."),
    ] = []
    critical_path: Annotated[
        Literal["default", "exact", "clip", "to-end"], Meta(description="How the critical path is found.")
    ] = "default"
    clock: Annotated[
        Literal["raw", "adjusted"],
        Meta(description="Times as recorded, or with clocks that are apart adjusted by their calls."),
    ] = "raw"
    runs: Annotated[
        bool, Meta(description="Show five or more like siblings in a row as one row that unfolds.")
    ] = True
    ascii: Annotated[bool, Meta(description="Draw in ASCII alone.")] = False
    mouse: Annotated[
        bool, Meta(description="Take clicks and the wheel; without, the terminal selects text as usual.")
    ] = True
    findings: Annotated[
        dict[str, Annotated[int, Meta(ge=0, le=1_000_000)]],
        Meta(description="When findings are worth telling: thresholds by name, such as `idle_ms = 50`."),
    ] = {}
    servers: Annotated[
        dict[str, Server],
        Meta(
            description="Servers to search, by the names that the start screen shows: a table each, with its "
            "`url` and what it takes to ask it."
        ),
    ] = {}
    keys: Annotated[
        dict[str, Keys],
        Meta(
            description="Other keys for actions: the action's name, and a key or a list of keys in place of "
            "all that it has."
        ),
    ] = {}

    def keys_of(self, action: str) -> tuple[str, ...]:
        """The keys given to an action, as written; none where it keeps its own."""
        keys = self.keys.get(action, ())
        return (keys,) if isinstance(keys, str) else tuple(keys)


FIELDS: tuple[str, ...] = Settings.__struct_fields__
UNSET_BY_VARIABLE = ("config_version", "findings", "servers", "keys")
"""What no variable can set: the form of the file, and tables."""


def variable(field: str) -> str:
    """The environment variable of a setting; empty where it has none."""
    return "" if field in UNSET_BY_VARIABLE else f"TRACETUI_{field.upper()}"
