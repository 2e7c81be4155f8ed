"""Several sources as one collection: folders, globs, archives, pieces and copies of one trace."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tracetui.errors import InputError, NotATrace
from tracetui.loaders import LoadOptions, load
from tracetui.loaders.control import Progress
from tracetui.model.trace import Collection
from tracetui.sources import file
from tracetui.sources.handles import Handles


def span(number: int, parent: int = 0, trace: int = 1, **more: Any) -> dict[str, Any]:
    above = {"parentId": f"{parent:016x}"} if parent else {}
    times = {"timestamp": 1_700_000_000_000_000 + number, "duration": 1000}
    named = {"traceId": f"{trace:032x}", "id": f"{number:016x}", "name": f"op{number}", **above}
    return {**named, **times, "localEndpoint": {"serviceName": "a"}, "tags": {"n": str(number)}, **more}


def zipkin(*spans: dict[str, Any], **layout: Any) -> bytes:
    return json.dumps(list(spans), **layout).encode()


def codes(collection: Collection) -> dict[str, int]:
    logs = [collection.log, *(log for log in collection.trace_logs if log is not None)]
    return {issue.code.value: issue.count for log in logs for issue in log}


TRACE = (span(1), span(2, 1), span(3, 2))


def test_what_is_no_trace_in_a_folder_is_one_issue(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(zipkin(*TRACE))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(zipkin(span(1, trace=2))))
    (tmp_path / "notes.md").write_text("# notes")
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-pipe").symlink_to("pipe")
    for name in (str(tmp_path), f"{tmp_path}/*"):
        found = load([name])
        assert (len(found.traces), found.span_count, found.failures) == (2, 4, [])
        assert codes(found) == {"not-a-trace": 4}


def test_a_folder_without_a_trace_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# notes")
    with pytest.raises(NotATrace, match=r"its only file is no trace .*notes\.md: is not JSON"):
        load([str(tmp_path)])
    (tmp_path / "more.md").write_text("# more")
    with pytest.raises(NotATrace, match="none of the 2 files is a trace"):
        load([str(tmp_path)])
    with pytest.raises(InputError, match="none of the 2 files"):
        load([f"{tmp_path}/*.md"])


def test_a_bad_trace_in_a_folder_is_an_error_beside_the_good_ones(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(zipkin(*TRACE))
    (tmp_path / "b.json").write_bytes(zipkin(*TRACE)[:60])
    found = load([str(tmp_path)])
    assert found.span_count == 3
    assert [failure.source for failure in found.failures] == [f"{tmp_path}/b.json"]


def test_files_of_an_archive_are_sources(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", zipkin(*TRACE[:2]))
        archive.writestr("../two.json.gz", gzip.compress(zipkin(*TRACE[2:])))
        archive.writestr("read.me", "nothing")
    path = str(tmp_path / "a")
    for name in (path, str(tmp_path)):
        found = load([name])
        assert [source.name for source in found.sources] == [f"{path}:one.json", f"{path}:../two.json.gz"]
        assert (len(found.traces), codes(found)) == (1, {"merged-trace": 1, "not-a-trace": 1})
        assert [one.attributes for one in found.traces[0].spans] == [{"n": "1"}, {"n": "2"}, {"n": "3"}]
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_an_archive_without_a_trace_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("read.me", "nothing")
    with pytest.raises(NotATrace, match="a: its only file is no trace"):
        load([str(path)])
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(__file__, "x")
        archive.writestr("inner", path.read_bytes()[:0] + b"PK\x03\x04 and so on")
    with pytest.raises(NotATrace, match="none of the 2 files"):
        load([str(path)])
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(NotATrace, match="holds no files"):
        load([str(path)])


def test_a_trace_torn_over_files_is_joined(tmp_path: Path) -> None:
    for number, one in enumerate(reversed(TRACE)):
        (tmp_path / f"{number}.json").write_bytes(zipkin(one))
    found = load([str(tmp_path)])
    assert [(one.key[-1], one.depth) for one in found.traces[0].spans] == [("1", 0), ("2", 1), ("3", 2)]
    assert "orphan" not in codes(found)
    assert [(source.spans, source.traces) for source in found.sources] == [(1, 1)] * 3


def test_copies_are_shown_once_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(zipkin(*TRACE))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(zipkin(*TRACE[1:], span(4, 3))))
    found = load([str(tmp_path)])
    assert (found.span_count, codes(found)) == (4, {"duplicate-span": 2, "merged-trace": 1})
    assert load([str(tmp_path / "a.json")] * 2).span_count == 3


def test_many_files_need_few_descriptors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = Handles(4)
    monkeypatch.setattr(file, "_HANDLES", handles)
    for number in range(1, 101):
        data = zipkin(span(1, trace=number))
        (tmp_path / f"{number:03}.json").write_bytes(gzip.compress(data) if number % 7 == 0 else data)
    found = load([str(tmp_path)])
    assert len(found.traces) == 100
    assert all(trace.root.attributes == {"n": "1"} for trace in found.traces)
    assert len(handles._open) <= 4


def test_a_file_that_is_written_to_is_read_as_far_as_it_went(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(b"".join(zipkin(one)[1:-1] + b"\n" for one in TRACE))

    def write_more(_: Progress) -> None:
        with path.open("ab") as more:
            more.write(b'{"traceId":"1","id":"7","na')

    found = load([str(path)], on_progress=write_more)
    assert (found.span_count, codes(found)) == (3, {"truncated": 1})
    assert "being written to" in next(iter(found.log)).samples[0]
    assert [one.attributes for one in found.traces[0].spans] == [{"n": "1"}, {"n": "2"}, {"n": "3"}]
    again = load([str(path)])
    assert (again.span_count, codes(again)) == (3, {"truncated": 1})


def test_details_of_a_file_that_was_cut_or_overwritten_are_gone_not_wrong(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(zipkin(*TRACE))
    found = load([str(path)])
    one = next(iter(found.traces[0].spans))
    path.write_bytes(zipkin(*(span(number, tags={"n": "!"}) for number in (1, 2, 3))))
    os.utime(path, ns=(1, 1))
    assert one.attributes == {}
    assert "cannot be read any more" in one.warnings[0]
    assert load([str(path)]).span_count == 3


def test_a_load_can_be_stopped_while_it_looks_for_files_or_waits(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(zipkin(*TRACE))
    found = load([str(tmp_path)], cancelled=lambda: True)
    assert (found.complete, found.span_count) == (False, 0)
    os.mkfifo(tmp_path / "pipe")
    assert not load([str(tmp_path / "pipe")], cancelled=lambda: True).complete


JAEGER = {
    "traceID": "1",
    "spanID": "2",
    "operationName": "x",
    "startTime": 1,
    "duration": 1,
    "processID": "p",
}
BROKEN_OFF = {
    "zipkin": [span(number) for number in range(1, 20_000)],
    "jaeger": {"data": [{"spans": [JAEGER | {"spanID": f"{n:x}"} for n in range(1, 20_000)]}]},
    "otlp": {
        "resourceSpans": [
            {
                "scopeSpans": [
                    {"spans": [{"traceId": "1" * 32, "spanId": f"{n:016x}"} for n in range(1, 20_000)]}
                ]
            }
        ]
    },
}


@pytest.mark.parametrize("format", BROKEN_OFF)
def test_a_limit_keeps_what_was_read_before(tmp_path: Path, format: str) -> None:
    data = json.dumps(BROKEN_OFF[format]).encode()
    (path := tmp_path / "a.gz").write_bytes(gzip.compress(data))
    found = load([str(path)], LoadOptions(max_bytes=len(data) // 4 * 3))
    assert 0 < found.span_count < 20_000
    assert "--max-bytes" in str(found.failures[0])
