"""Colours of services: stable, spread, and readable on their ground."""

from __future__ import annotations

import pytest

from tracetui.colours import PALETTES, Palette, ansi_code, blend, deal, readable, service_colour, slot
from tracetui.colours import contrast as told_contrast


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lightness(colour: str) -> float:
    """L* as CIE 1976 defines it, 0 to 100."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_neighbours_differ_in_lightness_too(palette: Palette) -> None:
    around = zip(palette.services, (*palette.services[1:], palette.services[0]), strict=True)
    assert all(abs(lightness(one) - lightness(other)) >= 10 for one, other in around)


def test_a_service_has_its_own_colour_where_nobody_else_wants_it() -> None:
    names = ["frontend", "auth", "payment", "checkout-worker"]
    assert deal(names, 12) == {name: slot(name, 12) for name in names}


def test_no_two_services_of_a_trace_share_a_colour_while_there_are_any_left() -> None:
    names = [f"service {n}" for n in range(12)]
    assert len({slot(name, 12) for name in names}) < 12
    dealt = deal(names, 12)
    assert sorted(dealt.values()) == list(range(12))
    assert dealt == deal([*reversed(names), "", names[3]], 12)
    assert len(set(deal([*names, "and", "more"], 12).values())) == 12


def test_of_two_services_the_one_that_everybody_knows_keeps_its_colour() -> None:
    rival = next(name for name in map("a{}".format, range(99)) if slot(name, 12) == slot("payment", 12))
    dealt = deal([rival, "payment"], 12)
    assert dealt["payment"] == slot("payment", 12)
    assert dealt[rival] == slot("payment", 12) + 1
    assert service_colour(rival, dealt=dealt) != service_colour("payment", dealt=dealt)
    assert ansi_code(rival, deal([rival, "payment"], 10)) != ansi_code("payment")


def test_slots_do_not_depend_on_the_run() -> None:
    assert [slot(name, 12) for name in ("checkout-worker", "x", "émile")] == [7, 3, 11]


def test_usual_neighbours_have_colours_of_their_own() -> None:
    names = "frontend auth inventory postgres kafka payment risk ThirdPartyGateway cart".split()  # noqa: SIM905
    assert len({service_colour(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["payment", "Payment", "payment-service", "paymentservice"])
def test_spellings_of_a_well_known_name_share_its_colour(name: str) -> None:
    assert service_colour(name) == service_colour("payment")


def test_a_service_without_a_name_is_toned_down() -> None:
    palette = PALETTES["dark"]
    assert service_colour("", palette) == palette.muted
    assert ansi_code("") == 7


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_text_is_readable_on_every_ground(palette: Palette) -> None:
    least = 7 if palette.name == "high-contrast" else 4.5
    assert palette.contrast == least
    for ground in (palette.background, palette.panel, palette.raised):
        for role in ("text", "strong", "muted", "error", "warning", "good", "accent"):
            assert contrast(getattr(palette, role), ground) >= least, (role, ground)
        for colour in palette.services:  # bars; their names are made readable where they are drawn
            assert contrast(colour, ground) >= 2.9, (colour, ground)


def test_a_colour_is_moved_no_further_than_makes_it_readable() -> None:
    assert readable("#777777", "#000000", "#ffffff", 4.5) == "#777777"
    moved = readable("#777777", "#333333", "#ffffff", 4.5)
    assert 4.5 <= contrast(moved, "#333333") < 5.5
    assert readable("#777777", "#888888", "#999999", 7) == "#999999"


def test_contrast_is_that_of_wcag() -> None:
    assert told_contrast("#ffffff", "#000000") == pytest.approx(21)
    assert told_contrast("#308efe", "#1a1b26") == pytest.approx(contrast("#1a1b26", "#308efe"))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_on_and_off_the_path_differ_visibly(palette: Palette) -> None:
    for colour in palette.services:
        dimmed = blend(colour, palette.background, palette.dim)
        assert contrast(colour, dimmed) >= 1.8, colour
        assert contrast(dimmed, palette.background) >= 1.2, colour


def test_no_service_of_the_colour_blind_looks_like_text() -> None:
    for colour in PALETTES["colour-blind"].services:
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert max(parts) - min(parts) >= 60, colour


def test_no_service_looks_like_an_error() -> None:
    assert all(palette.error not in palette.services for palette in PALETTES.values())


def test_blend_goes_from_the_ground_to_the_colour() -> None:
    assert blend("#ffffff", "#000000", 0) == "#000000"
    assert blend("#ffffff", "#000000", 1) == "#ffffff"
    assert blend("#7aa2f7", "#1a1b26", 0.35) == "#3c4a6f"
