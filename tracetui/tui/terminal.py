"""The terminal: drawn on through stdout, keys from where there are any, and given back whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
CLEAN_SECONDS = 1.0
"""How long an orderly end may take before the hard one."""

_RESTORE = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l"  # synchronized output, paste, wrap, in-band resize
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
)
_POP_KEYBOARD = b"\x1b[<u"
_LEAVE = b"\x1b[?25h\x1b[?1004l\x1b[?1049l\x1b[0m"


class StdoutDriver(LinuxDriver):
    """Textual's driver, drawing on stdout instead of stderr.

    Keys come from /dev/tty where stdin is no terminal.
    """

    active: StdoutDriver | None = None

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stdout__ is not None
        self._file = self._screen = sys.__stdout__
        self._own_tty = -1
        self._keyboard_pushed = False
        if not self.input_tty:
            with contextlib.suppress(OSError):
                self._own_tty = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
                self.fileno = self._own_tty
                self.input_tty = True

    def write(self, data: str) -> None:
        if data.startswith("\x1b[>") and data.endswith("u"):
            self._keyboard_pushed = True
        elif data == "\x1b[<u":
            self._keyboard_pushed = False
        elif data == "\x1b[?1049l":
            data += "\x1b[0m"  # what is written after the viewer starts plain, whatever was drawn last
        super().write(data)

    def start_application_mode(self) -> None:
        StdoutDriver.active = self
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        StdoutDriver.active = None

    def close(self) -> None:
        super().close()
        if self._own_tty >= 0:
            os.close(self._own_tty)
            self._own_tty = -1

    def restore_at_once(self) -> None:
        """Give the terminal back with nothing but system calls: for the last moments of a process."""
        output = self._screen.fileno()
        with contextlib.suppress(OSError):
            os.set_blocking(output, False)
            pop = _POP_KEYBOARD if self._keyboard_pushed else b""
            self._keyboard_pushed = False
            os.write(output, _RESTORE + pop + _LEAVE)
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)


class QuietApp(App[None]):
    """An application that crashes without a word: whoever runs it finds the exception in `crash`.

    Textual would print a panel with the local variables of every frame, and go on to exit with code 0.
    """

    crash: Exception | None = None

    def _handle_exception(self, error: Exception) -> None:
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


@contextlib.contextmanager
def guarded_signals(end_cleanly: Callable[[int], bool]) -> Iterator[None]:
    """Have signals that end the process give the terminal back first.

    The first one asks for an orderly end, and gets a hard one if that takes too long; the next one, and a
    hang-up, after which there is no terminal to draw on, are hard at once.

    Args:
        end_cleanly: is given the exit code; returns whether the application runs and will end with it.
    """
    asked = False

    def end_now(code: int) -> None:
        driver = StdoutDriver.active
        if driver is not None:
            driver.restore_at_once()
        os._exit(code)

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        code = 128 + number
        if number != signal.SIGHUP and not asked and end_cleanly(code):
            asked = True
            signal.signal(signal.SIGALRM, lambda *_: end_now(code))
            signal.setitimer(signal.ITIMER_REAL, CLEAN_SECONDS)
        else:
            end_now(code)

    # What is ignored, as the hang-up under nohup, stays ignored.
    kept = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, on_signal) for number in kept}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
