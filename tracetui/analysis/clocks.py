"""Clock domains: which spans of a trace were timed by one clock, as far as their resources tell.

A domain is a process: `service.instance.id`, else host and process id, else Jaeger's process, else the
service's name and address. What is not known is never taken for different: a span whose resource tells
nothing belongs to its parent's clock, a service without an address to the only one that it has in the trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from tracetui.analysis.codes import coded
from tracetui.analysis.columns import Rows, local_parents
from tracetui.model.trace import Trace

_HOSTS: Final = ("host.id", "host.name", "hostname")
_ADDRESSES: Final = ("host.ip", "net.host.ip", "network.local.address", "ip")

Key = tuple[str, str, str]
"""What tells a clock apart: by what, and the values of that."""


class Clocks(Struct, frozen=True):
    """The clocks of one trace.

    Attributes:
        domain: intp[n], the number of each row's clock, rows counted from the trace's first; -1 for none.
        names: For each clock a text that tells it from the others: its service, with its instance where
            several clocks have that service. As found, not neutralised.
    """

    domain: Rows
    names: list[str]


def find_clocks(trace: Trace) -> Clocks:
    """Tell the clocks of a trace apart.

    Args:
        trace: The trace; the attributes of its resources are decoded.
    """
    store, first, last = trace.store, trace.first, trace.last
    resource = store.resource[first:last]
    codes, at, which = coded(resource)
    formats = [source.format for source in trace.collection.sources]
    known: dict[int, Key | None] = trace.collection.kept.setdefault(find_clocks, {-1: None})
    for code, row in zip(codes.tolist(), (at + first).tolist(), strict=True):
        if code not in known:
            jaeger = formats[int(store.source[row])].startswith("jaeger") if formats else False
            known[code] = _key(trace, row, code, jaeger)
    keys = [known[code] for code in codes.tolist()]
    keys = _with_address(keys)
    # By what they are called: the order in which resources were read is nowhere seen.
    numbers = {key: number for number, key in enumerate(sorted({key for key in keys if key is not None}))}
    by_code = [-1 if key is None else numbers[key] for key in keys]
    domain: Rows = np.array(by_code, np.intp)[which]
    parent = local_parents(store, first, last)
    for row in np.flatnonzero(domain < 0).tolist():  # parents come before their children
        if parent[row] >= 0:
            domain[row] = domain[parent[row]]
    timed, where, _ = coded(domain)
    service = store.service[first:last][where].tolist()
    services = {number: store.strings[code] for number, code in zip(timed.tolist(), service, strict=True)}
    return Clocks(domain, _names(list(numbers), services))


def _key(trace: Trace, row: int, code: int, jaeger: bool) -> Key | None:
    store = trace.store
    attributes = store.resource_attributes(row)
    service = store.strings[int(store.resources.service[code])]
    instance = _text(attributes, "service.instance.id")
    if instance:
        return ("instance", service, instance)
    host = next((text for name in _HOSTS if (text := _text(attributes, name))), "")
    process = _text(attributes, "process.pid")
    if host and process:
        return ("process", host, process)
    if jaeger:
        return ("jaeger", service, str(store.resources.clock[code]))
    address = next((text for name in _ADDRESSES if (text := _text(attributes, name))), "")
    number = int(store.resources.address[code])
    address = address or (store.strings[number] if number >= 0 else "")
    return ("service", service, address) if service or address else None


def _text(attributes: Mapping[str, object], name: str) -> str:
    value = attributes.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value)


def _with_address(keys: list[Key | None]) -> list[Key | None]:
    """Put services without an address with the only address they have."""
    known: dict[str, set[Key]] = defaultdict(set)
    for key in keys:
        if key is not None and key[0] == "service" and key[2]:
            known[key[1]].add(key)
    found: list[Key | None] = []
    for key in keys:
        if key is not None and key[0] == "service" and not key[2] and len(known[key[1]]) == 1:
            [key] = known[key[1]]
        found.append(key)
    return found


def _names(keys: list[Key], services: dict[int, str]) -> list[str]:
    """The service of each clock, and what else tells it apart where that is needed."""
    counts: dict[str, int] = defaultdict(int)
    for number in range(len(keys)):
        counts[services.get(number, "")] += 1
    found = []
    for number, key in enumerate(keys):
        service = services.get(number, "") or "(no service)"
        detail = " ".join(part for part in key[1:] if part not in ("", service))
        alone = counts[services.get(number, "")] == 1 or not detail
        found.append(service if alone else f"{service} [{detail}]")
    return found
