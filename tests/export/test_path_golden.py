"""What `why --path` prints, byte for byte. `UPDATE_GOLDEN=1` in the environment writes the files."""

from __future__ import annotations

import json

import pytest

from tests.conftest import CHECKOUT
from tests.export.test_why_golden import LAYOUTS, check, lines
from tracetui import loaders
from tracetui.analysis import Mode
from tracetui.errors import UsageError
from tracetui.export.path import PathAnswers
from tracetui.export.path_json import write_path_json
from tracetui.export.path_markdown import write_path_markdown
from tracetui.export.path_text import write_path_text
from tracetui.export.report import Report
from tracetui.text import cell_len

SAMPLES = ["checkout", "shop-checkout.jaeger", "fragmented", "several-traces"]


def answers(sample: str, mode: Mode = Mode.DEFAULT, **more: object) -> PathAnswers:
    collection = loaders.load([str(CHECKOUT / "sample_traces" / f"{sample}.json")])
    return PathAnswers(Report(collection, mode=mode), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_text(layout: str) -> None:
    options = LAYOUTS[layout]
    written = list(write_path_text(answers("checkout"), options))
    check(f"path.checkout.{layout}.txt", lines(written))
    if not options.painter.depth:
        assert max(map(cell_len, written)) <= options.width
    if options.ascii:
        assert "".join(written).isascii()


@pytest.mark.parametrize("sample", SAMPLES)
def test_markdown(sample: str) -> None:
    check(f"path.{sample}.md", lines(write_path_markdown(answers(sample))))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("sample", SAMPLES)
def test_json_adds_up(sample: str, mode: Mode) -> None:
    document = json.loads(b"".join(write_path_json(answers(sample, mode))))
    assert document["schema"] == "tracetui.path/1"
    for trace in document["traces"]:
        total = trace["critical_path_nano"]
        if mode is not Mode.TO_END:
            assert total == trace["root_duration_nano"]
        for shares in ("services", "operations", "spans"):
            assert sum(share["critical_path_nano"] for share in trace[shares]) == total
        sections = trace["sections"]
        assert sum(s["end_time_unix_nano"] - s["start_time_unix_nano"] for s in sections) == total
        assert all(section["reason"] for section in sections)
        assert max((span["saves_nano"] for span in trace["spans"]), default=0) <= total


def test_json_of_one_sample() -> None:
    check("path.fragmented.json", b"".join(write_path_json(answers("fragmented"))))


def test_the_path_of_any_span() -> None:
    whole = json.loads(b"".join(write_path_json(answers("checkout"))))["traces"][0]
    key = whole["sections"][len(whole["sections"]) // 2]["span"]
    [one] = json.loads(b"".join(write_path_json(answers("checkout", span=key))))["traces"]
    assert one["root"] == key
    assert one["critical_path_nano"] > 0
    with pytest.raises(UsageError, match="no span with key"):
        list(write_path_text(answers("checkout", span="nobody"), LAYOUTS["80"]))
    with pytest.raises(UsageError, match="no span with key"):
        list(write_path_json(answers("checkout", span="nobody")))
