"""What an answer is, by its body: JSON, an error in one of many forms, a login page, a page of a UI."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson

MAX_MESSAGE: Final = 200
_PAGE: Final = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|title|meta|form|h1|p\b|\?xml)", re.IGNORECASE
)
_LOGIN: Final = (b"password", b"sign in", b"signin", b"log in", b"login", b"sso", b"oauth", b"<form")


def is_page(body: bytes) -> bool:
    """Whether an answer is HTML, whatever its type says."""
    return _PAGE.match(body.lstrip()[:64].lstrip(b"\xef\xbb\xbf")) is not None


def page_kind(body: bytes) -> tuple[str, str]:
    """What a page looks like, and what can be done about it."""
    start = body[:16_384].lower()
    if b"jaeger" in start:
        told = "answered with the page of the Jaeger UI, not with JSON"
        return told, "check the base path of the URL: http://HOST:PORT/BASE"
    if b"zipkin" in start:
        return "answered with the page of the Zipkin UI, not with JSON", "check the base path of the URL"
    if any(word in start for word in _LOGIN):
        told = "got an HTML page, not JSON: a login page"
        return told, "give credentials: TRACETUI_TOKEN, --token-file or --header"
    return "got an HTML page, not JSON", "a login page, or a wrong base path? See --header and TRACETUI_TOKEN"


def decoded(body: bytes) -> Any:
    """The JSON of an answer.

    Raises:
        ValueError: It is none; the message says at which byte, and quotes nothing.
    """
    if not body.strip():
        raise ValueError("empty response")
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"invalid JSON in the response at byte {error.pos}") from None


def message_of(body: bytes) -> str:
    """What an answer says went wrong, as found and in a short line; "" if it says nothing readable."""
    if not body.strip() or is_page(body):
        return ""
    try:
        found = error_of(decoded(body))
    except ValueError:
        try:
            found = body.decode("utf-8")
        except UnicodeDecodeError:
            return ""
    return " ".join(found.split())[:MAX_MESSAGE]


def error_of(value: Any) -> str:
    """The message of an error in JSON; "" if the value is no error.

    Jaeger v1 answers `{"data": null, "errors": [{"code", "msg"}]}`, v3 `{"error": {"httpCode", "message"}}`,
    gateways `{"code", "message"}` or `{"error": "…"}`.
    """
    if not isinstance(value, dict):
        return ""
    errors = value.get("errors")
    if isinstance(errors, list) and errors and not value.get("data"):
        return _text(errors[0]) or "an error without a message"
    for key in ("error", "message", "msg", "detail"):
        if text := _text(value.get(key)):
            return text
    return ""


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("msg") or value.get("message")
    return value if isinstance(value, str) else ""
