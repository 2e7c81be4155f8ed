"""The one gate between foreign text and any output.

The model keeps text as it was found. Whatever is shown (a terminal, plain text, CSV, Markdown, an error line)
passes through `neutralise` once; JSON keeps the exact value and writes the same code points as escapes
(`escape_json`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

MARKS_PER_BASE: Final = 4
"""Combining marks that may follow one base character; more are cut."""

_CACHED: Final = 20_000  # hostile text may hold every code point there is: the tables stop growing here
_MARK_CATEGORIES: Final = frozenset({"Mn", "Mc", "Me"})
_BRACKETED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_DOTTED_CIRCLE: Final = "\u25cc"
_IDEOGRAPHIC_SPACE: Final = 0x3000
_DELETE: Final = 0x7F


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _is_joined(code: int) -> bool:
    """Whether terminals disagree on the width of this with its neighbour: it is shown as a part.

    Skin tones, and the letters of flags.
    """
    return 0x1F3FB <= code <= 0x1F3FF or 0x1F1E6 <= code <= 0x1F1FF


def _replacement(code: int) -> str | None:
    """What stands for a code point by itself, or None where it stays as it is."""
    if code < 0x20:
        return chr(0x2400 + code)
    if code == _DELETE:
        return "\u2421"
    if _is_variation_selector(code):
        return ""
    category = unicodedata.category(chr(code))
    if category in _BRACKETED:
        return f"⟨{code:02X}⟩"
    if category == "Zs" and code != 0x20:
        return "  " if code == _IDEOGRAPHIC_SPACE else " "
    return None


class _Table(dict[int, str | int]):
    """A `str.translate` table that fills itself, and remembers the combining marks it met."""

    def __init__(self, multiline: bool) -> None:
        super().__init__({0x0A: "\n", 0x09: "    "} if multiline else {})
        self.marks: set[str] = set()

    def __missing__(self, code: int) -> str | int:
        value: str | int | None = _replacement(code)
        if value is None:
            value = f"⟨{code:X}⟩" if _is_joined(code) else code
            if unicodedata.category(chr(code)) in _MARK_CATEGORIES:
                self.marks.add(chr(code))
        if len(self) < _CACHED:
            self[code] = value
        return value


_LINE = _Table(multiline=False)
_LINES = _Table(multiline=True)


def _limit_marks(text: str, marks: set[str]) -> str:
    """Cut combining marks at `MARKS_PER_BASE` per base, and give leading ones a dotted circle to stand on."""
    out: list[str] = []
    run = 0
    at_start = True
    for char in text:
        if char not in marks:
            run = 0
            at_start = char == "\n"
        elif at_start:
            out.append(_DOTTED_CIRCLE)
            run, at_start = 1, False
        else:
            run += 1
            if run > MARKS_PER_BASE:
                continue
        out.append(char)
    return "".join(out)


def neutralise(text: str, *, multiline: bool = False) -> str:
    """Return `text` with everything made visible that a terminal, a reader or a parser could be fooled by.

    Control characters become control pictures or `⟨9B⟩`, so do bidirectional and zero-width characters,
    private and unassigned code points; variation selectors are dropped, spaces of any width become plain;
    at most four combining marks stay on a base. Escape sequences are not stripped: their ESC becomes ␛ and
    the rest stays to be seen. Neutralising twice changes nothing more.

    Args:
        text: Foreign text: of a trace, a file name, a URL, a server's message.
        multiline: Keep line feeds as lines and write a tab as four spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    table = _LINES if multiline else _LINE
    shown = text.translate(table)
    if table.marks and not table.marks.isdisjoint(shown):
        return _limit_marks(shown, table.marks)
    return shown


class _Steady(dict[int, str | int]):
    """A `str.translate` table that fills itself."""

    def __missing__(self, code: int) -> str | int:
        value = "·" if unicodedata.category(chr(code)) == "Mc" else code
        if len(self) < _CACHED:
            self[code] = value
        return value


_STEADY = _Steady()


def steady(text: str) -> str:
    """Return neutralised text as it may stand before something that has a column of its own.

    Marks that take room, such as most vowel signs of Indian scripts, are a cell wide for the C library and
    many terminals, and none for tables of widths and others: each is shown as a dot, of one cell for all.
    """
    return text if text.isascii() else text.translate(_STEADY)


