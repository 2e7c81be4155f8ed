"""`why --path --format json`: critical paths for programs, in nanoseconds and exact text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tracetui.analysis.told import Share
from tracetui.export.encode import json_dumps
from tracetui.export.path import PathAnswers, TracePath
from tracetui.model.store import SpanStore

SCHEMA: Final = "tracetui.path/1"


def write_path_json(answers: PathAnswers) -> Iterator[bytes]:
    """One document over all traces, in pieces.

    Raises:
        UsageError: No trace has the span that was asked for.
    """
    head = json_dumps({"schema": SCHEMA})[:-1] + b',"traces":['
    for told in answers.traces():
        yield head + json_dumps(_trace(answers.report.store, told))
        head = b","
    yield (b"" if head == b"," else head) + b"]}\n"


def _trace(store: SpanStore, told: TracePath) -> dict[str, Any]:
    trace, path = told.trace, told.path
    return {
        "trace_id": trace.trace_id,
        "duration_nano": trace.duration_ns,
        "root_duration_nano": trace.root_duration_ns,
        "root": store.key(path.root),
        "mode": str(path.mode),
        "critical_path_nano": path.duration_ns,
        "after_root_nano": path.goes_on_ns,
        "why_empty": path.why_empty,
        "services": [
            {"name": store.strings[int(store.service[share.rows[0]])], **_share(share)}
            for share in path.by_service()
        ],
        "operations": [
            {
                "service": store.strings[int(store.service[share.rows[0]])],
                "name": store.strings[int(store.name[share.rows[0]])],
                **_share(share),
            }
            for share in path.by_operation()
        ],
        "spans": [
            {
                "span": store.key(share.rows[0]),
                "critical_path_nano": share.time_ns,
                "saves_nano": told.replay.saves(share.rows[0]),
            }
            for share in path.by_span()
        ],
        "sections": [_section(store, told, at) for at in path.sections],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"critical_path_nano": share.time_ns, "span_count": len(share.rows)}


def _section(store: SpanStore, told: TracePath, at: int) -> dict[str, Any]:
    section = told.path.section(at)
    return {
        "span": store.key(section.row),
        "start_time_unix_nano": section.start_ns,
        "end_time_unix_nano": section.end_ns,
        "kind": "wait" if section.wait else "own",
        "reason": section.reason,
        "or": [store.key(row) for row in section.alternatives],
    }
