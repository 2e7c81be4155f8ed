"""The command line as scripts meet it: what is on stdout, what on stderr, and the exit code."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

ORDERS = CHECKOUT / "tests" / "data" / "orders.json"
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("TRACETUI_") and name not in ("COLUMNS", "NO_COLOR")
}


def tracetui(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tracetui", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=ENVIRONMENT | environment,
        check=False,
        timeout=60,
    )


def only_line(result: subprocess.CompletedProcess[bytes]) -> str:
    """The one line that a failure leaves on stderr; nothing is on stdout."""
    assert result.stdout == b""
    text = result.stderr.decode()
    assert text.startswith("tracetui: ") and text.endswith("\n") and text.count("\n") == 1, text
    assert "Traceback" not in text
    return text


def test_version() -> None:
    result = tracetui("--version")
    assert re.fullmatch(rb"\d+\.\d+\.\d+\S*\n", result.stdout)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_viewer_gives_way_to_text_where_there_is_no_terminal() -> None:
    shown, viewed = tracetui("show", ORDERS), tracetui(ORDERS)
    assert viewed.returncode == shown.returncode == 0
    assert viewed.stdout == shown.stdout
    assert shown.stdout.startswith(b"shop POST /orders  1.25s")
    assert b"\x1b" not in shown.stdout


def test_warnings_are_on_stderr_for_text_and_in_the_document_for_json() -> None:
    text, document = tracetui("show", ORDERS), tracetui("show", ORDERS, "--format", "json")
    assert b"warning: trace 0af7651916cd43dd8448eb211c80319c: 2 spans name a parent" in text.stderr
    assert document.stderr == b""
    (trace,) = json.loads(document.stdout)["traces"]
    assert [issue["code"] for issue in trace["issues"] if issue["severity"] == "warning"] == ["orphan"]


def test_json_is_what_the_contract_says() -> None:
    document = json.loads(tracetui("show", ORDERS, "--format", "json").stdout)
    assert document["schema"] == "tracetui.report/1"
    (source,) = document["sources"]
    assert source == {
        "name": str(ORDERS),
        "format": "jaeger-ui",
        "bytes": ORDERS.stat().st_size,
        "traces": 1,
        "spans": 9,
    }
    (trace,) = document["traces"]
    assert (trace["service"], trace["name"], trace["depth"]) == ("shop", "POST /orders", 3)
    assert (trace["root_duration_nano"], trace["duration_nano"]) == (1_250_000_000, 1_590_000_000)
    path = trace["critical_paths"][0]
    assert path["root"] == trace["spans"][0]["key"]
    lengths = [s["end_time_unix_nano"] - s["start_time_unix_nano"] for s in path["sections"]]
    assert sum(lengths) == trace["root_duration_nano"]
    assert sum(s["critical_path_nano"] for s in trace["services"]) == sum(
        s["critical_path_nano"] for s in trace["spans"]
    )
    charge = next(span for span in trace["spans"] if span["name"].startswith("charge"))
    assert charge["name"] == "charge [red]\x1b[31m card\u202e"
    assert charge["status"] == "error" and charge["parent"] == trace["spans"][0]["key"]
    orphan = next(span for span in trace["spans"] if span["name"] == "render")
    assert (orphan["parent"], orphan["parent_span_id"]) == (None, "000000000000dead")


@pytest.mark.parametrize(
    ("format", "spans"),
    [
        ("tree", "path"),
        ("table", "none"),
        ("json", "path"),
        ("jsonl", "none"),
        ("csv", "all"),
        ("markdown", "all"),
    ],
)
def test_every_format_writes_something_harmless(format: str, spans: str) -> None:
    result = tracetui("show", ORDERS, "--format", format, "--spans", spans)
    assert result.returncode == 0 and result.stdout.endswith(b"\n")
    text = result.stdout.decode()
    assert not set(text) & {"\x1b", "\u202e", "\x7f", "\r"}


def test_stdin_gzip_and_several_sources(tmp_path: Path) -> None:
    data = ORDERS.read_bytes()
    packed = tmp_path / "orders.json.gz"
    packed.write_bytes(gzip.compress(data))
    from_stdin = tracetui("show", "-", "--format", "jsonl", stdin=data)
    from_gzip = tracetui("show", packed, "--format", "jsonl")
    assert from_stdin.stdout == from_gzip.stdout == tracetui("show", ORDERS, "--format", "jsonl").stdout
    assert (
        json.loads(tracetui("show", "-", "--format", "json", stdin=data).stdout)["sources"][0]["name"] == "-"
    )


def test_width_comes_from_the_option_then_from_columns() -> None:
    def widest(result: subprocess.CompletedProcess[bytes]) -> int:
        return max(map(len, result.stdout.decode().splitlines()))

    assert widest(tracetui("show", ORDERS)) == 80
    assert widest(tracetui("show", ORDERS, COLUMNS="100")) == 100
    assert widest(tracetui("show", ORDERS, "--width", "120", COLUMNS="100")) == 120
    assert widest(tracetui("show", ORDERS, TRACETUI_WIDTH="90")) == 90
    assert widest(tracetui("show", ORDERS, TRACETUI_WIDTH="")) == 80
    for width in (1, 2, 5, 17, 33):
        assert widest(tracetui("show", ORDERS, "--width", str(width))) <= width


def test_colours_and_ascii() -> None:
    coloured = tracetui("show", ORDERS, "--color", "always", COLORTERM="truecolor")
    assert b"\x1b[1;38;2;" in coloured.stdout
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", coloured.stdout)
    assert b"\x1b" not in plain
    assert tracetui("show", ORDERS, "--ascii").stdout.isascii()


def test_one_trace_of_several() -> None:
    result = tracetui("show", ORDERS, "--trace", "AF7651916CD43DD8448EB211C80319C", "--format", "jsonl")
    assert json.loads(result.stdout)["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    missing = tracetui("show", ORDERS, "--trace", "1234")
    assert missing.returncode == 3
    assert "1234" in only_line(missing)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n ", "blank"),
        (b'{"data": [{"traceID": "1", "spans": [{"traceID": "1", "spanID": ', ""),
        (b"name: value\n", ""),
        (b'{"name": "package", "version": "1.0.0"}', ""),
        (b"[1, 2, 3]", ""),
        (b"null", ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", ""),
        (b"<html><body>Log in</body></html>", ""),
    ],
)
def test_what_is_no_trace_is_told_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "input.json"
    path.write_bytes(content)
    result = tracetui("show", path)
    assert result.returncode == 3
    line = only_line(result)
    assert "input.json" in line and says in line


def test_sources_that_cannot_be_read(tmp_path: Path) -> None:
    assert "nowhere.json" in only_line(result := tracetui("show", tmp_path / "nowhere.json"))
    assert result.returncode == 3
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("no trace")
    result = tracetui("show", tmp_path / "folder")
    assert (result.returncode, "folder" in only_line(result)) == (3, True)
    locked = tmp_path / "locked.json"
    locked.write_bytes(ORDERS.read_bytes())
    locked.chmod(0)
    if not os.access(locked, os.R_OK):
        result = tracetui("show", locked)
        assert (result.returncode, "locked.json" in only_line(result)) == (3, True)


def test_names_of_files_are_neutralised(tmp_path: Path) -> None:
    result = tracetui("show", tmp_path / "a\x1b]0;x\x07\nb.json")
    assert result.returncode == 3
    assert "␛]0;x␇␊b.json" in only_line(result)


def test_a_bad_source_among_good_ones_has_its_line_and_its_code(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    result = tracetui("show", ORDERS, bad, "--format", "json")
    assert result.returncode == 3
    assert len(json.loads(result.stdout)["traces"]) == 1
    assert result.stderr.count(b"\n") == 1 and b"bad.json" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["show"],
        [],
        ["show", "x.json", "--format", "xml"],
        ["show", "x.json", "--spans", "some"],
        ["show", "x.json", "--width", "wide"],
        ["show", "x.json", "--width", "0"],
        ["show", "x.json", "--max-bytes", "-1"],
        ["show", "x.json", "--critical-path", "longest"],
        ["show", "x.json", "--color", "pink"],
        ["show", "x.json", "--nonsense"],
        ["show", "x.json", "--limit", "3"],
        ["show", str(ORDERS), "--input-format", "punch-cards"],
    ],
)
def test_usage_errors(arguments: list[str]) -> None:
    result = tracetui(*arguments)
    assert result.returncode == 2
    only_line(result)


def test_a_file_called_like_an_option_or_a_command(tmp_path: Path) -> None:
    for name in ("-x.json", "show"):
        (tmp_path / name).write_bytes(ORDERS.read_bytes())
    assert tracetui("show", "--", "-x.json", cwd=tmp_path).returncode == 0
    assert tracetui("show", "show", cwd=tmp_path).returncode == 0


def test_a_reader_that_leaves_early_is_no_error() -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tracetui",
            "show",
            CHECKOUT / "sample_traces" / "large-5000.json",
            "--format",
            "csv",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.mark.parametrize(
    ("expression", "code", "says"),
    [
        ("raise RuntimeError('bo\\x1bom')", 70, "internal error: RuntimeError: bo␛om"),
        ("raise KeyboardInterrupt", 130, ""),
        ("raise MemoryError", 70, "internal error: MemoryError"),
        ("os.kill(os.getpid(), 15)", 143, ""),
        ("os.kill(os.getpid(), 2)", 130, ""),
    ],
)
def test_crashes_and_signals(expression: str, code: int, says: str) -> None:
    program = (
        f"import sys, os\nfrom tracetui import loaders\nfrom tracetui.cli.main import main\n"
        f"def load(*_, **__):\n    {expression}\n"
        f"loaders.load = load\nsys.argv[1:] = ['show', 'x']\nmain()\n"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, env=ENVIRONMENT, check=False, timeout=60)
    assert (result.returncode, result.stdout) == (code, b"")
    assert says in result.stderr.decode()
    assert result.stderr.count(b"\n") == bool(says)
    if code == 70:
        debug = subprocess.run(
            command, capture_output=True, env=ENVIRONMENT | {"TRACETUI_DEBUG": "1"}, check=False
        )
        assert debug.returncode == 70 and b"Traceback" in debug.stderr


def test_completion_can_be_installed() -> None:
    result = tracetui("--help")
    assert result.returncode == 0
    assert b"--install-completion" in result.stdout
