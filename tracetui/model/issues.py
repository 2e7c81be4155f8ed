"""The import report: what was repaired, guessed or left out while reading.

Every repair has a code from a closed set. An `IssueLog` counts each code once and keeps a few samples,
so a hundred thousand bad lines are one issue with a count, not a hundred thousand messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct, field

MAX_SAMPLES = 5


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
    DROPPED = "dropped"
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
    DUPLICATE_TAG = "duplicate-tag"
    NOT_A_TRACE = "not-a-trace"
    GUESSED_UNIT = "guessed-unit"
    ALREADY_ADJUSTED = "already-adjusted"


class IssueKind(Struct, frozen=True):
    """What one code means, in words."""

    severity: Severity
    one: str
    many: str
    """With `{n}` for the count."""


def _kind(severity: Severity, one: str, many: str) -> IssueKind:
    return IssueKind(severity, one, many)


_I, _W, _E = Severity.INFO, Severity.WARNING, Severity.ERROR

KINDS: dict[IssueCode, IssueKind] = {
    IssueCode.ORPHAN: _kind(
        _W,
        "1 span names a parent that is not in the trace",
        "{n} spans name a parent that is not in the trace",
    ),
    IssueCode.CYCLE: _kind(
        _W,
        "1 span was its own ancestor; cut at the earliest span of the cycle",
        "{n} cycles of parents; each cut at its earliest span",
    ),
    IssueCode.DUPLICATE_SPAN: _kind(
        _W,
        "1 span was recorded twice, byte for byte; shown once",
        "{n} repeated records, byte for byte the same; each shown once",
    ),
    IssueCode.DUPLICATE_ID: _kind(
        _W,
        "1 span repeats another span's id; its key is numbered",
        "{n} spans repeat another span's id; their keys are numbered",
    ),
    IssueCode.BAD_ID: _kind(
        _W, "1 id is not hexadecimal; kept as text", "{n} ids are not hexadecimal; kept as text"
    ),
    IssueCode.BAD_TIME: _kind(_W, "1 time is missing or absurd", "{n} times are missing or absurd"),
    IssueCode.NEGATIVE_DURATION: _kind(
        _W,
        "1 span ends before it starts; shown with no duration",
        "{n} spans end before they start; shown with no duration",
    ),
    IssueCode.OUTSIDE_PARENT: _kind(
        _W,
        "1 span starts before its parent or after its end",
        "{n} spans start before their parents or after their ends",
    ),
    IssueCode.SKEW: _kind(
        _I, "1 clock is off against its caller's", "{n} clocks are off against their callers'"
    ),
    IssueCode.MISSING_FIELD: _kind(
        _W, "1 record lacks a field that it needs", "{n} records lack a field that they need"
    ),
    IssueCode.MISSING_PROCESS: _kind(
        _W,
        "1 span names a process that is not described",
        "{n} spans name a process that is not described",
    ),
    IssueCode.BAD_TYPE: _kind(
        _W, "1 field has the wrong type; left out", "{n} fields have the wrong type; left out"
    ),
    IssueCode.BAD_SPAN: _kind(_E, "1 span cannot be read; left out", "{n} spans cannot be read; left out"),
    IssueCode.BAD_LINE: _kind(_E, "1 line cannot be read; left out", "{n} lines cannot be read; left out"),
    IssueCode.BAD_UTF8: _kind(
        _W,
        "1 record is not UTF-8; bad bytes are replaced",
        "{n} records are not UTF-8; bad bytes are replaced",
    ),
    IssueCode.BAD_UNICODE: _kind(
        _W,
        "1 text holds half a surrogate pair; replaced",
        "{n} texts hold half a surrogate pair; replaced",
    ),
    IssueCode.TRUNCATED: _kind(_W, "data is cut short in 1 place", "data is cut short in {n} places"),
    IssueCode.TRAILING_BYTES: _kind(
        _W,
        "bytes after the end of the data were not read",
        "bytes after the end of the data were not read, in {n} places",
    ),
    IssueCode.MIXED_FORMATS: _kind(_W, "1 record is of another format", "{n} records are of another format"),
    IssueCode.OTHER_SIGNALS: _kind(
        _I,
        "1 record holds logs or metrics, no spans; skipped",
        "{n} records hold logs or metrics, no spans; skipped",
    ),
    IssueCode.MERGED_SPAN: _kind(
        _I,
        "1 partial report was joined to its span",
        "{n} partial reports were joined to their spans",
    ),
    IssueCode.MERGED_TRACE: _kind(
        _I, "1 trace came in several parts; joined", "{n} traces came in several parts; joined"
    ),
    IssueCode.MULTIPLE_ROOTS: _kind(_I, "the trace has several roots", "{n} roots in the trace"),
    IssueCode.MULTIPLE_PARENTS: _kind(
        _I,
        "1 span names several parents; hung under the first that exists",
        "{n} spans name several parents; each hung under the first that exists",
    ),
    IssueCode.BACKEND_ERROR: _kind(_W, "the backend reported an error", "the backend reported {n} errors"),
    IssueCode.PARTIAL_TRACE: _kind(_W, "the trace is not whole", "{n} traces are not whole"),
    IssueCode.DROPPED: _kind(_W, "1 record was left out", "{n} records were left out"),
    IssueCode.NO_SPANS: _kind(_W, "1 trace holds no spans", "{n} traces hold no spans"),
    IssueCode.CONTROL_CHAR: _kind(
        _W,
        "1 text holds raw control characters; shown as marks",
        "{n} texts hold raw control characters; shown as marks",
    ),
    IssueCode.BAD_NUMBER: _kind(
        _W, "1 number is out of range or not a number", "{n} numbers are out of range or not numbers"
    ),
    IssueCode.CORRUPT_GZIP: _kind(
        _E,
        "the compressed data is damaged; what came before is shown",
        "the compressed data is damaged in {n} places; what could be read is shown",
    ),
    IssueCode.ID_CASE: _kind(
        _I, "1 id is written in capitals; lowered", "{n} ids are written in capitals; lowered"
    ),
    IssueCode.BAD_LINK: _kind(_W, "1 link leads nowhere", "{n} links lead nowhere"),
    IssueCode.MIXED_ID_WIDTH: _kind(
        _I,
        "1 trace is named with 64 and with 128 bits; taken as one",
        "{n} traces are named with 64 and with 128 bits; each taken as one",
    ),
    IssueCode.DUPLICATE_TRACE: _kind(
        _I, "1 trace came more than once; shown once", "{n} traces came more than once; shown once"
    ),
    IssueCode.TRACE_ID_MISMATCH: _kind(
        _W,
        "1 span names another trace than the one that holds it",
        "{n} spans name another trace than the one that holds them",
    ),
    IssueCode.BASE64_IDS: _kind(
        _I, "1 id is written in base64; decoded", "{n} ids are written in base64; decoded"
    ),
    IssueCode.DUPLICATE_TAG: _kind(
        _I,
        "1 attribute stands twice in its span; the last is shown",
        "{n} attributes stand twice in their spans; the last is shown",
    ),
    IssueCode.NOT_A_TRACE: _kind(_I, "1 file is no trace; skipped", "{n} files are no traces; skipped"),
    IssueCode.GUESSED_UNIT: _kind(
        _W, "1 time has no unit; it was guessed", "{n} times have no unit; it was guessed"
    ),
    IssueCode.ALREADY_ADJUSTED: _kind(
        _I,
        "1 span was already shifted by the backend to mend its clock",
        "{n} spans were already shifted by the backend to mend their clocks",
    ),
}


class Issue(Struct):
    """One kind of trouble, how often it was met, and the first few places.

    Attributes:
        code: What it is.
        count: How many records it concerns.
        samples: The first few places, as found (not neutralised).
    """

    code: IssueCode
    count: int = 0
    samples: list[str] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """How much this changes what is shown."""
        return KINDS[self.code].severity

    @property
    def message(self) -> str:
        """One sentence with the count in it."""
        kind = KINDS[self.code]
        return kind.one if self.count == 1 else kind.many.format(n=f"{self.count:,}")


class IssueLog:
    """Counts issues by code."""

    def __init__(self) -> None:
        self._by_code: dict[IssueCode, Issue] = {}

    def add(self, code: IssueCode, sample: str = "", *, count: int = 1) -> None:
        """Count an issue.

        Args:
            code: What it is.
            sample: Where it was met, as found; only the first few are kept.
            count: How many records it concerns.
        """
        issue = self._by_code.get(code)
        if issue is None:
            issue = self._by_code[code] = Issue(code)
        issue.count += count
        if sample and len(issue.samples) < MAX_SAMPLES:
            issue.samples.append(sample)

    def merge(self, other: IssueLog) -> None:
        """Add all that another log counted."""
        for issue in other:
            self.add(issue.code, count=issue.count)
            mine = self._by_code[issue.code]
            mine.samples.extend(issue.samples[: MAX_SAMPLES - len(mine.samples)])

    def copy(self) -> IssueLog:
        """A log with the same counts that can grow on its own."""
        new = IssueLog()
        new.merge(self)
        return new

    @property
    def issues(self) -> list[Issue]:
        """All issues, the worst first, then by code."""
        rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
        return sorted(self, key=lambda issue: (rank[issue.severity], issue.code))

    def __iter__(self) -> Iterator[Issue]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code
