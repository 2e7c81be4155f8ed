"""What an export must bring back, as plain values."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from tracetui.export.anyvalue import any_value
from tracetui.model.span import Span
from tracetui.model.trace import Trace


def spans_of(trace: Trace) -> dict[str, dict[str, Any]]:
    """Each span by its key."""
    return {span.key: told(span) for span in trace.spans}


def told(span: Span) -> dict[str, Any]:
    scope = span.scope
    return {
        "parent": span.parent.key if span.parent else None,
        "parent_span_id": span.parent_span_id,
        "id": span.span_id,
        "service": span.service,
        "name": span.name,
        "kind": span.kind,
        "status": span.status,
        "status_message": span.status_message,
        "start_ns": span.start_ns,
        "duration_ns": span.duration_ns,
        "attributes": plain(span.attributes),
        "events": [(event.time_ns, event.name, plain(event.attributes)) for event in span.events],
        "links": [(link.trace_id, link.span_id, link.type, plain(link.attributes)) for link in span.links],
        "resource": plain(span.resource),
        "scope": (scope.name, scope.version, plain(scope.attributes)),
        "dropped": span.dropped,
    }


def plain(value: Any) -> Any:
    """A value whose NaNs are equal, and whose types are told apart."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, float):
        return ("float", "NaN" if math.isnan(value) else value)
    if isinstance(value, int) and not isinstance(value, bool):
        # Beyond 64 bits only text is left.
        return ("int", value) if -(1 << 63) <= value < 1 << 63 else any_value(value, Counter())["stringValue"]
    return (type(value).__name__, value) if isinstance(value, bool) else value
