"""`python -m tracetui`."""

from __future__ import annotations

from tracetui.cli.main import main

main()
