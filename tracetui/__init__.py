"""Read distributed traces, see their critical path, in a terminal or from Python.

Times are integer nanoseconds since the Unix epoch, durations integer nanoseconds.

    import tracetui

    for trace in tracetui.load("checkout.json").traces:
        print(trace.service, trace.name, trace.root_duration_ns)
        for section in tracetui.critical_path(trace):
            print(section.span.service, section.span.name, section.duration_ns)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracetui.api import Section, critical_path, load, self_times
    from tracetui.errors import TracetuiError
    from tracetui.model.span import Span
    from tracetui.model.trace import Collection, Trace

__version__ = "0.1.0"

__all__ = [
    "Collection",
    "Section",
    "Span",
    "Trace",
    "TracetuiError",
    "__version__",
    "critical_path",
    "load",
    "self_times",
]

_HOMES = {
    "Collection": "tracetui.model.trace",
    "Span": "tracetui.model.span",
    "Trace": "tracetui.model.trace",
    "TracetuiError": "tracetui.errors",
    "Section": "tracetui.api",
    "critical_path": "tracetui.api",
    "load": "tracetui.api",
    "self_times": "tracetui.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import tracetui` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tracetui' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
