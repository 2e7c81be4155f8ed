"""OTLP JSON: every layout gives the same spans, every oddity is told, nothing hides the rest."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loaders.reading import issues, read, recognised
from tracetui.errors import NotATrace
from tracetui.loaders import otlp, otlp_ndjson
from tracetui.loaders.stream import JsonFault
from tracetui.model.trace import Collection

TRACE = "5b8efff798038103d269b633813fc60c"
T0 = 1_717_750_000_000_000_000


def span(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": f"op {number}",
        "kind": 2,
        "startTimeUnixNano": str(T0 + number),
        "endTimeUnixNano": str(T0 + number + 100),
        "status": {},
        **more,
    }


def owned(service: str, *spans: dict[str, Any], scope: str = "lib") -> dict[str, Any]:
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
        "scopeSpans": [{"scope": {"name": scope, "version": "1"}, "spans": list(spans)}],
    }


def request(*owners: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": list(owners)}


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def told(collection: Collection) -> list[tuple[Any, ...]]:
    """What the columns say of all spans, whatever the order of rows."""
    return sorted(
        (
            trace.trace_id,
            one.span_id,
            one.parent_span_id,
            one.name,
            one.service,
            one.scope.name,
            one.kind,
            one.status,
            one.start_ns,
            one.duration_ns,
            compact(one.attributes),
        )
        for trace in collection.traces
        for one in trace.spans
    )


DOCUMENT = request(
    owned("shop", span(1), span(2, 1, kind=3, status={"code": 2, "message": "boom"})),
    owned("stock", span(3, 2), scope="other"),
    {"resource": {}, "scopeSpans": []},
    owned("empty"),
    owned("bank", span(4, 2), span(5, 4), span(6, 4)),
)


def snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(v) for key, v in value.items()
        }
    return [snake(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(DOCUMENT),
        json.dumps(DOCUMENT, indent=2),
        "\ufeff" + compact(DOCUMENT) + "\n\n",
        "\n".join(compact(request(owner)) for owner in DOCUMENT["resourceSpans"]) + "\n",
        "\r\n".join(compact(request(owner)) for owner in DOCUMENT["resourceSpans"]),
        "\n".join(json.dumps(request(owner), indent=1) for owner in DOCUMENT["resourceSpans"]),
        "".join(compact(request(owner)) for owner in DOCUMENT["resourceSpans"]),
        "\n".join(compact(owner) for owner in DOCUMENT["resourceSpans"]),
        compact([request(owner) for owner in DOCUMENT["resourceSpans"]]),
        compact(DOCUMENT)
        .replace("scopeSpans", "instrumentationLibrarySpans")
        .replace('"scope"', '"instrumentationLibrary"'),
        compact(request(*(dict(reversed(owner.items())) for owner in DOCUMENT["resourceSpans"]))),
        compact(snake(DOCUMENT)),
    ],
    ids=[
        "spaced", "pretty", "bom", "lines", "crlf", "pretty-lines", "back-to-back", "bare", "list", "library",
        "resource-last", "snake",
    ],
)  # fmt: skip
def test_all_layouts_give_the_same_spans(text: str) -> None:
    assert told(read(otlp, text)) == told(read(otlp, DOCUMENT))
    assert recognised(otlp, text.encode()) != recognised(otlp_ndjson, text.encode())


def test_columns() -> None:
    collection = read(otlp, DOCUMENT)
    (trace,) = collection.traces
    assert trace.trace_id == TRACE
    assert [one.span_id[-1] for one in trace.spans] == ["1", "2", "3", "4", "5", "6"]
    assert [one.service for one in trace.spans] == ["shop", "shop", "stock", "bank", "bank", "bank"]
    assert [one.depth for one in trace.spans] == [0, 1, 2, 2, 3, 3]
    assert trace.spans[1].status == "error"
    assert trace.spans[1].status_message == "boom"
    assert trace.spans[1].kind == "client"
    assert trace.spans[2].scope.name == "other"
    assert trace.spans[0].resource == {"service.name": "shop"}
    assert not issues(collection)


def test_equal_resources_share_a_clock_whatever_their_layout() -> None:
    one, other = owned("shop", span(1)), owned("shop", span(2, 1))
    more = {"key": "host.name", "value": {"stringValue": "h"}}
    one["resource"]["attributes"].append(more)
    other["resource"]["attributes"].insert(0, more)
    other["resource"]["droppedAttributesCount"] = 0
    store = read(otlp, request(one, other, owned("shop", span(3, 1)))).store
    clocks = [int(store.resources.clock[store.resource[row]]) for row in range(3)]
    assert clocks[0] == clocks[1] != clocks[2]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_window_gives_is_what_a_walk_gives(data: st.DataObject) -> None:
    """Spans with links, nested lists of spans and misleading texts: cut in one go or walked, all the same."""
    number = iter(range(1, 1000))
    link = st.builds(lambda: {"traceId": TRACE, "spanId": f"{7:016x}"})
    decoy = st.sampled_from(['},{"traceId":"', '"spans":[{"traceId":', "]}]}", '},{"resource":', "é"])

    def one_span() -> dict[str, Any]:
        return span(
            next(number),
            links=data.draw(st.lists(link, max_size=2)),
            attributes=[{"key": data.draw(decoy), "value": {"stringValue": data.draw(decoy)}}],
            **data.draw(
                st.dictionaries(st.sampled_from(["extra", "spans", "resource"]), json_values, max_size=2)
            ),
        )

    owners = [
        owned(f"s{n}", *(one_span() for _ in range(data.draw(st.integers(0, 3)))))
        for n in range(data.draw(st.integers(1, 3)))
    ]
    documents = [request(owner) for owner in owners]
    lines = "\n".join(compact(document) for document in documents)
    pretty = "\n".join(json.dumps(document, indent=1) for document in documents)
    try:
        expected = told(read(otlp, pretty))
    except NotATrace:
        with pytest.raises(NotATrace):
            read(otlp, lines)
        return
    assert told(read(otlp, lines)) == expected
    assert told(read(otlp, request(*owners))) == expected
    for key in data.draw(st.sets(st.sampled_from(["name", "status", "attributes", "links"]))):
        lines = lines.replace(f',"{key}"', f',\n"{key}"')
    assert told(read(otlp, lines)) == expected


def test_a_line_end_instead_of_a_comma_is_no_separator() -> None:
    text = compact(request(owned("a", span(1)), owned("b", span(2), span(3), span(4))))
    for at in (match.start() for match in re.finditer(r",\{", text)):
        collection = read(otlp, text[:at] + "\n" + text[at + 1 :])
        assert len(collection.store) < 4 or issues(collection)
        assert collection.issues


def test_ids_in_capitals_and_base64() -> None:
    spans = [span(1), span(0xAB, 1)]
    spans[1]["spanId"] = spans[1]["spanId"].upper()
    spans.append(span(3))
    spans[2]["traceId"] = base64.b64encode(bytes.fromhex(TRACE)).decode()
    spans[2]["spanId"] = base64.b64encode((3).to_bytes(8, "big")).decode()
    spans[2]["parentSpanId"] = base64.b64encode((0xAB).to_bytes(8, "big")).decode()
    collection = read(otlp, request(owned("a", *spans)))
    (trace,) = collection.traces
    assert [one.depth for one in trace.spans] == [0, 1, 2]
    assert issues(collection) == {"base64-ids": 1, "id-case": 1}


def test_empty_ids_make_spans_of_their_own() -> None:
    collection = read(
        otlp, request(owned("a", span(1, traceId="", spanId=""), span(2, traceId="", spanId="")))
    )
    (trace,) = collection.traces
    assert [one.key for one in trace.spans] == ["@0", "@1"]
    assert issues(collection)["bad-id"] == 3


def test_zero_parents_are_none() -> None:
    collection = read(otlp, request(owned("a", span(1, parentSpanId="0" * 16), span(2, parentSpanId=None))))
    assert collection.traces[0].root_count == 2


@pytest.mark.parametrize(
    ("end", "duration", "code"),
    [
        (T0 + 51, 50, None),
        (str(T0 + 51), 50, None),
        (float(T0), None, None),
        ("1.717750000000000051e18", 50, None),
        (T0 - 9, 0, "negative-duration"),
        (0, 0, "bad-time"),
        (None, 0, "bad-time"),
        ("soon", 0, "bad-time"),
        (1 << 70, 0, "bad-time"),
        ([1], 0, "bad-time"),
    ],
)
def test_ends(end: object, duration: int | None, code: str | None) -> None:
    collection = read(otlp, request(owned("a", span(1, endTimeUnixNano=end), span(2))))
    one = collection.traces[0].span(f"{1:016x}")
    if duration is not None:
        assert one.duration_ns == duration
    assert issues(collection).get(code or "", 0) == (1 if code else 0)
    assert collection.span_count == 2


@pytest.mark.parametrize("start", [None, "soon", True, {"a": 1}, 1 << 70])
def test_bad_starts_are_told_once(start: object) -> None:
    collection = read(otlp, request(owned("a", span(1), span(2, 1, startTimeUnixNano=start))))
    assert issues(collection)["bad-time"] == 1
    assert collection.span_count == 2


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, "unset"),
        ({"code": 2}, "error"),
        ({"code": "STATUS_CODE_ERROR"}, "error"),
        ({"code": "STATUS_CODE_OK"}, "ok"),
        ({"deprecatedCode": 13}, "error"),
        (2, "error"),
        ("Error", "error"),
        (None, "unset"),
    ],
)
def test_statuses(status: object, expected: str) -> None:
    assert read(otlp, request(owned("a", span(1, status=status)))).traces[0].spans[0].status == expected


@pytest.mark.parametrize(
    "field", ["attributes", "events", "links", "status", "name", "kind", "traceState", "flags"]
)
@pytest.mark.parametrize("value", [{"k": 1}, [1], True, 1.5])
def test_a_field_of_the_wrong_kind_costs_only_itself(field: str, value: object) -> None:
    fits = field == "status" and isinstance(value, dict)
    collection = read(otlp, request(owned("a", span(1), span(2, 1, **{field: value}), span(3, 2))))
    assert collection.span_count == 3
    assert [one.depth for one in collection.traces[0].spans] == [0, 1, 2]
    found = issues(collection)
    assert fits or found.get("bad-type") or found.get("missing-field"), found


def test_dropped_counts_are_told() -> None:
    collection = read(otlp, request(owned("a", span(1, droppedEventsCount=3), span(2))))
    assert issues(collection) == {"truncated": 1, "multiple-roots": 2}
    assert collection.traces[0].span(f"{1:016x}").dropped == {"events": 3}


def test_other_signals_between_the_lines_are_counted() -> None:
    lines = [
        compact({"resourceLogs": [{"scopeLogs": []}]}),
        compact(request(owned("a", span(1)))),
        compact({"resourceMetrics": [{}]}),
        compact(request(owned("b", span(2, 1)))),
    ]
    collection = read(otlp_ndjson, "\n".join(lines))
    assert issues(collection) == {"other-signals": 2}
    assert collection.span_count == 2


def test_a_bad_line_costs_only_itself_and_is_named() -> None:
    lines = [compact(request(owned("a", span(n)))) for n in range(1, 6)]
    lines[2] = lines[2].replace('"name"', '"name', 1)
    lines[3] = '{"level":"info","msg":"hello"}'
    collection = read(otlp_ndjson, "\n".join(lines))
    assert collection.span_count == 3
    found = {issue.code.value: issue for issue in collection.issues}
    assert found["bad-line"].count == 1
    assert found["bad-line"].samples[0].startswith("line 3:")
    assert found["mixed-formats"].samples[0].startswith("line 4:")


def test_a_cut_last_line_keeps_its_whole_spans() -> None:
    lines = [compact(request(owned("a", span(1)))), compact(request(owned("b", span(2, 1), span(3, 1))))]
    text = "\n".join(lines)
    collection = read(otlp_ndjson, text[: text.rindex('"name"')])
    assert collection.span_count == 2
    assert issues(collection) == {"truncated": 1}


def test_many_bad_lines_are_one_issue() -> None:
    text = "{oops\n" * 2000 + compact(request(owned("a", span(1)))) + "\n"
    collection = read(otlp_ndjson, text)
    assert collection.span_count == 1
    (issue,) = collection.issues
    assert (issue.code.value, issue.count, len(issue.samples)) == ("bad-line", 2000, 5)


@pytest.mark.parametrize("bad", ["NaN", '"\\ud800"', '"\x01"', "-Infinity"])
def test_a_record_that_only_strict_readers_refuse_is_kept(bad: str) -> None:
    text = compact(request(owned("a", span(1, x="@@"), span(2, 1)), owned("b", span(3, 1)))).replace(
        '"@@"', bad
    )
    collection = read(otlp, text)
    assert collection.span_count == 3
    assert set(issues(collection)) & {"bad-number", "bad-unicode", "control-char"}


def test_a_damaged_record_does_not_hide_other_resources() -> None:
    text = compact(request(owned("a", span(1)), owned("b", span(2, 1)), owned("c", span(3, 1))))
    collection = read(otlp, text.replace('"name":"op 2"', '"name":.5'))
    assert [one.service for one in collection.traces[0].spans] == ["a", "c"]
    assert issues(collection)["bad-span"] == 1


def test_nothing_readable_raises() -> None:
    with pytest.raises(JsonFault):
        read(otlp, '{"resourceSpans":[{"resou')
    with pytest.raises(NotATrace):
        read(otlp, '{"resourceSpans":[]}')
    with pytest.raises(NotATrace):
        read(otlp, '{"resourceLogs":[{}]}')


def test_a_source_larger_than_a_window() -> None:
    owners = [
        owned(f"s{n % 7}", *(span(20 * n + k + 1, pad="x" * 300) for k in range(20))) for n in range(200)
    ]
    expected = told(read(otlp, json.dumps(request(*owners), indent=1)))
    assert len(expected) == 4000
    assert told(read(otlp, request(*owners))) == expected
    assert told(read(otlp_ndjson, "\n".join(compact(request(owner)) for owner in owners))) == expected
    one = {
        "resource": owners[0]["resource"],
        "scopeSpans": [{"spans": [s for o in owners for s in o["scopeSpans"][0]["spans"]]}],
    }
    big = read(otlp, request(one))
    assert [row[1] for row in told(big)] == [row[1] for row in expected]


def test_recognised_by_content() -> None:
    assert recognised(otlp, compact(DOCUMENT).encode())
    assert not recognised(otlp, b'{"data":[{"traceID":"1","spans":[]}]}')
    assert not recognised(otlp, b'[{"traceId":"1","id":"2"}]')
    assert not recognised(otlp, b"hello")
