"""`tracetui why`: print the findings, ranked by what mending each would save."""

import gc
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tracetui.cli.main import source_name
from tracetui.cli.messages import tell
from tracetui.cli.options import Options
from tracetui.cli.parameters import Shared, Sources
from tracetui.cli.printing import exit_code, tell_issues
from tracetui.errors import UsageError

if TYPE_CHECKING:
    from tracetui.analysis.findings import Thresholds
    from tracetui.export.why import Answers

Format = Literal["text", "json", "markdown"]


def why(
    *sources: Sources,
    format: Annotated[Format, Parameter(env_var="TRACETUI_FORMAT", show_default=True)] = "text",
    path: Annotated[bool, Parameter(env_var="TRACETUI_PATH")] = False,
    span: Annotated[str | None, Parameter(env_var="TRACETUI_SPAN")] = None,
    limit: Annotated[int | None, Parameter(env_var="TRACETUI_LIMIT")] = None,
    width: Annotated[int | None, Parameter(env_var="TRACETUI_WIDTH")] = None,
    options: Shared = Options(),  # noqa: B008 - frozen
) -> int:
    """Say why traces took as long as they did, ranked by what fixing each cause would save.

    Args:
        sources: Files, directories, globs, or - for standard input. Several are one collection.
        format: What to print.
        path: Tell the critical path instead: whose time it is, and why each section is there.
        span: Tell the critical path of the span with this key, as if it were the root.
        limit: The most findings of a trace (all, if not given), or sections and shares of a path in text.
        width: Cells of a line of text. If not given: COLUMNS, else the terminal's width, else 80.
    """
    if not sources:
        raise UsageError("no source given", hint="a file, a directory, a glob, or - for standard input")
    if limit is not None and limit < 1:
        raise UsageError("--limit must be above 0")
    if width is not None and width < 1:
        raise UsageError("--width must be above 0")
    gc.disable()  # as in show: a process that prints and ends has no cycles to find
    import numpy  # noqa: F401  # not from deep within other imports: see `cli.viewer`

    load_options = options.load_options()
    from tracetui import loaders
    from tracetui.export.report import Report
    from tracetui.export.why import Answers

    collection = options.by_clock(loaders.load([source_name(source) for source in sources], load_options))
    if format != "json":
        tell_issues(collection)
    report = Report(collection, mode=options.mode)
    if path or span is not None:
        from tracetui.cli.paths import print_paths

        print_paths(report, options, format, span=span, limit=limit, width=width)
    else:
        _print(Answers(report, _thresholds(), limit), options, format, width)
    for failure in collection.failures:
        tell(str(failure))
    return exit_code(collection.failures)


def _print(answers: "Answers", options: Options, format: Format, width: int | None) -> None:
    from tracetui.cli import output

    if format == "json":
        from tracetui.export.why_json import write_why_json

        output.write_bytes(write_why_json(answers))
    elif format == "markdown":
        from tracetui.export.why_markdown import write_why_markdown

        output.write_lines(write_why_markdown(answers))
    else:
        from tracetui.export.why_text import write_why_text

        output.write_lines(write_why_text(answers, options.text_options(width)))


def _thresholds() -> "Thresholds":
    """The thresholds of the settings."""
    from tracetui import config
    from tracetui.analysis.findings import Thresholds

    return Thresholds.of(config.load().settings.findings)
