"""What a user has settled once: settings, where they come from, and how they are kept.

Defaults give way to the file, the file to `TRACETUI_<OPTION>` in the environment, that to the options of the
command line. Only the viewer and `tracetui config` read the file: what `show` prints depends on nothing but
its command line and its environment, so that a script gets the same from every user.
"""

from __future__ import annotations

from .load import Loaded, config_path, load
from .recent import MAX_RECENT, read_recent, recent_path, remember
from .save import NotKept, save
from .searches import RecentSearch, read_searches, remember_search, searches_path
from .settings import VERSION, Server, Settings

__all__ = [
    "MAX_RECENT",
    "VERSION",
    "Loaded",
    "NotKept",
    "RecentSearch",
    "Server",
    "Settings",
    "config_path",
    "load",
    "read_recent",
    "read_searches",
    "recent_path",
    "remember",
    "remember_search",
    "save",
    "searches_path",
]
