"""Themes, and the styles that widgets draw with.

Widgets draw whole lines themselves, so they take rich styles from here and not from CSS. `paint(app)` gives
the `Paint` of the theme in force; it is cheap to ask for at each line, and its styles are made once each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field
from msgspec.structs import replace
from rich.color import Color
from rich.console import Console
from rich.style import Style
from textual.color import Color as TextualColor
from textual.theme import BUILTIN_THEMES, Theme

from tracetui.colours import (
    ANSI_SERVICES,
    DEFAULT_PALETTE,
    PALETTES,
    Palette,
    ansi_code,
    blend,
    contrast,
    deal,
    readable,
    service_colour,
)

if TYPE_CHECKING:
    from textual.app import App

__all__ = [
    "ANSI_THEME",
    "APP_CSS",
    "DEFAULT_THEME",
    "Ground",
    "Paint",
    "Role",
    "choose",
    "paint",
    "paint_named",
    "register_themes",
    "themes",
]

Role = Literal["text", "strong", "muted", "faint", "error", "warning", "good", "accent"]
Ground = Literal["background", "panel", "raised", "cursor"]

_KEPT_TRACES = 32
PREFIX = "tracetui-"
DEFAULT_THEME = PREFIX + DEFAULT_PALETTE.name
ANSI_THEME = PREFIX + "ansi"

_ANSI_ROLES: dict[str, Style] = {
    "text": Style(),
    "strong": Style(bold=True),
    "muted": Style(dim=True),
    "faint": Style(dim=True),
    "error": Style(color="red"),
    "warning": Style(color="yellow"),
    "good": Style(color="green"),
    "accent": Style(color="blue"),
}


def _theme(palette: Palette) -> Theme:
    return Theme(
        name=PREFIX + palette.name,
        primary=palette.accent,
        secondary=palette.muted,
        warning=palette.warning,
        error=palette.error,
        success=palette.good,
        accent=palette.accent,
        foreground=palette.text,
        background=palette.background,
        surface=palette.panel,
        panel=palette.raised,
        dark=palette.dark,
        variables={
            "text-muted": palette.muted,
            "text-disabled": palette.faint,
            "border": palette.faint,
            "border-blurred": palette.faint,
            "scrollbar": palette.faint,
            "scrollbar-hover": palette.muted,
            "scrollbar-active": palette.accent,
            "scrollbar-background": palette.background,
            "scrollbar-background-hover": palette.background,
            "scrollbar-background-active": palette.background,
            "scrollbar-corner-color": palette.background,
            "footer-key-foreground": palette.accent,
            "block-cursor-background": palette.cursor,
            "block-cursor-foreground": palette.strong,
            "input-selection-background": palette.cursor,
        },
    )


def themes() -> list[Theme]:
    """All themes of the program: one for each palette, and one of the terminal's own sixteen colours."""
    ansi = Theme(
        name=ANSI_THEME,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_blue",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "border": "ansi_blue",
            "border-blurred": "ansi_default",
            "scrollbar-background": "ansi_default",
            "scrollbar-background-hover": "ansi_default",
            "scrollbar-background-active": "ansi_default",
            "footer-key-foreground": "ansi_blue",
        },
    )
    return [*(_theme(palette) for palette in PALETTES.values()), ansi]


def register_themes(app: App[object]) -> None:
    """Make the program's themes known to `app`; call it before setting `app.theme`."""
    for theme in themes():
        app.register_theme(theme)


