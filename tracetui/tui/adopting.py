"""Putting a load in the place of the one that an application had."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from tracetui.model.trace import Collection

from .loading import Loading, Mail

if TYPE_CHECKING:
    from .app import TraceApp

__all__ = ["adopt_beside", "adopt_done", "put"]


def put(app: TraceApp, loading: Loading) -> None:
    """Have another load; nothing of it is on the screen yet."""
    app.loading.attach(None)
    app.loading.stop()
    app.loading = loading
    app.collection, app.finished, app._open = None, False, -1


def adopt_beside(app: TraceApp, loading: Loading, mail: Mail) -> None:
    """Show another load; the list that is under the trace stays.

    Args:
        app: the application.
        loading: the load.
        mail: what has come of it.
    """
    put(app, loading)
    gc.unfreeze()
    gc.disable()  # until all is read, as when the viewer starts
    app._digest(mail)
    app._listen()


def adopt_done(app: TraceApp, loading: Loading, collection: Collection) -> None:
    """Have a collection that is there already.

    Args:
        app: the application.
        loading: a load that would read it again; it is not started.
        collection: all of it.
    """
    put(app, loading)
    app.collection, app.finished = collection, True
