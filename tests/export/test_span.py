"""One span, and one path, to paste somewhere."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from tests.conftest import sample
from tests.loaders.reading import read
from tracetui.analysis import critical_paths
from tracetui.export.encode import json_dumps
from tracetui.export.json import write_json
from tracetui.export.report import Report
from tracetui.export.span import (
    indented,
    pasteable,
    path_markdown,
    span_json,
    span_markdown,
    span_value,
    statement_of,
    value_text,
)
from tracetui.loaders import load, otlp
from tracetui.model.span import Span

NASTY = "a|b`c`\x1b]52;c;eA==\x07<b>\u202e[x](http://e)\r\nnext"


def nasty_span() -> Span:
    document = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": NASTY}}]},
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": "0af7651916cd43dd8448eb211c80319c",
                                "spanId": "b7ad6b7169203331",
                                "name": NASTY,
                                "startTimeUnixNano": "1700000000000000000",
                                "endTimeUnixNano": "1700000000003000000",
                                "status": {"code": 2, "message": NASTY},
                                "attributes": [
                                    {"key": NASTY, "value": {"stringValue": NASTY}},
                                    {"key": "long", "value": {"stringValue": "x" * 5000}},
                                    {
                                        "key": "db.statement",
                                        "value": {"stringValue": "SELECT 1;\n-- ```\n\x1b[2J"},
                                    },
                                ],
                                "events": [
                                    {
                                        "timeUnixNano": "1700000000001000000",
                                        "name": "exception",
                                        "attributes": [{"key": "m", "value": {"stringValue": NASTY}}],
                                    }
                                ],
                                "links": [{"traceId": "ff" * 16, "spanId": "ee" * 8}],
                            }
                        ]
                    }
                ],
            }
        ]
    }
    return read(otlp, document).traces[0].root


@pytest.mark.parametrize("name", ["checkout.json", "shop-checkout.otlp.json", "fragmented.json"])
def test_a_span_is_what_the_report_says(name: str) -> None:
    report = Report(load([str(sample(name))]))
    document = json.loads(b"".join(write_json(report)))
    for trace, told in zip(report.collection.traces, document["traces"], strict=True):
        for span, wanted in zip(trace.spans, told["spans"], strict=True):
            figures = int(report.self_ns[span.row]), int(report.on_path[span.row])
            value = span_value(span, *figures)
            assert json.loads(json_dumps(value)) == wanted
            assert list(value) == list(wanted)
            assert json.loads(span_json(span, *figures)) == wanted


def test_what_is_not_known_is_left_out() -> None:
    assert not {"self_time_nano", "critical_path_nano"} & span_value(nasty_span()).keys()


@pytest.mark.parametrize(
    "value",
    [{}, [], [[]], {"a": {}}, {"a": [1, {"b": None}], "c": 'x,{}[]:"\\\n\u202e'}, "text", 5, [True, -1.5e-7]],
)
def test_indenting_changes_nothing_but_blanks(value: Any) -> None:
    compact = json_dumps(value)
    made = indented(compact)
    assert json.loads(made) == value
    assert json_dumps(json.loads(made)) == compact
    if isinstance(value, dict | list) and not re.search(rb"\{\}|\[\]", compact) and "," not in str(value):
        assert made.decode() == json.dumps(value, indent=2)


def test_indenting_looks_as_usual() -> None:
    value = {"a": [1, {"b": None}], "empty": {}, "none": [], "text": "x"}
    assert indented(json_dumps(value)).decode() == json.dumps(value, indent=2)


def test_indenting_deep_values_stays_small() -> None:
    deep = b"[" * 20_000 + b"]" * 20_000
    made = indented(deep)
    assert re.sub(rb"\s", b"", made) == deep
    assert len(made) < 50_000


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("two\r\nlines\n\n", "two\nlines"),
        ("a\tb", "a\tb"),
        ("rm -rf\n", "rm -rf"),
        ("\x1b]0;x\x07\x9b\x7f", "␛]0;x␇⟨9B⟩␡"),
        ("a\rb", "a␍b"),
        ("\u202e\ud800\u200b", "⟨202E⟩⟨D800⟩⟨200B⟩"),
        ("größe 漢字", "größe 漢字"),
    ],
)
def test_text_to_paste_does_nothing(text: str, wanted: str) -> None:
    assert pasteable(text) == wanted
    assert pasteable(wanted) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("a\x1b", "a␛"),
        (True, "true"),
        (None, "null"),
        (7, "7"),
        (1 << 80, str(1 << 80)),
        (math.nan, "NaN"),
        (b"\x00\xff", "AP8="),
        ([1, "\x1b"], '[\n  1,\n  "\\u001b"\n]'),
        ({}, "{}"),
    ],
)
def test_values_to_paste(value: Any, wanted: str) -> None:
    assert value_text(value) == wanted


def test_the_statement_of_a_span() -> None:
    assert statement_of({"db.statement": "old", "db.query.text": "new"}) == "new"
    assert statement_of({"db.statement": "old", "db.query.text": ""}) == "old"
    assert statement_of({"db.statement": 5}) == ""


def test_a_span_as_markdown() -> None:
    text = span_markdown(nasty_span(), 3_000_000, 0)
    lines = text.split("\n")
    assert lines[2].startswith("**3ms** · self 3ms · on path 0ns · 2023-11-14")
    assert "span `b7ad6b7169203331` of trace `0af7651916cd43dd8448eb211c80319c`" in lines
    assert "````sql\nSELECT 1;\n-- ```\n␛[2J\n````" in text
    assert "| exception | +1ms | m: " in text
    assert f"| link | `{'ff' * 16}` | `{'ee' * 8}` |" in lines
    assert "x… (5,000 characters) |" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    # Nothing of the data ends a cell, opens a tag or makes a link.
    for line in lines:
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) in (3, 4)
        assert "<b>" not in line.replace("\\<b\\>", "")
        assert not re.search(r"(?<!\\)\]\(", line)


def test_a_path_as_markdown() -> None:
    trace = load([str(sample("checkout.json"))]).traces[0]
    paths = critical_paths(trace.store, trace.first, trace.last)
    lines = path_markdown(trace, paths, trace.root.row).split("\n")
    assert lines[0].startswith("### Critical path of frontend POST /checkout, ")
    assert lines[4:6] == ["| at | duration | service | operation | share |", "|--:|--:|:--|:--|--:|"]
    sections = lines[6:]
    assert len(sections) == int(paths.offsets[1])
    assert sections[0].startswith("| +0ns | ")
    assert all(re.fullmatch(r"\| \+\S+ \| \S+ \| .+ \| .+ \| \S+% \|", line) for line in sections)
