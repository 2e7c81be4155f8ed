"""Who links to a span."""

from __future__ import annotations

from typing import Any

from tracetui.model.attributes import Link, SpanDetails
from tracetui.model.backlinks import Backlinks
from tracetui.model.builder import StoreBuilder
from tracetui.model.store import Flag, SpanStore
from tracetui.sources.base import MemorySource

A, B = "a" * 32, "b" * 32


def made(
    *spans: tuple[str, int | str, list[Link]], parents: dict[int, int] | None = None
) -> tuple[SpanStore, list[int]]:
    """A store of spans (trace, id, links), and the list of the records that were decoded."""
    builder = StoreBuilder()
    decoded: list[int] = []

    def decode(record: bytes) -> SpanDetails:
        decoded.append(int(record))
        return SpanDetails(links=spans[int(record)][2])

    code = builder.add_source(
        MemorySource("made", b"".join(b"%4d" % n for n in range(len(spans)))), "made", decode
    )
    resource = builder.resource("shop", "r", dict)
    for number, (trace, span_id, links) in enumerate(spans):
        opaque = isinstance(span_id, str)
        parent = (parents or {}).get(number, 0)
        flags = (
            (Flag.LINKS if links else 0)
            | (Flag.OPAQUE_ID if opaque else 0)
            | (Flag.HAS_PARENT if parent else 0)
        )
        builder.append(
            trace=builder.trace(trace),
            span_id=[builder.opaque(span_id) if isinstance(span_id, str) else span_id],
            parent_id=parent,
            flags=int(flags),
            start_ns=1000 + number,
            duration_ns=10,
            name=builder.strings[f"op {number}"],
            resource=resource,
            scope=-1,
            kind=0,
            status=0,
            source=code,
            offset=4 * number,
            length=4,
        )
    return builder.finish().store, decoded


def built(store: SpanStore) -> Backlinks:
    index = Backlinks(store)
    while index.step(1):
        pass
    return index


def names(store: SpanStore, name: str, **more: Any) -> list[str]:
    """The names of those that link to the span of a name."""
    row = next(row for row in range(len(store)) if store.strings[int(store.name[row])] == name)
    return [found.name for found in built(store).to(row)]


def test_links_of_this_trace_and_of_others_are_found() -> None:
    store, _ = made(
        (A, 1, []),
        (A, 2, [Link(A, f"{1:016x}")]),
        (B, 1, [Link(A, f"{1:016x}"), Link(A, f"{2:016x}")]),
        (B, 3, [Link("", f"{1:016x}")]),
    )
    assert names(store, "op 0") == ["op 1", "op 2"]
    assert names(store, "op 1") == ["op 2"]
    assert names(store, "op 2") == ["op 3"]
    assert names(store, "op 3") == []
    (first, second) = built(store).to(0)
    assert (first.service, first.trace_id, first.span_id) == ("shop", A, f"{2:016x}")
    assert second.trace_id == B


def test_only_spans_with_links_are_decoded_a_few_at_a_step() -> None:
    store, decoded = made(*[(A, n + 1, [Link(A, f"{1:016x}")] if n % 10 == 9 else []) for n in range(100)])
    index = Backlinks(store)
    assert index.step(4)
    assert decoded == [9, 19, 29, 39]
    assert list(index.to(0)) == []
    assert index.step(4)
    assert not index.step(4)
    assert not index.step(4)
    assert len(decoded) == 10
    assert len(index.to(0)) == 10
    assert [found.name for found in index.to(0)[8:]] == ["op 89", "op 99"]


def test_where_nothing_links_there_is_nothing_to_do() -> None:
    store, decoded = made((A, 1, []), (A, 2, []))
    index = Backlinks(store)
    assert not index.step()
    assert list(index.to(0)) == decoded == []


def test_two_links_of_one_span_are_one() -> None:
    store, _ = made((A, 1, []), (A, 2, [Link(A, f"{1:016x}"), Link(A, f"{1:016x}", "follows_from")]))
    assert names(store, "op 0") == ["op 1"]


def test_the_parent_is_not_linked_to_by_its_children() -> None:
    parent = Link(A, f"{1:016x}", "child_of", reference=True)
    store, _ = made((A, 1, []), (A, 2, [parent]), (A, 3, [parent]), parents={1: 1})
    assert names(store, "op 0") == ["op 2"]


def test_ids_that_are_no_numbers_are_texts() -> None:
    store, _ = made(
        (A, "one", []), (A, "two", []), (A, 3, [Link(A, "one"), Link(A, "gone"), Link(A, "x" * 16)])
    )
    assert names(store, "op 0") == ["op 2"]
    assert names(store, "op 1") == []


def test_links_to_what_is_not_there() -> None:
    store, _ = made((A, 1, [Link(B, f"{1:016x}"), Link(A, ""), Link(A, f"{9:016x}")]))
    assert names(store, "op 0") == []
