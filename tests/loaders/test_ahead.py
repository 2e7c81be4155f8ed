"""With a second process the same is read as without, whatever the file holds and whatever befalls it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracetui import loaders
from tracetui.loaders import ahead, second, walk
from tracetui.loaders.ahead import Ahead
from tracetui.model.issues import Issue, IssueCode
from tracetui.model.store import ROW_COLUMNS, Flag
from tracetui.model.trace import Collection

KIB = 1024
BY_CODE = {"name", "service", "resource", "scope"}
BY_WINDOW = {"record"}
"""Of a window of lines, damaged ones come last."""

Spans = list[dict[str, Any]]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The places at which parts were taken; all that has to do with size is a hundredth of what it is."""
    taken: list[int] = []
    found = Ahead._found

    def counted(self: Ahead, position: int) -> Any:
        part = found(self, position)
        if part is not None:
            taken.append(position)
        return part

    monkeypatch.setattr(Ahead, "_found", counted)
    monkeypatch.setattr(second, "cores", lambda: 2)
    monkeypatch.setattr(second, "PATIENCE_S", 20.0)
    for name, value in {
        "SETTLED": 16, "SHARE": 16, "_SMALLEST": 8, "_LARGEST": 32, "_NEAR": 4,
        "WORTH_COPYING": 64, "WORTH_STARTING": 64,
    }.items():  # fmt: skip
        monkeypatch.setattr(ahead, name, value * KIB)
    monkeypatch.setitem(walk.JsonWalk.__init__.__kwdefaults__, "batch", 16 * KIB)
    monkeypatch.setattr("tracetui.loaders.otlp.BATCH", 16 * KIB)
    return taken


def jaeger_spans(count: int, trace: str = "ab" * 16) -> Spans:
    chance = random.Random(7)
    return [
        {
            "traceID": trace,
            "spanID": f"{number + 1:016x}",
            "operationName": f"GET /{number % 17}",
            "references": [
                {"refType": "CHILD_OF", "traceID": trace, "spanID": f"{chance.randrange(number) + 1:016x}"}
            ]
            if number
            else [],
            "startTime": 1_700_000_000_000_000 + number,
            "duration": chance.randrange(10**6),
            "tags": [
                {"key": "span.kind", "type": "string", "value": chance.choice(["client", "server"])},
                {"key": "error", "type": "bool", "value": chance.random() < 0.1},
                {"key": "note", "type": "string", "value": "é" * chance.randrange(300)},
            ],
            "logs": [{"timestamp": 1, "fields": []}] if number % 5 == 0 else [],
            "processID": f"p{chance.randrange(6)}",
            "warnings": None,
        }
        for number in range(count)
    ]


def jaeger(spans: Spans, **layout: Any) -> bytes:
    processes = {f"p{number}": {"serviceName": f"service-{number}", "tags": []} for number in range(6)}
    trace = {"traceID": "ab" * 16, "spans": spans, "processes": processes}
    return as_json({"data": [trace]}, **layout)


def as_json(value: Any, **layout: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **({"separators": (",", ":")} | layout)).encode()


def zipkin_spans(count: int) -> Spans:
    chance = random.Random(8)
    return [
        {
            "traceId": f"{chance.randrange(40) + 1:032x}",
            "id": f"{number + 1:016x}",
            "parentId": f"{chance.randrange(number) + 1:016x}" if number % 9 else None,
            "name": f"get {number % 13}",
            "kind": chance.choice(["CLIENT", "SERVER", None]),
            "timestamp": 1_700_000_000_000_000 + number,
            "duration": 5 + number % 100,
            "localEndpoint": {"serviceName": f"s{number % 7}", "ipv4": f"10.0.0.{number % 3}"},
            "tags": {"error": "boom", "note": "x" * 300} if number % 11 == 0 else {"note": "y" * 300},
        }
        for number in range(count)
    ]


