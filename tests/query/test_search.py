"""Search finds what decoding everything would find."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.build import S, build
from tests.query.spans import Made, all_texts, made_spans, store_of, texts
from tracetui.loaders import otlp_details
from tracetui.query import records
from tracetui.query.compile import evaluate
from tracetui.query.errors import QueryError
from tracetui.query.grammar import parse
from tracetui.query.search import Found, Searcher
from tracetui.query.texts import Part


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Made], str]:
    """Spans, and a pattern that is likely in one of them."""
    spans = draw(made_spans)
    store = store_of(spans)
    held = [text for row in range(len(spans)) for text in all_texts(store, row) if text]
    text = draw(st.sampled_from(held) | texts)
    low = draw(st.integers(0, max(0, len(text) - 1)))
    pattern = text[low : draw(st.integers(low + 1, len(text) + 1))]
    changed = draw(st.sampled_from([str, str.lower, str.upper]))
    return spans, changed(pattern)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_finds_what_decoding_all_finds(case: tuple[list[Made], str]) -> None:
    spans, pattern = case
    store = store_of(spans, {"host.name": "web-1", "zone": "é"})
    wanted = []
    for row in range(len(store)):
        if pattern == pattern.lower():
            hit = any(pattern in text.lower() for text in all_texts(store, row))
        else:
            hit = any(pattern in text for text in all_texts(store, row))
        wanted.append(hit and pattern != "")
    found = Searcher(store).search(pattern)
    by_id = found.parts & int(Part.ID) != 0
    assert ((found.parts & ~np.uint16(Part.ID)) != 0).tolist() == wanted
    assert found.complete
    for row in found.rows.tolist():
        assert by_id[row] or Searcher(store).where(pattern, row) & ~Part.RECORD


@settings(max_examples=80, deadline=None)
@given(cases(), st.sampled_from(["{}", "^{}", "{}$", "{}.", "x?{}", "({}|zz)", "{}+", "[{}]"]))
def test_regular_expressions_too(case: tuple[list[Made], str], frame: str) -> None:
    spans, pattern = case
    regex = frame.format(re.escape(pattern))
    if pattern == "":
        return
    store = store_of(spans)
    plain = re.sub(r"\\.", "", regex, flags=re.DOTALL)
    compiled = re.compile(regex, re.IGNORECASE if plain == plain.lower() else 0)
    wanted = [any(map(compiled.search, all_texts(store, row))) for row in range(len(store))]
    assert (Searcher(store).search("re:" + regex).parts != 0).tolist() == wanted


@settings(max_examples=20, deadline=None)
@given(made_spans, st.sampled_from(["cart", "GET /c", "value", "a/b", "Straße"]))
def test_typing_on_narrows_to_the_same(spans: list[Made], text: str) -> None:
    store = store_of(spans)
    typing = Searcher(store)
    for end in range(1, len(text) + 1):
        assert typing.search(text[:end]).rows.tolist() == Searcher(store).search(text[:end]).rows.tolist()


def test_windows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [Made({"n": f"v{at}"}, style="ascii" if at % 3 else "plain") for at in range(50)]
    store = store_of(spans)
    rows = Searcher(store).search("v1").rows.tolist()
    for size in (1, 100, 1000):
        monkeypatch.setattr(records, "WINDOW", size)
        assert Searcher(store).search("v1").rows.tolist() == rows
    assert rows == [1, *range(10, 20)]


@pytest.mark.parametrize(
    ("text", "pattern", "written"),
    [
        ("a/b", "a/b", '"a\\/b"'),
        ("a/b/c", "a/b/c", '"a\\/b/c"'),
        ("x\\/y", "x\\/y", '"x\\\\/y"'),
        ("café", "CAFÉ", None),
        ("café", "café", '"caf\\u00e9"'),
        ("CAFÉ", "café", '"CAF\\u00C9"'),
        ("CAFÉ", "café", '"CAFÉ"'),
        ("cart", "cart", '"\\u0063art"'),
        ('say "hi"', '"hi"', '"say \\"hi\\""'),
        ('say "hi"', '"hi"', '"say \\u0022hi\\u0022"'),
        ("one\ntwo", "one\ntwo", '"one\\ntwo"'),
        ("C:\\x", "c:\\x", '"C:\\\\x"'),
        ("\u212a", "k", '"\u212a"'),
        ("😀", "😀", '"\\ud83d\\ude00"'),
        ("😀", "😀", '"\\uD83D\\uDE00"'),
        ("<a>", "<a>", '"\\u003ca\\u003E"'),
    ],
)
def test_every_way_to_write_it(text: str, pattern: str, written: str | None) -> None:
    record = '{"attributes":[{"key":"k","value":{"stringValue":%s}}]}' % (written or f'"{text}"')
    collection = build(S(1, record=record.encode()), S(2, record=b'{"attributes":[]}'))
    store = replace(collection.store, decoders=[otlp_details.decode])
    assert store.details(0).attributes == {"k": text}
    store._cache.clear()
    wanted = [0] if written else []
    assert Searcher(store).search(pattern).rows.tolist() == wanted
    assert np.flatnonzero(evaluate(parse(f"k~{quote(re.escape(pattern))}"), store)).tolist() == wanted
    assert np.flatnonzero(evaluate(parse(f"k={quote(text)}"), store)).tolist() == [0]


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_json_is_no_text() -> None:
    store = store_of([Made({"a": "b"}), Made({"a": "b"}, format="otlp")])
    for word in ("key", "value", "tags", "stringvalue", "attributes", "spanid"):
        assert Searcher(store).search(word).count == 0


def test_ids() -> None:
    collection = build(
        S(0x4BF9_2F35_7788_99AA, start=1), S(0x1234_5678_9ABC_DEF0, start=2), S("span-x", start=3)
    )
    search = Searcher(collection.store).search
    assert search("4bf9").rows.tolist() == [0]
    assert search("4BF92F35778899AA").rows.tolist() == [0]
    assert search("bf9").rows.tolist() == []
    assert search("357788").rows.tolist() == [0]
    assert search("57788").rows.tolist() == []
    assert search("an-x").rows.tolist() == [2]
    assert Searcher(collection.store).where("4bf9", 0) == Part.ID


def test_rows_of_a_range() -> None:
    store = store_of([Made(name="op"), Made(name="GET /cart"), Made({"x": "cart"}), Made(name="GET /cart")])
    found = Searcher(store, 1, 3).search("cart")
    assert found.rows.tolist() == [1, 2]
    assert found.first == 1


def test_progress_and_stop() -> None:
    store = store_of([Made({"n": "needle"}) for _ in range(2000)])
    seen: list[tuple[int, int]] = []

    def told(found: Found) -> None:
        seen.append((found.count, found.done))

    full = Searcher(store).search("needle", on_progress=told)
    assert full.count == 2000 and full.complete and seen[0] == (0, 0) and len(seen) > 2
    asked = iter([False, False, True])
    part = Searcher(store).search("needle", cancelled=lambda: next(asked, True))
    assert not part.complete and 0 < part.count < 2000


def test_a_wrong_regular_expression_says_where() -> None:
    with pytest.raises(QueryError) as caught:
        Searcher(store_of([Made()])).search("re:ab(")
    assert caught.value.column == 5
    assert caught.value.exit_code == 2


def test_the_cache_of_details_is_left_alone() -> None:
    store = store_of([Made({"n": "needle"})])
    Searcher(store).search("needle")
    assert not store._cache
