"""Every issue code: a small input that raises it, by the whole way from a file to the report."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHECKOUT
from tracetui.analysis.skew import MOST_TRACES, tell_skew
from tracetui.loaders import load
from tracetui.model.fates import look_at, take_in
from tracetui.model.issues import KINDS, Issue, IssueCode, Severity
from tracetui.model.trace import Collection

TRACE = "5b8efff798038103d269b633813fc60c"
US = 1_700_000_000_000_000
CUT_LATER = "cut-later.json"
Files = dict[str, bytes]
MADE: dict[IssueCode, tuple[Callable[[], Files], int, str, str]] = {}
"""For each code what makes the files, the count, a part of the first sample, and its span's key or ""."""


def raises(code: IssueCode, count: int, sample: str, span: str = "") -> Callable[[Any], Any]:
    """Register the maker of an input."""

    def register(make: Callable[[], Files | bytes]) -> Callable[[], Files | bytes]:
        def files() -> Files:
            made = make()
            return made if isinstance(made, dict) else {"trace.json": made}

        MADE[code] = (files, count, sample, span)
        return make

    return register


def key(number: int) -> str:
    return f"{number:016x}"


def jspan(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    """One span of Jaeger's; `None` leaves a field out."""
    references = [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": key(parent)}] if parent else []
    told = {
        "traceID": TRACE,
        "spanID": key(number),
        "operationName": f"op {number}",
        "references": references,
        "startTime": US + number * 1000,
        "duration": 100_000 - number * 2000,
        "tags": [],
        "logs": [],
        "processID": "p1",
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def jaeger(*spans: Any, **more: Any) -> bytes:
    trace = {"traceID": TRACE, "spans": list(spans), "processes": {"p1": {"serviceName": "shop"}}}
    return json.dumps({"data": [trace], **more}, separators=(",", ":")).encode()


def zspan(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    told = {
        "traceId": TRACE,
        "id": key(number),
        "parentId": key(parent) if parent else None,
        "name": f"op {number}",
        "timestamp": US + number * 1000,
        "duration": 100_000 - number * 2000,
        "localEndpoint": {"serviceName": "shop"},
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def ospan(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    told = {
        "traceId": TRACE,
        "spanId": key(number),
        "parentSpanId": key(parent) if parent else None,
        "name": f"op {number}",
        "startTimeUnixNano": str((US + number * 1000) * 1000),
        "endTimeUnixNano": str((US + 100_000 - number * 1000) * 1000),
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def otlp(*spans: Any) -> bytes:
    service = {"key": "service.name", "value": {"stringValue": "shop"}}
    scope = {"scope": {}, "spans": list(spans)}
    resource = {"resource": {"attributes": [service]}, "scopeSpans": [scope]}
    return json.dumps({"resourceSpans": [resource]}, separators=(",", ":")).encode()


def lines(*spans: Any) -> bytes:
    return b"".join(json.dumps(span).encode() + b"\n" for span in spans)


@raises(IssueCode.ORPHAN, 2, "parent 00000000000000ff", key(2))
def orphan() -> bytes:
    return jaeger(jspan(1), jspan(2, 255), jspan(3, 255))


@raises(IssueCode.CYCLE, 1, key(2), key(2))
def cycle() -> bytes:
    return jaeger(jspan(1), jspan(2, 3), jspan(3, 2))


@raises(IssueCode.DUPLICATE_SPAN, 2, key(2), key(2))
def duplicate_span() -> bytes:
    return jaeger(jspan(1), jspan(2, 1), jspan(2, 1), jspan(2, 1))


@raises(IssueCode.DUPLICATE_ID, 1, key(2), f"{key(2)}_1")
def duplicate_id() -> bytes:
    return jaeger(jspan(1), jspan(2, 1), jspan(2, 1, operationName="another"))


@raises(IssueCode.BAD_ID, 1, "not hex", "not hex")
def bad_id() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, spanID="not hex"))


@raises(IssueCode.BAD_TIME, 1, "duration 'soon'", key(2))
def bad_time() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, duration="soon"))


@raises(IssueCode.NEGATIVE_DURATION, 1, "-", key(2))
def negative_duration() -> bytes:
    return otlp(ospan(1), ospan(2, 1, endTimeUnixNano=str(US * 1000)))


@raises(IssueCode.OUTSIDE_PARENT, 1, key(2), key(2))
def outside_parent() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, startTime=US + 900_000))


@raises(IssueCode.MISSING_FIELD, 1, "operationName", key(2))
def missing_field() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, operationName=None))


