"""The pages of findings: one for all, and one for each kind, from its rule and its sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tracetui import loaders
from tracetui.analysis.findings import RULES, Rule, Thresholds
from tracetui.export.ansi import TextOptions
from tracetui.export.report import Report
from tracetui.export.tree import write_tree
from tracetui.export.why import Answers
from tracetui.export.why_text import write_why_text

ROOT = Path(__file__).resolve().parent.parent
_OPTIONS = TextOptions(96)
_MOST_LINES = 42
_ORDER = list(type(RULES[0].kind))

_INTRO = """# Findings

Why is it slow? `w` in the viewer, its pane beside a trace on a wide screen, and `tracetui why` answer
with findings: ranked, each with what fixing it would save, each leading to the spans that it speaks of.

**What it would save** is how much earlier the root would have ended, by re-timing the trace without
what the finding blames ([how](critical-path.md)). It is often less than the time blamed: something else
is then the last to finish. Each millisecond of the critical path is credited once, to the most specific
finding that explains it; a finding that has nothing left is not told. So the savings never add up to
more than the request took.

**Severity.** *High*: it saves 20 % of the root's duration and 100 ms, or it is an error that reached
the root. *Medium*: 5 % and 25 ms, or an error that a caller saw. *Low*: less, or something that
ordinary work can look like. *Info*: it saves nothing. An error that reached the root stands first, then
what saves most.

**Like calls** are calls of one service with the same kind and signature: a statement without its
literals, numbers, lists and comments; a method and a route, or a path without ids; an RPC's service and
method; a command and the form of its key; a destination. Names of attributes are those of
OpenTelemetry's conventions of today and before, of OpenTracing, Zipkin and Datadog.

**An error** is a span whose status says so, that answered HTTP 5xx (as a client: 4xx too) or a gRPC
status other than OK, or that an exception left. A server that answers 4xx, a lookup of what is not
there, a call that was cancelled after its caller had ended, and a try before one that succeeded are
told as handled.

Nothing is inferred from names of services, and a trace cannot prove everything: each finding says what
to know before believing it, and what would show that it is wrong.

"""

_THRESHOLDS = """
## Thresholds

They are changed in the [settings](settings.md), in the table `findings`:

```toml
[findings]
idle_ms = 50
n_plus_one_calls = 10
```

"""


def findings_documents() -> dict[str, str]:
    """Path and text of the pages."""
    rules = sorted(RULES, key=lambda rule: _ORDER.index(rule.kind))
    pages = {"docs/findings.md": _index(rules)}
    pages.update((f"docs/findings/{rule.kind}.md", "\n".join(_page(rule)) + "\n") for rule in rules)
    return pages


def _index(rules: list[Rule]) -> str:
    lines = ["| kind | shown as | what it is |", "|---|---|---|"]
    lines += [
        f"| [`{rule.kind}`](findings/{rule.kind}.md) | {rule.badge} | {rule.headline} |" for rule in rules
    ]
    table = ["| threshold | default | what it is |", "|---|--:|---|"]
    fields = msgspec.json.schema(Thresholds)["$defs"]["Thresholds"]["properties"]
    table += [f"| `{name}` | {field['default']} | {field['description']} |" for name, field in fields.items()]
    return _INTRO + "\n".join(lines) + "\n" + _THRESHOLDS + "\n".join(table) + "\n"


def _page(rule: Rule) -> Iterator[str]:
    sample = f"sample_traces/findings/{rule.kind}.json"
    report = Report(loaders.load([str(ROOT / sample)]))
    yield f"# {rule.badge}: `{rule.kind}`"
    yield ""
    yield rule.headline
    yield ""
    yield "## What it looks like"
    yield ""
    yield rule.looks
    yield ""
    yield f"[{sample}](../../{sample}):"
    yield ""
    yield "```"
    tree = [line.rstrip() for line in write_tree(report, _OPTIONS)]
    yield from tree[:_MOST_LINES]
    if len(tree) > _MOST_LINES:
        yield f"… and {len(tree) - _MOST_LINES} rows more"
    yield "```"
    yield ""
    yield f"`tracetui why {sample}`:"
    yield ""
    yield "```"
    lines = [line.rstrip() for line in write_why_text(Answers(report), _OPTIONS)]
    yield from lines[next(at for at, line in enumerate(lines) if line.startswith("Why ")) :]
    yield "```"
    yield from ("", "## The rule", "", _filled_in(rule.rule), "", rule.guards, "")
    yield from ("## Before believing it", "", rule.caveat, "")
    if rule.disproof:
        yield from (f"It is wrong if: {rule.disproof[0].lower()}{rule.disproof[1:]}", "")
    yield from ("## What usually fixes it", "", rule.fix, "")
    yield "[All findings](../findings.md)"


def _filled_in(text: str) -> str:
    """A rule's text with its thresholds, each with its name."""
    defaults = Thresholds()
    return re.sub(r"\{(\w+)\}", lambda match: str(getattr(defaults, match[1])), text)
