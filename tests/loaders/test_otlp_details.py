"""One OTLP span in full."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tracetui.loaders.otlp_details import (
    any_value,
    decode,
    resource_attributes,
    resource_key,
    scope,
    service_name,
)


def attributes(**values: Any) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values.items()]


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        ({"stringValue": "x"}, "x"),
        ({"boolValue": False}, False),
        ({"intValue": "9223372036854775807"}, 9223372036854775807),
        ({"intValue": 7}, 7),
        ({"doubleValue": 1.5}, 1.5),
        ({"doubleValue": "-Infinity"}, -math.inf),
        ({"bytesValue": "AQID"}, b"\x01\x02\x03"),
        ({"bytesValue": "AQI"}, b"\x01\x02"),
        ({}, None),
        ({"arrayValue": {}}, []),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}, {}]}}, ["a", 1, None]),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"arrayValue": {"values": []}}}]}}, {"k": []}),
        ({"string_value": "snake"}, "snake"),
        ({"Value": {"StringValue": "go"}}, "go"),
        ({"Value": {"IntValue": 1}}, 1),
        ("plain", "plain"),
        (3, 3),
        ({"bytesValue": "!"}, "!"),
        ({"intValue": "many"}, "many"),
    ],
)
def test_any_value(wire: Any, plain: Any) -> None:
    assert any_value(wire, []) == plain


def test_not_a_number() -> None:
    found = any_value({"doubleValue": "NaN"}, [])
    assert isinstance(found, float)
    assert math.isnan(found)


def test_depth_does_not_matter() -> None:
    value: dict[str, Any] = {"stringValue": "bottom"}
    for _ in range(50_000):
        value = {"arrayValue": {"values": [value]}}
    found = any_value(value, [])
    depth = 0
    while isinstance(found, list):
        (found,) = found
        depth += 1
    assert (depth, found) == (50_000, "bottom")
    while value.get("arrayValue"):
        (value,) = value["arrayValue"]["values"]


def test_a_whole_span() -> None:
    record = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "attributes": attributes(a={"stringValue": "x"}),
        "events": [
            {"timeUnixNano": "20", "name": "late", "attributes": attributes(n={"intValue": "1"})},
            {"timeUnixNano": 10, "name": "early"},
        ],
        "links": [{"traceId": "ff", "spanId": "AA", "attributes": attributes(w={"boolValue": True})}],
        "status": {"code": 2, "message": "boom"},
        "droppedAttributesCount": 2,
        "droppedLinksCount": 0,
        "traceState": "k=v",
    }
    details = decode(json.dumps(record).encode())
    assert details.attributes == {"a": "x", "w3c.tracestate": "k=v"}
    assert [(event.time_ns, event.name, event.attributes) for event in details.events] == [
        (10, "early", {}),
        (20, "late", {"n": 1}),
    ]
    (link,) = details.links
    assert (link.trace_id, link.span_id, link.attributes) == (f"{255:032x}", f"{170:016x}", {"w": True})
    assert details.status_message == "boom"
    assert details.dropped == {"attributes": 2}
    assert not details.warnings


@pytest.mark.parametrize(
    "record",
    [
        {"attributes": 3, "events": {"a": 1}, "links": [1], "status": 2},
        {"attributes": [1, {"value": {}}], "events": [None], "links": [{}]},
        {"events": [{"timeUnixNano": "never", "name": 3, "attributes": "x"}]},
    ],
)
def test_what_has_the_wrong_kind_is_a_warning(record: dict[str, Any]) -> None:
    assert decode(json.dumps(record).encode()).warnings


def test_plain_objects_as_attributes() -> None:
    assert decode(b'{"attributes":{"a":1,"b":{"stringValue":"x"},"c":{"d":2}}}').attributes == {
        "a": 1,
        "b": "x",
        "c": {"d": 2},
    }


def test_resources() -> None:
    raw = json.dumps({"attributes": attributes(**{"service.name": {"stringValue": "shop"}})}).encode()
    assert service_name(resource_attributes(raw)) == "shop"
    assert resource_attributes(b"") == {}
    assert resource_attributes(b"[1]") == {}
    assert resource_key({"a": 1, "b": b"x"}) == resource_key({"b": b"x", "a": 1})
    assert resource_key({"a": math.nan, "b": 1 << 80})


def test_scopes() -> None:
    assert scope(b'{"name":"lib","version":"2"}').version == "2"
    assert scope(b'{"name":3}').name == ""
    assert scope(b"null").name == ""


def test_repeated_keys_are_told_and_the_last_stands() -> None:
    inner = [{"key": "k", "value": {"stringValue": text}} for text in "abc"]
    record = {
        "attributes": [
            *attributes(k={"stringValue": "first"}, same={"intValue": 1}, once={"intValue": 3}),
            *attributes(k={"stringValue": "second"}, same={"intValue": 1}),
            *attributes(k={"arrayValue": {}}, nested={"kvlistValue": {"values": inner}}),
        ],
        "events": [{"timeUnixNano": "1", "attributes": attributes(e={}) + attributes(e={"boolValue": True})}],
    }
    found = decode(json.dumps(record).encode())
    assert found.attributes == {"k": [], "same": 1, "once": 3, "nested": {"k": "c"}}
    assert found.warnings == [
        "attribute e stands twice; the last is shown, not None",
        "2 keys within an attribute stand again; the last of each is shown",
        'attribute k stands 3 times; the last is shown, not "first", "second"',
        "attribute same stands twice with the same value",
    ]


def test_what_is_told_of_repeated_keys_is_little() -> None:
    record = {"attributes": attributes(long={"stringValue": "x" * 100_000}) * 2}
    record["attributes"] += [
        item for n in range(10) for key in range(50) for item in attributes(**{f"k{key}": {"intValue": n}})
    ]
    found = decode(json.dumps(record).encode())
    assert found.attributes["k7"] == 9
    assert len(found.warnings) == 21
    assert found.warnings[0] == "attribute long stands twice with the same value"
    assert found.warnings[1] == "attribute k0 stands 10 times; the last is shown, not 0, 1, 2 and 6 more"
    assert found.warnings[-1] == "31 more keys stand more than once"
    assert max(map(len, found.warnings)) < 300


def test_members_of_a_list_are_read_alike_by_the_short_way_and_the_long() -> None:
    leaves = [{"stringValue": "a"}, {"intValue": "1"}, {"doubleValue": "NaN"}, {"bytesValue": "?"}, {}, 5]
    odd = [{"string_value": "a"}, {"intValue": "1", "x": 0}, {"Value": {"DoubleValue": "NaN"}}, None]
    found = any_value({"arrayValue": {"values": leaves + odd}}, [])
    assert str(found) == str(["a", 1, math.nan, "?", None, 5, "a", 1, math.nan, None])
