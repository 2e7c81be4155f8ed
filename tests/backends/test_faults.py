"""Every fault of a server that plays them all: how it ends on the command line, and what was sent where."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cli.test_show import only_line, tracetui
from tests.conftest import shared

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SECRETS = {"TRACETUI_TOKEN": "SECRET-token", "TRACETUI_HEADER": "X-Api-Key: SECRET-header"}

LOADS = {
    "ok", "slow-headers-5s", "drip-fast", "no-length-close", "chunked", "json-as-text", "json-as-html",
    "429-retry-after-2", "429-retry-after-date", "429-retry-after-junk", "503-then-ok", "302-same-host",
    "gzip", "deflate", "gzip-unasked-body", "gzip-lie", "set-cookie", "wrong-trace", "flap",
    "302-https-to-http",
}  # fmt: skip
"""What ends well. The last one does where it is asked without TLS, and has nothing to go down from."""
TOLD = {
    "slow-headers-60s": "timed out after",
    "drip": "received",
    "stall-before-headers": "timed out after",
    "stall-mid-body": "timed out after",
    "reset-before-headers": "connection reset by 127.0.0.1",
    "reset-mid-body": "connection reset by 127.0.0.1",
    "close-no-response": "closed the connection",
    "short-content-length": "incomplete response",
    "long-body": "invalid JSON",
    "chunked-cut": "incomplete response",
    "chunked-bad-size": "bad response from",
    "garbage-status": "does not speak HTTP",
    "html-login-200": "login page",
    "html-ui-200": "base path",
    "empty-200": "empty response",
    "204": "no content",
    "invalid-json": "invalid JSON in the response at byte",
    "jaeger-error-200": "storage ␛[31mdown",
    "jaeger-404": f"trace {TRACE} not found at 127.0.0.1",
    "404-plain": f"/api/traces/{TRACE}",
    "401": "401",
    "401-basic": "401",
    "403": "403 forbidden",
    "407": "proxy",
    "429-retry-after-1h": "3600 s",
    "500": "HTTP 500 from 127.0.0.1",
    "502-html": "HTTP 502",
    "503-forever": "HTTP 503",
    "504": "narrow the time range",
    "302-loop": "too many redirects",
    "301-pingpong": "too many redirects",
    "302-other-host": "redirects to another place",
    "302-other-port": "redirects to another place",
    "302-userinfo": "redirects to another place",
    "302-file": "not followed",
    "302-junk": "bad response from",
    "302-login": "a login page?",
    "304": "304",
    "gzip-cut": "compressed data that is cut",
    "encoding-unknown": "x-nope",
    "huge-length": "announces an answer",
    "body-1g": "announces an answer",
    "negative-length": "bad response from",
}
TRIES = {
    "reset-mid-body": 2,
    **dict.fromkeys(("reset-before-headers", "close-no-response", "short-content-length", "chunked-cut"), 2),
    **dict.fromkeys(("429-retry-after-2", "429-retry-after-date", "429-retry-after-junk"), 2),
    **dict.fromkeys(("503-then-ok", "503-forever", "502-html", "504"), 3),
    **dict.fromkeys(("401", "401-basic", "403", "407", "429-retry-after-1h", "500", "jaeger-404"), 1),
}
"""How often the trace was asked for, where that is settled."""


@dataclass
class Zoo:
    """The server of faults."""

    ports: dict[str, int]

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['main']}{path}") as answer:
            return json.load(answer)

    def base(self, fault: str, scheme: str = "http") -> str:
        port = self.ports["main" if scheme == "http" else "tls"]
        return f"{scheme}://127.0.0.1:{port}/f/{fault}"


@pytest.fixture(scope="module")
def zoo() -> Iterator[Zoo]:
    script = shared("hostile/faultserver.py")
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Zoo(json.loads(process.stdout.readline())["ports"])
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def faults() -> list[str]:
    """The names of all faults; none where there is no such server beside the checkout."""
    try:
        text = shared("hostile/faultserver.py").read_text(encoding="utf-8")
    except BaseException as skipped:  # pytest's own, and no exception to most
        if type(skipped).__name__ != "Skipped":
            raise
        return []
    return [line.split('"')[1] for line in text.splitlines() if line.startswith('@fault("')]


@pytest.mark.parametrize("fault", faults())
def test_a_fault_ends_as_it_should(zoo: Zoo, fault: str) -> None:
    # Deadlines are cut to what a test can wait for; the pace of the one that drips stays above them.
    timeout = "12s" if fault in ("slow-headers-5s", "drip-fast") or fault not in TOLD else "2s"
    page = f"{zoo.base(fault)}/trace/{TRACE}"
    result = tracetui("show", page, "--timeout", timeout, "--spans", "none", "--format", "csv", **SECRETS)
    assert b"SECRET" not in result.stdout + result.stderr
    assert b"\x1b" not in result.stdout + result.stderr
    if fault in LOADS:
        assert result.returncode == 0, result.stderr
        assert b"frontend" in result.stdout
        assert (b"warning" in result.stderr) == (fault == "wrong-trace")
    else:
        assert result.returncode == 4
        assert TOLD.get(fault, "") in only_line(result)
    log = zoo.ask("/_log")
    asked = [one for one in log if one["path"].startswith(f"/f/{fault}/")]
    assert len(asked) <= 12
    if fault in TRIES:
        assert len(asked) == TRIES[fault]
    elsewhere = [one for one in log if one["host"] != "127.0.0.1" or one["port"] != zoo.ports["main"]]
    assert "SECRET" not in json.dumps(elsewhere)
    assert all("SECRET-token" in json.dumps(one["headers"]) for one in asked)


@pytest.mark.parametrize(
    ("where", "told"), [("refused", "connection refused"), ("backlog-full", "timed out after 1 s")]
)
def test_nobody_there(zoo: Zoo, where: str, told: str) -> None:
    url = f"http://127.0.0.1:{zoo.ports[where]}/trace/{TRACE}"
    result = tracetui("show", url, "--timeout", "1s")
    assert result.returncode == 4
    assert told in only_line(result)


_VIEWERS_ASYNCIO = """
import sys
from tracetui.tui import _import_asyncio
_import_asyncio()
import asyncio.sslproto
print(asyncio.sslproto.ssl, file=sys.stderr)
from tracetui.cli.main import main
main()
"""


def test_tls_with_asyncio_as_the_viewer_imports_it(zoo: Zoo) -> None:
    page = f"{zoo.base('ok', 'https')}/trace/{TRACE}"
    argv = [sys.executable, "-c", _VIEWERS_ASYNCIO, "show", page, "--insecure", "--format", "json"]
    result = subprocess.run(argv, capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith(b"None"), "asyncio knows ssl: nothing was tested"
    assert json.loads(result.stdout)["traces"][0]["trace_id"] == TRACE


def test_certificates(zoo: Zoo) -> None:
    page = f"{zoo.base('ok', 'https')}/trace/{TRACE}"
    refused = tracetui("show", page, **SECRETS)
    assert refused.returncode == 4
    assert "is not trusted" in only_line(refused) and "--ca-file" in only_line(refused)
    trusted = tracetui("show", page, "--insecure", **SECRETS)
    assert trusted.returncode == 0
    assert b"not checked (--insecure)" in trusted.stderr
    down = tracetui(
        "show", f"{zoo.base('302-https-to-http', 'https')}/trace/{TRACE}", "--insecure", **SECRETS
    )
    assert down.returncode == 4
    assert "redirects to another place" in only_line(down)
    plain = f"https://127.0.0.1:{zoo.ports['main']}/trace/{TRACE}"
    assert "does not speak TLS" in only_line(tracetui("show", plain))
    encrypted = f"http://127.0.0.1:{zoo.ports['tls']}/trace/{TRACE}"
    assert tracetui("show", encrypted, "--timeout", "3s").returncode == 4


@pytest.mark.parametrize(
    "fault", ["ok", "html-ui-200", "401", "jaeger-error-200", "bomb-gzip-1g", "header-64k"]
)
def test_a_search_meets_them_too(zoo: Zoo, fault: str) -> None:
    result = tracetui("search", zoo.base(fault), **SECRETS)
    if fault == "ok":
        assert result.returncode == 0
    else:
        assert result.returncode == 4
        assert "SECRET" not in only_line(result)
