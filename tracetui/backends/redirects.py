"""Redirects: which of them are followed, and what is said of the others."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from tracetui.errors import BackendError

_LEADS_NOWHERE: Final = "a login page? give credentials with --header or TRACETUI_TOKEN"


def next_url(url: str, location: str, name: str) -> str:
    """Where a redirect leads, if it may be followed: to the same origin, or to https on the same host.

    Args:
        url: What was asked for.
        location: What the answer says.
        name: What stands for it in messages.

    Raises:
        BackendError: It may not.
    """
    target = urljoin(url, location)
    if not any(char < "!" or char > "~" for char in location):
        before, after = urlsplit(url), urlsplit(target)
        try:
            same = before.hostname == after.hostname and not after.username and not after.password
            if same and (before.scheme, before.port) == (after.scheme, after.port):
                return target
            upgraded = (before.scheme, after.scheme) == ("http", "https")
            if same and upgraded and before.port in (None, 80) and after.port in (None, 443):
                return target
        except ValueError:
            pass
    told, hint = _told(target)
    raise BackendError(told, source=name, hint=hint)


def _told(target: str) -> tuple[str, str]:
    """What to say of a redirect that is not followed, and what can be done.

    Args:
        target: Where it leads.
    """
    try:
        split = urlsplit(target)
        port = f":{split.port}" if split.port else ""
        host = split.hostname or ""
    except ValueError:
        host = ""
    if not host or not re.fullmatch(r"[0-9A-Za-z.:_-]+", host) or split.scheme not in ("http", "https"):
        return "redirects to what is no address on the web; not followed", "check the URL"
    return f"redirects to another place, {split.scheme}://{host}{port}; not followed", _LEADS_NOWHERE
