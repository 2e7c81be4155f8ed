"""Every file of the hostile corpus, by the API and by the command line: what comes of it and what is told."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.conftest import shared
from tracetui.cli.main import run
from tracetui.errors import InputError
from tracetui.loaders import LoadOptions, load
from tracetui.model.trace import Collection
from tracetui.text import neutralise

DEVIATING = {
    # What the table of the corpus has another word for, or no word: the issue that is told, and why.
    "e-otlp-trailing-comma.json": (
        "bad-line",
        "the comma stands in the document, not behind it; all is kept",
    ),
    "n-jaeger-dur-hex.json": ("bad-span", "0x10 is no token of JSON: the record is damaged, the others stay"),
    "n-jaeger-dur-plus.json": ("bad-span", "likewise +5"),
    "n-jaeger-dur-lead0.json": ("bad-span", "likewise 0123"),
    "n-jaeger-dur-dot.json": ("bad-span", "likewise a number that ends in a point"),
    "n-otlp-dur-hex.json": ("bad-span", "likewise; its child is an orphan"),
    "n-otlp-dur-dot.json": ("bad-span", "likewise; its child is an orphan"),
    "m-jaeger-no-processID.json": ("missing-process", "the word for exactly this field"),
    "s-otlp-cycle-2.json": ("outside-parent", "there is no cycle: parents lead to the root from everywhere"),
}

BESIDE_OK = {"other-encoding", "id-case"}
"""Harmless repairs (severity info) that are told where the table says no more than "ok"."""


def _rows() -> list[dict[str, str]]:
    with shared("hostile/EXPECT.tsv").open(encoding="utf-8") as table:
        rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if not row["file"].startswith(("@", '"'))]


def _groups() -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in _rows():
        groups.setdefault(row["group"], []).append(row)
    return groups


GROUPS = _groups()


def _path(row: dict[str, str]) -> Path:
    return shared("hostile/corpus") / row["file"]


def _told(collection: Collection) -> dict[str, int]:
    """Codes of issues, with their counts over the import and all traces."""
    found: dict[str, int] = {}
    for issues in (collection.issues, *(trace.issues for trace in collection.traces)):
        for issue in issues:
            found[issue.code.value] = found.get(issue.code.value, 0) + issue.count
    return dict(sorted(found.items()))


def _outcome(path: Path) -> tuple[Collection | None, str]:
    """What comes of a file: the collection, or the one line that refuses it."""
    try:
        return load([str(path)], LoadOptions(max_bytes=64 << 20)), ""
    except InputError as error:
        return None, neutralise(str(error)).replace(neutralise(str(path)), path.name)


def _judge(row: dict[str, str]) -> str:
    """What is wrong with what comes of a file, "" if nothing is."""
    wanted = [alternative.strip() for alternative in row["expect"].split("|")]
    path = _path(row)
    if not path.exists():
        return ""
    collection, refusal = _outcome(path)
    if collection is None:
        is_one_line = len(refusal.splitlines()) == 1
        return "" if any(w.startswith("error") for w in wanted) and is_one_line else f"refused: {refusal}"
    told = _told(collection)
    codes = [code for label, _, code in (w.partition("+warning:") for w in wanted) if label == "ok"]
    if row["file"] in DEVIATING:
        codes = [DEVIATING[row["file"]][0]]
    if not any(code in told for code in codes) and "" not in codes:
        return f"{row['expect']}, but read with {told}"
    if codes == [""] and told.keys() - BESIDE_OK:
        return f"nothing is to be told, but {told} is"
    for column, found in (("traces", len(collection.traces)), ("spans", collection.span_count)):
        if row[column] not in ("-", "") and found != int(row[column]):
            return f"{found} {column}, not {row[column]}"
    return ""


@pytest.mark.parametrize("group", GROUPS)
def test_outcome_counts_and_issues(group: str) -> None:
    faults = {row["file"]: fault for row in GROUPS[group] if (fault := _judge(row))}
    assert not faults


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "special"])
def test_exactly(group: str, snapshot: SnapshotAssertion) -> None:
    """Every count of every issue, and every refusal, as they were looked at once."""
    lines = []
    for row in GROUPS[group]:
        collection, refusal = _outcome(_path(row)) if _path(row).exists() else (None, "not there")
        if collection is not None:
            told = " ".join(f"{code}:{count}" for code, count in _told(collection).items())
            lines.append(f"{row['file']}  {len(collection.traces)}/{collection.span_count}  {told}".rstrip())
        else:
            lines.append(f"{row['file']}  {ascii(refusal)[1:-1]}")
    assert "\n".join(lines) == snapshot


def test_what_deviates_is_in_the_table() -> None:
    assert DEVIATING.keys() <= {row["file"] for row in _rows()}


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in ("big", "size")])
def test_on_the_command_line(group: str, capfd: pytest.CaptureFixture[str]) -> None:
    for row in GROUPS[group]:
        path = _path(row)
        if not os.path.lexists(path):
            continue
        code = run(["show", "--spans", "none", str(path)])
        output = capfd.readouterr()
        assert code in (0, 3, 4), row["file"]
        assert "Traceback" not in output.err, row["file"]
        if code:
            assert output.err.count("\n") == 1, (row["file"], output.err)
        hidden = [c for c in output.err + output.out if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]
        assert not hidden, row["file"]
