"""The closed set of issues: what each code means, what was done about it, and what the reader can do.

The import report, `docs/issues.md` and the messages of every output are made of this.
"""

from __future__ import annotations

from msgspec import Struct

from tracetui.model.issue_codes import IssueCode, Severity


class IssueKind(Struct, frozen=True):
    """What one code means, in words.

    Attributes:
        severity: How much it changes what is shown.
        one: The message for a count of one.
        many: The message for more, with `{n}` for the count.
        means: What is wrong with the input, and where that comes from.
        done: What was done about it.
        advice: What the reader can do.
    """

    severity: Severity
    one: str
    many: str
    means: str
    done: str
    advice: str


_I, _W, _E = Severity.INFO, Severity.WARNING, Severity.ERROR

KINDS: dict[IssueCode, IssueKind] = {
    IssueCode.ORPHAN: IssueKind(
        _W,
        "1 span names a parent that is not in the trace",
        "{n} spans name a parent that is not in the trace",
        "A span was not recorded, was sampled away, has not arrived yet, or its exporter lost it.",
        "What hangs below stands under a row for the missing span and has a critical path of its own.",
        "Load the trace again later, or look for a service on the way that does not pass the context on.",
    ),
    IssueCode.CYCLE: IssueKind(
        _W,
        "1 span was its own ancestor; cut at the earliest span of the cycle",
        "{n} cycles of parents; each cut at its earliest span",
        "Following parents leads back to the same span. Broken instrumentation writes such ids.",
        "The earliest span of the cycle became a root; the others hang below it as recorded.",
        "Look at the code that makes the ids of these spans.",
    ),
    IssueCode.DUPLICATE_SPAN: IssueKind(
        _W,
        "1 span was recorded twice, byte for byte; shown once",
        "{n} repeated records, byte for byte the same; each shown once",
        "A record was sent or saved more than once, as exporters do when they try again.",
        "One copy is shown, the others are left out; figures count it once.",
        "Nothing, unless a backend counts them twice.",
    ),
    IssueCode.DUPLICATE_ID: IssueKind(
        _W,
        "1 span repeats another span's id; its key is numbered",
        "{n} spans repeat another span's id; their keys are numbered",
        "Different spans of one trace have the same id: random numbers that are none, or a copied context.",
        "All are shown; the keys of the later ones end in _1, _2… Their children hang under the first.",
        "Look at how these services make span ids; which child belongs to which span cannot be known.",
    ),
    IssueCode.BAD_ID: IssueKind(
        _W,
        "1 id is not hexadecimal; kept as text",
        "{n} ids are not hexadecimal; kept as text",
        "An id is missing, zero, a number, or text that is neither hexadecimal nor base64.",
        "It is kept as found and compared as text; a span without any id is named @n, by its place.",
        "Mend what writes it: other tools drop such spans.",
    ),
    IssueCode.BAD_TIME: IssueKind(
        _W,
        "1 time is missing or absurd",
        "{n} times are missing or absurd",
        "A start or an end is absent, no number, out of range, or over a year from the rest of its trace.",
        "A missing start is the parent's, or the earliest child's; what no sum can hold is cut.",
        "Do not trust durations and the critical path around these spans.",
    ),
    IssueCode.NEGATIVE_DURATION: IssueKind(
        _W,
        "1 span ends before it starts; shown with no duration",
        "{n} spans end before they start; shown with no duration",
        "A clock was set back while the span ran, or start and end came from different clocks.",
        "Its start is kept, its duration is 0.",
        "Use a monotonic clock for durations in that service.",
    ),
    IssueCode.OUTSIDE_PARENT: IssueKind(
        _W,
        "1 span starts before its parent or after its end",
        "{n} spans start before their parents or after their ends",
        "By the recorded times the parent cannot have started it: clocks are apart, or the link is wrong.",
        "Times are shown as recorded. What lies outside of the parent is not on its critical path.",
        "Compare the clocks of the two services.",
    ),
    IssueCode.SKEW: IssueKind(
        _W,
        "1 clock is off against its caller's",
        "{n} clocks are off against their callers'",
        "Calls of one service into another are seen earlier or later than they can have been.",
        "Times are shown as recorded.",
        "Synchronise the clocks of these hosts.",
    ),
    IssueCode.MISSING_FIELD: IssueKind(
        _W,
        "1 record lacks a field that it needs",
        "{n} records lack a field that they need",
        "A record has no name, or lacks what the format asks for.",
        "The span is shown with what is there.",
        "Mend what writes it, if it is yours.",
    ),
    IssueCode.MISSING_PROCESS: IssueKind(
        _W,
        "1 span names a process that is not described",
        "{n} spans name a process that is not described",
        "In Jaeger's JSON a span's processID has no entry in `processes`, or the entry is none.",
        "The span is shown without service and resource.",
        "Download the trace again; hand-edited files lose this part.",
    ),
    IssueCode.BAD_TYPE: IssueKind(
        _W,
        "1 field has the wrong type; left out",
        "{n} fields have the wrong type; left out",
        "A field holds, for example, a text where the format wants a list.",
        "That field is left out; the rest of the record is shown.",
        "Mend what writes it; the samples name the fields.",
    ),
    IssueCode.BAD_SPAN: IssueKind(
        _E,
        "1 span cannot be read; left out",
        "{n} spans cannot be read; left out",
        "A record is damaged, or no span at all.",
        "It is left out. Its children are shown as orphans.",
        "Look at the bytes that the samples name.",
    ),
    IssueCode.BAD_LINE: IssueKind(
        _E,
        "1 line cannot be read; left out",
        "{n} lines cannot be read; left out",
        "A line or a document among others is no valid JSON, as when writers mix their output.",
        "Spans before the fault are kept; reading went on with the next line.",
        "Look at the lines that the samples name.",
    ),
    IssueCode.BAD_UTF8: IssueKind(
        _W,
        "1 record is not UTF-8; bad bytes are replaced",
        "{n} records are not UTF-8; bad bytes are replaced",
        "Text was written in another encoding, or cut within a character.",
        "Each bad byte stands as �.",
        "Have it written in UTF-8.",
    ),
    IssueCode.BAD_UNICODE: IssueKind(
        _W,
        "1 text holds half a surrogate pair; replaced",
        "{n} texts hold half a surrogate pair; replaced",
        "Text was cut within a character beyond U+FFFF, as programs in Java and JavaScript do.",
        "The half stands as �.",
        "Nothing is lost but that character.",
    ),
    IssueCode.TRUNCATED: IssueKind(
        _W,
        "data is cut short in 1 place",
        "data is cut short in {n} places",
        "The input ends in the middle of a record, or an SDK dropped attributes, events or links.",
        "What is whole is shown; counts of what an SDK dropped stand with the span.",
        "Download or copy the file again; raise the limits of the SDK.",
    ),
    IssueCode.TRAILING_BYTES: IssueKind(
        _W,
        "bytes after the end of the data were not read",
        "bytes after the end of the data were not read, in {n} places",
        "Something that is no document follows the last one.",
        "It was not read.",
        "Look at the place that the sample names: it may be the rest of a second file.",
    ),
    IssueCode.MIXED_FORMATS: IssueKind(
        _W,
        "1 record is of another format",
        "{n} records are of another format",
        "A document of another kind stands among the others.",
        "If that can be read, it was; the sample says which format it is. Else it was passed over.",
        "Nothing, unless a sample shows what should have been read.",
    ),
    IssueCode.OTHER_SIGNALS: IssueKind(
        _I,
        "1 record holds logs or metrics, no spans; skipped",
        "{n} records hold logs or metrics, no spans; skipped",
        "A collector wrote logs, metrics or profiles into the same file.",
        "They were passed over.",
        "Nothing.",
    ),
    IssueCode.MERGED_SPAN: IssueKind(
        _I,
        "1 partial report was joined to its span",
        "{n} partial reports were joined to their spans",
        "Zipkin reporters may send one span in several parts.",
        "The parts that do not contradict each other are shown as one span.",
        "Nothing.",
    ),
    IssueCode.MERGED_TRACE: IssueKind(
        _I,
        "1 trace came in several parts; joined",
        "{n} traces came in several parts; joined",
        "Spans of one trace stand in several documents or files.",
        "They are one trace.",
        "Nothing.",
    ),
    IssueCode.MULTIPLE_ROOTS: IssueKind(
        _I,
        "the trace has several roots",
        "{n} roots in the trace",
        "Several spans name no parent: a context was lost, or several pieces of work share an id.",
        "The one that starts first gives the trace its name; each has a critical path of its own.",
        "Look for the place where the context is not passed on.",
    ),
    IssueCode.MULTIPLE_PARENTS: IssueKind(
        _I,
        "1 span names several parents; hung under the first that exists",
        "{n} spans name several parents; each hung under the first that exists",
        "In Jaeger's JSON a span may refer to several others, as after a join of work.",
        "The first CHILD_OF that exists is the parent, else the first FOLLOWS_FROM; the others are links.",
        "Follow the links in the detail pane.",
    ),
    IssueCode.BACKEND_ERROR: IssueKind(
        _W,
        "the backend reported an error",
        "the backend reported {n} errors",
        "What a backend answered holds an error message beside the trace.",
        "The trace is shown as it came; it may not be whole.",
        "Ask the backend again.",
    ),
    IssueCode.PARTIAL_TRACE: IssueKind(
        _W,
        "the trace is not whole",
        "{n} traces are not whole",
        "The backend said that it left spans out, or that it has not got all of them yet.",
        "What came is shown.",
        "Ask again later, or raise the limits of the backend.",
    ),
    IssueCode.NO_SPANS: IssueKind(
        _W,
        "1 trace holds no spans",
        "{n} traces hold no spans",
        "A trace is listed with an empty list of spans.",
        "It is not shown.",
        "Download it again: its spans may have expired.",
    ),
    IssueCode.CONTROL_CHAR: IssueKind(
        _W,
        "1 text holds raw control characters; shown as marks",
        "{n} texts hold raw control characters; shown as marks",
        "JSON wants control characters escaped; a record has them as they are.",
        "The record is read all the same; the characters are shown as ␛, ␊ and the like.",
        "Mend what writes it: most readers refuse it.",
    ),
    IssueCode.BAD_NUMBER: IssueKind(
        _W,
        "1 number is out of range or not a number",
        "{n} numbers are out of range or not numbers",
        "JSON has no NaN and no infinity, and few readers hold numbers of any size.",
        "It is read all the same, and shown as what it stands for.",
        "Mend what writes it: most readers refuse it.",
    ),
    IssueCode.CORRUPT_GZIP: IssueKind(
        _E,
        "the compressed data is damaged; what came before is shown",
        "the compressed data is damaged in {n} places; what could be read is shown",
        "The bytes do not decompress, or their checksum does not fit.",
        "All that came before the damage is shown.",
        "Copy the file again, in binary mode.",
    ),
    IssueCode.ID_CASE: IssueKind(
        _I,
        "1 id is written in capitals; lowered",
        "{n} ids are written in capitals; lowered",
        "Formats ask for lower-case hex; some writers use capitals.",
        "Ids are compared by their value.",
        "Nothing, but searching for such an id elsewhere may need its first form.",
    ),
    IssueCode.BAD_LINK: IssueKind(
        _W,
        "1 link leads nowhere",
        "{n} links lead nowhere",
        "A link or a reference names no span.",
        "It is left out.",
        "Mend what writes it.",
    ),
    IssueCode.MIXED_ID_WIDTH: IssueKind(
        _I,
        "1 trace is named with 64 and with 128 bits; taken as one",
        "{n} traces are named with 64 and with 128 bits; each taken as one",
        "Some services of the trace know only the lower half of its id.",
        "Spans under either name are one trace.",
        "Have all services use 128 bits.",
    ),
    IssueCode.DUPLICATE_TRACE: IssueKind(
        _I,
        "1 trace came more than once; shown once",
        "{n} traces came more than once; shown once",
        "The same trace stands in several of the sources, or several times in one.",
        "Its spans are shown once.",
        "Nothing.",
    ),
    IssueCode.TRACE_ID_MISMATCH: IssueKind(
        _W,
        "1 span names another trace than the one that holds it",
        "{n} spans name another trace than the one that holds them",
        "In Jaeger's JSON a span's traceID differs from that of the trace around it.",
        "It is shown with the trace that it stands in.",
        "Mend what writes it; hand-edited files have this.",
    ),
    IssueCode.BASE64_IDS: IssueKind(
        _I,
        "1 id is written in base64; decoded",
        "{n} ids are written in base64; decoded",
        "Protobuf's own JSON mapping writes bytes in base64 where OTLP asks for hex.",
        "Ids are decoded and shown as hex.",
        "Nothing.",
    ),
    IssueCode.NOT_A_TRACE: IssueKind(
        _I,
        "1 file is no trace; skipped",
        "{n} files are no traces; skipped",
        "A directory, a glob or an archive holds other files too.",
        "They were passed over.",
        "Nothing.",
    ),
    IssueCode.ALREADY_ADJUSTED: IssueKind(
        _I,
        "1 span was already shifted by the backend to mend its clock",
        "{n} spans were already shifted by the backend to mend their clocks",
        "Jaeger moves spans of hosts whose clocks it takes to be off, and says so in their warnings.",
        "Times are shown as they came.",
        "Ask the backend for raw times (`?raw=true`) to see what was recorded.",
    ),
    IssueCode.CLOCKS_NOT_COMPARED: IssueKind(
        _W,
        "1 trace in which clocks may be apart was not looked at",
        "{n} traces in which clocks may be apart were not looked at",
        "In very many traces of one load a callee starts before its caller, or ends after it.",
        "The first thousand were looked at; of the others `why` and adjusted clocks tell.",
        "Synchronise the clocks of these hosts, or load fewer traces.",
    ),
    IssueCode.OTHER_ENCODING: IssueKind(
        _I,
        "1 source is in UTF-16 or UTF-32; read as such",
        "{n} sources are in UTF-16 or UTF-32; read as such",
        "JSON is to be in UTF-8, but Windows PowerShell writes what it redirects (`>`) in UTF-16.",
        "The text was decoded; byte numbers in other issues are those of the decoded text.",
        "Nothing. `Out-File -Encoding utf8` writes UTF-8.",
    ),
    IssueCode.SOURCE_CHANGED: IssueKind(
        _W,
        "1 file is no longer the one that was read",
        "{n} files are no longer those that were read",
        "Since it was read, a file was cut, written over, removed, or another one was put in its place.",
        "What was read stays. What can no longer be had from the old file is not taken from the new one.",
        "Read it again.",
    ),
}
