"""What is wrong with a query, and where in it."""

from __future__ import annotations

from tracetui.errors import UsageError


class QueryError(UsageError):
    """A search or filter text that cannot be understood.

    Args:
        message: What is wrong, in one line.
        column: Where: an index into the text, from 0; its length if something is missing at its end.
    """

    def __init__(self, message: str, column: int = 0, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.column = column
