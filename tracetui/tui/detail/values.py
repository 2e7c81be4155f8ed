"""Attribute values as lines: cut to a window, JSON laid out, and what their names tell about them."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import orjson

from tracetui import format as fmt
from tracetui.analysis.conventions import GRPC
from tracetui.model.attributes import AttributeValue
from tracetui.text import neutralise
from tracetui.tui.detail import sql
from tracetui.tui.detail.json_layout import layout, tokens_in, tokens_of
from tracetui.tui.detail.lines import Piece, cuts, wrap

__all__ = [
    "PREVIEW",
    "Shown",
    "is_json",
    "plain",
    "present",
    "status_role",
    "text_lines",
    "url_pieces",
    "wrap_pieces",
]

PREVIEW: Final = 4096
"""Characters of a value that the pane shows at most; the pager shows the rest."""

LINES: Final = 12
LAID_OUT_LINES: Final = 40
_JSON_LIMIT: Final = 16_384

_HTTP_STATUS: Final = frozenset({"http.status_code", "http.response.status_code"})
_URLS: Final = frozenset({"url.full", "http.url", "http.target", "peer.address"})
_BYTES: Final = re.compile(
    r"(?:[._]bytes|[._]size_bytes|body\.size|message\.size|[._]content[._]length(?:_uncompressed)?"
    r"|payload_size_bytes|compressed_size|uncompressed_size|envelope\.size)$"
)
_TIMES: Final = re.compile(
    r"[._](ns|nanos|nanoseconds|us|micros|microseconds|ms|millis|milliseconds|sec|secs|seconds)$"
)
_PER_UNIT: Final = {"n": 1, "u": 1_000, "mic": 1_000, "m": 1_000_000, "s": 1_000_000_000}

PieceLine = list[Piece]


class Shown:
    """A value's lines, and whether they are less than all of it."""

    __slots__ = ("cut", "lines")

    def __init__(self, lines: list[PieceLine], cut: bool = False) -> None:
        self.lines = lines
        self.cut = cut


def present(key: str, value: AttributeValue, width: int, *, system: str = "") -> Shown:
    """The lines of one attribute's value, of at most `width` cells each.

    Args:
        key: The attribute's name: it tells units, statuses, statements and URLs.
        value: As the model has it.
        width: Cells of the column of values; at least 1.
        system: What `db.system` says, to tell SQL from other statements.
    """
    if isinstance(value, str):
        return _string(key, value, width, system)
    if isinstance(value, list | dict):
        found = layout(tokens_of(value), width, LAID_OUT_LINES)
        return Shown(_with_rest(found.lines, "" if found.complete else "… more"), not found.complete)
    if isinstance(value, bytes):
        return _bytes(value, width)
    return _wrapped(_scalar(key, value), width)


