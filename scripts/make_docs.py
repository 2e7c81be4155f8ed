"""Write what the documents take from the program: keys, issues and settings."""

from __future__ import annotations

from pathlib import Path

from scripts.findings_docs import findings_documents
from tracetui.config.describe import settings_table
from tracetui.model.issues import KINDS, RANK
from tracetui.tui.bindings import ACTIONS, GROUPS, Action, key_cell, keys_markdown

ROOT = Path(__file__).resolve().parent.parent


def _cell(action: Action) -> str:
    keys = " ".join(f"`{key_cell(key)}`" for key in action.keys)
    return f"{keys} {action.description[0].lower()}{action.description[1:]}"


def keys_table() -> str:
    """The keys as README.md shows them: a line a group."""
    lines = ["| | |", "|---|---|"]
    for group in GROUPS:
        cells = [_cell(action) for action in ACTIONS if action.group == group]
        if cells:
            lines.append(f"| {group} | {' · '.join(cells)} |")
    return "\n".join(lines) + "\n"


_ISSUES_INTRO = """# Issues

What is wrong with an input is repaired where it can be, and told: once for each kind, with a count and the
first few places where it was met, with the trace it belongs to or, where there is none, with the import. `!`
in the viewer lists them, and enter goes to the span of a sample. `show` tells warnings and errors on stderr;
`--format json` has all of them in `issues`. They never change the exit code.

| severity | means |
|---|---|
| error | data is missing or unreliable |
| warning | something was repaired or left out that you should know of |
| info | a harmless repair: nothing that is shown is in doubt |
"""


def issues_markdown() -> str:
    """Return docs/issues.md: each code, what it means, what was done and what to do."""
    lines = [_ISSUES_INTRO]
    for severity in RANK:
        lines += [f"## {severity.capitalize()}s" if severity != "info" else "## Info", ""]
        for code, kind in KINDS.items():
            if kind.severity is severity:
                lines += [
                    f"### `{code}`",
                    "",
                    f"*{kind.many.replace('{n}', 'n')}*",
                    "",
                    f"- What it means: {kind.means}",
                    f"- What was done: {kind.done}",
                    f"- What to do: {kind.advice}",
                    "",
                ]
    return "\n".join(lines)


def _filled(name: str, part: str, table: str) -> str:
    """A document with the part between its two marks replaced."""
    text = (ROOT / name).read_text(encoding="utf-8")
    before, begin, rest = text.partition(f"<!-- {part}: made by scripts/make_docs.py -->\n")
    _, end, after = rest.partition(f"<!-- end of {part} -->")
    if not (begin and end):
        raise ValueError(f"{name} has no place for {part}")
    return f"{before}{begin}{table}{end}{after}"


def documents() -> dict[str, str]:
    """Path below the checkout and text of each document that is made, or made in part."""
    return {
        "README.md": _filled("README.md", "keys", keys_table()),
        **findings_documents(),
        "docs/issues.md": issues_markdown(),
        "docs/keys.md": keys_markdown(),
        "docs/settings.md": _filled("docs/settings.md", "settings", settings_table()),
    }


def main() -> None:
    """Write them."""
    for name, text in documents().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
