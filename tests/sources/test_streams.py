"""Pipes, FIFOs, devices and sockets: read once, in time, and no further than the limit."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from tests.sources.test_sources import DATA, whole
from tracetui.errors import InputError
from tracetui.sources import Stopped, open_source, streams


def test_a_fifo_is_spooled(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe")
    writer = threading.Thread(target=lambda: path.write_bytes(DATA))
    writer.start()
    source = open_source(str(path))
    assert whole(source) == DATA
    writer.join()
    assert source.pread(5, 10) == DATA[5:15]
    source.close()


def test_a_fifo_that_nobody_writes_to_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "FIRST_BYTE_S", 0.0)
    os.mkfifo(path := tmp_path / "pipe")
    with pytest.raises(InputError, match="nobody wrote to it within 0 s"):
        open_source(str(path))
    holder = os.open(path, os.O_RDWR)
    try:
        with pytest.raises(InputError, match="nobody wrote"):
            open_source(str(path))
    finally:
        os.close(holder)


def test_waiting_for_a_fifo_can_be_stopped(tmp_path: Path) -> None:
    def tick() -> None:
        raise Stopped

    os.mkfifo(path := tmp_path / "pipe")
    with pytest.raises(Stopped):
        open_source(str(path), tick=tick)


def test_what_this_process_was_given_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "FIRST_BYTE_S", 0.0)
    reading, writing = os.pipe()
    looks = 0

    def tick() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            os.write(writing, b"late")
            os.close(writing)

    source = open_source(f"/dev/fd/{reading}", tick=tick)
    assert whole(source) == b"late"
    os.close(reading)


def test_a_socket_is_read_to_its_end(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(DATA)

        server = threading.Thread(target=serve)
        server.start()
        source = open_source(path)
        assert whole(source) == DATA
        server.join()
    with pytest.raises(InputError, match="a socket that cannot be read: connection refused"):
        open_source(path)


def test_a_device_ends_at_the_limit() -> None:
    source = open_source("/dev/zero", max_bytes=1_000_000)
    assert source.pread(0, 1000) == b"\0" * 1000
    with pytest.raises(InputError, match="--max-bytes"):
        whole(source)
    source.close()
    with pytest.raises(InputError, match="is empty"):
        open_source("/dev/null")


@pytest.mark.parametrize(
    ("name", "descriptor"),
    [("/dev/stdin", 0), ("/dev/fd/63", 63), ("/proc/self/fd/7", 7), ("/dev/fdx", None), ("x/dev/fd/3", None)],
)
def test_paths_that_stand_for_what_is_open_already(name: str, descriptor: int | None) -> None:
    assert streams.own_descriptor(name) == descriptor
