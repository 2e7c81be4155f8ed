"""One trace that tries everything on whoever shows it: in every field of text, and in the file's name."""

from __future__ import annotations

import json
from typing import Any

from tracetui.text import neutralise

PAYLOADS = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[10;10H",
    "\x1b]52;c;cHduZWQ=\x07 \x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m \x9d0;c1\x9c \x85 \x90q\x9c \x1bPq\x1b\\ \x1b_x\x1b\\ \x1bc",
    "a\tb\nc\rd\x08e\x00f\x7fg\x0e\x0f\x0b\x0c",
    "[bold red]markup[/] x[/nope] [@click=app.quit]click[/] [link=http://e]l[/link] [$x]a[/] :bomb:",
    "\u202egpj.exe\u202c \u2066isolated\u2069 \u200e\u200f\u061c",
    "zero\u200bwidth\u200c\u200d\u2060\u2062\ufeff\u00ad\u180e\ufff9\ufffb",
    "\u2028line\u2029paragraph \u3000wide\u00a0blank\u2003",
    "\U000e0041\U000e0042 tags \ue000private \U0010ffff \u0378unassigned \ufdd0",
    "e" + "\u0301" * 40 + " \u0301leading",
    "👩\u200d👩\u200d👧 👍🏽 🇩🇪 ☎\ufe0f ❤\ufe0f 1\ufe0f\u20e3",
    "שלום عربي",
    "日本語のとても長い名前を持つ操作",
    "half \ud800 surrogate",
    "=cmd|' /C calc'!A0",
    "`code` | cell | <b>html</b> <!-- --> *stars* \\",
)
FILE_NAME = "tr\x1b]52;c;eA==\x07ace\n[bold]\u202e.json"
US = 1_700_000_000_000_000
TRACE = "hostile\x1b[2J trace\u202e"
"""An id that is none is kept as text."""


def _tags(payload: str, number: int) -> list[dict[str, Any]]:
    return [
        {"key": payload, "type": "string", "value": payload},
        {"key": f"long{number}", "type": "string", "value": f"{payload} " * 60},
        {"key": "db.statement", "type": "string", "value": f"SELECT '{payload}' FROM x -- {payload}"},
        {"key": "json", "type": "string", "value": json.dumps({payload: [payload, {"deep": payload}]})},
        {"key": "http.url", "type": "string", "value": f"https://u:p@h/{payload}?q={payload}"},
        {"key": "odd", "type": payload, "value": payload},
    ]


def document(*, with_half: bool = True, traces: int = 1) -> bytes:
    """Jaeger's JSON, each payload in every field of a span of its own.

    Args:
        with_half: Whether half a surrogate pair is among them; UTF-8 has no bytes for it but an escape.
        traces: How many traces, of the same spans.
    """
    payloads = [text for text in PAYLOADS if with_half or "\ud800" not in text]
    told = []
    for number in range(traces):
        trace = f"{TRACE}{number}"
        told.append(_trace(trace, payloads))
    return json.dumps({"data": told, "errors": [{"code": 1, "msg": PAYLOADS[0]}]}).encode()


def _trace(trace: str, payloads: list[str]) -> dict[str, Any]:
    spans: list[Any] = []
    processes: dict[str, Any] = {}
    for number, payload in enumerate(payloads):
        processes[f"p{payload}"] = {"serviceName": payload, "tags": _tags(payload, number)[:1]}
        parent = {"refType": "CHILD_OF", "traceID": trace, "spanID": payloads[0]}
        link = {"refType": "FOLLOWS_FROM", "traceID": payload, "spanID": payload}
        event = {
            "timestamp": US + 10,
            "fields": [{"key": "event", "value": payload}, *_tags(payload, number)],
        }
        failed = [
            {"key": "error", "type": "bool", "value": True},
            {"key": "otel.status_description", "type": "string", "value": payload},
            {"key": "span.kind", "type": "string", "value": payload},
        ]
        spans.append(
            {
                "traceID": trace if number != 3 else payload,
                "spanID": payload,
                "operationName": payload,
                "references": [parent, link] if number else [link],
                "startTime": US if number else US - 1,
                "duration": 1_000_000 if number != 4 else payload,
                "tags": [*_tags(payload, number), *(failed if number % 3 == 1 else [])],
                "logs": [event],
                "processID": f"p{payload}" if number != 5 else payload,
                "warnings": [payload],
            }
        )
    spans.append({**spans[-1], "spanID": "lost", "references": [{**parent, "spanID": PAYLOADS[5]}]})
    spans.append({**spans[-1], "spanID": "orphan", "references": [{**parent, "spanID": "\x1b[2J gone"}]})
    spans.append(PAYLOADS[0])
    return {"traceID": trace, "spans": spans, "processes": processes, "warnings": [PAYLOADS[1]]}


def check_text(text: str, where: str = "") -> None:
    """Assert that a terminal that is sent this line does nothing but show it."""
    for char in set(text):
        harmless = (char.isascii() and char.isprintable()) or neutralise(f"x{char}") == f"x{char}"
        assert harmless, f"{where}: raw U+{ord(char):04X} in {text!r}"
