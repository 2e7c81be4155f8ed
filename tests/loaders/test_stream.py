"""JSON is cut exactly, whatever its layout, and a bad record costs only itself."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.loaders.stream import Chunk, JsonFault, JsonStream, JsonTruncated, Shape, locate
from tracetui.sources import MemorySource


class Row(msgspec.Struct, gc=False):
    id: str
    n: int = 0
    tags: msgspec.Raw = msgspec.Raw(b"null")


class Notes:
    """A loader's ear."""

    def __init__(self) -> None:
        self.repaired: list[tuple[bytes, int]] = []
        self.lost: list[int] = []
        self.bad: list[int] = []

    def repair(self, record: bytes, offset: int, error: Exception) -> Row | None:
        self.repaired.append((record, offset))
        return Row(id="repaired") if record.startswith(b"{") else None

    def broken(self, offset: int, reason: str) -> None:
        self.lost.append(offset)

    def bad_text(self, offset: int) -> None:
        self.bad.append(offset)


def stream_of(text: str | bytes, batch: int = 1024) -> JsonStream:
    data = text.encode() if isinstance(text, str) else text
    return JsonStream(MemorySource("memory", data), batch=batch)


def read(text: str | bytes, batch: int = 1024) -> tuple[list[Row], list[bytes], Notes]:
    data = text.encode() if isinstance(text, str) else text
    notes = Notes()
    chunks: list[Chunk[Row]] = list(stream_of(data, batch).records(Shape(Row), notes))
    rows = [row for chunk in chunks for row in chunk.items]
    texts: list[bytes] = []
    if chunks:
        offsets, lengths = locate(chunks)
        assert len(offsets) == len(rows)
        texts = [data[o : o + n] for o, n in zip(offsets.tolist(), lengths.tolist(), strict=True)]
    return rows, texts, notes


def records(count: int) -> list[dict[str, Any]]:
    tricky = '},{"id":'
    return [{"id": f"r{i}", "n": i, "tags": [{"id": tricky, "v": "x" * (i % 50)}]} for i in range(count)]


@pytest.mark.parametrize("indent", [None, 1, 4, "\t"])
@pytest.mark.parametrize("batch", [64, 1024, 1 << 18])
def test_every_layout_gives_every_record_and_its_exact_bytes(indent: int | str | None, batch: int) -> None:
    wanted = records(300)
    for separators in ((",", ":"), (", ", ": "), (" , ", " : ")):
        text = json.dumps(wanted, indent=indent, separators=separators)
        rows, texts, notes = read(text, batch)
        assert [row.id for row in rows] == [r["id"] for r in wanted]
        assert [json.loads(t) for t in texts] == wanted
        assert all(t[:1] == b"{" and t[-1:] == b"}" for t in texts)
        assert not notes.repaired


