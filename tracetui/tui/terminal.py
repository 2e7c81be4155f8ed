"""The terminal: drawn on through stdout, keys from where there are any, and given back whatever happens."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from time import monotonic
from types import FrameType
from typing import Any, TextIO

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from .in_order import InOrderApp

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
CLEAN_SECONDS = 1.0
"""How long an orderly end may take before the hard one."""

LITTER: set[str] = set()
"""Files to be gone when the process is, whatever ends it."""

_RESTORE = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l"  # synchronized output, paste, wrap, in-band resize
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
)
_PUSH_KEYBOARD, _POP_KEYBOARD = "\x1b[>", "\x1b[<u"
_LEAVE = b"\x1b[?25h\x1b[?1004l\x1b[?1049l\x1b[0m"
_LAST_SECONDS = 0.3
"""How long the last write may take, where the terminal does not read."""


_LINE_SECONDS = 1.0
"""How often it is looked whether the terminal is still there."""


class _Output:
    """The terminal as a file that can be taken away from the thread that writes to it.

    Attributes:
        touched: whether anything has been written.
        pushed: whether the terminal was told of another keyboard protocol, and not yet to go back.
    """

    def __init__(self, file: TextIO) -> None:
        self._fd = file.fileno()
        self._encoding = file.encoding
        self._waiting: list[str] = []
        self._lock = Lock()
        self._taken = False
        self.touched = False
        self.pushed = False

    def fileno(self) -> int:
        return self._fd

    def write(self, text: str) -> None:
        self._waiting.append(text)

    def flush(self) -> None:
        """Write what waits: all of it, as far as the terminal reads."""
        waiting, self._waiting = self._waiting, []
        data = memoryview("".join(waiting).encode(self._encoding, "replace"))
        with self._lock:
            if self._taken or not data:
                return
            self.touched = True
            for text in waiting:
                if text.startswith(_PUSH_KEYBOARD):
                    self.pushed = True
                elif text == _POP_KEYBOARD:
                    self.pushed = False
            while data:
                data = data[os.write(self._fd, data) :]

    def write_last(self, restore: bytes) -> None:
        """Have nothing more written but this, which must not take long."""
        self._lock.acquire(timeout=_LAST_SECONDS)  # its holder waits for a terminal that does not read
        self._taken = True
        if not self.touched:
            return
        data = restore + (_POP_KEYBOARD.encode() if self.pushed else b"") + _LEAVE
        # Opened anew: not to wait is a property of what was opened, which the shell shares with this process.
        fd = -1
        with contextlib.suppress(OSError):
            fd = os.open(os.ttyname(self._fd), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        was_blocking = os.get_blocking(self._fd)
        if fd < 0:
            fd = self._fd
            os.set_blocking(fd, False)
        until = monotonic() + _LAST_SECONDS
        while data and monotonic() < until:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                select.select([], [fd], [], 0.01)
            except OSError:
                break
        os.set_blocking(self._fd, was_blocking)


class StdoutDriver(LinuxDriver):
    """Textual's driver, drawing on stdout instead of stderr.

    Keys come from /dev/tty where stdin is no terminal.
    """

    active: StdoutDriver | None = None
    """The driver that the terminal belongs to at the moment."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stdout__ is not None
        self._output = _Output(sys.__stdout__)
        self._file = self._output  # type: ignore[assignment]  # all of a file that its writer uses
        self._was_on = False
        self._wake_for_signals()
        if not self.input_tty:
            with contextlib.suppress(OSError):
                # Open until the process ends: a viewer that was suspended comes back to it.
                self.fileno = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
                self.input_tty = True
        self._loop.call_later(_LINE_SECONDS, self._watch_line)

    def _wake_for_signals(self) -> None:
        """Have each signal wake the event loop.

        A signal that comes just before the loop goes to sleep does not end that sleep, and its handler runs
        when the next key is pressed.
        """
        self._bell, ringer = os.pipe()
        for end in (self._bell, ringer):
            os.set_blocking(end, False)
        self._loop.add_reader(self._bell, self._rung)
        signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)

    def _rung(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 4096)

    def _watch_line(self) -> None:
        """Take a terminal that is gone for a hang-up.

        Not everyone gets a signal then: only the processes of the session that the terminal controlled.
        """
        self._loop.call_later(_LINE_SECONDS, self._watch_line)
        if StdoutDriver.active is not self:
            return
        line = select.poll()
        line.register(self.fileno, 0)
        if any(found & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, found in line.poll(0)):
            os.kill(os.getpid(), signal.SIGHUP)

    @property
    def output(self) -> int:
        """The descriptor of what is drawn on."""
        return self._output.fileno()

    def write(self, data: str) -> None:
        if data == "\x1b[?1049l":
            data += "\x1b[0m"  # what is written after the viewer starts plain, whatever was drawn last
        super().write(data)

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")

    def start_application_mode(self) -> None:
        writer = self._writer_thread
        StdoutDriver.active = self
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is writer:  # in the background: the terminal is somebody else's
            StdoutDriver.active = None
        else:
            self._was_on = True

    def close(self) -> None:
        super().close()
        StdoutDriver.active = None  # not before: only now is all written that gives the terminal back

    # Stopping and going on. In a handler the queue to the writer may be locked by what it interrupts.

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart and StdoutDriver.active is self and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart and self._was_on and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._go_on)

    def _stop(self) -> None:
        if StdoutDriver.active is self:
            self.suspend_application_mode()
            self._must_signal_resume = True
            os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        if (
            StdoutDriver.active is self
        ):  # stopped without being asked: whose the screen was since, none can say
            self.suspend_application_mode()
            self._must_signal_resume = True
        self.resume_application_mode()

    def restore_at_once(self) -> None:
        """Give the terminal back with nothing but system calls: for the last moments of a process."""
        with contextlib.suppress(OSError, ValueError):
            self._output.write_last(_RESTORE)
        if self.attrs_before is not None:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else the background stops who sets attributes
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)


class QuietApp(InOrderApp):
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
    asked = ending = False

    def end_now(code: int) -> None:
        nonlocal ending
        if ending:  # a signal while the one before is at work, which does not take long
            return
        ending = True
        if StdoutDriver.active is not None:
            StdoutDriver.active.restore_at_once()
        for path in LITTER:
            with contextlib.suppress(OSError):
                Path(path).unlink()
        os._exit(code)

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        code = 128 + number
        drawing = StdoutDriver.active is not None
        if number != signal.SIGHUP and drawing and not asked and end_cleanly(code):
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
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
