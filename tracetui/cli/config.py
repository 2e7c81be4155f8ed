"""`tracetui config`: where the settings are, which are in force, and what they may be."""

from __future__ import annotations

import os

from cyclopts import App, Parameter

from tracetui.cli import output
from tracetui.cli.messages import tell_warnings

app = App(
    name="config",
    help="Settings: where they are, what is in force, and what they may be.",
    default_parameter=Parameter(negative=(), show_default=False),
    version_flags=[],
)


@app.command
def path() -> int:
    """Print where the settings are kept, whether there are any or not."""
    from tracetui.config import config_path

    # As it is, not made harmless: it goes into `$(...)`, and comes from the user's own environment.
    output.write_bytes([os.fsencode(config_path()), b"\n"])
    return 0


@app.command
def show() -> int:
    """Print the settings in force as TOML, each with where it comes from.

    That is "default", "file", or the name of a variable.
    """
    from tracetui.config import load
    from tracetui.config.describe import toml_lines

    loaded = load()
    tell_warnings(loaded.warnings)
    output.write_lines(toml_lines(loaded))
    return 0


@app.command
def schema() -> int:
    """Print the JSON schema of the settings, for editors and other programs."""
    import msgspec

    from tracetui.config.describe import schema as made

    output.write_bytes([msgspec.json.format(msgspec.json.encode(made())), b"\n"])
    return 0