_NARROW: Final = frozenset(
    "".join(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0x2500, 0x25FD)))) + "µ·×…⋯•✗‹›←→↑↓−–"
)
"""What takes one cell each: ASCII, and the signs that screens are drawn with."""
_char_cells: Callable[[str], int] | None = None


def cell_len(text: str) -> int:
    """Number of terminal cells that neutralised text takes; the same figure as `rich.cells.cell_len`."""
    if text.isascii() or _NARROW.issuperset(text):
        return len(text)
    global _char_cells
    if _char_cells is None:
        # Imported late, and its table read then: not paid for while all text is ASCII and signs of our own.
        from rich.cells import get_character_cell_size

        _char_cells = get_character_cell_size
    return sum(map(_char_cells, text))


def _take(text: str, width: int) -> str:
    """The longest beginning of `text` that fits in `width` cells, with the marks of its last character."""
    if text.isascii():
        return text[:width]
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > width:
            return text[:index]
    return text


def _take_end(text: str, width: int) -> str:
    """The longest end of `text` that fits in `width` cells and does not start with a mark."""
    if text.isascii():
        return text[max(0, len(text) - width) :]
    used = 0
    start = len(text)
    for index in range(len(text) - 1, -1, -1):
        cells = cell_len(text[index])
        used += cells
        if used > width:
            break
        if cells:
            start = index
    return text[start:]


def fit(text: str, width: int, *, middle: bool = False, pad: bool = True, ellipsis: str = "…") -> str:
    """Shorten neutralised text to `width` cells, and pad it to exactly that many.

    Args:
        text: Neutralised text of one line.
        width: Cells at hand; below 0 counts as 0.
        middle: Leave out the middle instead of the end.
        pad: Fill up with spaces.
        ellipsis: What stands for the part left out; itself cut where the width is smaller.
    """
    width = max(0, width)
    cells = cell_len(text)
    if cells > width:
        room = width - cell_len(ellipsis)
        if room < 0:
            text = _take(ellipsis, width)
        elif middle:
            tail = _take_end(text, room // 2)
            text = _take(text, room - cell_len(tail)) + ellipsis + tail
        else:
            text = _take(text, room) + ellipsis
        cells = cell_len(text)
    return text + " " * (width - cells) if pad else text


_CONTROL_PICTURES: Final = {chr(0x2400 + code): f"^{chr(0x40 + code)}" for code in range(0x20)} | {"␡": "^?"}
_NON_ASCII: Final = re.compile(r"[^\x00-\x7e]")
_NON_ASCII_RUN: Final = re.compile(r"[^\x00-\x7e]+")
_KNOWN_GLYPHS: Final = {
    "⟨": "<",
    "⟩": ">",
    "…": "..",
    "·": "-",
    "µ": "u",
    "×": "x",
    "→": "->",
    "−": "-",
    "–": "-",
    "✗": "x",
    "•": "*",
}


def to_ascii(text: str) -> str:
    """Write neutralised text in ASCII alone: `^[` for a control picture, `<E9>` for any other character."""
    if text.isascii():
        return text
    return _NON_ASCII.sub(_ascii_for, text)


def _ascii_for(match: re.Match[str]) -> str:
    char = match[0]
    return _CONTROL_PICTURES.get(char) or _KNOWN_GLYPHS.get(char) or f"<{ord(char):X}>"


def _json_escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class _JsonTable(dict[int, str | int]):
    def __missing__(self, code: int) -> str | int:
        value: str | int = code if _replacement(code) is None else _json_escape(code)
        if len(self) < _CACHED:
            self[code] = value
        return value


_JSON = _JsonTable()


def escape_json(document: bytes) -> bytes:
    r"""Write as `\uXXXX` each code point of a JSON document that `neutralise` replaces or drops by itself.

    Args:
        document: Valid JSON in UTF-8 (surrogates that stand alone in the form of `surrogatepass`). Outside of
            its strings JSON is ASCII, so whatever is replaced stands in a string.
    """
    if document.isascii() and b"\x7f" not in document:
        return document
    text = document.decode("utf-8", "surrogatepass")
    return _NON_ASCII_RUN.sub(lambda run: run[0].translate(_JSON), text).encode("utf-8")
