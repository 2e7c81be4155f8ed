"""Names that complete the fields of a search: asked of the backend once each, when they are first wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from tracetui.backends.base import Backend
from tracetui.backends.call import Call
from tracetui.errors import TracetuiError

from .asking import Host, ask
from .state.search_form import Field, Values, tag_at

__all__ = ["Completer"]

_PLURALS: Final = {"services": "services", "operations": "operations", "keys": "tag keys", "values": "values"}
_Key = tuple[str, str]
"""What kind of names, and of what."""


class Completer:
    """Keeps the names that a backend has told.

    Args:
        host: the application.
        backend: what is asked.
        told: called when there are names that were not there before.
    """

    def __init__(self, host: Host, backend: Backend, told: Callable[[], None]) -> None:
        self._host = host
        self._backend = backend
        self._told = told
        self._names: dict[_Key, list[str]] = {}
        self._errors: dict[_Key, str] = {}
        self._calls: dict[_Key, Call] = {}

    def offer(self, field: Field, before: str, values: Values) -> tuple[list[str], str]:
        """Names for a field, and what is to be said where there are none.

        Args:
            field: Which.
            before: What stands in it up to the cursor.
            values: What stands in all of them.
        """
        service = values.get(Field.SERVICE, "").strip()
        if field is Field.SERVICE:
            return self._get(("services", ""))
        if field is Field.OPERATION:
            return (
                self._get(("operations", service))
                if service
                else ([], "first a service, then its operations")
            )
        if field is Field.TAGS:
            _, key, value = tag_at(before, len(before))
            names, note = self._get(("keys", service) if value is None else ("values", key))
            return names, note if note.startswith("asking") else ""
        return [], ""

    def know_services(self, names: list[str]) -> None:
        """All services are known by other means."""
        self._calls.pop(("services", ""), None)
        self._names["services", ""] = names

    def expect_services(self, call: Call | None) -> None:
        """They are being asked for already; None: no longer."""
        if call is not None:
            self._calls["services", ""] = call
        else:
            self._calls.pop(("services", ""), None)

    def services(self) -> list[str] | None:
        """All services; None as long as they are not known."""
        return self._names.get(("services", ""))

    def _get(self, key: _Key) -> tuple[list[str], str]:
        known = self._names.get(key)
        if known is not None:
            return known, "" if known else f"the server knows no {_PLURALS[key[0]]}"
        if key in self._errors:
            return [], self._errors[key]
        if key not in self._calls:
            self._calls[key] = ask(
                self._host, partial(self._ask, key), partial(self._came, key), partial(self._failed, key)
            )
        return [], f"asking for {_PLURALS[key[0]]}…"

    def _ask(self, key: _Key, call: Call) -> list[str]:
        kind, of = key
        if kind == "services":
            return self._backend.services(call)
        if kind == "operations":
            return self._backend.operations(of, call)
        return self._backend.tag_keys(of, call) if kind == "keys" else self._backend.tag_values(of, call)

    def _came(self, key: _Key, names: list[str]) -> None:
        self._calls.pop(key, None)
        self._names[key] = list(dict.fromkeys(names))
        self._told()

    def _failed(self, key: _Key, error: TracetuiError) -> None:
        self._calls.pop(key, None)
        self._errors[key] = f"no {_PLURALS[key[0]]}: {error}"
        self._told()

    def forget_errors(self) -> None:
        """Ask once more for what could not be had."""
        self._errors.clear()

    def stop(self) -> None:
        """Ask for nothing any more."""
        for call in self._calls.values():
            call.cancel()
        self._calls.clear()