@raises(IssueCode.MISSING_PROCESS, 2, "process 'p7'", key(2))
def missing_process() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, processID="p7"), jspan(3, 1, processID="p7"))


@raises(IssueCode.BAD_TYPE, 1, "tags", key(2))
def bad_type() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, tags="none"))


@raises(IssueCode.BAD_SPAN, 2, "a number instead of a span")
def bad_span() -> bytes:
    return jaeger(jspan(1), 17, 18)


@raises(IssueCode.BAD_LINE, 2, "line 2:")
def bad_line() -> bytes:
    return otlp(ospan(1)) + b"\n{nonsense\n{nonsense\n" + otlp(ospan(2, 1)) + b"\n"


@raises(IssueCode.BAD_UTF8, 1, "", key(2))
def bad_utf8() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, operationName="MARK")).replace(b"MARK", b"caf\xe9")


@raises(IssueCode.OTHER_ENCODING, 1, "UTF-16-LE")
def other_encoding() -> bytes:
    return jaeger(jspan(1)).decode().encode("utf-16")


@raises(IssueCode.BAD_UNICODE, 1, "surrogate", key(2))
def bad_unicode() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, operationName="half \ud800"))


@raises(IssueCode.TRUNCATED, 1, "byte")
def truncated() -> bytes:
    return otlp(*map(ospan, range(1, 6)))[:-200]


@raises(IssueCode.TRAILING_BYTES, 1, "byte")
def trailing_bytes() -> bytes:
    return jaeger(jspan(1)) + b"\ngarbage"


@raises(IssueCode.MIXED_FORMATS, 1, "line 2:")
def mixed_formats() -> bytes:
    return otlp(ospan(1)) + b'\n{"unknown": 1}\n' + otlp(ospan(2, 1)) + b"\n"


@raises(IssueCode.OTHER_SIGNALS, 1, "logs, metrics")
def other_signals() -> bytes:
    return otlp(ospan(1)) + b'\n{"resourceLogs": []}\n' + otlp(ospan(2, 1)) + b"\n"


@raises(IssueCode.MERGED_SPAN, 1, key(2), key(2))
def merged_span() -> bytes:
    part = zspan(2, 1, tags={"more": "of it"}, name=None, timestamp=None, duration=None)
    return json.dumps([zspan(1), zspan(2, 1), part]).encode()


@raises(IssueCode.MULTIPLE_ROOTS, 2, key(1), key(1))
def multiple_roots() -> bytes:
    return jaeger(jspan(1), jspan(2))


@raises(IssueCode.MULTIPLE_PARENTS, 1, key(3), key(3))
def multiple_parents() -> bytes:
    both = [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": key(number)} for number in (1, 2)]
    return jaeger(jspan(1), jspan(2, 1), jspan(3, references=both))


@raises(IssueCode.BACKEND_ERROR, 1, "one shard is down")
def backend_error() -> bytes:
    return jaeger(jspan(1), errors=[{"code": 500, "msg": "one shard is down"}])


@raises(IssueCode.CONTROL_CHAR, 1, "control character", key(2))
def control_char() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, operationName="MARK")).replace(b"MARK", b"a\x07b")


@raises(IssueCode.BAD_NUMBER, 1, "NaN", key(2))
def bad_number() -> bytes:
    tags = [{"key": "ratio", "type": "float64", "value": "MARK"}]
    return jaeger(jspan(1), jspan(2, 1, tags=tags)).replace(b'"MARK"', b"NaN")