def test_most_batches_are_cut_by_the_learned_separator(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = 0
    original = JsonStream._one_by_one

    def counted(self: JsonStream, *args: Any) -> Any:
        nonlocal slow
        slow += 1
        return original(self, *args)

    monkeypatch.setattr(JsonStream, "_one_by_one", counted)
    text = json.dumps(records(2000), separators=(",", ":"))
    assert len(read(text, 8192)[0]) == 2000
    assert slow <= 2  # the first record and the last


def test_varying_first_keys_and_values_that_are_no_objects() -> None:
    wanted: list[Any] = []
    for i in range(200):
        wanted.append([{"id": f"a{i}"}, {"n": i, "id": f"b{i}"}, {"tags": [], "id": f"c{i}"}][i % 3])
    text = json.dumps([*wanted, None, 5, "x", {"id": "last"}])
    rows, texts, notes = read(text, 512)
    assert [row.id for row in rows] == [w["id"] for w in wanted] + ["last"]
    assert [json.loads(t) for t in texts] == [*wanted, {"id": "last"}]
    assert [record for record, _ in notes.repaired] == [b"null", b"5", b'"x"']


def test_a_record_of_the_wrong_kinds_is_repaired_alone() -> None:
    wanted = records(100)
    wanted[50]["id"] = 7
    text = json.dumps(wanted, separators=(",", ":"))
    rows, texts, notes = read(text, 1 << 18)
    assert [row.id for row in rows] == [f"r{i}" if i != 50 else "repaired" for i in range(100)]
    assert [json.loads(t) for t in texts] == wanted
    record, offset = notes.repaired[0]
    assert text.encode()[offset : offset + len(record)] == record


def test_a_broken_record_costs_only_itself() -> None:
    parts = [json.dumps(r, separators=(",", ":")) for r in records(100)]
    parts[40] = '{"id":"r40","n":0x10}'
    rows, _, notes = read("[" + ",".join(parts) + "]", 2048)
    assert [row.id for row in rows] == [f"r{i}" for i in range(100) if i != 40]
    assert notes.lost == [len("[" + ",".join(parts[:40]) + ",")]


def test_invalid_utf8_is_told_of_the_record_that_holds_it() -> None:
    parts = [json.dumps(r, separators=(",", ":")).encode() for r in records(20)]
    parts[7] = b'{"id":"r7","tags":["\xff"]}'
    parts[9] = b'{"id":"\xff"}'
    rows, _, notes = read(b"[" + b",".join(parts) + b"]", 1 << 18)
    assert len(rows) == 20
    assert len(notes.bad) == 1 and len(notes.repaired) == 1


def test_a_cut_file_gives_all_records_before_the_cut() -> None:
    text = json.dumps(records(200), separators=(",", ":"))
    starts = [text.index(f'{{"id":"r{i}"') for i in range(200)]
    ends = [*(start - 1 for start in starts[1:]), len(text) - 1]
    for cut in (len(text) - 1, len(text) // 2, starts[100] + 3, starts[100], starts[100] - 1, 2):
        stream, notes, rows = stream_of(text[:cut]), Notes(), []
        with pytest.raises(JsonTruncated):
            for chunk in stream.records(Shape(Row), notes):
                rows += [row.id for row in chunk.items]
        whole = sum(end <= cut for end in ends)
        assert rows == [f"r{i}" for i in range(whole)]


def test_many_small_arrays_share_what_was_learned() -> None:
    groups = [records(n) for n in (1, 2, 5, 30, 1, 0, 17) * 20]
    text = json.dumps([{"spans": g, "after": {"p": 1}} for g in groups], separators=(",", ":"))
    stream, shape, notes = stream_of(text, 4096), Shape(Row), Notes()
    chunks: list[Chunk[Row]] = []
    seen: list[int] = []
    for _ in stream.elements():
        for key in stream.members():
            if key == "spans":
                before = len(chunks)
                chunks += stream.records(shape, notes)
                seen.append(sum(len(c.items) for c in chunks[before:]))
            else:
                assert stream.raw_value() == b'{"p":1}'
    assert seen == [len(g) for g in groups]
    assert shape.end == b'}],"after":'
    offsets, lengths = locate(chunks)
    texts = [text[o : o + n] for o, n in zip(offsets.tolist(), lengths.tolist(), strict=True)]
    assert [json.loads(t) for t in texts] == [r for g in groups for r in g]


def test_an_end_that_looks_alike_inside_of_a_record_is_not_believed() -> None:
    rows = [{"id": f"r{i}", "tags": {"x": [{"a": 1}], "after": 2}} for i in range(50)]
    text = json.dumps([{"spans": rows, "after": 1}] * 30, separators=(",", ":"))
    stream, shape, found = stream_of(text, 4096), Shape(Row), 0
    for _ in stream.elements():
        for key in stream.members():
            if key == "spans":
                found += sum(len(chunk.items) for chunk in stream.records(shape, Notes()))
    assert found == 50 * 30


def test_big_values_are_skipped_in_bounded_windows() -> None:
    big = {"list": [{"deep": [[[i]] * 3, "]}"]} for i in range(5000)], "s": "x" * 5000}
    text = json.dumps({"skip": big, "keep": [1, 2]})
    stream = stream_of(text, 1024)
    assert {key: stream.raw_value() for key in stream.members() if key == "keep"} == {"keep": b"[1, 2]"}


def test_documents_of_every_kind_follow_each_other() -> None:
    lines, glued, pretty, old = (
        '{"a":1}\n{"a":2}\n',
        '{"a":1}{"a":2}',
        '{\n"a": 1\n}\r\n\x1e{"a":2} ',
        '{"a":1}\r{"a":2}',
    )
    for text in (lines, glued, pretty, old):
        stream = stream_of(text)
        assert [json.loads(stream.raw_value()) for _ in stream.documents()] == [{"a": 1}, {"a": 2}]


def test_after_a_bad_line_the_next_is_read() -> None:
    stream, seen, bad = stream_of('{"a":1}\n{"a":\x00}\nhello\n{"a":4}\n', 8), [], []
    while True:
        start = 0
        try:
            for start in stream.documents():  # noqa: B007
                seen.append(json.loads(stream.raw_value()))
            break
        except JsonFault:
            bad.append(start)
            assert stream.next_line(start)
    assert seen == [{"a": 1}, {"a": 4}]
    assert bad == [8, 16]


def test_faults_name_the_byte() -> None:
    for text, where in (('{"a" 1}', 5), ('{"a":1 "b":2}', 7), ("{1:2}", 1), ('{"a":[1,}', 8)):
        with pytest.raises(JsonFault) as caught:
            for key in (stream := stream_of(text)).members():
                assert key == "a"
                stream.raw_value()
        assert caught.value.offset == where, text


def test_nesting_beyond_reason_is_a_fault() -> None:
    with pytest.raises(JsonFault, match="too deeply"):
        stream_of("[" * 100_000 + "]" * 100_000, 1 << 18).raw_value()


def test_numbers_at_the_end_of_a_window_are_not_cut() -> None:
    for size in range(1, 12):
        stream = stream_of("[12345, -1.5e10, true]", size)
        assert [stream.raw_value() for _ in stream.elements()] == [b"12345", b"-1.5e10", b"true"]


keys = st.sampled_from(["id", "n", "x", '},{"id":'])
scalar = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | keys
value = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
element = st.dictionaries(st.sampled_from(["id", "y", "z"]), value, max_size=3) | value


@settings(max_examples=150, deadline=None)
@given(st.lists(element, max_size=12), st.sampled_from([None, 0, 2]), st.booleans(), st.integers(8, 400))
def test_any_array_is_cut_as_a_whole_parser_cuts_it(
    items: list[Any], indent: int | None, ascii_only: bool, batch: int
) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode()

    class Keep(Notes):
        def repair(self, record: bytes, offset: int, error: Exception) -> Row | None:
            return Row(id="")

    chunks = list(stream_of(text, batch).records(Shape(Row), Keep()))
    if not chunks:
        assert items == []
        return
    offsets, lengths = locate(chunks)
    texts = [text[o : o + n] for o, n in zip(offsets.tolist(), lengths.tolist(), strict=True)]
    assert [json.loads(t) for t in texts] == items
