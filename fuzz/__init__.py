"""Fuzzers: no bytes may bring out anything but a `TracetuiError`, and what is read must hold together."""