@raises(IssueCode.CORRUPT_GZIP, 1, "trace.json")
def corrupt_gzip() -> bytes:
    data = bytearray(gzip.compress(jaeger(*map(jspan, range(1, 400))), mtime=0))
    data[-8] ^= 0xFF
    return bytes(data)


@raises(IssueCode.BAD_LINK, 1, "spanID", key(2))
def bad_link() -> bytes:
    nowhere = {"refType": "FOLLOWS_FROM", "traceID": TRACE}
    (parent,) = jspan(2, 1)["references"]
    return jaeger(jspan(1), jspan(2, references=[parent, nowhere]))


@raises(IssueCode.MIXED_ID_WIDTH, 1, TRACE[16:])
def mixed_id_width() -> bytes:
    return json.dumps([zspan(1), zspan(2, 1, traceId=TRACE[16:])]).encode()


@raises(IssueCode.TRACE_ID_MISMATCH, 1, "", key(2))
def trace_id_mismatch() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, traceID="ab" * 16))


@raises(IssueCode.BASE64_IDS, 1, "AAAAAAAAAAI=", key(2))
def base64_ids() -> bytes:
    return otlp(ospan(1), ospan(2, 1, spanId="AAAAAAAAAAI="))


@raises(IssueCode.PARTIAL_TRACE, 1, "part of the trace")
def partial_trace() -> bytes:
    return b'{"trace":' + otlp(ospan(1)) + b',"status":"PARTIAL"}'


@raises(IssueCode.NO_SPANS, 1, "abcd")
def no_spans() -> bytes:
    document = json.loads(jaeger(jspan(1)))
    document["data"].append({"traceID": "abcd" * 8, "spans": [], "processes": {}})
    return json.dumps(document).encode()


@raises(IssueCode.MERGED_TRACE, 1, TRACE)
def merged_trace() -> bytes:
    document = json.loads(jaeger(jspan(1)))
    document["data"] += json.loads(jaeger(jspan(2, 1)))["data"]
    return json.dumps(document).encode()


@raises(IssueCode.DUPLICATE_TRACE, 1, "trace.json")
def duplicate_trace() -> Files:
    return {"again.json": jaeger(jspan(1)), "trace.json": jaeger(jspan(1))}


@raises(IssueCode.ID_CASE, 1, "00000000000000AB", key(0xAB))
def id_case() -> bytes:
    return jaeger(jspan(1), jspan(2, 1, spanID="00000000000000AB"))


@raises(IssueCode.SKEW, 1, "stock", key(2))
def skew() -> bytes:
    server = [{"key": "span.kind", "type": "string", "value": "server"}]
    document = json.loads(jaeger(jspan(1), jspan(2, 1, startTime=US - 50_000, processID="p2", tags=server)))
    document["data"][0]["processes"]["p2"] = {"serviceName": "stock"}
    return json.dumps(document).encode()


@raises(IssueCode.CLOCKS_NOT_COMPARED, 1, f"from trace {MOST_TRACES + 1:032x}")
def clocks_not_compared() -> bytes:
    [trace] = json.loads(skew())["data"]
    traces = []
    for number in range(1, MOST_TRACES + 2):
        spans = [span | {"traceID": f"{number:032x}"} for span in trace["spans"]]
        for span in spans:
            span["references"] = [one | {"traceID": f"{number:032x}"} for one in span["references"]]
        traces.append(trace | {"traceID": f"{number:032x}", "spans": spans})
    return json.dumps({"data": traces}).encode()


@raises(IssueCode.ALREADY_ADJUSTED, 1, "", key(2))
def already_adjusted() -> bytes:
    note = "This span's timestamps were adjusted by 5ms"
    return jaeger(jspan(1), jspan(2, 1, warnings=[note]))


@raises(IssueCode.NOT_A_TRACE, 1, "notes.txt")
def not_a_trace() -> Files:
    return {"notes.txt": b"to be read\n", "trace.json": jaeger(jspan(1))}


