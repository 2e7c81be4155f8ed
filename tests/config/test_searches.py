"""The list of recent searches."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tracetui.config import NotKept
from tracetui.config.searches import (
    MAX_SEARCHES,
    RecentSearch,
    read_searches,
    remember_search,
    searches_path,
)

A, B = "http://a:16686", "http://b:9411/zipkin"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tracetui" / "searches.json"


def test_it_is_in_the_xdg_place_for_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert searches_path() == tmp_path / "tracetui" / "searches.json"


def test_the_latest_come_first_and_once(state: Path) -> None:
    remember_search(A, {"service": "auth", "tags": ""}, state)
    remember_search(B, {"service": "auth"}, state)
    remember_search(A, {"service": "auth"}, state)
    assert read_searches(state) == [
        RecentSearch(A, {"service": "auth"}),
        RecentSearch(B, {"service": "auth"}),
    ]
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_a_server_that_was_only_opened_gives_way_to_its_searches(state: Path) -> None:
    remember_search(A, {}, state)
    assert read_searches(state) == [RecentSearch(A)]
    remember_search(A, {"min": "1s"}, state)
    remember_search(A, {}, state)
    assert read_searches(state) == [RecentSearch(A, {"min": "1s"})]


def test_there_is_an_end_to_them(state: Path) -> None:
    for number in range(MAX_SEARCHES + 5):
        remember_search(A, {"min": f"{number}ms"}, state)
    assert len(read_searches(state)) == MAX_SEARCHES


@pytest.mark.parametrize("content", ["", "{", "[]", '{"searches": [1]}', '{"searches": {"a": 1}}'])
def test_what_cannot_be_read_is_an_empty_list(state: Path, content: str) -> None:
    state.parent.mkdir(parents=True)
    state.write_text(content)
    assert read_searches(state) == []


def test_a_list_of_a_newer_form_is_left_alone(state: Path) -> None:
    state.parent.mkdir(parents=True)
    state.write_text('{"version": 9}')
    remember_search(A, {"min": "1s"}, state)
    assert state.read_text() == '{"version": 9}'


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept, match="recent searches cannot be kept"):
        remember_search(A, {}, tmp_path / "file" / "searches.json")
