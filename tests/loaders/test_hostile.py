"""Every file of the hostile corpus, by the API and by the command line: what comes of it and what is told."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.conftest import shared
from tracetui.cli.main import run
from tracetui.errors import InputError
from tracetui.loaders import LoadOptions, load
from tracetui.model.trace import Collection
from tracetui.text import neutralise

AS_TRUE = {
    # The label of the corpus, and what is told here for the same thing.
    "bad-time": {"missing-field", "bad-type"},
    "bad-type": {"bad-id"},
    "bad-id": {"missing-field"},
    "trailing-bytes": {"bad-line", "bad-span"},
    "bad-line": {"trailing-bytes", "bad-span"},
    "skew": {"outside-parent"},
    "mixed-formats": {"bad-line"},
    # What is no JSON number makes a damaged span, which is left out.
    "bad-number": {"bad-span"},
    "missing-field": {"missing-process"},
}

MISLABELLED = {"s-otlp-cycle-2.json"}
"""Its parents lead to the root from everywhere."""


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


def _told(collection: Collection) -> set[str]:
    logs = [collection.issues, *(trace.issues for trace in collection.traces)]
    return {issue.code.value for log in logs for issue in log}


def _judge(row: dict[str, str]) -> str:
    """What is wrong with what comes of a file, "" if nothing is."""
    wanted = [alternative.strip() for alternative in row["expect"].split("|")]
    path = _path(row)
    if not path.exists():
        return ""
    try:
        collection = load([str(path)], LoadOptions(max_bytes=64 << 20))
    except InputError as error:
        lines = neutralise(str(error)).splitlines()
        return "" if any(w.startswith("error") for w in wanted) and len(lines) == 1 else f"refused: {error}"
    told = _told(collection)
    for alternative in wanted:
        label, _, code = alternative.partition("+warning:")
        if label == "ok" and (not code or ({code} | AS_TRUE.get(code, set())) & told):
            break
    else:
        return f"{row['expect']}, but read with {sorted(told)}"
    left_out = {"merged-span", "duplicate-span"} & told
    for column, found in (("traces", len(collection.traces)), ("spans", collection.span_count)):
        if row[column] not in ("-", "") and found != int(row[column]) and not left_out:
            return f"{found} {column}, not {row[column]}"
    return ""


@pytest.mark.parametrize("group", GROUPS)
def test_outcome_counts_and_issues(group: str) -> None:
    faults = {row["file"]: fault for row in GROUPS[group] if (fault := _judge(row))}
    assert not {name: fault for name, fault in faults.items() if name not in MISLABELLED}


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