@raises(IssueCode.SOURCE_CHANGED, 1, "cut: ")
def source_changed() -> Files:
    return {CUT_LATER: jaeger(jspan(1))}


def read(files: Files, folder: Path) -> Collection:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    collection = load([str(folder) if len(files) > 1 else str(folder / next(iter(files)))])
    tell_skew(collection)
    if CUT_LATER in files:
        os.truncate(folder / CUT_LATER, 10)
        take_in(collection, look_at(collection.store.sources))
    return collection


def found(collection: Collection, code: IssueCode) -> tuple[Issue, int]:
    """The issue with a code, and the trace it belongs to, -1 for none."""
    everywhere = [(-1, collection.log), *enumerate(collection.trace_logs)]
    (only,) = [(issue, at) for at, log in everywhere for issue in log or () if issue.code is code]
    return only


@pytest.mark.parametrize("code", MADE, ids=str)
def test_raised(code: IssueCode, tmp_path: Path) -> None:
    make, count, sample, span = MADE[code]
    collection = read(make(), tmp_path)
    try:
        issue, trace = found(collection, code)
        assert (issue.count, issue.severity) == (count, KINDS[code].severity)
        assert issue.message
        place = issue.places[0]
        assert sample in place.text
        if span:
            store = collection.store
            assert store.key(int(store.trace_first[trace]) + place.row) == span
        else:
            assert place.row == -1
    finally:
        for source in collection.store.sources:
            source.close()


def test_the_set_is_closed() -> None:
    """Every code has words, and no other is raised; those with an input here are raised."""
    named: set[str] = set()
    for path in (CHECKOUT / "tracetui").rglob("*.py"):
        if path.name not in ("issue_codes.py", "issue_kinds.py"):
            named |= set(re.findall(r"IssueCode\.([A-Z_0-9]+)", path.read_text(encoding="utf-8")))
    assert named == {code.name for code in IssueCode}
    assert set(KINDS) == set(IssueCode) == set(MADE)


def test_words_are_sentences() -> None:
    for kind in KINDS.values():
        assert kind.severity in Severity
        for words in (kind.means, kind.done, kind.advice):
            assert words[0].isupper() and words.endswith(".")
        assert "{n}" in kind.many or kind.severity is Severity.INFO or "places" in kind.many


def test_samples_are_few_and_name_their_file_where_there_are_several(tmp_path: Path) -> None:
    bad = b"\n".join([otlp(ospan(1)), *[b"{nonsense"] * 1000, otlp(ospan(2, 1))]) + b"\n"
    alone = read({"bad.json": bad}, tmp_path)
    issue, _ = found(alone, IssueCode.BAD_LINE)
    assert (issue.count, len(issue.samples)) == (1000, 5)
    assert issue.samples[0].startswith("line 2:")
    (tmp_path / "good.json").write_bytes(jaeger(jspan(1)))
    both = load([str(tmp_path / "good.json"), str(tmp_path / "bad.json")])
    issue, _ = found(both, IssueCode.BAD_LINE)
    assert issue.samples[0].startswith(f"{tmp_path / 'bad.json'}: line 2:")


def test_rows_of_samples_survive_sorting_dropping_and_choosing(tmp_path: Path) -> None:
    other = "ab" * 16
    first = [jspan(9), jspan(8, 9, startTime=US), jspan(8, 9, startTime=US), jspan(7, 9, tags=3)]
    second = {"traceID": other, "spans": [jspan(1, traceID=other), jspan(2, 1, traceID=other, tags="x")]}
    document = json.loads(jaeger(*first))
    document["data"].append({**second, "processes": {"p1": {"serviceName": "shop"}}})
    collection = read({"trace.json": json.dumps(document).encode()}, tmp_path)
    for chosen in (collection, collection.select([1])):
        for trace in chosen.traces:
            (issue,) = (one for one in trace.issues if one.code is IssueCode.BAD_TYPE)
            wanted = key(2) if trace.trace_id == other else key(7)
            assert trace.spans[issue.places[0].row].key == wanted
