"""Read one record that the bulk decoders refuse, and pick its fields by kind.

A bulk decoder wants each known field to be of its kind. Where one is not, the record comes here: it is read
as plain Python values, and each field of the wrong kind is left out and told, so that the rest survives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tracetui.loaders.values import shown
from tracetui.model.issues import IssueCode

Fault = tuple[IssueCode, str]
"""What is wrong with a record, with a sample."""

_DIGITS = 4000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_KINDS = {str: "a text", bool: "true or false", dict: "an object", list: "a list"}


def parse(record: bytes, faults: list[Fault] | None = None) -> Any:
    """The value of a JSON text, by whichever reader takes it.

    Integers beyond 64 bits are kept exact, NaN and the infinities are accepted; bytes that are not UTF-8 and
    halves of surrogate pairs become U+FFFD.

    Args:
        record: The text.
        faults: Where it is noted what a strict reader would have refused.

    Raises:
        ValueError: It is no JSON, or it is nested too deeply.
    """
    try:
        return msgspec.json.decode(record)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        pass
    text = record.decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False, parse_int=_integer)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    value, mended = _whole_characters(value)
    if faults is not None:
        faults += _refused(record, text, mended)
    return value


def _refused(record: bytes, text: str, mended: bool) -> list[Fault]:
    """What it was that a strict reader refused."""
    found: list[Fault] = []
    if "\ufffd" in text and "\ufffd".encode() not in record:
        found.append((IssueCode.BAD_UTF8, "bytes that are not UTF-8"))
    if mended:
        found.append((IssueCode.BAD_UNICODE, "half of a surrogate pair"))
    if _CONTROL.search(text):
        found.append((IssueCode.CONTROL_CHAR, "a raw control character"))
    return found or [(IssueCode.BAD_NUMBER, "NaN, an infinity or a number out of range")]


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _whole_characters(value: Any) -> tuple[Any, bool]:
    """`value` with the halves of surrogate pairs in it replaced, in place; and whether there were any."""
    holder = [value]
    mended = False
    todo: list[Any] = [holder]
    while todo:
        container = todo.pop()
        places = list(container.items()) if isinstance(container, dict) else list(enumerate(container))
        for place, item in places:
            if isinstance(item, str):
                whole = _whole_text(item)
                mended = mended or whole != item
                container[place] = whole
            elif isinstance(item, (dict, list)):
                todo.append(item)
            if isinstance(place, str) and not place.isascii():
                container[_whole_text(place)] = container.pop(place)
    return holder[0], mended


def _whole_text(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def camel(key: str) -> str:
    """`start_time_unix_nano` and `StartTimeUnixNano` as `startTimeUnixNano`."""
    head, *tail = key.split("_")
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in tail)


class Fields:
    """The fields of one object; what is of the wrong kind counts as absent and is noted.

    Args:
        record: The object.
        faults: Where it is noted.
    """

    def __init__(self, record: Mapping[str, Any], faults: list[Fault]) -> None:
        self.record = record
        self._faults = faults

    def get(self, name: str, *kinds: type) -> Any:
        """A field of one of these kinds; None if it is absent, null or of another kind."""
        value = self.record.get(name)
        if value is None or (isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))):
            return value
        self._faults.append((IssueCode.BAD_TYPE, f"{name} is {_KINDS.get(type(value)) or shown(value)}"))
        return None

    def objects(self, name: str) -> list[dict[str, Any]]:
        """A field that is a list of objects; elements that are none are left out and noted."""
        found = self.get(name, list) or []
        objects = [item for item in found if isinstance(item, dict)]
        if len(objects) < len(found):
            self._faults.append((IssueCode.BAD_TYPE, f"{name} holds what is no object"))
        return objects
