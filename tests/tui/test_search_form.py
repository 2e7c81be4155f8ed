"""The fields of a search: what they ask for, and what is said about those that are wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.backends.base import DEFAULT_LIMIT, SearchQuery
from tracetui.tui.state.search_form import (
    Field,
    described,
    looks_like_id,
    parse,
    suggestions,
    tag_at,
    trace_id_of,
)

S = 1_000_000_000
NOW = 1_795_333_260 * S


def asked(**fields: str) -> SearchQuery:
    parsed = parse({Field[name.upper()]: text for name, text in fields.items()}, NOW)
    assert parsed.query is not None, parsed.wrong
    return parsed.query


def test_empty_fields_ask_for_anything() -> None:
    assert asked() == SearchQuery(limit=DEFAULT_LIMIT)


def test_every_field_is_asked() -> None:
    assert asked(
        service=" frontend ",
        operation="POST  /checkout",
        tags='error=true http.route="/a b" retried x=',
        min="1.5s",
        max="1m",
        time="2h",
        limit="50",
    ) == SearchQuery(
        service="frontend",
        operation="POST /checkout",
        tags=(("error", "true"), ("http.route", "/a b"), ("retried", None), ("x", "")),
        min_duration_ns=1_500_000_000,
        max_duration_ns=60 * S,
        since_ns=7200 * S,
        limit=50,
    )


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("min", "5", "a duration needs a unit: 5ms"),
        ("max", "soon", "no duration such as"),
        ("tags", 'a="b', "quote is not closed"),
        ("tags", "=b", "a key is missing"),
        ("time", "yesterday", "is no time range such as 1h"),
        ("limit", "0", "from 1 to 10,000"),
        ("limit", "many", "from 1 to 10,000"),
        ("limit", "9" * 5000, "from 1 to 10,000"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, text: str, why: str) -> None:
    parsed = parse({Field[field.upper()]: text}, NOW)
    assert parsed.query is None
    assert list(parsed.wrong) == [Field[field.upper()]]
    assert why in parsed.wrong[Field[field.upper()]]


def test_a_least_duration_over_the_greatest_finds_nothing_and_is_said() -> None:
    assert Field.MAX in parse({Field.MIN: "2s", Field.MAX: "1s"}, NOW).wrong


def test_an_operation_wants_a_service() -> None:
    assert Field.SERVICE in parse({Field.OPERATION: "GET /"}, NOW).wrong


@given(st.dictionaries(st.sampled_from(Field), st.text(max_size=40)))
def test_whatever_is_typed_is_a_search_or_told_at_a_field(values: dict[Field, str]) -> None:
    parsed = parse(values, NOW)
    assert (parsed.query is None) == bool(parsed.wrong)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (" 4BF92f3577b34da6a3ce929d0e0e4736 ", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ('"91d9308f9b439fc"', "91d9308f9b439fc"),
        ("0x1f", "1f"),
        ("4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ],
)
def test_trace_ids(text: str, id: str) -> None:
    assert trace_id_of(text) == id


@pytest.mark.parametrize("text", ["", "frontend", "f" * 33, "12 34"])
def test_what_is_no_trace_id_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="hex digits"):
        trace_id_of(text)


def test_an_id_in_a_wrong_field_is_known() -> None:
    assert looks_like_id("4bf92f3577b34da6")
    assert not looks_like_id("cafe")


def test_what_completes_a_word_begins_with_it_or_holds_it() -> None:
    names = ["auth", "frontend", "Oauth", "stock"]
    assert suggestions(names, "AU") == ["auth", "Oauth"]
    assert suggestions(names, "") == names


def test_the_tag_at_the_cursor() -> None:
    text = "error=true http.met"
    assert tag_at(text, 3) == (0, "err", None)
    assert tag_at(text, 8) == (6, "error", "tr")
    assert tag_at(text, len(text)) == (11, "http.met", None)
    assert tag_at("", 0) == (0, "", None)


def test_a_search_in_a_line() -> None:
    assert (
        described({Field.SERVICE: "auth", Field.TAGS: "error", Field.MIN: "1s"}) == "auth · error · 1s.. · 1h"
    )
    assert described({}) == "any service · 1h"