def otlp_spans(count: int) -> Spans:
    chance = random.Random(9)
    return [
        {
            "traceId": f"{number // 50 + 1:032x}",
            "spanId": f"{number + 1:016x}",
            "parentSpanId": f"{number:016x}" if number % 50 else "",
            "name": f"op {number % 13}",
            "kind": chance.randrange(6),
            "startTimeUnixNano": str(1_700_000_000_000_000_000 + number),
            "endTimeUnixNano": str(1_700_000_000_000_000_000 + number + 5_000),
            "attributes": [{"key": "note", "value": {"stringValue": "z" * chance.randrange(300)}}],
            "events": [{"timeUnixNano": "1", "name": "e"}] if number % 6 == 0 else [],
            "status": {"code": 2} if number % 10 == 0 else {},
        }
        for number in range(count)
    ]


def resource_spans(number: int, spans: Spans) -> dict[str, Any]:
    service = {"key": "service.name", "value": {"stringValue": f"service-{number % 5}"}}
    return {
        "resource": {"attributes": [service]},
        "scopeSpans": [{"scope": {"name": f"lib-{number % 3}"}, "spans": spans}],
    }


def otlp(count: int) -> list[dict[str, Any]]:
    spans = otlp_spans(count)
    return [resource_spans(at, spans[at : at + 7]) for at in range(0, count, 7)]


def otlp_lines(count: int) -> bytes:
    lines = [as_json({"resourceSpans": [one]}) for one in otlp(count)]
    for at in range(5, len(lines), 40):
        lines[at] = as_json({"resourceLogs": [{"resource": {}, "scopeLogs": []}]})
    return b"\n".join(lines)


FILES: dict[str, Callable[[], bytes]] = {
    "jaeger": lambda: jaeger(jaeger_spans(900)),
    "jaeger, pretty": lambda: jaeger(jaeger_spans(600), separators=(",", ": "), indent=2),
    "jaeger, spaced": lambda: jaeger(jaeger_spans(900), separators=(", ", ": ")),
    "zipkin": lambda: as_json(zipkin_spans(900)),
    "zipkin, a span a line": lambda: b"[" + b",\n".join(map(as_json, zipkin_spans(900))) + b"]",
    "otlp": lambda: as_json({"resourceSpans": otlp(1200)}),
    "otlp, one resource": lambda: as_json({"resourceSpans": [resource_spans(1, otlp_spans(1200))]}),
    "otlp, resource last": lambda: as_json(
        {"resourceSpans": [dict(reversed(resource_spans(1, otlp_spans(1200)).items()))]}
    ),
    "otlp lines": lambda: otlp_lines(1200),
}


def content(collection: Collection) -> dict[str, Any]:
    """All that a load brings, without the numbers that it has given to texts."""
    store = collection.store
    found: dict[str, Any] = {
        name: getattr(store, name).tolist() for name in ROW_COLUMNS if name not in BY_CODE | BY_WINDOW
    }
    for column, flag in (("span_id", Flag.OPAQUE_ID), ("parent_id", Flag.OPAQUE_PARENT)):
        is_text = (store.flags & flag) != 0
        found[column] = [
            store.strings[id] if opaque else id
            for id, opaque in zip(found[column], is_text.tolist(), strict=True)
        ]
    found["traces"] = store.trace_ids
    for column in ("name", "service"):
        found[column] = [store.strings[code] for code in getattr(store, column).tolist()]
    clock = store.resources.clock
    found["resource"] = [(code, int(clock[code]) if code >= 0 else -1) for code in store.resource.tolist()]
    found["scope"] = store.scope.tolist()
    logs = [collection.issues, *(trace.issues for trace in collection.traces)]
    found["issues"] = [
        sorted((issue.code.value, issue.count, _places(issue)) for issue in log) for log in logs
    ]
    return found


def _places(issue: Issue) -> list[tuple[str, int]]:
    if issue.code is IssueCode.OTHER_SIGNALS:
        return []  # told by the window, and there are other windows
    return [(at.text, at.row) for at in issue.places]


def load(path: Path, *, beside: bool) -> dict[str, Any]:
    return content(loaders.load([str(path)], loaders.LoadOptions(second=beside)))


