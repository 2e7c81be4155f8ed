"""Colours as plain data, shared by the screen and the command line.

A service keeps one colour over all traces, runs and machines: its slot in a palette is a hash of its name
(never Python's salted `hash`), but for a few names that nearly every system has, which are spread by hand so
that the usual neighbours differ. Nothing is remembered, so nothing depends on what was seen first.

Where two services of one trace would share a colour while others are free, one of them gives way in that
trace alone (`deal`): telling neighbours apart matters more than meeting a colour again elsewhere. Lists of
several traces show every service in its own colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from zlib import crc32

from msgspec import Struct

__all__ = [
    "ANSI_SERVICES",
    "DEFAULT_PALETTE",
    "PALETTES",
    "Palette",
    "ansi_code",
    "blend",
    "contrast",
    "deal",
    "readable",
    "service_colour",
    "slot",
]


class Palette(Struct, frozen=True):
    """The colours of one theme, each `#rrggbb`.

    Attributes:
        name: What the user calls it.
        dark: Whether the background is darker than the text.
        background: Behind the waterfall.
        panel: Behind the panes beside it.
        raised: Behind the footer and the header of a table.
        cursor: Behind the row of the cursor.
        text: What is read.
        strong: Titles and figures that should be seen first.
        muted: What explains; still readable.
        faint: Guides, grid lines and rules; no text.
        error, warning, good, accent: As their names say; never the only sign of anything.
        services: Bright colours of services, by slot. Neighbours differ in lightness and not in hue alone, so
            that the two that `deal` sets apart are told apart without seeing colours, too.
        dim: How much of a service's colour is left off the critical path, 0 to 1.
        contrast: What texts and their grounds have at least, as WCAG counts it: 4.5 is AA, 7 is AAA.
        lines: The same of guides and grid lines.
    """

    name: str
    dark: bool
    background: str
    panel: str
    raised: str
    cursor: str
    text: str
    strong: str
    muted: str
    faint: str
    error: str
    warning: str
    good: str
    accent: str
    services: tuple[str, ...]
    dim: float = 0.35
    contrast: float = 4.5
    lines: float = 1.0


_DARK = Palette(
    name="dark",
    dark=True,
    background="#1a1b26",
    panel="#16161e",
    raised="#24283b",
    cursor="#283457",
    text="#c0caf5",
    strong="#eaeaf2",
    muted="#878fb8",
    faint="#363d59",
    error="#f7768e",
    warning="#e0af68",
    good="#9ece6a",
    accent="#7aa2f7",
    services=(
        "#308efe",
        "#bae556",
        "#d99a3a",
        "#96e9ff",
        "#b175d8",
        "#febad5",
        "#00a786",
        "#ffab80",
        "#8c9600",
        "#ef9dfd",
        "#6d92b5",
        "#f7d8b1",
    ),
)

_LIGHT = Palette(
    name="light",
    dark=False,
    background="#f6f7fb",
    panel="#eceef5",
    raised="#dfe3ee",
    cursor="#cfdcf8",
    text="#2b3048",
    strong="#0f1222",
    muted="#5a6184",
    faint="#c3c8da",
    error="#c0224b",
    warning="#8c5800",
    good="#377110",
    accent="#2556c4",
    services=(
        "#003ca2",
        "#6b8400",
        "#6b3700",
        "#268ba4",
        "#6c48b2",
        "#cd558e",
        "#00675c",
        "#e44700",
        "#5e5e00",
        "#b754dd",
        "#3d4661",
        "#9b7952",
    ),
    dim=0.38,
)

_HIGH_CONTRAST = Palette(
    name="high-contrast",
    dark=True,
    background="#000000",
    panel="#000000",
    raised="#1c1c1c",
    cursor="#0a3a8c",
    text="#ffffff",
    strong="#ffffff",
    muted="#bdbdbd",
    faint="#6e6e6e",
    error="#ff8585",
    warning="#ffd54a",
    good="#7dff6b",
    accent="#6cb6ff",
    services=(
        "#889be0",
        "#cff172",
        "#d4a500",
        "#9ae9ff",
        "#b387fc",
        "#ffe9ed",
        "#7ddcc2",
        "#e58731",
        "#bec350",
        "#ffcdf3",
        "#9ca4b9",
        "#fcc884",
    ),
    dim=0.45,
    contrast=7.0,
    lines=3.0,
)

# Hues near Okabe and Ito's, moved apart in lightness: any two are at least 0.05 apart in OKLab as seen with
# protanopia, deuteranopia and tritanopia (Machado and others, 2009), and from vermilion, which is for errors.
_COLOUR_BLIND = Palette(
    name="colour-blind",
    dark=True,
    background="#16181d",
    panel="#101216",
    raised="#23262e",
    cursor="#2c3a52",
    text="#d6dae3",
    strong="#f4f6fa",
    muted="#8b92a3",
    faint="#3d4350",
    error="#f07030",
    warning="#f0e442",
    good="#56b4e9",
    accent="#56b4e9",
    services=(
        "#728cbf",
        "#d0d25f",
        "#d494a8",
        "#8edfff",
        "#cb6400",
        "#c3a3f0",
        "#1d976a",
        "#b3fdb5",
    ),
    dim=0.38,
)

PALETTES: dict[str, Palette] = {p.name: p for p in (_DARK, _LIGHT, _HIGH_CONTRAST, _COLOUR_BLIND)}
DEFAULT_PALETTE = _DARK

# Of the sixteen: red is kept for errors, black and the greys for the ground and the text.
ANSI_SERVICES: tuple[int, ...] = (12, 10, 3, 14, 13, 5, 6, 11, 2, 4)

_KNOWN: dict[str, int] = {
    name: index
    for index, names in enumerate(
        (
            "frontend storefront web gateway api-gateway nginx frontend-proxy",
            "auth identity user users accounts accounting",
            "inventory stock warehouse quote",
            "postgres postgresql pg mysql mariadb database db",
            "kafka rabbitmq nats queue sqs",
            "payment payments billing",
            "risk fraud fraud-detection catalog productcatalog product-catalog",
            "thirdpartygateway external recommendation recommendations",
            "cart order orders",
            "search elasticsearch opensearch checkout",
            "email mail notification notifications currency",
            "redis valkey memcached cache shipping",
        )
    )
    for name in names.split()
}


_NONE: Mapping[str, int] = {}


def slot(service: str, count: int) -> int:
    """The place of a service in a palette of `count` colours; the same on every run.

    Args:
        service: The service's name, as found.
        count: How many colours there are; at least 1.
    """
    return _slot_of(service) % count


def _known(service: str) -> int | None:
    return _KNOWN.get(service.casefold().removesuffix("-service").removesuffix("service").rstrip("-_ "))


def _rank(service: str) -> int:
    known = _known(service)
    return len(_KNOWN) if known is None else known


@lru_cache(maxsize=4096)
def _slot_of(service: str) -> int:
    known = _known(service)
    if known is not None:
        return known
    return crc32(service.encode("utf-8", "replace"))


def deal(services: Iterable[str], count: int) -> dict[str, int]:
    """Places in a palette for the services of one trace, no two the same while there are any left.

    A service whose own place (`slot`) is wanted by no other has it, as in every other trace. Of those that
    want the same, the one everybody knows best keeps it, else the first by name; the others get the next
    free places, in that order. Where more services than colours are, the rest keep their own.

    Args:
        services: Their names, in any order; repeated ones and "" count for nothing.
        count: How many colours there are; at least 1.

    Returns:
        The place of each service.
    """
    names = sorted({name for name in services if name}, key=lambda name: (_rank(name), name))
    places: dict[str, int] = {}
    taken: set[int] = set()
    for name in names:
        own = slot(name, count)
        if own not in taken:
            taken.add(own)
            places[name] = own
    for name in [name for name in names if name not in places]:
        own = slot(name, count)
        steps = range(own, own + count) if len(taken) < count else ()
        places[name] = next((at % count for at in steps if at % count not in taken), own)
        taken.add(places[name])
    return places


def service_colour(service: str, palette: Palette = DEFAULT_PALETTE, dealt: Mapping[str, int] = _NONE) -> str:
    """The colour (`#rrggbb`) of a service; one without a name has the colour of explanations.

    Args:
        service: Its name.
        palette: The colours.
        dealt: What `deal` gave for the trace it is shown in; other services have their own place.
    """
    if not service:
        return palette.muted
    place = dealt.get(service)
    return palette.services[slot(service, len(palette.services)) if place is None else place]


def ansi_code(service: str, dealt: Mapping[str, int] = _NONE) -> int:
    """The colour of a service among the sixteen of a terminal (0 to 15); 7 for one without a name."""
    if not service:
        return 7
    place = dealt.get(service)
    return ANSI_SERVICES[slot(service, len(ANSI_SERVICES)) if place is None else place]


@lru_cache(maxsize=4096)
def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`) as WCAG 2.2 defines it: 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@lru_cache(maxsize=4096)
def readable(colour: str, ground: str, towards: str, least: float) -> str:
    """A colour moved towards another one, no further than makes it readable on a ground. All `#rrggbb`.

    Args:
        colour: What it is to look like.
        ground: What it stands on.
        towards: The colour that can be read best there.
        least: The contrast that it is to have.
    """
    mixes = (blend(towards, colour, step / 20) for step in range(20))
    return next((mixed for mixed in mixes if contrast(mixed, ground) >= least), towards)


@lru_cache(maxsize=4096)
def blend(colour: str, ground: str, amount: float) -> str:
    """`amount` of `colour` laid over `ground`: 1.0 is the colour, 0.0 the ground. All `#rrggbb`."""
    over = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    under = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = (round(u + (o - u) * amount) for o, u in zip(over, under, strict=True))
    return "#" + "".join(f"{c:02x}" for c in mixed)
