"""A second process that does what the first asks for, so that a large file is read by two cores.

It is a copy of the first one where that is safe (no other thread runs, and the system means processes to be
copied), else a new interpreter, which takes as long to start as a small file takes to be read. It opens the
file anew by its path, and ends when the first one does: then nothing more comes out of its pipe.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from msgspec import Struct

from tracetui.sources.file import Place

_SIZE: Final = struct.Struct("<Q")
_ROOM: Final = 1 << 20
"""Bytes that a pipe holds: an answer, or the second process would wait for the first to take it."""
_ENDING_S: Final = 1.0
PATIENCE_S: Final = 0.0
"""How long the first process waits for it to be ready: it has enough to do."""


class Job(Struct, frozen=True):
    """What the second process is there for.

    Attributes:
        worker: The module whose `Worker()` is called with a source's bytes and what else the first one sent.
        place: The file.
    """

    worker: str
    place: Place


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def can_copy() -> bool:
    """Whether this process can be copied: only this thread would go on in the copy."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


class Second:
    """The second process, as the first one sees it.

    Args:
        job: What it does.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, job: Job) -> None:
        self._pid = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._questions = self._answers = -1
        self._ready = False
        with contextlib.ExitStack() as its_own, contextlib.ExitStack() as on_failure:
            on_failure.callback(self.close)
            questions, self._questions = _pipe(its_own, 0)
            answers, self._answers = _pipe(its_own, 1)
            if not can_copy():
                self._process = _start(questions, answers)
                self.ask(job)
            elif (pid := os.fork()) == 0:
                _go_on_as_copy(job, questions, answers, (self._questions, self._answers))
            else:
                self._pid = pid
            on_failure.pop_all()

    def is_ready(self) -> bool:
        """Whether it waits for questions; a new interpreter takes a while to get there.

        Raises:
            OSError, EOFError: It has ended.
        """
        if not self._ready and select.select([self._answers], [], [], PATIENCE_S)[0]:
            self.answer()
            self._ready = True
        return self._ready

    def ask(self, question: Any) -> None:
        """Send it something to do. What it answers comes in the order of the questions.

        Raises:
            OSError: It has ended.
        """
        _send(self._questions, question)

    def answered(self) -> bool:
        """Whether `answer` would not have to wait."""
        return bool(select.select([self._answers], [], [], 0)[0])

    def answer(self) -> Any:
        """What it says to the oldest question that was not answered.

        Raises:
            OSError, EOFError: It has ended.
        """
        return _receive(self._answers)

    def close(self) -> None:
        """End it."""
        for pipe in (self._questions, self._answers):
            if pipe >= 0:
                os.close(pipe)
        self._questions = self._answers = -1
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            if self._pid:
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
            elif self._process is not None:
                self._process.kill()
                self._process.wait(_ENDING_S)
        self._pid, self._process = 0, None


def _pipe(its_own: contextlib.ExitStack, end: int) -> tuple[int, int]:
    """A pipe: the end that is the second process's, which is closed here with `its_own`, and the other."""
    ends = os.pipe()
    its_own.callback(os.close, ends[end])
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(ends[end], fcntl.F_SETPIPE_SZ, _ROOM)
    return ends[end], ends[1 - end]


def _start(questions: int, answers: int) -> subprocess.Popen[bytes]:
    """A new interpreter with the modules of this one, but none from the directory that it is called in."""
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("no interpreter can be started")
    paths = os.pathsep.join(filter(None, sys.path))
    code = f"from {__name__} import main; main({questions}, {answers})"
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
        pass_fds=(questions, answers),
    )


def main(questions: int, answers: int) -> None:
    """What a new interpreter does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _serve(_receive(questions), questions, answers)


def _go_on_as_copy(job: Job, questions: int, answers: int, others: tuple[int, int]) -> NoReturn:
    """What a copy does. Nothing of what the first one has begun is its business."""
    try:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for pipe in others:
            os.close(pipe)
        _serve(job, questions, answers)
    finally:
        os._exit(0)


def _serve(job: Job, questions: int, answers: int) -> None:
    """Answer questions until no more come."""
    with contextlib.suppress(OSError, EOFError):
        worker: Callable[..., Any] = import_module(job.worker).Worker()
        descriptor = job.place.open()
        _send(answers, None)  # ready
        while True:
            start, end, context = _receive(questions)
            body = os.pread(descriptor, end - start, start)
            _send(answers, worker(body, start, context) if len(body) == end - start else None)


def _send(pipe: int, message: Any) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    view = memoryview(_SIZE.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe, view) :]


def _receive(pipe: int) -> Any:
    (length,) = _SIZE.unpack(_read(pipe, _SIZE.size))
    return pickle.loads(_read(pipe, length))


def _read(pipe: int, length: int) -> bytearray:
    data = bytearray()
    while len(data) < length:
        piece = os.read(pipe, length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
