"""What a user has settled once: settings, where they come from, and how they are kept.

Defaults give way to the file, the file to `TRACETUI_<OPTION>` in the environment, that to the options of the
command line. Only the viewer and `tracetui config` read the file: what `show` prints depends on nothing but
its command line and its environment, so that a script gets the same from every user.
"""

from __future__ import annotations

from .files import state_path
from .load import Loaded, config_path, load
from .save import NotKept, save
from .settings import VERSION, Server, Settings

__all__ = [
    "VERSION",
    "Loaded",
    "NotKept",
    "Server",
    "Settings",
    "config_path",
    "load",
    "save",
    "state_path",
]
