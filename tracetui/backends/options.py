"""How servers are asked: deadlines, certificates, and credentials, which must never be seen again."""

from __future__ import annotations

import base64
import netrc
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

from msgspec import Struct

from tracetui.errors import UsageError
from tracetui.files import reason

DEFAULT_TIMEOUT_S: Final = 60.0
DEFAULT_MAX_BYTES: Final = 512 * 1024 * 1024
TENANT_HEADER: Final = "x-tenant"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_COMMAND_S: Final = 30.0
_SHORTEST: Final = 4
_FEW: Final = 64 * 1024
_NOT_OURS: Final = frozenset({"connection", "content-length", "expect", "te", "transfer-encoding", "upgrade"})


class ClientOptions(Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """How servers are asked.

    Attributes:
        headers: `Name: value`, sent with every request.
        header_file: A file with such lines, readable by its owner alone.
        token: A bearer token.
        token_file: A file that holds one, readable by its owner alone.
        token_command: A command that prints one.
        tenant: The tenant, sent as `x-tenant`.
        netrc: Take user and password from ~/.netrc, or $NETRC.
        ca_file: Certificates that are trusted in place of the system's.
        client_cert: The client's certificate, and its key if that stands in the same file.
        client_key: The key.
        insecure: Trust every certificate.
        timeout_s: Seconds that one request may take, its body included.
        max_bytes: How large a decoded answer may be.
    """

    headers: tuple[str, ...] = ()
    header_file: str | None = None
    token: str | None = None
    token_file: str | None = None
    token_command: str | None = None
    tenant: str | None = None
    netrc: bool = False
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    insecure: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    max_bytes: int = DEFAULT_MAX_BYTES

    def __repr__(self) -> str:
        return f"<ClientOptions timeout={self.timeout_s:g}s>"

    def __rich_repr__(self) -> list[tuple[str, float]]:
        return [("timeout_s", self.timeout_s)]


class Credentials:
    """The headers that go with every request to one origin, and the means to keep their values unseen.

    Args:
        options: Where they come from; files are read and the command is run here.
        userinfo: User and password that stood in the URL.
        origin: Scheme, host and port that they are for.

    Raises:
        UsageError: A header is malformed, a file cannot be read or others may read it, the command fails.
    """

    def __init__(self, options: ClientOptions, userinfo: tuple[str, str] | None, origin: str) -> None:
        headers = [_header(text, "--header") for text in options.headers]
        if options.header_file is not None:
            lines = _private(options.header_file, "--header-file").splitlines()
            headers += [_header(line, "--header-file") for line in lines if line.strip()]
        if options.tenant is not None:
            headers.append((TENANT_HEADER, _value(options.tenant, "--tenant")))
        given = {name.lower() for name, _ in headers}
        self._secrets: set[str] = set()
        if "authorization" not in given:
            headers += self._authorization(options, userinfo, origin)
        self.headers: tuple[tuple[str, str], ...] = tuple(headers)
        for name, value in headers:
            if name.lower() != TENANT_HEADER:
                self._hide(value, *value.split())

    def _authorization(
        self, options: ClientOptions, userinfo: tuple[str, str] | None, origin: str
    ) -> list[tuple[str, str]]:
        if userinfo is None and (token := _token(options)):
            return [("Authorization", f"Bearer {_value(token, 'the token')}")]
        if userinfo is None and options.netrc:
            userinfo = _from_netrc(origin)
        if userinfo is None:
            return []
        self._hide(userinfo[1], quote(userinfo[1], safe=""), quote_plus(userinfo[1]))
        pair = base64.b64encode(":".join(userinfo).encode("utf-8")).decode("ascii")
        return [("Authorization", f"Basic {pair}")]

    def _hide(self, *texts: str) -> None:
        self._secrets.update(text for text in texts if len(text) >= _SHORTEST and text.lower() != "bearer")

    def scrub(self, text: str) -> str:
        """A text without what must not be seen, which a server may have sent back."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        return text

    def __repr__(self) -> str:
        return f"<Credentials {len(self.headers)} headers>"


def _header(text: str, where: str) -> tuple[str, str]:
    name, mark, value = text.partition(":")
    name = name.strip()
    if not mark or not _NAME.fullmatch(name):
        # What stands there may be a secret in the wrong place.
        raise UsageError(f"{where} holds a line that is no header", hint="Name: value")
    if name.lower() in _NOT_OURS:
        raise UsageError(f"{where}: the header {name} cannot be set")
    return name, _value(value, f"{where} {name}")


def _value(text: str, where: str) -> str:
    text = text.strip()
    if not text or any((char < " " and char != "\t") or char == "\x7f" for char in text):
        raise UsageError(f"{where} is empty or holds a control character")
    try:
        text.encode("ascii")
    except UnicodeEncodeError:
        raise UsageError(f"{where} holds a character beyond ASCII") from None
    return text


def _private(path: str, option: str) -> str:
    """The text of a file that nobody else may read."""
    try:
        with Path(path).open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            # A pipe, as of `<(pass show jaeger)`, is nobody else's either.
            if stat.S_ISREG(mode) and mode & 0o077:
                raise UsageError(f"{option}: others may read {path}", hint=f"chmod 600 {path}")
            data = file.read(_FEW)
        return data.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{option}: {path}: {reason(error)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{option}: {path} is not UTF-8") from None


def _token(options: ClientOptions) -> str:
    if options.token_file is not None:
        return _private(options.token_file, "--token-file").strip()
    if options.token_command is not None:
        return _printed(options.token_command)
    return (options.token or "").strip()


def _printed(command: str) -> str:
    """What a command prints; what it says when it fails may hold a secret, and is not told."""
    try:
        done = subprocess.run(
            command, shell=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_S
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"the token command did not end within {_COMMAND_S:.0f} s") from None
    except OSError as error:
        raise UsageError(f"the token command cannot be run: {reason(error)}") from None
    if done.returncode:
        raise UsageError(f"the token command ended with code {done.returncode}", hint="run it by hand")
    return done.stdout.decode("utf-8", "replace").strip()


def _from_netrc(origin: str) -> tuple[str, str] | None:
    host = urlsplit(origin).hostname or ""
    path = os.environ.get("NETRC") or str(Path("~/.netrc").expanduser())
    try:
        found = netrc.netrc(path).authenticators(host)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"--netrc: {path}: {reason(error)}") from None
    except netrc.NetrcParseError as error:
        raise UsageError(f"--netrc: {path}: line {error.lineno} is not understood") from None
    return (found[0], found[2] or "") if found is not None else None
