"""Real servers for tests: had from registries once, kept in a cache, started on loopback for a session.

`python -m tests.backends.real` makes them ready without starting them, and says what is missing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

JAEGER, ZIPKIN = "1.62.0", "3.5.1"
NOT_READY = "not ready; python3 -m tests.backends.real makes it so"
BUILD_S, START_S = 1200, 90


class Missing(Exception):
    """A server that cannot be had here, and why."""


@dataclass(frozen=True)
class RealServer:
    """A server that runs.

    Attributes:
        name: "jaeger" or "zipkin".
        url: Where it is asked.
        otlp: Where it takes spans: OTLP over HTTP; of a Zipkin, its own collector.
    """

    name: str
    url: str
    otlp: str


def cache() -> Path:
    """Where servers are kept, outside of any checkout."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tracetui-tests"


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not installed")
    return found


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BUILD_S)
    except subprocess.TimeoutExpired:
        raise Missing(f"{command[0]} did not end within {BUILD_S} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise Missing(f"{' '.join(command[:3])} failed: {said[-1]}")


def jaeger_binary(*, build: bool = False) -> Path:
    """Jaeger 1.62, built once by its module's name.

    Args:
        build: Build it if it is not there.

    Raises:
        Missing: There is no Go, or the build failed.
    """
    built = cache() / f"jaeger-{JAEGER}"
    if not built.is_file():
        if not build:
            raise Missing(NOT_READY)
        go = _tool("go")
        package = "github.com/jaegertracing/jaeger/cmd/all-in-one"
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache()) as name:
            folder = Path(name)
            (folder / "go.mod").write_text("module jaegertool\n\ngo 1.22\n")
            _run([go, "get", "-tool", f"{package}@v{JAEGER}"], folder)
            _run([go, "build", "-o", "server", package], folder)
            (folder / "server").replace(built)
    return built


def zipkin_jar(*, build: bool = False) -> Path:
    """Zipkin 3.5.1, had once by its artifact's name.

    Args:
        build: Get it if it is not there.

    Raises:
        Missing: There is no Java or no Maven, or the download failed.
    """
    _tool("java")
    jar = cache() / f"zipkin-server-{ZIPKIN}-exec.jar"
    if not jar.is_file():
        if not build:
            raise Missing(NOT_READY)
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache()) as name:
            artifact = f"-Dartifact=io.zipkin:zipkin-server:{ZIPKIN}:jar:exec"
            command = [_tool("mvn"), "-q", "dependency:copy", artifact, f"-DoutputDirectory={name}"]
            _run(command, Path(name))
            (Path(name) / jar.name).replace(jar)
    return jar


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _process(command: list[str], ready: str) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait(process, ready, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], ready: str, log: IO[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(ready, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    log.seek(0)
    said = log.read().decode(errors="replace").strip().splitlines() or ["nothing"]
    raise Missing(f"the server does not answer at {ready}; the last it said: {said[-1][:200]}")


@contextmanager
def jaeger() -> Iterator[RealServer]:
    """A Jaeger 1.62 with its spans in memory."""
    binary = jaeger_binary()
    names = (
        "query.http-server", "query.grpc-server", "collector.otlp.http", "collector.otlp.grpc",
        "collector.http-server", "collector.grpc-server", "admin.http", "http-server",
    )  # fmt: skip
    agents = ("jaeger-binary", "jaeger-compact", "zipkin-compact")
    ports = dict(zip((*names, *agents), free_ports(len(names) + len(agents)), strict=True))
    command = [str(binary), "--collector.otlp.enabled=true", "--log-level=warn"]
    command += [f"--{name}.host-port=127.0.0.1:{ports[name]}" for name in names]
    command += [f"--processor.{name}.server-host-port=127.0.0.1:{ports[name]}" for name in agents]
    url = f"http://127.0.0.1:{ports['query.http-server']}"
    with _process(command, f"{url}/api/services"):
        yield RealServer("jaeger", url, f"http://127.0.0.1:{ports['collector.otlp.http']}/v1/traces")


@contextmanager
def zipkin() -> Iterator[RealServer]:
    """A Zipkin 3.5.1 with its spans in memory."""
    jar = zipkin_jar()
    [port] = free_ports(1)
    command = [_tool("java"), "-Xmx256m", "-jar", str(jar)]
    command += [
        "--armeria.ports[0].ip=127.0.0.1",
        f"--armeria.ports[0].port={port}",
        "--armeria.ports[0].protocols[0]=http",
    ]
    url = f"http://127.0.0.1:{port}"
    with _process(command, f"{url}/health"):
        yield RealServer("zipkin", url, f"{url}/api/v2/spans")


def named(kind: str) -> RealServer | None:
    """The server that the environment names in place of one of our own.

    `TRACETUI_TEST_JAEGER_URL` is where it is asked, `TRACETUI_TEST_JAEGER_OTLP` takes spans; likewise of
    Zipkin.
    """
    url = os.environ.get(f"TRACETUI_TEST_{kind.upper()}_URL")
    otlp = os.environ.get(f"TRACETUI_TEST_{kind.upper()}_OTLP")
    return RealServer(kind, url, otlp) if url and otlp else None


def main() -> None:
    """Make the servers ready."""
    for name, have in (("Jaeger", jaeger_binary), ("Zipkin", zipkin_jar)):
        try:
            print(f"{name}: {have(build=True)}")
        except Missing as missing:
            print(f"{name}: not to be had: {missing}; its tests are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()