@pytest.mark.parametrize("new", [False, True], ids=["copy", "new interpreter"])
@pytest.mark.parametrize("name", FILES)
def test_same_with_and_without(
    name: str, new: bool, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "can_copy", lambda: not new)
    path = tmp_path / "trace"
    path.write_bytes(FILES[name]())
    alone = load(path, beside=False)
    assert not parts
    assert load(path, beside=True) == alone
    assert len(parts) > 3


def nested(spans: Spans) -> None:
    """Within a record stands what separates records elsewhere."""
    for at in range(100, len(spans), 50):
        spans[at]["tags"] = [{"key": "k"}, *({"traceID": "x", "spanID": "1", "n": n} for n in range(300))]


def of_wrong_kinds(spans: Spans) -> None:
    for at in range(300, len(spans), 150):
        spans[at]["startTime"], spans[at]["operationName"] = "soon", None


def with_odd_ids(spans: Spans) -> None:
    spans[400]["spanID"], spans[500]["spanID"], spans[600]["spanID"] = (
        "no id",
        spans[500]["spanID"].upper(),
        "",
    )
    spans[450]["traceID"] = "cd" * 16


def with_two_parents(spans: Spans) -> None:
    spans[500]["references"] *= 2
    spans[501]["references"][0]["refType"] = "FOLLOWS_FROM"


def with_inline_processes(spans: Spans) -> None:
    for at in range(200, len(spans), 10):
        spans[at]["process"] = {"serviceName": f"inline-{at % 3}", "tags": []}


def repeated(spans: Spans) -> None:
    spans[500:520] = spans[100:120]


@pytest.mark.parametrize(
    "spoil", [nested, of_wrong_kinds, with_odd_ids, with_two_parents, with_inline_processes, repeated]
)
def test_what_is_odd_is_told_all_the_same(
    spoil: Callable[[Spans], None], parts: list[int], tmp_path: Path
) -> None:
    spans = jaeger_spans(900)
    spoil(spans)
    path = tmp_path / "trace"
    path.write_bytes(jaeger(spans))
    assert load(path, beside=True) == load(path, beside=False)
    assert parts


