"""What a trace says about time: pure functions over the columns of a span store."""

from __future__ import annotations

from tracetui.analysis.blocking import Mode
from tracetui.analysis.critical_path import CriticalPaths, critical_path, critical_paths
from tracetui.analysis.self_time import self_times
from tracetui.analysis.sums import on_path_ns, path_by_service

__all__ = [
    "CriticalPaths",
    "Mode",
    "critical_path",
    "critical_paths",
    "on_path_ns",
    "path_by_service",
    "self_times",
]
