"""Colours as plain data, shared by the screen and the command line.

A service keeps one colour over all traces, runs and machines: its slot in a palette is a hash of its name
(never Python's salted `hash`), but for a few names that nearly every system has, which are spread by hand so
that the usual neighbours differ. Nothing is remembered, so nothing depends on what was seen first.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2s

from msgspec import Struct

__all__ = [
    "ANSI_SERVICES",
    "DEFAULT_PALETTE",
    "PALETTES",
    "Palette",
    "ansi_code",
    "blend",
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
        muted: What explains; still readable (at least 4:1 on `background`).
        faint: Guides, grid lines and rules.
        error, warning, good, accent: As their names say; never the only sign of anything.
        services: Bright colours of services, by slot.
        dim: How much of a service's colour is left off the critical path, 0 to 1.
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


_DARK = Palette(
    name="dark",
    dark=True,
    background="#1a1b26",
    panel="#16161e",
    raised="#24283b",
    cursor="#283457",
    text="#c0caf5",
    strong="#eaeaf2",
    muted="#737aa2",
    faint="#363d59",
    error="#f7768e",
    warning="#e0af68",
    good="#9ece6a",
    accent="#7aa2f7",
    services=(
        "#7aa2f7",
        "#9ece6a",
        "#e0af68",
        "#7dcfff",
        "#bb9af7",
        "#e78fb3",
        "#73daca",
        "#ff9e64",
        "#d9d46b",
        "#d187e8",
        "#9bb4cf",
        "#c9a184",
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
    muted="#5d6486",
    faint="#c3c8da",
    error="#c4244d",
    warning="#8f5a00",
    good="#3d7a12",
    accent="#2556c4",
    services=(
        "#2f63d6",
        "#4a8a1c",
        "#a97400",
        "#0086bd",
        "#7c48dc",
        "#c33c7c",
        "#0b8a7b",
        "#cc5a0d",
        "#877b00",
        "#a935c4",
        "#4d6a8a",
        "#8a623f",
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
    error="#ff6b6b",
    warning="#ffd54a",
    good="#7dff6b",
    accent="#6cb6ff",
    services=(
        "#6cb6ff",
        "#7dff6b",
        "#ffd54a",
        "#3de8ff",
        "#d0a2ff",
        "#ff8ac8",
        "#2dffc4",
        "#ffab5c",
        "#f3ff5c",
        "#ff7dff",
        "#c4d8ee",
        "#e8bd98",
    ),
    dim=0.45,
)

# Okabe and Ito's eight, on a dark ground: black is the ground, vermilion is kept for errors, blue is lifted
# to stay readable as text, and a light grey fills up.
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
    services=("#56b4e9", "#009e73", "#e69f00", "#f0e442", "#cc79a7", "#3f8fd0", "#b8bdc8"),
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


def slot(service: str, count: int) -> int:
    """The place of a service in a palette of `count` colours; the same on every run.

    Args:
        service: The service's name, as found.
        count: How many colours there are; at least 1.
    """
    return _slot_of(service) % count


@lru_cache(maxsize=4096)
def _slot_of(service: str) -> int:
    name = service.casefold().removesuffix("-service").removesuffix("service").rstrip("-_ ")
    known = _KNOWN.get(name)
    if known is not None:
        return known
    return int.from_bytes(blake2s(service.encode("utf-8", "replace"), digest_size=4).digest(), "big")


def service_colour(service: str, palette: Palette = DEFAULT_PALETTE) -> str:
    """The colour (`#rrggbb`) of a service; one without a name has the colour of explanations."""
    return palette.services[slot(service, len(palette.services))] if service else palette.muted


def ansi_code(service: str) -> int:
    """The colour of a service among the sixteen of a terminal (0 to 15); 7 for one without a name."""
    return ANSI_SERVICES[slot(service, len(ANSI_SERVICES))] if service else 7


@lru_cache(maxsize=4096)
def blend(colour: str, ground: str, amount: float) -> str:
    """`amount` of `colour` laid over `ground`: 1.0 is the colour, 0.0 the ground. All `#rrggbb`."""
    over = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    under = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = (round(u + (o - u) * amount) for o, u in zip(over, under, strict=True))
    return "#" + "".join(f"{c:02x}" for c in mixed)
