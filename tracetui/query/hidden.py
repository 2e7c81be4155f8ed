r"""The many ways in which JSON may write a text, so that a search of raw bytes does not miss one.

    text      may be written
    é         é  \u00e9  \u00E9
    a/b       a/b  a\/b
    "         \"  \u0022
    k         k  K  and, if case does not count, the Kelvin sign K

What is found in the bytes is a candidate only; whoever decodes the record has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Final

import numpy as np

Seek = Callable[[int, int], int]
"""Index of the first hint between two indexes of a chunk, -1 if there is none."""

_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MORE_CASES: Final = {"k": "\u212a", "s": "\u017f", "i": "\u0130\u0131", "\u0307": "\u0130", "ς": "Σ"}
_REPLACEMENT: Final = "\ufffd"
_LAST_CASED: Final = 0x1F000


@cache
def _lowered_from() -> dict[str, str]:
    """Characters beyond ASCII in upper case, by what they are in lower case."""
    found: dict[str, str] = {}
    for code in range(0x80, _LAST_CASED):
        char = chr(code)
        lower = char.lower()
        if lower != char and len(lower) == 1:
            found[lower] = found.get(lower, "") + char
    return found


def cases(char: str) -> set[str]:
    """All characters that may be `char` when case does not count."""
    found = {char, char.lower(), *_MORE_CASES.get(char, "")}
    upper = char.upper()
    if len(upper) == 1:
        found.add(upper)
    if not char.isascii():
        found.update(_lowered_from().get(char, ""))
    return {other for other in found if len(other) == 1}


def _json(text: str) -> str:
    return "".join(_SHORT.get(char) or (char if char >= " " else f"\\u{ord(char):04x}") for char in text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _units(char: str) -> list[str]:
    """The UTF-16 code units of a character, as four hex digits each."""
    data = char.encode("utf-16-be", "surrogatepass")
    return [data[at : at + 2].hex() for at in range(0, len(data), 2)]


def _any_case_of_hex(digits: str) -> bytes:
    return b"".join(
        f"[{digit}{digit.upper()}]".encode() if digit.isalpha() else digit.encode() for digit in digits
    )


def _seek(pattern: re.Pattern[bytes], chunk: bytes) -> Seek:
    def seek(at: int, end: int) -> int:
        found = pattern.search(chunk, at, end)
        return found.start() if found else -1

    return seek


def folded(data: bytes) -> bytearray:
    """Bytes with one bit set that tells the cases of ASCII letters apart: fifty times as fast as `lower`.

    Some signs become equal as well, such as `[` and `{`: what is found so is a candidate like any other.
    """
    found = bytearray(len(data))
    np.bitwise_or(np.frombuffer(data, np.uint8), 0x20, out=np.frombuffer(found, np.uint8))
    return found


class Finder:
    """Finds where a text may stand in the bytes of JSON records.

    Args:
        text: What to look for; in lower case if case does not count.
        ignore_case: Whether case counts.
        whole: Whether it must be a whole JSON string or key, quotes included.

    Attributes:
        anything: The text can be hidden in any record: there is no telling from the bytes.
    """

    def __init__(self, text: str, *, ignore_case: bool = False, whole: bool = False) -> None:
        self.anything = _REPLACEMENT in text or (not text and not whole)
        # Where no letter has two cases there is nothing to fold.
        self._folds = ignore_case and any("a" <= char <= "z" for char in text)
        quote = '"' if whole else ""
        quoted = _json(text)
        self._in_escaped = _bytes(quote + quoted + quote)
        # A text with a quote or backslash in it cannot stand in a chunk that has no backslash.
        self._in_plain = self._in_escaped if quoted == text else None
        self._raw = None if min(text, default=" ") >= " " else _bytes(text)
        self._slashed = self._with_slashes(quote + quoted + quote) if "/" in text else None
        self._cased = None
        self._odd_cases = None
        letters = set(text)
        if ignore_case:
            letters = {other for char in letters for other in cases(char)}
            if any(not char.isascii() and len(cases(char)) > 1 for char in text):
                self._cased = self._with_cases(quoted)
            odd = {other for char in text for other in _MORE_CASES.get(char, "")}
            self._odd_cases = re.compile(b"|".join(map(_bytes, sorted(odd)))) if odd else None
        units = sorted({unit for char in letters for unit in _units(char)})
        alternatives = b"|".join(map(_any_case_of_hex, units)) or b"$^"
        self._escaped = re.compile(rb"\\u(?:" + alternatives + b")")

    @staticmethod
    def _with_slashes(quoted: str) -> re.Pattern[bytes]:
        return re.compile(re.escape(_bytes(quoted)).replace(b"/", rb"\\?/"))

    @staticmethod
    def _with_cases(quoted: str) -> re.Pattern[bytes]:
        """The text with every way to write its cased characters beyond ASCII; chunks are in lower case."""
        parts = []
        for char in quoted:
            if char == "/":
                parts.append(rb"\\?/")
            elif char.isascii():
                parts.append(re.escape(_bytes(char)))
            else:
                ways = sorted(re.escape(_bytes(other)) for other in cases(char))
                parts.append(b"(?:" + b"|".join(ways) + b")")
        return re.compile(b"".join(parts))

    def seekers(self, chunk: bytes) -> list[Seek]:
        """What to ask for hints in a chunk; a record without a hint from any of them has no match."""
        has_escapes = chunk.find(b"\\") >= 0
        plain = self._in_escaped if has_escapes else self._in_plain
        fold: Callable[[bytes], bytes | bytearray] = folded if self._folds else bytes
        find = fold(chunk).find
        seekers: list[Seek] = []
        if self._cased is not None:
            if not chunk.isascii():
                seekers.append(_seek(self._cased, chunk.lower()))
        elif has_escapes and self._slashed is not None and chunk.find(b"\\/") >= 0:
            seekers.append(_seek(self._slashed, chunk.lower() if self._folds else chunk))
        elif plain is not None:
            seekers.append(partial(find, fold(plain)))
        if self._raw is not None:
            seekers.append(partial(find, fold(self._raw)))
        if has_escapes and chunk.find(b"\\u") >= 0:
            seekers.append(_seek(self._escaped, chunk))
        if self._odd_cases is not None and not chunk.isascii():
            seekers.append(_seek(self._odd_cases, chunk))
        return seekers

    def may_be_in(self, record: bytes) -> bool:
        """Whether a record may hold the text."""
        return self.anything or any(seek(0, len(record)) >= 0 for seek in self.seekers(record))
