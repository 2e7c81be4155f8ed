"""The viewer: everything that imports textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracetui.backends import ClientOptions
    from tracetui.config import Loaded
    from tracetui.loaders import LoadOptions

    from .copy_choices import Copyable

__all__ = ["run"]

SWITCH_SECONDS = 0.001
"""How long another thread may run while the screen's has something to do."""


def run(
    names: Sequence[str],
    options: LoadOptions | None = None,
    settings: Loaded | None = None,
    chosen: Callable[[Copyable], None] | None = None,
    client: Callable[[], ClientOptions] | None = None,
) -> int:
    """Open the viewer on some sources, and return when it is left.

    Reading starts before the viewer's own modules are imported, so that a small file is there when the screen
    is.

    Args:
        names: files, directories, globs or `-`, as the user gave them; none for the start screen.
        options: how to read them.
        settings: how it looks, and where changes of that are kept; None for the defaults, kept nowhere.
        chosen: gets where the cursor was when the user quit, if that was in a trace.
        client: how servers are asked that the settings do not name; None for no special way.

    Returns:
        The exit code: 0, or 128 + n after signal n.

    Raises:
        TracetuiError: nothing could be loaded; the screen has been left.
        Exception: whatever the viewer crashed with; the screen has been left and nothing was printed.
    """
    import gc
    import sys

    gc.disable()  # until all is read: what is imported and loaded is not garbage
    sys.setswitchinterval(SWITCH_SECONDS)
    _import_asyncio()
    from tracetui.analysis import Mode
    from tracetui.config import Loaded
    from tracetui.loaders import LoadOptions

    from .loading import Loading

    settings = settings or Loaded.defaults()
    wanted = settings.settings
    mode = Mode(wanted.critical_path)
    loading = Loading(names, options or LoadOptions(), mode, adjusted=wanted.clock == "adjusted")
    # What stands behind an address is found out on the screen: it may be something to be searched.
    visit = names[0] if len(names) == 1 and _is_address(names[0]) and not loading.trace_ids else ""
    if names and not visit:
        loading.start(courteous=True)
        loading.head_start()

    from .app import run_app

    return run_app(loading, settings, chosen, client, visit)


def _import_asyncio() -> None:
    """Import asyncio as where Python has no TLS: nobody here speaks that over asyncio, and it takes 10 ms.

    Whoever imports ssl afterwards gets it. Another thread could not meanwhile: there is none yet.
    """
    import sys

    if "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]  # how an import is told that there is none
        try:
            import asyncio  # noqa: F401
        finally:
            del sys.modules["ssl"]


def _is_address(name: str) -> bool:
    import os

    from tracetui.loaders.remote import is_address

    return is_address(name) and not os.path.lexists(name)
