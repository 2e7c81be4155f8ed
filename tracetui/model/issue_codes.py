"""The codes of issues, and how grave they are."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much an issue changes what is shown."""

    INFO = "info"
    """A harmless repair: nothing shown is in doubt."""
    WARNING = "warning"
    """Something was repaired or left out that the reader should know of."""
    ERROR = "error"
    """Data is missing or unreliable."""


class IssueCode(StrEnum):
    """The closed set of things that can be wrong with a trace."""

    ORPHAN = "orphan"
    CYCLE = "cycle"
    DUPLICATE_SPAN = "duplicate-span"
    DUPLICATE_ID = "duplicate-id"
    BAD_ID = "bad-id"
    BAD_TIME = "bad-time"
    NEGATIVE_DURATION = "negative-duration"
    OUTSIDE_PARENT = "outside-parent"
    SKEW = "skew"
    MISSING_FIELD = "missing-field"
    MISSING_PROCESS = "missing-process"
    BAD_TYPE = "bad-type"
    BAD_SPAN = "bad-span"
    BAD_LINE = "bad-line"
    BAD_UTF8 = "bad-utf8"
    BAD_UNICODE = "bad-unicode"
    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing-bytes"
    MIXED_FORMATS = "mixed-formats"
    OTHER_SIGNALS = "other-signals"
    MERGED_SPAN = "merged-span"
    MERGED_TRACE = "merged-trace"
    MULTIPLE_ROOTS = "multiple-roots"
    MULTIPLE_PARENTS = "multiple-parents"
    BACKEND_ERROR = "backend-error"
    PARTIAL_TRACE = "partial-trace"
    NO_SPANS = "no-spans"
    CONTROL_CHAR = "control-char"
    BAD_NUMBER = "bad-number"
    CORRUPT_GZIP = "corrupt-gzip"
    ID_CASE = "id-case"
    BAD_LINK = "bad-link"
    MIXED_ID_WIDTH = "mixed-id-width"
    DUPLICATE_TRACE = "duplicate-trace"
    TRACE_ID_MISMATCH = "trace-id-mismatch"
    BASE64_IDS = "base64-ids"
    NOT_A_TRACE = "not-a-trace"
    ALREADY_ADJUSTED = "already-adjusted"
    CLOCKS_NOT_COMPARED = "clocks-not-compared"
    OTHER_ENCODING = "other-encoding"
    SOURCE_CHANGED = "source-changed"