def plain(value: AttributeValue) -> str:
    """A value as one text that is not neutralised: what is copied, and what the pager lays out."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, list | dict):
        return "".join(token for token, _ in tokens_of(value))
    return _word(value)


def status_role(code: int) -> str:
    """The role of an HTTP status code."""
    if code >= 500:
        return "error"
    if code >= 400:
        return "warning"
    return "good" if 200 <= code < 300 else "text"


def _word(value: bool | int | float | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 4096:
        return hex(
            value
        )  # decimal digits of such a number cost more than they tell, and Python refuses at 4300
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _scalar(key: str, value: bool | int | float | None) -> PieceLine:
    word = _word(value)
    if value is None or isinstance(value, bool):
        return [Piece(word, "muted" if value is None else "text")]
    if key in _HTTP_STATUS:
        return [Piece(word, status_role(int(value)) if value == value and abs(value) < 1000 else "text")]
    if key == "rpc.grpc.status_code" and isinstance(value, int) and 0 <= value < len(GRPC):
        return [Piece(word, "error" if value else "good"), Piece(f" {GRPC[value]}", "muted")]
    unit = _unit(key, value)
    return [Piece(word), Piece(f"  {unit}", "muted")] if unit else [Piece(word)]


def _unit(key: str, value: int | float) -> str:
    """What a number means where its name says bytes or a unit of time; "" where it says nothing."""
    if isinstance(value, float):
        if not value.is_integer() and not _TIMES.search(key):
            return ""
        if value != value or abs(value) > 1e18:
            return ""
    if _BYTES.search(key):
        return fmt.size(int(value)) if value >= 1000 else "B"
    found = _TIMES.search(key)
    if found is None:
        return ""
    name = found[1]
    per = _PER_UNIT["mic" if name.startswith("mic") else name[0]]
    ns = value * per if isinstance(value, int) else round(value * per)
    return fmt.duration(ns)


def _string(key: str, value: str, width: int, system: str) -> Shown:
    if value == "":
        return Shown([[Piece("(empty)", "muted")]])
    if key in _HTTP_STATUS and len(value) == 3 and value.isdecimal() and value.isascii():
        return Shown([[Piece(value, status_role(int(value)))]])
    if key in sql.KEYS and len(value) <= PREVIEW and sql.is_sql(value, system):
        return _laid_out(sql.layout(value), width)
    first = value[0] if value[0] in "[{" else value[:64].lstrip()[:1]
    if first in ("{", "[") and len(value) <= _JSON_LIMIT and is_json(value):
        found = layout(tokens_in(value), width, LAID_OUT_LINES)
        return Shown(_with_rest(found.lines, "" if found.complete else "… more"), not found.complete)
    if key in _URLS and len(value) <= 1024 and (url := url_pieces(value)):
        return _wrapped(url, width)
    return text_lines(value, width, LINES)


def text_lines(value: str, width: int, most: int, role: str = "text") -> Shown:
    """Plain text of any length as at most `most` lines, from at most `PREVIEW` of its characters."""
    window = value[:PREVIEW]
    lines: list[PieceLine] = []
    shown = 0
    for raw in window.splitlines() if "\n" in window or "\r" in window else (window,):
        in_line = 0
        for part in wrap(neutralise(raw, multiline=True), width):
            if len(lines) == most:
                return Shown(_with_rest(lines, _more(value, shown + in_line)), True)
            lines.append([Piece(part, role)])
            in_line += len(part)
        shown += len(raw) + 1
    if len(value) > PREVIEW:
        return Shown(_with_rest(lines, _more(value, PREVIEW)), True)
    return Shown(lines or [[Piece("", role)]])


def _more(value: str, shown: int) -> str:
    """How much of a text is left; the number of bytes that it takes, for the eye: not to the last one."""
    rest = max(1, len(value) - shown)
    if not value.isascii() and rest < 1_000_000:
        rest = len(value[shown:].encode("utf-8", "replace"))
    return f"… {fmt.size(rest)} more"


def _with_rest(lines: list[PieceLine], rest: str) -> list[PieceLine]:
    return [*lines, [Piece(rest, "muted")]] if rest else lines


def _bytes(value: bytes, width: int) -> Shown:
    text = base64.b64encode(value[: PREVIEW // 2]).decode("ascii")
    parts = list(wrap(text, width))[:LINES]
    cut = len(value) > PREVIEW // 2 or len(parts) == LINES
    lines: list[PieceLine] = [[Piece(part, "string")] for part in parts]
    lines.append([Piece(f"{fmt.size(len(value))}, base64" + (", cut" if cut else ""), "muted")])
    return Shown(lines, cut)


def url_pieces(value: str) -> PieceLine | None:
    """A URL with its host made prominent and its query toned down."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if not parts.scheme or not parts.netloc or "://" not in value:
        return None
    scheme, rest = value.split("://", 1)
    cut = min((at for at in (rest.find(c) for c in "/?#") if at >= 0), default=len(rest))
    host, path = rest[:cut], rest[cut:]
    query = min((at for at in (path.find(c) for c in "?#") if at >= 0), default=len(path))
    found = (
        (scheme + "://", "muted"),
        (host, "strong"),
        (path[:query], "text"),
        (path[query:], "muted"),
    )
    return [Piece(neutralise(text), role) for text, role in found if text]


def is_json(text: str) -> bool:
    """Whether text is valid JSON, and not too deep for the parser."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _laid_out(lines: Iterable[PieceLine], width: int) -> Shown:
    out: list[PieceLine] = []
    for line in lines:
        for part in wrap_pieces(line, width):
            if len(out) == LAID_OUT_LINES:
                return Shown(_with_rest(out, "… more"), True)
            out.append(part)
    return Shown(out)


def _wrapped(line: PieceLine, width: int) -> Shown:
    return Shown(list(wrap_pieces(line, width)))


def wrap_pieces(line: PieceLine, width: int) -> Iterator[PieceLine]:
    """Cut a line of pieces into lines of at most `width` cells, keeping the roles."""
    text = "".join(piece.text for piece in line)
    if len(text) <= width and text.isascii():
        yield line
        return
    ends: list[int] = []
    total = 0
    for piece in line:
        total += len(piece.text)
        ends.append(total)
    index = 0
    for start, end in cuts(text, width):
        while index < len(line) - 1 and ends[index] <= start:
            index += 1
        out: PieceLine = []
        at, which = start, index
        while at < end:
            stop = min(end, ends[which])
            if stop > at:
                out.append(Piece(text[at:stop], line[which].role))
            at, which = max(at, stop), which + 1
        yield out
