"""The filter language: what it means, what it says of mistakes, and that it finds what decoding all finds."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.build import S, build
from tests.query.spans import PLAIN_KEYS, Made, attributes, made_spans, scalars, store_of
from tracetui.errors import Cancelled
from tracetui.model.store import Kind, SpanStore, Status
from tracetui.query.ast import And, Compare, Field, Has, Node, Not, Op, Or, Place, Query, Text
from tracetui.query.compile import evaluate, keep_ancestors
from tracetui.query.errors import QueryError
from tracetui.query.grammar import parse
from tracetui.query.patterns import regex_pattern, text_pattern


def attribute(key: str, op: Op, value: str, column: int = 0) -> Compare:
    return Compare(Field(Place.ATTRIBUTE, key), op, value, column)


def rows(text: str, store: SpanStore, **given: Any) -> list[int]:
    return np.flatnonzero(evaluate(parse(text), store, **given)).tolist()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", And(())),
        ("   ", And(())),
        ("cart", Text(text_pattern("cart"), 0)),
        ("/api/v2", Text(text_pattern("/api/v2"), 0)),
        ('"two words"', Text(text_pattern("two words"), 0)),
        (r'"a\"b"', Text(text_pattern('a"b'), 0)),
        ("/a b/", Text(regex_pattern("a b"), 0)),
        (r"/a\/b/", Text(regex_pattern("a/b"), 0)),
        (">50ms", Compare(Field(Place.DURATION), Op.GT, 50_000_000, 0)),
        ("<=1.5s", Compare(Field(Place.DURATION), Op.LE, 1_500_000_000, 0)),
        ("duration>=2m05s", Compare(Field(Place.DURATION), Op.GE, 125_000_000_000, 0)),
        ("self>10µs", Compare(Field(Place.SELF), Op.GT, 10_000, 0)),
        ("error", Compare(Field(Place.STATUS), Op.EQ, int(Status.ERROR), 0)),
        ('"error"', Text(text_pattern("error"), 0)),
        ("kind=CLIENT", Compare(Field(Place.KIND), Op.EQ, int(Kind.CLIENT), 0)),
        ("db.system=postgresql", attribute("db.system", Op.EQ, "postgresql")),
        ("db.system!=redis", attribute("db.system", Op.NE, "redis")),
        ("url=http://x/?a=b&c=-1>2", attribute("url", Op.EQ, "http://x/?a=b&c=-1>2")),
        ("x>=5", attribute("x", Op.GE, "5")),
        ('k=""', attribute("k", Op.EQ, "")),
        ('"my key"="a b"', attribute("my key", Op.EQ, "a b")),
        (".name=x", attribute("name", Op.EQ, "x")),
        ('"name"=x', attribute("name", Op.EQ, "x")),
        ("name=x", Compare(Field(Place.NAME), Op.EQ, "x", 0)),
        ("has:db.system", Has("db.system", 4)),
        ("k~(a|b)+", Compare(Field(Place.ATTRIBUTE, "k"), Op.MATCH, "(a|b)+", 0, regex_pattern("(a|b)+"))),
        ("!cart", Not(Text(text_pattern("cart"), 1))),
        ("-cart", Not(Text(text_pattern("cart"), 1))),
        ("!!cart", Text(text_pattern("cart"), 2)),
        ("!" * 5001 + "x", Not(Text(text_pattern("x"), 5001))),
        ("cart-service", Text(text_pattern("cart-service"), 0)),
        ("a  b", And((Text(text_pattern("a"), 0), Text(text_pattern("b"), 3)))),
        (
            "cart >5s",
            And((Text(text_pattern("cart"), 0), Compare(Field(Place.DURATION), Op.GT, 5 * 10**9, 5))),
        ),
    ],
)
def test_meaning(text: str, meaning: Node) -> None:
    assert parse(text) == Query(text, meaning)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("a=", 2, "ends too early"),
        ("a b=  ", 4, "ends too early"),
        (">5", 1, "needs a unit: 5ms"),
        (">5x", 1, "is no duration"),
        ('a="b', 2, "not closed"),
        ('"abc', 0, "not closed"),
        ('a"b"', 1, "blank is missing"),
        ("(a", 0, "parentheses"),
        ("a or b", 2, "'or' is not understood"),
        ("a= b", 2, "a blank cannot stand here"),
        ("kind=foo", 5, "no kind: unspecified"),
        ("status>ok", 6, "has no order"),
        ("kind~x", 4, "is not a text"),
        ("x>abc", 2, "no number"),
        ("name~[", 5, "regular expression is wrong"),
        ("/(/", 1, "regular expression is wrong"),
        ("k~a{2", 0, ""),
        ("x" * 10_001, 10_000, "longer than"),
    ],
)
def test_mistakes(text: str, column: int, words: str) -> None:
    if not words:
        parse(text)
        return
    with pytest.raises(QueryError, match=re.escape(words)) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='ab "\\=<>~!-()/.:15ms\n', max_size=12))
def test_any_text_is_understood_or_told(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.column <= len(text)
    else:
        assert len(evaluate(query, store_of([Made()]), columns={"self": np.zeros(1, np.int64)})) == 1


def naive(node: Node, store: SpanStore, row: int, self_ns: int) -> bool:
    """What a filter means for one row, told the slow way."""
    if isinstance(node, And):
        return all(naive(operand, store, row, self_ns) for operand in node.operands)
    if isinstance(node, Or):
        return any(naive(operand, store, row, self_ns) for operand in node.operands)
    if isinstance(node, Not):
        return not naive(node.operand, store, row, self_ns)
    details, strings = store.details(row), store.strings
    service, name = strings[int(store.service[row])], strings[int(store.name[row])]
    if isinstance(node, Text):
        return node.pattern.matches(service) or node.pattern.matches(name)
    places = [details.attributes, store.resources.decode[int(store.resource[row])]()]
    places += [event.attributes for event in details.events]
    key = node.key if isinstance(node, Has) else node.field.key
    values = [place[key] for place in places if key in place]
    if isinstance(node, Has):
        return bool(values)
    if node.field.place is Place.ATTRIBUTE:
        if node.op in (Op.NE, Op.NO_MATCH):
            opposite = Op.EQ if node.op is Op.NE else Op.MATCH
            return bool(values) and not any(passes(value, opposite, str(node.value)) for value in values)
        return any(passes(value, node.op, str(node.value)) for value in values)
    column: Any = {
        Place.DURATION: int(store.duration_ns[row]),
        Place.SELF: self_ns,
        Place.SERVICE: service,
        Place.NAME: name,
        Place.KIND: int(store.kind[row]),
        Place.STATUS: int(store.status[row]),
    }[node.field.place]
    if node.pattern is not None:
        return node.pattern.matches(column) is (node.op is Op.MATCH)
    return compare(column, node.op, node.value)


def compare(left: Any, op: Op, right: Any) -> bool:
    if op is Op.EQ:
        return left == right
    if op is Op.NE:
        return left != right
    return {Op.LT: left < right, Op.LE: left <= right, Op.GT: left > right, Op.GE: left >= right}[op]


def passes(value: Any, op: Op, text: str) -> bool:
    shown = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if op is Op.MATCH:
        return regex_pattern(text).matches(shown)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if op is Op.EQ:
        try:
            return shown == text or (is_number and value == float(text))
        except ValueError:
            return False
    if isinstance(value, str):
        value = float(value) if re.fullmatch(r"\s*[-+]?[0-9]+\s*", value) else None
    return not isinstance(value, bool) and value is not None and compare(value, op, float(text))


def text_of(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def filters(draw: st.DrawFn) -> tuple[list[Made], dict[str, Any], str]:
    """Spans, a resource, and a filter of which each term is likely to hold for one of them."""
    spans, resource = draw(made_spans), draw(attributes)
    pairs = [pair for span in spans for pair in span.attributes.items()]
    pairs += [pair for span in spans for _, event in span.events for pair in event.items()]
    pairs += list(resource.items())
    columns = ["cart", "!Cart", ">1ms", "<=50ms", "self>10ns", "kind=client", "status!=ok", "error", "/^op$/"]
    columns += ["service=cart", "name~^get", "service!=é", "-key", '"GET /"']
    terms = []
    for _ in range(draw(st.integers(1, 3))):
        term = draw(st.sampled_from(columns))
        if draw(st.integers(0, 3)):
            key, value = draw(
                st.sampled_from(pairs) if pairs else st.tuples(st.sampled_from(PLAIN_KEYS), scalars)
            )
            if not draw(st.integers(0, 4)):
                value = draw(scalars)
            op = draw(st.sampled_from(["=", "!=", "~", "!~", ">", "<=", "has"]))
            if op == "has":
                term = f"has:{quote(key)}"
            elif op in (">", "<="):
                term = f"{quote(key)}{op}{draw(st.integers(-5, 600))}"
            else:
                shown = re.escape(text_of(value)) if "~" in op else text_of(value)
                term = f"{quote(key)}{op}{quote(shown)}"
            term = draw(st.sampled_from(["", "", "!"])) + term
        terms.append(term)
    return spans, resource, " ".join(terms)


@settings(max_examples=150, deadline=None)
@given(filters())
def test_finds_what_decoding_all_finds(case: tuple[list[Made], dict[str, Any], str]) -> None:
    spans, resource, text = case
    store = store_of(spans, resource)
    self_ns = np.arange(0, 10 * len(store), 10, np.int64)
    query = parse(text)
    wanted = [naive(query.root, store, row, int(self_ns[row])) for row in range(len(store))]
    assert evaluate(query, store, columns={"self": self_ns}).tolist() == wanted, text


def test_or_is_ready_for_the_day() -> None:
    store = store_of([Made({"a": 1}), Made({"b": 2}), Made(name="x"), Made()])
    root = Or((Text(text_pattern("x"), 0), attribute("a", Op.EQ, "1"), Has("b", 0)))
    assert np.flatnonzero(evaluate(Query("", root), store)).tolist() == [0, 1, 2]


def test_numbers_compare_by_value() -> None:
    values = [500, 500.0, "500", "0500", 5000, True, "x", 1e7, 12_500_000]
    store = store_of([Made({"n": value}) for value in values])
    assert rows("n=500", store) == [0, 1, 2]
    assert rows("n=5e2", store) == [0, 1]
    assert rows("n>=500", store) == [0, 1, 2, 3, 4, 7, 8]
    assert rows("n<500", store) == []
    assert rows("n=10000000", store) == [7]
    assert rows("n=12500000", store) == [8]
    assert rows("n=true", store) == [5]
    assert rows("n!=500", store) == [3, 4, 5, 6, 7, 8]


def test_absent_is_not_unequal() -> None:
    store = store_of([Made({"db": "redis"}), Made({"db": "mysql"}), Made()])
    assert rows("db!=redis", store) == [1]
    assert rows("!db=redis", store) == [1, 2]
    assert rows("!has:db", store) == [2]


def test_ids_and_ranges() -> None:
    spans = (S(0xAB, start=1), S(0xCD, 0xAB, start=2), S("x-1", 0xAB, start=3), S(0xEF, trace="u", start=1))
    store = build(*spans).store
    assert rows("id=cd", store) == [1]
    assert rows("id=00000000000000CD", store) == [1]
    assert rows("id=x-1", store) == [2]
    assert rows("trace=u", store) == [3]
    assert rows("trace!=u", store) == [0, 1, 2]
    assert evaluate(parse("id=cd"), store, 1, 3).tolist() == [True, False]


def test_self_time_has_to_be_given() -> None:
    with pytest.raises(QueryError, match="self time is not known") as caught:
        evaluate(parse("a self>1ms"), build(S(1, name="a")).store)
    assert caught.value.column == 2


def test_stopping() -> None:
    with pytest.raises(Cancelled):
        evaluate(parse("has:k"), store_of([Made({"k": 1})]), cancelled=lambda: True)


def test_ancestors_are_kept() -> None:
    spans = [S(1, start=1), S(2, 1, start=2), S(3, 2, start=3), S(4, 1, start=4), S(5, start=5)]
    store = build(*spans).store
    for row in range(5):
        mask = np.zeros(5, np.bool_)
        mask[row] = True
        wanted = {row}
        while store.parent[row] >= 0:
            row = int(store.parent[row])
            wanted.add(row)
        assert set(np.flatnonzero(keep_ancestors(mask, store)).tolist()) == wanted
    assert keep_ancestors(np.array([False, True]), store, 1).tolist() == [True, True]
