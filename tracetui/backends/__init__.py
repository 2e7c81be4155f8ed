"""Backends that keep traces: their addresses, searching them, and fetching traces as sources of bytes."""
