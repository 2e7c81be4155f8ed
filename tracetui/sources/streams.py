"""What gives its bytes once and takes its time: pipes, devices, sockets."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator
from typing import Final

from tracetui.errors import InputError
from tracetui.files import reason
from tracetui.sources.base import Tick

FIRST_BYTE_S: Final = 5.0
_PIECE: Final = 256 * 1024
_LOOK_UP_MS: Final = 100
_OWN: Final = re.compile(r"/dev/(?:stdin|fd/(\d+))|/proc/(?:self|\d+)/fd/(\d+)")
_ENDS_BEFORE_IT_BEGINS: Final = sys.platform == "darwin"
"""Where a FIFO that nobody has opened for writing yet looks as if it had ended."""


def own_descriptor(name: str) -> int | None:
    """The descriptor of this process that a path stands for, as in `<(command)`; None if there is none."""
    found = _OWN.fullmatch(name)
    return int(found[1] or found[2] or 0) if found else None


def connect(name: str) -> int:
    """Connect to a Unix socket.

    Returns:
        Its descriptor.

    Raises:
        InputError: Nobody listens there, or not for streams.
    """
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.settimeout(FIRST_BYTE_S)
        try:
            made.connect(name)
        except OSError as error:
            told = f"is a socket that cannot be read: {reason(error)}"
            raise InputError(told, source=name) from None
        return made.detach()


def pieces(name: str, descriptor: int, tick: Tick, *, first_byte_s: float | None) -> Iterator[bytes]:
    """What a descriptor gives until its end; closes it.

    Args:
        name: For messages.
        descriptor: Open for reading.
        tick: Called several times a second.
        first_byte_s: Seconds to wait for the first byte, None to wait for ever.

    Raises:
        InputError: It cannot be read, or nothing came in time.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    last_moment = None if first_byte_s is None else time.monotonic() + first_byte_s
    try:
        while True:
            ready = poll.poll(_LOOK_UP_MS)
            tick()
            if last_moment is not None and time.monotonic() >= last_moment and not ready:
                raise InputError(
                    f"nobody wrote to it within {first_byte_s:.0f} s",
                    source=name,
                    hint="is its writer running?",
                )
            if not ready:
                continue
            try:
                data = os.read(descriptor, _PIECE)
            except BlockingIOError:
                continue
            if not data:
                if last_moment is None or not _ENDS_BEFORE_IT_BEGINS or time.monotonic() >= last_moment:
                    return
                time.sleep(_LOOK_UP_MS / 1000)
                continue
            last_moment = None
            yield data
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", source=name) from None
    finally:
        os.close(descriptor)
