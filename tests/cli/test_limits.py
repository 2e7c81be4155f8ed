"""Limits and odd sources on the command line: exit code 3, one line, bounded memory; ctrl+c ends it all."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_show import ENVIRONMENT, ORDERS, only_line, tracetui
from tracetui.sources.zstd import library

MIB = 1 << 20
SPAN = b'{"traceId":"1","id":"2","name":"' + b"a" * 20_000 + b'"},'
BLOCK = SPAN * (MIB // len(SPAN))


def peak(*arguments: str | Path) -> tuple[int, int, bytes]:
    """The exit code of a run, the most memory that it had, in bytes, and what it told."""
    command = [sys.executable, "-m", "tracetui", "show", "--spans", "none", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT) as run:
        assert run.stderr is not None
        told = run.stderr.read()
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    return run.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), told


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_bomb_of_a_gibibyte_needs_little_memory(tmp_path: Path, kind: str) -> None:
    compress = gzip.compress if kind == "gzip" else library().compress
    (path := tmp_path / "bomb").write_bytes(
        compress(b"[") + compress(BLOCK) * 1024 + compress(SPAN[:-1] + b"]")
    )
    idle = peak(ORDERS)[1]
    code, memory, told = peak(path)
    assert (code, told.count(b"\n")) == (3, 1)
    assert b"expands to more than 200 times its size and 256 MiB" in told
    assert memory - idle < 150e6


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    # What does not compress well, so that it is no bomb.
    spans = [{"traceId": "1", "id": f"{n * 2654435761 % 2**32:x}", "name": "x"} for n in range(1, 200_000)]
    (path := tmp_path / "a.gz").write_bytes(gzip.compress(json.dumps(spans).encode(), 1))
    command = [sys.executable, "-m", "tracetui", "show", "--spans", "none", "--format", "csv", str(path)]
    result = subprocess.run(
        command,
        capture_output=True,
        env=ENVIRONMENT | {"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB)),
        check=False,
        timeout=60,
    )
    told = result.stderr.decode()
    assert (result.returncode, told.count("\n")) == (3, 1)
    assert f"cannot be kept in a temporary file in {tmp_path}: File too large (set TMPDIR" in told


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("/dev/zero", "binary data"),
        ("/dev/null", "is empty"),
        ("missing/*.json", "matches no file"),
        ("missing", "no such file"),
        ("encrypted", "holds a file that is encrypted: secret.json (unzip it first)"),
        ("cut", "a zip archive without its table of contents"),
        ("nested", "its only file is no trace (nested:inner: looks like an archive within an archive"),
        ("twice", "looks like data compressed twice"),
        ("cut-zstd", "is corrupt zstd data: it is cut"),
        ("folder", "none of the 2 files is a trace"),
        ("name\n\x1b[31m", "is empty"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_3(tmp_path: Path, name: str, wanted: str) -> None:
    data = ORDERS.read_bytes()
    with zipfile.ZipFile(tmp_path / "good", "w") as archive:
        archive.writestr("secret.json", data)
    good = (tmp_path / "good").read_bytes()
    locked = bytearray(good)
    locked[6] |= 1
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "encrypted").write_bytes(locked)
    (tmp_path / "cut").write_bytes(good[:-40])
    with zipfile.ZipFile(tmp_path / "nested", "w") as archive:
        archive.writestr("inner", good)
    (tmp_path / "twice").write_bytes(gzip.compress(gzip.compress(data)))
    (tmp_path / "cut-zstd").write_bytes(library().compress(data)[:-50])
    (tmp_path / "folder" / "sub").mkdir(parents=True)
    (tmp_path / "folder" / "a.txt").write_text("a")
    (tmp_path / "folder" / "sub" / "b.txt").touch()
    (tmp_path / "name\n\x1b[31m").touch()
    result = tracetui("show", name, cwd=tmp_path)
    assert result.returncode == 3
    assert wanted in only_line(result)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, library().compress], ids=["plain", "gzip", "zstd"])
def test_standard_input_and_its_paths(pack: type[bytes]) -> None:
    data = pack(ORDERS.read_bytes())
    expected = tracetui("show", ORDERS).stdout
    for name in ("-", "/dev/stdin", "/dev/fd/0"):
        result = tracetui("show", name, stdin=data)
        assert (result.returncode, result.stdout) == (0, expected)


def test_a_name_in_a_shell_for_what_a_command_gives() -> None:
    command = f"{sys.executable} -m tracetui show --spans none <(cat {ORDERS}) /dev/null"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=ENVIRONMENT, check=False, timeout=60
    )
    assert (result.returncode, result.stderr.count(b"\n")) == (3, 2)
    assert result.stdout.startswith(b"shop POST /orders")


def test_an_interrupt_ends_the_wait_for_a_fifo(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe")
    command = [sys.executable, "-m", "tracetui", "show", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as run:
        writer = os.open(path, os.O_WRONLY)  # waits until the other end is open
        run.send_signal(signal.SIGINT)
        out, told = run.communicate(timeout=30)
        os.close(writer)
    assert (run.returncode, out, told) == (130, b"", b"")
