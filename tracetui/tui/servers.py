"""Servers that the settings name: which one an address is of, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from msgspec.structs import replace

from tracetui.backends import ClientOptions, parse_address
from tracetui.backends.address import Address
from tracetui.config import Server
from tracetui.errors import UsageError

__all__ = ["client_options", "named", "options_for"]


def client_options(server: Server, base: ClientOptions) -> ClientOptions:
    """How a named server is asked.

    Args:
        server: What the settings say.
        base: How any server is asked; what the settings say of this one stands over it.
    """
    said = {
        "header_file": server.header_file,
        "token_file": server.token_file,
        "token_command": server.token_command,
        "tenant": server.tenant,
        "ca_file": server.ca_file,
        "client_cert": server.client_cert,
        "client_key": server.client_key,
    }
    found = replace(
        base,
        headers=(*(f"{name}: {value}" for name, value in server.headers.items()), *base.headers),
        netrc=server.netrc or base.netrc,
        insecure=server.insecure or base.insecure,
        **{name: value for name, value in said.items() if value},
    )
    # A token of the environment is for whoever has none of their own.
    return replace(found, token=None) if server.token_file or server.token_command else found


def named(address: Address, servers: Mapping[str, Server]) -> str:
    """The name of the server that an address is of; "" where the settings name none.

    What is sent to a server must go to no other: scheme, host, port and base path have to agree.
    """
    for name, server in servers.items():
        with suppress(UsageError):
            known = parse_address(server.url)
            if address.base == known.base or address.base.startswith(known.base + "/"):
                return name
    return ""


def options_for(address: Address, servers: Mapping[str, Server], base: ClientOptions) -> ClientOptions:
    """How the server of an address is asked."""
    name = named(address, servers)
    return client_options(servers[name], base) if name else base
