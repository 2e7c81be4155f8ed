"""Pictures of the screen, kept as SVG beside the tests."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class SvgExtension(SingleFileSnapshotExtension):
    """One readable file a picture."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare `app.export_screenshot(simplify=True)` with the picture of this test."""
    return snapshot.use_extension(SvgExtension)
