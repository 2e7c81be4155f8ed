"""What `why --path` does once its options are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tracetui.cli import output

if TYPE_CHECKING:
    from tracetui.cli.options import Options
    from tracetui.export.report import Report


def print_paths(
    report: Report,
    options: Options,
    format: Literal["text", "json", "markdown"],
    *,
    span: str | None = None,
    limit: int | None = None,
    width: int | None = None,
) -> None:
    """Print critical paths, told.

    Args:
        report: The load and its critical paths.
        options: How text is shown.
        format: The output format.
        span: Key of the span whose path is told; None for the primary root's.
        limit: The most sections and shares in text.
        width: Cells of a line; None for the width at hand.

    Raises:
        UsageError: No trace has that span.
    """
    from tracetui.export.path import PathAnswers

    answers = PathAnswers(report, span, limit)
    if format == "json":
        from tracetui.export.path_json import write_path_json

        output.write_bytes(write_path_json(answers))
    elif format == "markdown":
        from tracetui.export.path_markdown import write_path_markdown

        output.write_lines(write_path_markdown(answers))
    else:
        from tracetui.export.path_text import write_path_text

        output.write_lines(write_path_text(answers, options.text_options(width)))
