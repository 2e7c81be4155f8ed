"""What every test may lean on: the paths of the checkout and of the optional reference data beside it."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLES = CHECKOUT / "sample_traces"
SIGNALS = (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
)


def pytest_configure(config: pytest.Config) -> None:
    """Keep every test, and every process it starts, away from the settings and recent files of the user."""
    home = tempfile.TemporaryDirectory(prefix="tracetui-tests-")
    config.add_cleanup(home.cleanup)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(Path(home.name) / name.lower())
    # A run in the background, or under nohup, ignores some, and what it starts would do so too.
    for number, usual in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def shared(relative: str) -> Path:
    """The path of a file of reference data, kept beside the checkout and not part of it.

    Args:
        relative: A path below the folder of reference data.

    Returns:
        The path, which exists. Where it does not, the calling test is skipped (or the module).
    """
    path = CHECKOUT.parent / "shared" / relative
    if not path.exists():
        pytest.skip(f"no reference data {relative!r} beside the checkout", allow_module_level=True)
    return path


def sample(name: str) -> Path:
    """The path of a committed sample trace."""
    return SAMPLES / name
