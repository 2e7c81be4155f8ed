"""The project itself: what its documents promise, what is made is up to date, nothing foreign got in."""

from __future__ import annotations

import ast
import contextlib
import gzip
import io
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import tracetui
from scripts import make_docs, make_samples
from tests.conftest import CHECKOUT, SAMPLES, shared

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
PACKAGE = sorted((CHECKOUT / "tracetui").rglob("*.py"))
MADE = make_samples.documents()
SAMPLE_ROW = re.compile(r"^\| \[(\S+)\]\(\S+\) \| .*? \| (\d+) \| ([\d,]+) \|", re.MULTILINE)


def fenced(marker: str) -> str:
    """The first fenced block of the README after a marker."""
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found is not None, marker
    return found[1]


def committed(*patterns: str) -> list[Path]:
    """The files that git knows or would add; skipped outside a clone."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a clone")
    return [path for path in (CHECKOUT / line for line in listed.stdout.splitlines()) if path.is_file()]


@pytest.mark.parametrize("name", ["open", "test"])
def test_setting_up_is_one_line_that_needs_no_more_than_python(name: str) -> None:
    command = fenced(f"command: {name}")
    assert command.count("\n") == 1
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_ci_calls_the_test_command_of_the_readme() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    awk = re.search(r"command=\$\(awk '(.*?)' README\.md\)", script)
    assert awk is not None
    taken = subprocess.run(
        ["awk", awk[1], "README.md"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert taken.stdout == fenced("command: test")
    assert 'bash -c "$command"' in script
    assert (CHECKOUT / ".ci" / "run").stat().st_mode & 0o111


def test_the_example_of_the_readme_prints_what_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(fenced("example: python"), "README.md", "exec"), {})
    after = README.split("<!-- example: python -->")[1].split("```")
    assert printed.getvalue().strip() == after[3].strip()


def test_links_of_the_documents_lead_somewhere() -> None:
    for path in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), SAMPLES / "README.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


DOCUMENTS = make_docs.documents()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_what_documents_take_from_the_program_is_up_to_date(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert text == DOCUMENTS[name], "run python -m scripts.make_docs"


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == tracetui.__version__
    assert f"## [{tracetui.__version__}]" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(MADE))
def test_samples_are_what_the_script_writes(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    content = gzip.decompress(content) if name.endswith(".gz") else content
    assert content == MADE[name], "run python -m scripts.make_samples"


def test_the_table_of_samples_names_each_file_and_counts_right() -> None:
    rows = SAMPLE_ROW.findall((SAMPLES / "README.md").read_text(encoding="utf-8"))
    assert {name for name, _, _ in rows} == set(MADE)
    for name, traces, spans in rows:
        collection = tracetui.load(SAMPLES / name)
        assert len(collection.traces) == int(traces), name
        assert len(collection.store) == int(spans.replace(",", "")), name


def facts(path: Path) -> list[tuple[str | int, ...]]:
    """What a trace's spans say in every format."""
    span_facts = (
        "key",
        "parent_span_id",
        "depth",
        "service",
        "name",
        "kind",
        "status",
        "start_ns",
        "duration_ns",
    )
    trace = tracetui.load(path).traces[0]
    return [(trace.trace_id,), *(tuple(getattr(span, fact) for fact in span_facts) for span in trace.spans)]


def test_the_checkout_is_that_of_the_design() -> None:
    assert facts(SAMPLES / "checkout.json") == facts(shared("design/waterfall.trace.json"))


def test_one_trace_in_three_formats_has_equal_spans() -> None:
    jaeger, zipkin, otlp = (SAMPLES / f"shop-checkout.{name}.json" for name in ("jaeger", "zipkin", "otlp"))
    assert len(facts(jaeger)) == 34
    assert facts(jaeger) == facts(zipkin) == facts(otlp)


# Pieces, so that this file does not hold what it looks for.
FOREIGN = re.compile(
    "|".join(
        (
            r"/(?:wo" + r"rk|fa" + r"rm|ro" + r"ot|ho" + r"me)/",
            r"/t" + r"mp/(?:tt|bash)",
            r"/\.lib" + r"rary\b",
            r"py" + r"pi\.org|pytho" + r"nhosted|index-" + r"url|arti" + r"factory",
            r"\bhelper [A-Z]\b",
            r"\bissue #?\d",
        )
    )
)


def test_nothing_of_the_machine_it_was_written_on_got_in() -> None:
    found = []
    for path in committed():
        if path.suffix in {".gz", ".png", ".zst"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FOREIGN.search(line):
                found.append(f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    imported = set()
    for path in PACKAGE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.partition(".")[0])
    assert imported - sys.stdlib_module_names - {"tracetui"} <= declared


TOO_FULL = {"model/span.py"}
"""A span has as many properties as the field gives it; nothing else is added here."""


def fullness(path: Path) -> list[str]:
    """What of a module is longer than is good to read."""
    text = path.read_text(encoding="utf-8")
    found = ["lines"] if text.count("\n") > 400 else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if (node.end_lineno or 0) - node.lineno >= 60:
                found.append(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            if len(methods) > 25:
                found.append(node.name)
    return found


def test_no_room_is_too_full() -> None:
    found = {path.relative_to(CHECKOUT / "tracetui").as_posix(): fullness(path) for path in PACKAGE}
    assert {path: what for path, what in found.items() if what and path not in TOO_FULL} == {}
    assert [path for path in TOO_FULL if not found.get(path)] == [], "no longer: take them off the list"