def choose(wanted: str | None, environ: Mapping[str, str]) -> tuple[str, bool | None]:
    """The theme to start with.

    Args:
        wanted: A palette's or theme's name as the user gave it, or None.
        environ: The process's environment. `NO_COLOR` (not empty) and terminals of sixteen colours or fewer
            get the theme of the terminal's own colours, whatever is wanted: other colours would be turned
            into greys or into neighbours that look alike.

    Returns:
        The theme's name, and what to pass as `ansi_color` to the constructor of the App: with `NO_COLOR`
        it has to be True there already, or Textual installs its filter of greys, not the one of no colours.
    """
    if environ.get("NO_COLOR"):
        return ANSI_THEME, True
    depth = Console(force_terminal=True, _environ=environ).color_system
    if depth not in ("256", "truecolor"):
        return ANSI_THEME, True
    if wanted:
        for name in (wanted, PREFIX + wanted):
            if name == ANSI_THEME or name.removeprefix(PREFIX) in PALETTES:
                return name if name.startswith(PREFIX) else PREFIX + name, None
        return wanted, None
    return DEFAULT_THEME, None


class Paint(Struct, frozen=True, eq=False):
    """The styles of one theme.

    Attributes:
        palette: The colours; with `ansi` they are not used, except to tell dark from light.
        ansi: Draw with the terminal's own sixteen colours: there is no dimming then, so bars on and off the
            path must differ in shape.
        mono: No colours at all are shown (`NO_COLOR`).
        dealt: The places of the services of one trace in the palette; empty where each has its own.
    """

    palette: Palette
    ansi: bool = False
    mono: bool = False
    dealt: Mapping[str, int] = field(default_factory=dict)
    _styles: dict[tuple[object, ...], Style] = field(default_factory=dict)
    _traces: dict[tuple[str, ...], Paint] = field(default_factory=dict)

    def of_trace(self, services: tuple[str, ...]) -> Paint:
        """The paint for a trace of these services: no two of one colour, as far as there are colours."""
        found = self._traces.get(services)
        if found is None:
            dealt = deal(services, len(ANSI_SERVICES if self.ansi else self.palette.services))
            if len(self._traces) >= _KEPT_TRACES:
                self._traces.clear()
            found = self._traces[services] = replace(self, dealt=dealt, _styles={}, _traces={})
        return found

    @property
    def shapes(self) -> bool:
        """Whether cells off the path need another glyph, as colour cannot tell them."""
        return self.ansi or self.mono

    def style(self, role: Role, *, on: Ground | None = None, bold: bool = False) -> Style:
        """The style of text in a role, optionally bold and on a ground."""
        key = (role, on, bold)
        style = self._styles.get(key)
        if style is None:
            style = _ANSI_ROLES[role] if self.ansi else Style(color=self._ink(role, on or "background"))
            if bold:
                style += Style(bold=True)
            if on is not None:
                style += self.ground(on)
            self._styles[key] = style
        return style

    def _ink(self, role: Role, on: Ground) -> str:
        """The colour of a role as it is on a ground: the cursor's is lighter than the others."""
        least = self.palette.lines if role == "faint" else self.palette.contrast
        return self._read(getattr(self.palette, role), on, least)

    def _read(self, colour: str, on: Ground, least: float = 0) -> str:
        palette = self.palette
        return readable(colour, getattr(palette, on), self._best, least or palette.contrast)

    @property
    def _best(self) -> str:
        """What is read best on the grounds of the palette."""
        return "#ffffff" if self.palette.dark else "#000000"

    def ground(self, on: Ground) -> Style:
        """The style that lays a ground under text: reverse video for the cursor without colours."""
        if self.ansi:
            return Style(reverse=True) if on == "cursor" else Style()
        return Style(bgcolor=getattr(self.palette, on))

    def colour(self, service: str) -> str:
        """The bright colour of a service, as rich understands it."""
        if self.ansi:
            return f"color({ansi_code(service, self.dealt)})" if service else "default"
        return service_colour(service, self.palette, self.dealt)

    def dimmed(self, service: str, on: Ground = "background") -> str:
        """The colour of a service off the critical path: blended towards the ground it is drawn on."""
        if self.ansi:
            return self.colour(service)
        palette = self.palette
        return blend(self.colour(service), getattr(palette, on), palette.dim)

    def ground_colour(self, on: Ground = "background") -> str:
        """The colour of a ground, as rich understands it."""
        return "default" if self.ansi else str(getattr(self.palette, on))

    def service(self, service: str, *, on: Ground | None = None, bold: bool = True) -> Style:
        """The style of a service's name."""
        key = ("service", service, on, bold)
        style = self._styles.get(key)
        if style is None:
            if len(self._styles) > 8192:
                self._styles.clear()
            colour = self.colour(service)
            colour = colour if self.ansi else self._read(colour, on or "background")
            style = Style(color=Color.parse(colour), bold=bold)
            if on is not None:
                style += self.ground(on)
            self._styles[key] = style
        return style

    def match(self, style: Style) -> Style:
        """The style of a part of a text that was searched and found, where the rest has `style`."""
        key = ("match", style)
        found = self._styles.get(key)
        if found is None:
            found = style + Style(bold=True, underline=True, dim=False)
            if not self.ansi:
                palette = self.palette
                ground = blend(palette.warning, palette.background, 0.35)
                ink = readable(palette.strong, ground, self._best, palette.contrast)
                found += Style(color=ink, bgcolor=ground)
            self._styles[key] = found
        return found

    def badge(self, role: Role = "warning") -> Style:
        """The style of a badge: dark on the colour; without colours a muted one has brackets alone."""
        if self.ansi and role == "muted":  # grey on grey could not be read
            return _ANSI_ROLES[role] if self.mono else Style(reverse=True)
        if self.ansi:
            return _ANSI_ROLES[role] + Style(reverse=True)
        ground: str = getattr(self.palette, role)
        inks = self.palette.background if self.palette.dark else "#ffffff", "#000000", "#ffffff"
        fits = [ink for ink in inks if contrast(ink, ground) >= self.palette.contrast]
        return Style(color=(fits or inks)[0], bgcolor=ground, bold=True)


