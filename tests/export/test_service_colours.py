"""Services in the text of a trace: colours of their own, as on the screen."""

from __future__ import annotations

from tracetui.colours import DEFAULT_PALETTE, slot
from tracetui.export.ansi import ColourDepth, Painter

RIVAL = next(name for name in map("a{}".format, range(99)) if slot(name, 12) == slot("payment", 12))


def test_services_of_a_trace_have_different_colours() -> None:
    for depth in (ColourDepth.ANSI, ColourDepth.INDEXED, ColourDepth.TRUE):
        painter = Painter(depth, DEFAULT_PALETTE)
        of_trace = painter.of_trace([RIVAL, "payment", "frontend"])
        assert of_trace.service(RIVAL) != of_trace.service("payment")
        assert of_trace.service("payment") == painter.service("payment")
    assert Painter(ColourDepth.TRUE, DEFAULT_PALETTE).service(RIVAL) == Painter(
        ColourDepth.TRUE, DEFAULT_PALETTE
    ).service("payment")


def test_without_colours_nothing_is_dealt() -> None:
    assert Painter().of_trace(["a", "b"]) == Painter()
