"""What the command line writes of a hostile trace, and of hostile arguments and settings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_show import tracetui
from tests.neutral.hostile import FILE_NAME, PAYLOADS, TRACE, check_text, document
from tracetui.export.ansi import ColourDepth, Painter, TextOptions
from tracetui.export.csv import write_csv
from tracetui.export.json import write_json, write_jsonl
from tracetui.export.markdown import write_markdown
from tracetui.export.report import Report, Spans
from tracetui.export.span import span_json, span_markdown
from tracetui.export.table import write_table
from tracetui.export.tree import write_tree
from tracetui.loaders import load
from tracetui.model.trace import Collection
from tracetui.text import escape_json


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / FILE_NAME
    path.write_bytes(document(traces=2))
    return path


@pytest.fixture
def collection(source: Path) -> Iterator[Collection]:
    loaded = load([str(source)])
    yield loaded
    for one in loaded.store.sources:
        one.close()


@pytest.mark.parametrize("spans", Spans)
def test_plain_text(collection: Collection, spans: Spans) -> None:
    report = Report(collection, spans=spans)
    for width in (20, 80, 140):
        options = TextOptions(width)
        for lines in (write_tree(report, options), write_table(report, options)):
            for line in lines:
                check_text(line, f"{width} cells")
    for text in (*write_csv(report), *write_markdown(report)):
        for line in text.split("\n"):
            check_text(line.removesuffix("\r"))


def test_ascii_is_ascii(collection: Collection) -> None:
    for line in write_tree(Report(collection), TextOptions(80, ascii=True)):
        assert line.isascii()
        check_text(line)


def test_colours_are_all_that_coloured_text_sends(collection: Collection) -> None:
    from tracetui.colours import DEFAULT_PALETTE

    options = TextOptions(100, Painter(ColourDepth.TRUE, DEFAULT_PALETTE))
    for line in write_tree(Report(collection), options):
        plain = line.split("\x1b[")
        for piece in plain[1:]:
            codes, end, text = piece.partition("m")
            assert end and set(codes) <= set("0123456789;"), piece[:20]
            check_text(text)


def test_json_is_exact_and_escaped(collection: Collection) -> None:
    for pieces in (write_json(Report(collection)), write_jsonl(Report(collection))):
        check_json(b"".join(pieces))
    document = json.loads(b"".join(write_json(Report(collection))))
    names = {span["name"] for trace in document["traces"] for span in trace["spans"]}
    assert names >= {payload for payload in PAYLOADS if "\ud800" not in payload}
    assert [trace["trace_id"] for trace in document["traces"]] == [f"{TRACE}0", f"{TRACE}1"]


def check_json(document: bytes) -> None:
    assert escape_json(document) == document
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", document)


def test_one_span_to_be_pasted(collection: Collection) -> None:
    for trace in collection.traces:
        for span in trace.spans:
            check_json(span_json(span).encode())
            for line in span_markdown(span).split("\n"):
                check_text(line.replace("\t", " "), "Markdown")  # a statement keeps its tabs


def test_a_table_of_values_has_no_formulas(collection: Collection) -> None:
    rows = list(csv.reader(io.StringIO("".join(write_csv(Report(collection))))))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")]


@pytest.mark.parametrize("format", ["tree", "table", "csv", "markdown", "json", "jsonl"])
def test_the_command_line(source: Path, format: str) -> None:
    result = tracetui("show", source, "--format", format)
    assert result.returncode == 0
    if format.startswith("json"):
        check_json(result.stdout)
        assert result.stderr == b""
        return
    for line in (result.stdout + result.stderr).decode().split("\n"):
        check_text(line.removesuffix("\r"), format)
    if format == "tree":
        assert "; a text instead of a span" not in result.stderr.decode()
        assert len(result.stderr.decode().splitlines()) <= 11


ARGUMENTS = [
    ("show", "no\x1b[2J\nsuch\u202e.json"),
    ("show", "--format", "\x1b]0;t\x07\u202e"),
    ("show", "--width", "\x9b2J\nx"),
    ("show", "--input-format", "\x1b[2J\n\u2028", "FILE"),
    ("show", "--trace", "\x1b[2J\n\u202e", "FILE"),
    ("show", "--\x1b[2J\u202e", "FILE"),
    ("\x1b[2J\u202e", "--\x1b[2J\n\u202e"),
    ("config", "\x1b[2J\u202e"),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=repr)
def test_arguments_in_errors(arguments: tuple[str, ...], source: Path) -> None:
    result = tracetui(*(str(source) if argument == "FILE" else argument for argument in arguments))
    assert result.returncode in (2, 3)
    lines = result.stderr.decode().split("\n")
    assert lines[-1] == "" and len(lines) == 2
    check_text(lines[0], "stderr")
    assert "Traceback" not in lines[0]


@pytest.mark.parametrize(
    "settings",
    [
        'theme = "\\u001b[2J\\u202e"\n',
        '"\\u001b[2J" = 1\n',
        '[keys]\n"\\u001b[2J\\u202e" = "\\u009b2J"\n',
        "theme = \x1b[2J\n",
        'pinned = ["\\u001b]52;c;eA==\\u0007"]\nascii = "\\u202e"\n',
    ],
)
def test_settings_in_errors(settings: str, tmp_path: Path) -> None:
    folder = tmp_path / "tracetui"
    folder.mkdir()
    (folder / "config.toml").write_text(settings)
    result = tracetui("config", "show", XDG_CONFIG_HOME=str(tmp_path))
    for line in (result.stdout + result.stderr).decode().split("\n"):
        check_text(line, "config")
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize(
    "name", ["TRACETUI_WIDTH", "TRACETUI_FORMAT", "TRACETUI_COLOR", "TRACETUI_CRITICAL_PATH"]
)
def test_variables_in_errors(name: str, source: Path) -> None:
    result = tracetui("show", source, **{name: "\x1b[2J\n\u202e"})
    assert result.returncode == 2
    for line in result.stderr.decode().split("\n"):
        check_text(line, name)
