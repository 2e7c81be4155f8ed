"""The filter language: from text to `ast`. See docs/filter.md for what it looks like."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from tracetui.model.store import Kind, Status
from tracetui.query.ast import And, Compare, Field, Has, Node, Not, Op, Place, Query, Text
from tracetui.query.errors import QueryError
from tracetui.query.patterns import regex_pattern, text_pattern
from tracetui.query.values import duration_ns, number

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

LONGEST: Final = 10_000

# Blanks part the terms and therefore count: `cart >50ms` is two terms, `cart>50ms` one comparison.
# Parentheses and the words and, or, not are kept free for what the language is to learn; a value may hold
# pairs of parentheses, for regular expressions, and will still end before one that closes a group around it.
GRAMMAR: Final = r"""
start: _BLANK? (_term (_BLANK _term)*)? _BLANK?
_term: negated | _atom
negated: NOT+ _atom
_atom: word | quoted | regex | compare | longer | has
word: WORD
quoted: QUOTED
regex: REGEX
compare: (WORD | QUOTED) OP (VALUE | QUOTED)
longer: OP (VALUE | QUOTED)
has: _HAS (VALUE | QUOTED)

_BLANK: /\s+/
NOT: /[!\-]/
OP.3: />=|<=|!=|!~|=|>|<|~/
REGEX.2: /\/(?:[^\/\\]|\\.)+\/(?=[\s)]|$)/
QUOTED: /"(?:[^"\\]|\\.)*"/
_HAS.2: "has:"
WORD: /[^\s"=<>~!()\-][^\s"=<>~!()]*/
VALUE: /(?:[^\s"()]|\((?:[^\s"()]|\([^\s"()]*\))*\))+/
"""

_PLACES: Final = {place.value: place for place in Place if place is not Place.ATTRIBUTE}
_DURATIONS: Final = frozenset({Place.DURATION, Place.SELF})
_TEXTS: Final = frozenset({Place.SERVICE, Place.NAME})
_RESERVED: Final = frozenset({"and", "or", "not"})
_KINDS: Final = {kind.name.lower(): int(kind) for kind in Kind}
_STATUSES: Final = {status.name.lower(): int(status) for status in Status}


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def parse(text: str) -> Query:
    """Understand a filter.

    Raises:
        QueryError: It cannot be understood; `column` tells where.
    """
    if len(text) > LONGEST:
        raise QueryError(f"the filter is longer than {LONGEST:,} characters", LONGEST)
    from lark.exceptions import UnexpectedInput

    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    operands = tuple(_node(cast("Tree[Token]", term)) for term in tree.children)
    return Query(text, operands[0] if len(operands) == 1 else And(operands))


def _explained(text: str, error: UnexpectedInput) -> QueryError:
    at: int | None = error.pos_in_stream
    column = len(text) if at is None or at < 0 else at
    token = getattr(error, "token", None)
    rest = "" if getattr(token, "type", "") == "$END" else text[column:]
    if not rest.strip():
        column = len(text.rstrip())
        return QueryError("something is missing after this: the filter ends too early", column)
    if rest[0] == '"':
        if rest.count('"') == 1 or (token is None and not _closed(rest)):
            return QueryError("this quote is not closed", column)
        return QueryError("a blank is missing before this quote", column)
    if rest[0] in "()":
        return QueryError('no parentheses yet; write "…" around a text with one', column)
    if rest[0].isspace():
        return QueryError("a blank cannot stand here: something is missing before it", column)
    return QueryError(f"{rest.split()[0]!r} was not expected here", column, hint='write "…" around a text')


def _closed(rest: str) -> bool:
    return '"' in rest[1:].replace("\\\\", "").replace('\\"', "")


def _node(term: Tree[Token]) -> Node:
    parts: list[Any] = term.children
    column = int(parts[0].start_pos or 0) if parts and not hasattr(parts[0], "children") else 0
    if term.data == "negated":
        node = _node(parts[-1])
        # Twice not is yes: the depth of the tree does not grow with the text.
        return Not(node) if len(parts) % 2 == 0 else node
    if term.data == "word":
        return _word(parts[0], column)
    if term.data == "quoted":
        return Text(text_pattern(_unquoted(parts[0])), column)
    if term.data == "regex":
        return Text(regex_pattern(parts[0][1:-1].replace("\\/", "/"), column + 1), column)
    if term.data == "has":
        key = _text(parts[0])
        return Has(key.removeprefix(".") if parts[0].type == "VALUE" else key, column)
    if term.data == "longer":
        return _compare(Field(Place.DURATION), parts[0], parts[1], column)
    return _compare(_field(parts[0]), parts[1], parts[2], column)


def _word(token: Token, column: int) -> Node:
    if token.lower() in _RESERVED:
        raise QueryError(f"{token.value!r} is not understood yet; terms side by side must all hold", column)
    if token == "error":
        return Compare(Field(Place.STATUS), Op.EQ, int(Status.ERROR), column)
    return Text(text_pattern(token.value), column)


def _field(token: Token) -> Field:
    """The column of that name; quotes or a leading dot make it the attribute of that name."""
    key = _text(token)
    if token.type == "QUOTED":
        return Field(Place.ATTRIBUTE, key)
    if key.startswith(".") and len(key) > 1:
        return Field(Place.ATTRIBUTE, key[1:])
    place = _PLACES.get(key)
    return Field(place) if place else Field(Place.ATTRIBUTE, key)


def _unquoted(token: Token) -> str:
    out: list[str] = []
    inner = iter(token.value[1:-1])
    for char in inner:
        out.append(next(inner) if char == "\\" else char)
    return "".join(out)


def _text(token: Token) -> str:
    return _unquoted(token) if token.type == "QUOTED" else str(token.value)


def _compare(field: Field, op_token: Token, value_token: Token, column: int) -> Node:
    op, value, at = Op(op_token.value), _text(value_token), int(value_token.start_pos or 0)
    op_at = int(op_token.start_pos or 0)
    if op in (Op.MATCH, Op.NO_MATCH):
        if field.place is not Place.ATTRIBUTE and field.place not in _TEXTS:
            raise QueryError(f"{field.place} is not a text: compare it with = or !=", op_at)
        return Compare(field, op, value, column, regex_pattern(value, at + (value_token.type == "QUOTED")))
    if field.place in _DURATIONS:
        try:
            return Compare(field, op, duration_ns(value), column)
        except ValueError as error:
            raise QueryError(str(error), at) from None
    if op.orders and field.place is not Place.ATTRIBUTE:
        raise QueryError(f"{field.place} has no order: compare it with = or !=", op_at)
    if op.orders and number(value) is None:
        raise QueryError(f"{value!r} is no number, and only numbers have an order", at)
    if field.place in (Place.KIND, Place.STATUS):
        known = _KINDS if field.place is Place.KIND else _STATUSES
        code = known.get(value.lower())
        if code is None:
            raise QueryError(f"{value!r} is no {field.place}: {', '.join(known)}", at)
        return Compare(field, op, code, column)
    return Compare(field, op, value, column)
