"""What one Jaeger span record looks like to the load: enough for the columns, the rest skipped.

Everything known is checked for its JSON kind; unknown members, such as the copies of parent spans that
"Download Results" nests in references, are skipped without being built. A record of the wrong kinds is read
again by `mend`, which keeps what can be kept and says what could not.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from tracetui.model.issues import IssueCode

Number = int | float | str | None
Note = tuple[IssueCode, str]
EMPTY_LIST: Final = Raw(b"[]")


class Reference(Struct, gc=False):
    """A pointer to another span."""

    refType: str = ""
    traceID: str = ""
    spanID: str = ""


class Present(Struct, gc=False):
    """An object that is only counted."""


class Process(Struct, gc=False):
    """Who recorded spans."""

    serviceName: str | None = None
    tags: Raw = EMPTY_LIST


class Skeleton(Struct, gc=False):
    """A span, its members in the order in which Jaeger writes them: so they are found at once."""

    traceID: str | int | None = None
    spanID: str | int | None = None
    parentSpanID: str | int | None = None
    flags: int | None = None
    operationName: str | None = None
    references: Raw = EMPTY_LIST
    startTime: Number | UnsetType = UNSET
    duration: Number | UnsetType = UNSET
    tags: Raw = EMPTY_LIST
    logs: list[Present] | None = None
    processID: str | None = None
    process: Process | None = None
    warnings: list[str] | None = None


def loads(record: bytes) -> tuple[Any, list[Note]]:
    """Decode a text that a strict decoder refused.

    Returns:
        The value, None if it is beyond repair; and what a strict decoder refused.
    """
    from tracetui.loaders.lenient import parse  # imported for odd texts only

    notes: list[Note] = []
    try:
        return parse(record, notes), notes
    except (ValueError, RecursionError):
        return None, notes


def mend(record: bytes) -> tuple[Skeleton | None, list[Note]]:
    """Read a record that is no `Skeleton` member by member.

    Returns:
        The skeleton without what could not be used, None if the record is no span at all; and the faults.
    """
    value, notes = loads(record)
    if not isinstance(value, dict):
        notes.append((IssueCode.BAD_SPAN, f"{_kind(value)} instead of a span"))
        return None, notes
    span = Skeleton()
    for name in Skeleton.__struct_fields__:
        if name not in value:
            continue
        try:
            setattr(span, name, _CONVERT[name](value[name]))
        except (msgspec.ValidationError, TypeError, ValueError):
            notes.append((IssueCode.BAD_TYPE, f"{name} is {_kind(value[name])}"))
    return span, notes


def read_references(raw: bytes) -> tuple[list[Reference], list[Note]]:
    """The references of a span, and what is wrong with them; those of the wrong kinds are left out."""
    try:
        return _REFERENCES.decode(raw) or [], []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    value, notes = loads(raw)
    if not isinstance(value, list):
        return [], [*notes, (IssueCode.BAD_TYPE, f"references is {_kind(value)}")]
    found = []
    for item in value:
        try:
            found.append(msgspec.convert(item, Reference))
        except msgspec.ValidationError:
            notes.append(
                (IssueCode.BAD_TYPE, f"a reference is {_kind(item)} or has members of the wrong kinds")
            )
    return found, notes


_REFERENCES: Final = msgspec.json.Decoder(list[Reference] | None)


def _tags(value: Any) -> Raw:
    if value is None:
        return EMPTY_LIST
    if not isinstance(value, list | dict):
        raise TypeError
    return Raw(json.dumps(value).encode())


def _references(value: Any) -> Raw:
    """As it was; what is wrong with it is told when it is read."""
    return EMPTY_LIST if value is None else Raw(json.dumps(value).encode())


def _process(value: Any) -> Process | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise TypeError
    name = value.get("serviceName")
    return Process(name if isinstance(name, str) else None, _tags(value.get("tags")))


def mend_process(value: Any) -> Process | None:
    """A process without what could not be used; None if it is no process at all."""
    try:
        return _process(value)
    except TypeError:
        if not isinstance(value, dict):
            return None
        return _process({key: item for key, item in value.items() if key != "tags"})


def _logs(value: Any) -> list[Present] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise TypeError
    return [Present() for item in value if isinstance(item, dict)]


_CONVERT: Final[dict[str, Any]] = {
    name: lambda value, type=type: msgspec.convert(value, type)
    for name, type in (
        ("traceID", str | int | None),
        ("spanID", str | int | None),
        ("operationName", str | None),
        ("startTime", Number),
        ("duration", Number),
        ("processID", str | None),
        ("parentSpanID", str | int | None),
        ("warnings", list[str] | None),
        ("flags", int | None),
    )
} | {"tags": _tags, "references": _references, "process": _process, "logs": _logs}


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
