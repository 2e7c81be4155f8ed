"""What a filter means: a tree of small, immutable nodes.

cart >50ms !db.system=redis

And
├── Text "cart"
├── Compare duration > 50_000_000
└── Not
    └── Compare attribute db.system = "redis"
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tracetui.query.patterns import Pattern


class Op(StrEnum):
    """How two values are compared."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    MATCH = "~"
    NO_MATCH = "!~"

    @property
    def orders(self) -> bool:
        """Whether it asks for the greater one."""
        return self in (Op.LT, Op.LE, Op.GT, Op.GE)


class Place(StrEnum):
    """Where a value stands."""

    DURATION = "duration"
    SELF = "self"
    SERVICE = "service"
    NAME = "name"
    KIND = "kind"
    STATUS = "status"
    ID = "id"
    TRACE = "trace"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Field:
    """What is compared: a column, or the attribute with a key."""

    place: Place
    key: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The service or the name matches."""

    pattern: Pattern
    column: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A field compares to a value.

    Attributes:
        field: The field.
        op: How.
        value: The value as written; of durations in nanoseconds; of kinds and statuses their number.
        pattern: What is looked for, with `Op.MATCH` and `Op.NO_MATCH`.
        column: Where in the text the comparison starts.
    """

    field: Field
    op: Op
    value: str | int
    column: int
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Has:
    """The attribute with a key is there."""

    key: str
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    """The operand does not hold."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And:
    """All operands hold; without operands it always does."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One operand holds."""

    operands: tuple[Node, ...]


Node: TypeAlias = Text | Compare | Has | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A filter, understood.

    Attributes:
        text: As written.
        root: What it means.
    """

    text: str
    root: Node

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing: all spans match."""
        return isinstance(self.root, And) and not self.root.operands
