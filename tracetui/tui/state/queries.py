"""What is searched and filtered, as texts: they stay when another trace comes on the screen."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

MOST_REMEMBERED = 100


class Kind(StrEnum):
    """What a text is for."""

    SEARCH = "search"
    FILTER = "filter"


def _none() -> dict[Kind, str]:
    return dict.fromkeys(Kind, "")


class Queries(Struct):
    """The texts in force and those before them.

    Attributes:
        texts: what is searched and filtered, "" where nothing is.
        history: earlier texts, the last one last.
    """

    texts: dict[Kind, str] = field(default_factory=_none)
    history: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in Kind})

    def remember(self, kind: Kind) -> None:
        """Put the text in force at the end of the history."""
        text, past = self.texts[kind], self.history[kind]
        if text:
            if text in past:
                past.remove(text)
            past.append(text)
            del past[:-MOST_REMEMBERED]