@lru_cache(maxsize=32)
def paint_named(theme: str, *, ansi: bool = False, mono: bool = False) -> Paint:
    """The paint of a theme by name, one of the program's own or of Textual's.

    The same object comes back for the same theme, so `is` tells whether caches of drawn lines still hold.
    """
    foreign = BUILTIN_THEMES.get(theme)
    palette = PALETTES.get(theme.removeprefix(PREFIX), DEFAULT_PALETTE)
    if foreign is not None:
        ansi = ansi or foreign.ansi
        palette = _palette_of(foreign)
    return Paint(palette, ansi=ansi or theme == ANSI_THEME, mono=mono)


def paint(app: App[object], services: tuple[str, ...] = ()) -> Paint:
    """The paint of the theme in force; for a trace of some services the one of that trace."""
    found = paint_named(app.theme, ansi=app.native_ansi_color, mono=app.no_color)
    return found.of_trace(services) if services else found


def _palette_of(theme: Theme) -> Palette:
    """The grounds and texts of a theme of Textual's, with the services of the palette nearest to it."""
    nearest = DEFAULT_PALETTE if theme.dark else PALETTES["light"]
    if theme.ansi:
        return nearest
    told = theme.to_color_system().generate()

    def colour(name: str) -> str:
        return TextualColor.parse(told[name]).hex6.lower()

    ground, text = colour("background"), colour("foreground")
    return replace(
        nearest,
        name=theme.name,
        background=ground,
        panel=colour("surface"),
        raised=colour("panel"),
        cursor=blend(colour("primary"), ground, 0.35),
        text=text,
        strong=text,
        muted=blend(text, ground, 0.65),
        faint=blend(text, ground, 0.3),
        error=colour("error"),
        warning=colour("warning"),
        good=colour("success"),
        accent=colour("primary"),
    )


APP_CSS = """
Screen { background: $background; color: $foreground; }
ModalScreen { background: $background 60%; }
ModalScreen:ansi { background: transparent; }
ScrollView { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
Input > .input--placeholder, Input > .input--suggestion { color: $text-muted; }
"""
