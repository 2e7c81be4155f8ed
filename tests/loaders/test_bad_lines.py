"""Lines that only strict readers refuse, among good ones and alone: read as the good ones are, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.loaders.test_issue_codes import TRACE, US, jspan, key, zspan
from tests.loaders.test_issue_codes import ospan as bare_ospan
from tracetui.loaders import load
from tracetui.loaders import otlp as otlp_loader
from tracetui.model.issues import IssueCode
from tracetui.model.trace import Collection

MANY = 24


def ospan(number: int, parent: int = 0) -> dict[str, Any]:
    values = [("n", {"doubleValue": 1.5}), ("t", {"stringValue": "GET /ä"})]
    return bare_ospan(number, parent, attributes=[{"key": name, "value": value} for name, value in values])


def otlp_line(number: int) -> bytes:
    service = {"key": "service.name", "value": {"stringValue": "shop"}}
    first, second = ospan(2 * number, 2 if number > 1 else 0), ospan(2 * number + 1, 2 * number)
    scopes = [{"scope": {"name": "lib"}, "spans": [first]}, {"scope": {}, "spans": [second]}]
    document = {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": scopes}]}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def zipkin_line(number: int) -> bytes:
    span = zspan(2 * number, 2 if number > 1 else 0, tags={"n": "1.5", "t": "GET /ä"})
    return json.dumps(span, separators=(",", ":"), ensure_ascii=False).encode()


def jaeger_line(number: int) -> bytes:
    tags = [{"key": "n", "type": "float64", "value": 1.5}, {"key": "t", "type": "string", "value": "GET /ä"}]
    span = jspan(2 * number, 2 if number > 1 else 0, tags=tags)
    trace = {"traceID": TRACE, "spans": [span], "processes": {"p1": {"serviceName": "shop"}}}
    return json.dumps(trace, separators=(",", ":"), ensure_ascii=False).encode()


LINES = {"otlp": otlp_line, "zipkin": zipkin_line, "jaeger": jaeger_line}
Spoil = Callable[[bytes], bytes]
SPOILT: dict[str, tuple[Spoil, IssueCode, str, Any]] = {
    "NaN": (
        lambda line: line.replace(b'"1.5"', b"NaN").replace(b"1.5", b"NaN"),
        IssueCode.BAD_NUMBER,
        "n",
        "nan",
    ),
    "infinity": (
        lambda line: line.replace(b'"1.5"', b"-Infinity").replace(b"1.5", b"-Infinity"),
        IssueCode.BAD_NUMBER,
        "n",
        "-inf",
    ),
    "control": (lambda line: line.replace(b"GET ", b"G\x1bT\t"), IssueCode.CONTROL_CHAR, "t", "G\x1bT\t/ä"),
    "utf-8": (lambda line: line.replace(b"GET", b"G\xff\xfe"), IssueCode.BAD_UTF8, "t", "G\ufffd\ufffd /ä"),
    "half": (lambda line: line.replace(b"GET", rb"\ud800T"), IssueCode.BAD_UNICODE, "t", "\ufffdT /ä"),
}


def read(data: bytes, folder: Path) -> Collection:
    (path := folder / f"{len(list(folder.iterdir()))}.json").write_bytes(data)
    return load([str(path)])


def counts(collection: Collection) -> dict[IssueCode, int]:
    found: dict[IssueCode, int] = {}
    for log in (collection.log, *collection.trace_logs):
        for issue in log or ():
            found[issue.code] = found.get(issue.code, 0) + issue.count
    return found


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("family", LINES)
def test_spoilt_lines(family: str, spoilt: str, every: int, tmp_path: Path) -> None:
    spoil, code, name, value = SPOILT[spoilt]
    lines = [LINES[family](number) for number in range(1, MANY + 1)]
    good = read(b"\n".join(lines) + b"\n", tmp_path)
    bad = [number for number in range(MANY) if number % every == 0]
    spoiled = [spoil(line) if number in bad else line for number, line in enumerate(lines)]
    found = read(b"\n".join(spoiled) + b"\n", tmp_path)
    assert len(found.store) == len(good.store) == (2 * MANY if family == "otlp" else MANY)
    spans = 2 if family == "otlp" else 1
    assert counts(found).get(code) == spans * len(bad)
    assert {one: many for one, many in counts(found).items() if one is not code} == counts(good)
    for row in range(len(found.store)):
        assert found.store.key(row) == good.store.key(row)
        record = found.store.raw(row)
        assert record[:1] == b"{" and record[-1:] == b"}"
        details = found.store.details(row)
        wanted = str(good.store.details(row).attributes[name])
        number = int(found.store.key(row), 16) // 2 - 1
        assert str(details.attributes[name]) == (value if number in bad else wanted)
    (issue,) = (one for one in found.traces[0].issues if one.code is code)
    assert found.store.key(issue.places[0].row) == key(2)


def test_lines_of_otlp_that_only_strict_readers_refuse_are_not_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walking a line key by key takes twenty times as long."""
    walked: list[int] = []
    monkeypatch.setattr(otlp_loader.Reader, "_document", lambda self, stream: walked.append(stream.position))
    for spoil, _, _, _ in SPOILT.values():
        lines = [spoil(otlp_line(number)) for number in range(1, MANY)]
        assert len(read(b"\n".join([otlp_line(MANY), *lines]) + b"\n", tmp_path).store) == 2 * MANY
    assert not walked


@pytest.mark.parametrize("family", ["otlp", "zipkin"])
def test_what_follows_the_documents_of_lines_is_told_once(family: str, tmp_path: Path) -> None:
    lines = [LINES[family](number) for number in range(1, MANY)]
    found = read(b"\n".join(line + b" xyz" for line in lines) + b"\n", tmp_path)
    assert counts(found) == {IssueCode.TRAILING_BYTES: MANY - 1}
    assert found.issues[0].samples[0] == "line 1: something follows the document"


def test_a_fault_in_a_resource_is_told_and_keeps_its_spans(tmp_path: Path) -> None:
    spoilt = otlp_line(1).replace(b'"shop"', b'"sh\x01op"')
    found = read(spoilt + b"\n" + otlp_line(2) + b"\n", tmp_path)
    assert len(found.store) == 4
    assert {found.store.strings[code] for code in found.store.service} == {"sh\x01op", "shop"}
    assert [(issue.code, issue.samples) for issue in found.issues] == [
        (IssueCode.CONTROL_CHAR, ["line 1: a raw control character"])
    ]


def test_wrong_kinds_and_odd_bytes_in_one_line(tmp_path: Path) -> None:
    odd = otlp_line(1).replace(b'"op 2"', b"7").replace(b"1.5", b"NaN")
    found = read(odd + b"\n" + otlp_line(2) + b"\n", tmp_path)
    assert len(found.store) == 4
    assert counts(found) == {
        IssueCode.BAD_NUMBER: 2,
        IssueCode.BAD_TYPE: 1,
        IssueCode.MISSING_FIELD: 1,
    }
    assert found.store.start_ns.min() == (US + 2000) * 1000
