"""What there is to choose from where a source is chosen."""

from __future__ import annotations

from typing import Final

from .settings import Keeper

__all__ = ["offered"]

MOST_FILES: Final = 8
"""Files that are offered where there are servers as well."""
MOST_SERVERS: Final = 6
"""Servers that are offered besides those of the settings."""


def offered(keeper: Keeper) -> tuple[list[str], dict[str, str]]:
    """The sources to choose from.

    Returns:
        The files opened lately, then the servers: those of the settings by their names, others by their
        addresses. And the addresses of those that have names.
    """
    named = {name: server.url for name, server in keeper.settings.servers.items()}
    known = {url.rstrip("/") for url in named.values()}
    used = dict.fromkeys(one.server for one in keeper.searches() if one.server not in known)
    servers = [*named, *list(used)[:MOST_SERVERS]]
    files = keeper.recent()
    return [*(files[:MOST_FILES] if servers else files), *servers], named
