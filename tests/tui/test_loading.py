"""Loading beside the screen: the mailbox, small and large traces, errors."""

from __future__ import annotations

import pytest

from tests.conftest import sample
from tests.tui.viewer import CHECKOUT, collection, span
from tracetui.errors import InputError
from tracetui.loaders import LoadOptions, Progress
from tracetui.tui import loading as module
from tracetui.tui.loading import LARGE, Loading, Mail


def test_a_file_arrives_analysed() -> None:
    loading = Loading([str(sample("checkout.json"))], LoadOptions())
    loading.start()
    loading.join()
    mail = loading.take()
    assert mail.finished
    assert mail.error is None
    assert mail.arrived is not None
    assert mail.arrived.done
    assert mail.arrived.facts is not None
    assert mail.arrived.facts.sections is not None
    assert loading.take() == Mail()


def test_several_traces_arrive_without_facts() -> None:
    loading = Loading([str(sample("several-traces.json"))], LoadOptions())
    loading.start()
    loading.join()
    arrived = loading.take().arrived
    assert arrived is not None
    assert arrived.facts is None
    assert len(arrived.collection.traces) > 1


def test_an_error_arrives(tmp_path) -> None:
    loading = Loading([str(tmp_path / "gone.json")], LoadOptions())
    loading.start()
    loading.join()
    mail = loading.take()
    assert isinstance(mail.error, InputError)
    assert mail.finished


def test_a_fault_of_the_program_arrives_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(module, "load", broken)
    loading = Loading(["x"], LoadOptions())
    loading.start()
    loading.join()
    assert isinstance(loading.take().error, RuntimeError)


def test_waking_once_for_an_empty_mailbox() -> None:
    loading = Loading(["x"], LoadOptions())
    woken: list[int] = []
    loading._put(finished=False, progress=None)
    loading.attach(lambda: woken.append(1))
    assert woken == []
    loading._partial(collection(CHECKOUT))
    loading._partial(collection([*CHECKOUT, span(9, 1)]))
    assert woken == [1]
    mail = loading.take()
    assert mail.arrived is not None
    assert mail.arrived.collection.traces[0].span_count == 7
    loading._partial(collection(CHECKOUT))
    assert woken == [1, 1]
    loading.attach(lambda: woken.append(2))
    assert woken == [1, 1, 2]


def test_a_large_trace_arrives_first_without_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", 3)
    loading = Loading(["x"], LoadOptions())
    seen: list[bool] = []
    original = loading._put

    def watching(**more) -> None:
        if more.get("arrived") is not None:
            seen.append(more["arrived"].done)
        original(**more)

    loading._put = watching  # type: ignore[method-assign]
    loading._finish(collection(CHECKOUT))
    assert seen == [False, True]


def test_stopping_keeps_what_came() -> None:
    loading = Loading([str(sample("large-5000.json"))], LoadOptions())
    loading.stop()
    assert loading.stopped
    loading.start()
    loading.join()
    mail = loading.take()
    assert mail.arrived is not None
    assert not mail.arrived.collection.complete


def test_a_courteous_load_waits_for_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []

    def load(_names: object, _options: object, *, on_progress, on_partial, cancelled) -> object:
        for size in (LARGE - 1, LARGE):
            monkeypatch.setattr(loading._drawn, "wait", lambda _seconds, size=size: waits.append(size))
            on_progress(Progress("x", 0, size, 10))
            on_partial(collection(CHECKOUT))
        return collection(CHECKOUT)

    monkeypatch.setattr(module, "load", load)
    for courteous in (True, False):
        loading = Loading(["x"], LoadOptions())
        loading.start(courteous=courteous)
        loading.join()
        assert loading.take().arrived is not None
        assert waits[:1] == [LARGE]
    assert loading._drawn.is_set()
    loading = Loading(["x"], LoadOptions())
    assert not loading._drawn.is_set()
    loading.stop()
    assert loading._drawn.is_set()


def test_a_file_has_a_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_START_SECONDS", 30.0)
    loading = Loading([str(sample("checkout.json"))], LoadOptions())
    loading.start(courteous=True)
    loading.head_start()
    assert loading.take().arrived is not None


def test_nobody_stands_aside_for_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_START_SECONDS", None)  # for ever
    Loading(["-"], LoadOptions()).head_start()  # it is not even started
