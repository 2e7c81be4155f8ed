"""Run one loader over bytes, without what surrounds it in a real load."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any, cast

from tracetui.loaders.control import Control
from tracetui.loaders.detect import Loader
from tracetui.loaders.foreign import read_all
from tracetui.loaders.head import Head
from tracetui.model.builder import StoreBuilder
from tracetui.model.trace import Collection
from tracetui.sources.base import MemorySource


def read(loader: ModuleType, data: bytes | str | list[Any] | dict[str, Any]) -> Collection:
    """What a loader makes of a document; anything but bytes and text is written as compact JSON first."""
    if isinstance(data, (list, dict)):
        data = json.dumps(data, separators=(",", ":"))
    if isinstance(data, str):
        data = data.encode()
    source = MemorySource("test", data)
    builder = StoreBuilder()
    control = Control(builder, source)
    read_all(cast(Loader, loader), source, builder, control)
    collection = builder.finish()
    check_records(collection)
    return collection


def recognised(loader: ModuleType, data: bytes) -> bool:
    """Whether a loader takes these bytes for its own."""
    return bool(loader.sniff(Head(MemorySource("test", data))))


def check_records(collection: Collection) -> None:
    """Each span's byte range must be exactly one JSON object, and one that decodes."""
    store = collection.store
    for row in range(len(store)):
        record = store.raw(row)
        assert record[:1] == b"{", record[:40]
        assert record[-1:] == b"}", record[-40:]
        assert not any("cannot be decoded" in text for text in store.details(row).warnings)


def issues(collection: Collection) -> dict[str, int]:
    """All issues of a collection and its traces, by code."""
    counts: dict[str, int] = {}
    for issue in [*collection.issues, *(issue for trace in collection.traces for issue in trace.issues)]:
        counts[issue.code.value] = counts.get(issue.code.value, 0) + issue.count
    return counts
