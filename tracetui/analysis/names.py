"""Names of operations without what looks like an id in them, so that like spans have like names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
IDS: Final = re.compile(
    rf"{UUID}"
    r"|(?<![A-Za-z0-9])(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}(?![A-Za-z0-9])"  # hex with a digit in it
    r"|(?<![A-Za-z0-9])\d++|\d{3,}+"  # v1, s3 and oauth2 stay
)
LONGEST: Final = 512
"""Characters of a name that are looked at."""


@lru_cache(4096)
def name(text: str) -> str:
    """A name of an operation without what looks like an id in it."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    if text.isalpha() or not any(char.isdigit() for char in text):
        return text
    return IDS.sub("{id}", text)
