"""The short way reads a command line as the CLI library does, or leaves it to the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.cli import show as command
from tracetui.cli.main import build_app
from tracetui.cli.options import Options
from tracetui.cli.quick import Show, read_show

_WORDS = [
    *(
        "a.json",
        "b c",
        "-",
        "--",
        "show",
        "7",
        "0",
        "-3",
        "007",
        "1_0",
        "none",
        "exact",
        "always",
        "json",
        "",
    ),
    *("--format", "--format=json", "--spans", "--width", "--trace", "--input-format", "--max-bytes"),
    *("--critical-path", "--color", "--ascii", "--no-ascii", "--debug", "--unknown", "-h", "--form"),
]
_OPTIONS = [
    *("--format json", "--spans none", "--width 90", "--trace 4bf9", "--trace 1", "--max-bytes 50"),
    *("--critical-path clip", "--color never", "--ascii", "--debug", "a.json", "b.json", "-"),
]


@pytest.fixture(scope="module", autouse=True)
def _plain_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TRACETUI_DEBUG", "TRACETUI_FORMAT", "TRACETUI_COLOR"):
            patch.delenv(name, raising=False)
        yield


def by_the_library(arguments: list[str]) -> Show:
    """What the library makes of a command line; raises what it raises."""
    asked: list[Show] = []

    def note(names: list[str], options: Options, *rest: Any) -> int:
        asked.append(Show(tuple(names), options, *rest))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "print_traces", note)
        build_app(completion=False)(
            ["\0-" if argument == "-" else argument for argument in arguments],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    return asked[0]


@given(st.lists(st.sampled_from(_WORDS), max_size=6))
@settings(max_examples=150, deadline=None)
def test_what_it_reads_the_library_reads_alike(words: list[str]) -> None:
    found = read_show(["show", *words])
    if found is not None:
        assert found == by_the_library(["show", *words])


@given(st.lists(st.sampled_from(_OPTIONS), max_size=6, unique=True))
@settings(max_examples=60, deadline=None)
def test_usual_command_lines_need_no_library(options: list[str]) -> None:
    words = ["show", "first.json", *" ".join(options).split()]
    found = read_show(words)
    assert found is not None
    assert found == by_the_library(words)


@pytest.mark.parametrize(
    "words",
    ["", "a.json --width 0", "a.json --format xml", "a.json --max-bytes", "--help", "a.json --format=json"],
)
def test_the_rest_is_left_to_the_library(words: str) -> None:
    assert read_show(["show", *words.split()]) is None


def test_so_are_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_SPANS", "none")
    assert read_show(["show", "a.json"]) is None
