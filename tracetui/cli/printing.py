"""What `show` does once its options are known."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from tracetui.cli.messages import tell, tell_warnings
from tracetui.cli.options import Options
from tracetui.errors import BackendError, ExitCode, TracetuiError

if TYPE_CHECKING:
    from tracetui.export.report import Report
    from tracetui.model.issues import Issue
    from tracetui.model.store import SpanStore
    from tracetui.model.trace import Collection

Format = Literal["tree", "table", "json", "jsonl", "csv", "markdown"]
Spans = Literal["all", "path", "none"]


def print_traces(
    names: list[str],
    options: Options,
    format: Format = "tree",
    spans: Spans = "all",
    width: int | None = None,
) -> int:
    """Load and print.

    Args:
        names: Sources as the user gave them.
        options: What is read and how it is shown.
        format: The output format.
        spans: Which spans are listed.
        width: Cells of a line; None for the width at hand.

    Returns:
        The exit code.

    Raises:
        TracetuiError: No source could be read.
    """
    gc.disable()  # columns and strings hold no cycles; a process that prints and ends has none to find
    import numpy  # noqa: F401  # not from deep within other imports: see `cli.viewer`

    load_options = options.load_options()
    from tracetui import loaders
    from tracetui.export.report import Report
    from tracetui.export.report import Spans as SpanChoice

    collection = options.by_clock(loaders.load(names, load_options))
    report = Report(collection, mode=options.mode, spans=SpanChoice(spans))
    if format not in ("json", "jsonl"):
        tell_issues(collection)
    _print(report, options, format, width)
    for failure in collection.failures:
        tell(str(failure))
    return exit_code(collection.failures)


def _print(report: Report, options: Options, format: Format, width: int | None) -> None:
    from tracetui.cli import output

    if format == "json":
        from tracetui.export.json import write_json

        output.write_bytes(write_json(report))
    elif format == "jsonl":
        from tracetui.export.json import write_jsonl

        output.write_bytes(write_jsonl(report))
    elif format == "csv":
        from tracetui.export.csv import write_csv

        output.write_text(write_csv(report))
    elif format == "markdown":
        from tracetui.export.markdown import write_markdown

        output.write_lines(write_markdown(report))
    elif format == "table":
        from tracetui.export.table import write_table

        output.write_lines(write_table(report, options.text_options(width)))
    else:
        from tracetui.export.tree import write_tree

        output.write_lines(write_tree(report, options.text_options(width)))


def tell_issues(collection: Collection) -> None:
    """Write warnings about a load to stderr.

    Where the only source failed half-way, that is the one line to be told.
    """
    failed = {failure.source for failure in collection.failures}
    if not failed >= {source.name for source in collection.sources}:
        tell_warnings([*collection.notes, *_warnings(collection)])


def _warnings(collection: Collection) -> Iterator[str]:
    """Issues of severity warning and above, those of the import first."""
    for issue in collection.issues:
        if issue.severity != "info":
            yield _warning(issue)
    store = collection.store
    firsts = store.trace_first.tolist()
    for trace_id, first, log in zip(store.trace_ids, firsts, collection.trace_logs, strict=False):
        for issue in log.issues if log else ():
            if issue.severity != "info":
                yield f"trace {trace_id}: {_warning(issue, store, first)}"


def _warning(issue: Issue, store: SpanStore | None = None, first: int = 0) -> str:
    """An issue in one line, with the first place where it was met."""
    if not issue.places:
        return issue.message
    place = issue.places[0]
    if store is None or place.row < 0:
        return f"{issue.message} ({place.text})"
    key = store.key(first + place.row)
    if place.text.startswith(key):
        return f"{issue.message} ({place.text})"
    return f"{issue.message} (span {key}: {place.text})" if place.text else f"{issue.message} (span {key})"


def exit_code(failures: list[TracetuiError]) -> ExitCode:
    """The code for a load of which some sources failed."""
    if not failures:
        return ExitCode.OK
    backend = any(isinstance(failure, BackendError) for failure in failures)
    return ExitCode.BACKEND if backend else ExitCode.INPUT
