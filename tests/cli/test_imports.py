"""What is imported is paid for at each start: a look at `sys.modules` after the process's work is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

SHOW = ["show", str(CHECKOUT / "tests" / "data" / "orders.json")]


def modules_after(arguments: list[str]) -> set[str]:
    program = (
        "import os, sys\nfrom tracetui.cli.main import main\n"
        f"sys.argv[1:] = {arguments!r}\n"
        "leave = os._exit\n"
        "def told(code):\n    print(*sys.modules, file=sys.stderr, flush=True)\n    leave(code)\n"
        "os._exit = told\nmain()\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    return set(result.stderr.decode().splitlines()[-1].split())


@pytest.mark.parametrize("format", ["tree", "table", "json", "csv", "markdown"])
def test_show_imports_no_screen_and_no_network(format: str) -> None:
    modules = modules_after([*SHOW, "--format", format])
    assert "tracetui.export.report" in modules
    assert not modules & {
        *("textual", "httpx", "rich.console", "asyncio", "cyclopts", "tracetui.tui", "tracetui.backends"),
        "numpy.ma",
    }


def test_version_imports_nothing_to_speak_of() -> None:
    modules = modules_after(["--version"])
    assert not modules & {
        "cyclopts",
        "numpy",
        "orjson",
        "msgspec",
        "textual",
        "httpx",
        "rich",
        "tracetui.model",
    }


def test_a_file_of_one_format_imports_no_loader_of_another(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(b'[{"traceId":"1","id":"2","timestamp":1,"duration":2}]')
    modules = modules_after(["show", "--format", "json", str(path)])
    assert "tracetui.loaders.zipkin" in modules
    assert not {"tracetui.loaders.jaeger", "tracetui.loaders.otlp"} & modules
