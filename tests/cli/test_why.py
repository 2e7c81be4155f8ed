"""`tracetui why` as scripts meet it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_show import only_line, tracetui
from tests.conftest import sample

FIELDS = {
    "kind",
    "title",
    "severity",
    "saving_nano",
    "on_critical_path",
    "spans",
    "evidence",
    "caveat",
}


def test_json_is_as_agreed() -> None:
    result = tracetui("why", sample("checkout.json"), "--format", "json")
    assert (result.returncode, result.stderr) == (0, b"")
    document = json.loads(result.stdout)
    assert document["schema"] == "tracetui.findings/1"
    [trace] = document["traces"]
    assert trace["root_duration_nano"] == 2_750_000_000
    first, second = trace["findings"][:2]
    assert (first["kind"], second["kind"]) == ("retry", "n_plus_one")
    for finding in trace["findings"]:
        assert set(finding) >= FIELDS
    assert len(second["spans"]) == 48
    assert second["saving_nano"] == 517_000_000


def test_limit() -> None:
    result = tracetui("why", sample("checkout.json"), "--format", "json", "--limit", "1")
    assert len(json.loads(result.stdout)["traces"][0]["findings"]) == 1
    assert "--limit must be above 0" in only_line(tracetui("why", sample("checkout.json"), "--limit", "0"))


def test_text_needs_no_terminal() -> None:
    result = tracetui("why", sample("checkout.json"))
    text = result.stdout.decode()
    assert "Why 2.75s?" in text and "POST /charge tried twice" in text
    assert "\x1b" not in text and all(len(line) <= 80 for line in text.splitlines())


def test_colours() -> None:
    assert b"\x1b[" in tracetui("why", sample("checkout.json"), "--color", "always").stdout


def test_no_source() -> None:
    result = tracetui("why")
    assert result.returncode == 2
    assert "no source given" in only_line(result)


def test_one_bad_source_of_two(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("nothing")
    result = tracetui("why", sample("checkout.json"), bad)
    assert result.returncode == 3
    assert b"Why 2.75s?" in result.stdout and b"bad.json" in result.stderr


def test_findings_never_change_the_code() -> None:
    assert tracetui("why", sample("failing-request.json")).returncode == 0


def test_thresholds_are_those_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "tracetui").mkdir()
    (tmp_path / "tracetui" / "config.toml").write_text("[findings]\nn_plus_one_calls = 100\n")
    result = tracetui("why", sample("checkout.json"), "--format", "json", XDG_CONFIG_HOME=str(tmp_path))
    kinds = [finding["kind"] for finding in json.loads(result.stdout)["traces"][0]["findings"]]
    assert "retry" in kinds and "n_plus_one" not in kinds


def test_foreign_text_is_neutralised(tmp_path: Path) -> None:
    document = json.loads(sample("checkout.json").read_text())
    for span in document["data"][0]["spans"]:
        span["operationName"] += "\x1b]0;x\x07\u202e"
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps(document))
    for form in ("text", "markdown", "json"):
        written = tracetui("why", file, "--format", form).stdout.decode()
        assert not set(written) & {"\x1b", "\x07", "\u202e"}
