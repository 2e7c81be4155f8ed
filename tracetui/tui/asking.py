"""Asking a backend in a thread of its own, and having the answer in the thread of the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, Protocol, TypeVar

from tracetui.backends.call import Call, Phase
from tracetui.errors import Cancelled, TracetuiError

__all__ = ["Host", "ask"]

T = TypeVar("T")


class Host(Protocol):
    """Whoever lives in the thread of the screen."""

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Have something called once what waits is done."""


def ask(
    host: Host,
    job: Callable[[Call], T],
    done: Callable[[T], None],
    fail: Callable[[TracetuiError], None],
    on_phase: Callable[[Phase], None] | None = None,
) -> Call:
    """Start something that may take long; nothing is heard of it any more once the call is cancelled.

    The thread is a daemon, so that a server that does not answer keeps nobody from leaving.

    Args:
        host: the application.
        job: what to do in the thread.
        done: gets what came of it.
        fail: gets the error that ended it. Any other exception is raised in the thread of the screen.
        on_phase: told how far it is.

    Returns:
        The call, to be cancelled.
    """
    loop = asyncio.get_running_loop()

    def post(to: Callable[[Any], None], what: object) -> None:
        def deliver() -> None:
            if not call.cancelled:
                to(what)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(host.call_later, deliver)

    call = Call(on_phase=partial(post, on_phase) if on_phase is not None else None)

    def work() -> None:
        try:
            result = job(call)
        except Cancelled:
            return
        except TracetuiError as error:
            post(fail, error)
        except Exception as error:  # told by the application, not by a thread that nobody watches
            post(_raise, error)
        else:
            post(done, result)

    Thread(target=work, name="tracetui-ask", daemon=True).start()
    return call


def _raise(error: Exception) -> None:
    raise error