DAMAGE = [b"", b"\xff", b"NaN", b"}", b'"', b",", b"\n", b"{"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(4))
def test_damage(name: str, seed: int, parts: list[int], tmp_path: Path) -> None:
    chance = random.Random(seed)
    data = bytearray(FILES[name]())
    for _ in range(3):
        at = chance.randrange(len(data) // 4, len(data) - 10)
        data[at : at + chance.randrange(3)] = chance.choice(
            [b"", b"\xff", b"NaN", b"}", b'"', b",", b"\n", b"{"]
        )
    path = tmp_path / "trace"
    path.write_bytes(data[: chance.choice([len(data), len(data), len(data) * 3 // 4])])
    assert load(path, beside=True) == load(path, beside=False)


@pytest.mark.parametrize("answers", [0, 1, 4])
def test_goes_on_alone_when_the_second_dies(
    answers: int, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = second.Second.answer
    given = []

    def until(self: second.Second) -> Any:
        if len(given) == answers + 1:  # the first says that it is ready
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
            os.close(self._answers)
            self._answers = os.open(os.devnull, os.O_RDONLY)
        given.append(1)
        return answer(self)

    monkeypatch.setattr(second.Second, "answer", until)
    monkeypatch.setattr(second, "can_copy", lambda: True)
    path = tmp_path / "trace"
    path.write_bytes(FILES["zipkin"]())
    assert load(path, beside=True) == load(path, beside=False)
    assert min(answers, 1) <= len(parts) <= answers  # the end may show when it is asked for more


@pytest.mark.parametrize("questions", [0, 1, 5])
def test_goes_on_alone_when_the_second_takes_no_more_questions(
    questions: int, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = second.Second.ask
    asked = []

    def until(self: second.Second, question: Any) -> None:
        if len(asked) == questions:
            raise BrokenPipeError
        asked.append(1)
        ask(self, question)

    monkeypatch.setattr(second.Second, "ask", until)
    monkeypatch.setattr(second, "can_copy", lambda: True)
    path = tmp_path / "trace"
    path.write_bytes(FILES["jaeger"]())
    assert load(path, beside=True) == load(path, beside=False)
    assert len(parts) <= questions


def test_goes_on_alone_when_none_can_be_started(
    parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "can_copy", lambda: False)
    monkeypatch.setattr(sys, "executable", "")
    path = tmp_path / "trace"
    path.write_bytes(FILES["zipkin"]())
    assert load(path, beside=True) == load(path, beside=False)
    assert not parts


@pytest.mark.parametrize("new", [False, True], ids=["copy", "new interpreter"])
def test_is_ended_with_the_load(
    new: bool, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    init = second.Second.__init__

    def noted(self: second.Second, job: second.Job) -> None:
        init(self, job)
        started.append(self._pid or (self._process.pid if self._process else 0))

    monkeypatch.setattr(second.Second, "__init__", noted)
    monkeypatch.setattr(second, "can_copy", lambda: not new)
    path = tmp_path / "trace"
    path.write_bytes(FILES["jaeger"]())
    seen: list[int] = []

    def enough() -> bool:
        seen.append(len(parts))
        return len(parts) >= 2

    stopped = loaders.load([str(path)], cancelled=enough)
    assert not stopped.complete
    loaders.load([str(path)])
    assert len(started) == 2
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


_THREADS = """
import threading
from tracetui.loaders import second
alone, end = second.can_copy(), threading.Event()
other = threading.Thread(target=end.wait)
other.start()
print(alone, second.can_copy())
end.set()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems copy no processes")
def test_no_copy_of_a_process_with_other_threads() -> None:
    own = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _THREADS], env=own, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("fails", ["fork", "pipe"])
def test_goes_on_alone_where_there_is_no_room(
    fails: str, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise BlockingIOError

    monkeypatch.setattr(second, "can_copy", lambda: True)
    monkeypatch.setattr(second.os, fails, fail)
    path = tmp_path / "trace"
    path.write_bytes(FILES["otlp"]())
    assert load(path, beside=True) == load(path, beside=False)
    assert not parts


_REAL = """
import sys
from tracetui import loaders
from tracetui.loaders.ahead import Ahead
found, taken = Ahead._found, []
def noted(self, position):
    part = found(self, position)
    if part is not None:
        taken.append(len(part))
    return part
Ahead._found = noted
print(len(loaders.load([sys.argv[1]]).store), len(taken), sum(taken))
"""


@pytest.mark.skipif(second.cores() < 2 or sys.platform != "linux", reason="takes two cores, and a copy")
def test_a_file_that_is_large_indeed(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    spans = zipkin_spans(400)
    record = as_json(spans)[1:-1]
    count = 400 * (20 * KIB * KIB // len(record))
    path.write_bytes(b"[" + b",".join([record] * (count // 400)) + b"]")
    own = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _REAL, str(path)], env=own, capture_output=True, text=True, check=True
    )
    spans_read, parts_taken, spans_taken = map(int, run.stdout.split())
    assert spans_read == 400  # all the others repeat them
    assert parts_taken > 3
    assert 0 < spans_taken < count


_KILLED = """
import os, sys, time
from tracetui.loaders import second
from tracetui.sources.file import FileSource
second.can_copy = lambda: bool(int(sys.argv[2]))
place = FileSource(sys.argv[1], os.open(sys.argv[1], os.O_RDONLY)).place
beside = second.Second(second.Job("tracetui.loaders.zipkin_part", place))
print(beside._pid or beside._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("copy", ["0", "1"])
def test_ends_when_the_first_is_killed(copy: str, tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_bytes(b"[]")
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path), copy], stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        pid = int(first.stdout.readline())
        os.kill(pid, 0)
        first.kill()
    limit = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_new_interpreter_takes_no_module_from_the_directory_it_is_called_in(
    parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "can_copy", lambda: False)
    (tmp_path / "msgspec.py").write_text("raise SystemExit\n")
    path = tmp_path / "trace"
    path.write_bytes(FILES["zipkin"]())
    monkeypatch.chdir(tmp_path)
    load(path, beside=True)
    assert parts
