"""Doing something after a pause, for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump

__all__ = ["after"]


def after(pump: MessagePump, seconds: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
    """Have a screen, widget or application call something once, after a pause.

    Textual's `set_timer` never calls where the thread is kept from running for longer than the pause just
    while it is made: another thread has the interpreter for 5 ms at a time, other programs for longer.
    """
    return asyncio.get_running_loop().call_later(seconds, pump.call_later, callback)
