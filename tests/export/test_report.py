"""What all formats say, computed once: sums per service, which spans are listed, whose path comes first."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.forests import START, S, collection
from tracetui.export import report as module
from tracetui.export.ansi import TextOptions
from tracetui.export.csv import write_csv
from tracetui.export.json import write_json
from tracetui.export.report import Report, Spans, ids_of, keys_of, parent_ids_of
from tracetui.export.tree import write_tree


@st.composite
def forests(draw: st.DrawFn) -> list[list[S]]:
    """A few traces of a few spans: roots, orphans and children with all kinds of times."""
    traces = []
    for _ in range(draw(st.integers(1, 4))):
        spans = []
        for number in range(1, draw(st.integers(1, 12)) + 1):
            parent = draw(st.integers(0, number - 1) | st.just(999))
            start, duration = draw(st.integers(0, 500)), draw(st.integers(0, 500))
            service = draw(st.sampled_from(["a", "b", "c", ""]))
            spans.append(S(number, parent, start, duration, service, error=draw(st.booleans())))
        traces.append(spans)
    return traces


@pytest.mark.parametrize("dense", [True, False])
@settings(max_examples=40, deadline=None)
@given(traces=forests())
def test_services_add_up(traces: list[list[S]], dense: bool) -> None:
    report = Report(collection(*traces))
    kept = module._DENSE_CELLS
    module._DENSE_CELLS = kept if dense else 0
    try:
        services = list(report.services())
    finally:
        module._DENSE_CELLS = kept
    assert len(services) == len(traces)
    for trace, totals in zip(report.collection.traces, services, strict=True):
        rows = np.arange(trace.first, trace.last)
        assert sum(total.span_count for total in totals) == trace.span_count
        assert sum(total.error_count for total in totals) == trace.error_count
        assert sum(total.critical_path_ns for total in totals) == report.on_path[rows].sum()
        assert sum(total.self_time_ns for total in totals) == report.self_ns[rows].sum()
        assert {total.name for total in totals} == {span.service for span in trace.spans}
        assert [t.critical_path_ns for t in totals] == sorted(
            (t.critical_path_ns for t in totals), reverse=True
        )


@settings(max_examples=40, deadline=None)
@given(forests())
def test_summaries_say_what_the_traces_say(traces: list[list[S]]) -> None:
    report = Report(collection(*traces))
    for summary, trace in zip(report.summaries(), report.collection.traces, strict=True):
        for name in (
            "trace_id",
            "service",
            "name",
            "start_ns",
            "end_ns",
            "duration_ns",
            "root_duration_ns",
            "span_count",
            "error_count",
            "service_count",
            "depth",
            "root_count",
            "orphan_count",
        ):
            assert getattr(summary, name) == getattr(trace, name), name
        paths = report.paths_of(summary)
        assert [int(report.paths.roots[number]) for number in paths] == trace.roots


@settings(max_examples=40, deadline=None)
@given(forests())
def test_ids_of_many_rows_are_those_of_each(traces: list[list[S]]) -> None:
    store = collection(*traces).store
    rows = np.arange(len(store))
    assert keys_of(store, rows) == [store.key(row) for row in rows]
    assert ids_of(store, rows) == [store.id_text(row) for row in rows]
    assert parent_ids_of(store, rows) == [store.parent_id_text(row) for row in rows]


def test_sums_past_64_bits_are_exact() -> None:
    report = Report(collection([S(number, 0, -START, 1 << 60, "a") for number in range(1, 11)]))
    ((total,),) = report.services()
    assert total.self_time_ns == 10 << 60


def test_work_after_the_reply_counts_from_the_end_of_the_root() -> None:
    spans = [S(1, 0, 50, 100), S(2, 1, 0, 20), S(3, 1, 120, 90)]
    (summary,) = Report(collection(spans)).summaries()
    assert (summary.duration_ns, summary.root_duration_ns, summary.after_reply_ns) == (210, 100, 60)


def test_path_keeps_what_is_on_any_path() -> None:
    spans = [S(1, 0, 0, 100), S(2, 1, 10, 80), S(3, 1, 10, 20), S(4, 99, 0, 5)]
    (summary,) = (report := Report(collection(spans), spans=Spans.PATH)).summaries()
    assert keys_of(report.store, report.rows(summary)) == [f"{n:016x}" for n in (1, 2, 4)]


def test_nothing_at_all_is_written_too() -> None:
    report = Report(collection())
    assert json.loads(b"".join(write_json(report)))["traces"] == []
    assert list(write_tree(report, TextOptions())) == []
    assert "".join(write_csv(report)).count("\n") == 1
