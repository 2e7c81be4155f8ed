"""Settings in the viewer: what they say when it starts, and keeping what the user changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from textual.theme import Theme

from tracetui.config import Loaded, NotKept, Settings, save
from tracetui.text import neutralise

from .bindings import ACTIONS
from .terminal import QuietApp, StdoutDriver
from .theme import DEFAULT_THEME, PREFIX, choose, register_themes
from .widgets.times import Clock

if TYPE_CHECKING:
    from tracetui.config.searches import RecentSearch

_TOLD = 5


class Keeper:
    """The settings of a running viewer.

    What is changed while another change is being written goes with the next one.

    Args:
        loaded: The settings that hold when the viewer starts.
        recent: The list of recent files; None to leave it alone.
        searches: The list of recent searches, likewise.
    """

    def __init__(
        self, loaded: Loaded | None = None, recent: Path | None = None, searches: Path | None = None
    ) -> None:
        self.loaded = loaded or Loaded.defaults()
        self.actions, troubles = ACTIONS, list[str]()
        if self.settings.keys:
            from .keymap import remapped  # few have keys of their own

            self.actions, troubles = remapped(self.settings)
        self.warnings = list(self.loaded.warnings)
        """What was wrong with the settings, a line each."""
        if troubles:
            more = f"; and {len(troubles) - _TOLD} more" if len(troubles) > _TOLD else ""
            self.warnings.append(f"keys passed over: {'; '.join(troubles[:_TOLD])}{more}")
        self._recent = recent
        self._searches = searches
        self._changes: dict[str, Any] = {}
        self._writing = Lock()

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    def change(self, **changes: object) -> bool:
        """Have settings be others from now on.

        Returns:
            Whether there is something to write now.
        """
        now = self.settings
        changes = {name: value for name, value in changes.items() if getattr(now, name) != value}
        if changes:
            self.loaded = self.loaded.with_options(**changes)
            if self.loaded.writable:
                with self._writing:
                    self._changes.update(changes)
                return True
        return False

    def write(self) -> None:
        """Write what has not been written yet; waits for a write that is going on.

        Raises:
            NotKept: It could not be written.
        """
        with self._writing:
            changes, self._changes = self._changes, {}
            if changes:
                save(changes, self.loaded.path)

    def recent(self) -> list[str]:
        """Absolute paths of what was opened lately, the latest first."""
        if self._recent is None:
            return []
        from tracetui.config.recent import read_recent  # lists are no part of a first picture

        return read_recent(self._recent)

    def searches(self) -> list[RecentSearch]:
        """The searches made lately, the latest first."""
        if self._searches is None:
            return []
        from tracetui.config.searches import read_searches

        return read_searches(self._searches)

    def searched(self, server: str, fields: Mapping[str, str]) -> None:
        """Put a search on the list of recent ones.

        Raises:
            NotKept: It could not be written.
        """
        if self._searches is not None:
            from tracetui.config.searches import remember_search

            remember_search(server, fields, self._searches)

    def opened(self, names: Iterable[str]) -> None:
        """Put sources on the list of recent ones.

        Raises:
            NotKept: It could not be written.
        """
        if self._recent is not None:
            from tracetui.config.recent import remember

            remember(names, self._recent)


class SettledApp(QuietApp):
    """An application with settings: it looks as they say, and keeps what the user changes.

    Args:
        keeper: The settings; None for the defaults, kept nowhere.
        theme: A theme's name in place of that of the settings.

    Attributes:
        actions: All that can be done, with the keys of the settings.
        missing_theme: The name of the theme that was wanted, where there is no such theme.
    """

    def __init__(self, keeper: Keeper | None = None, *, theme: str | None = None) -> None:
        self.keeper = keeper or Keeper()
        name, ansi = choose(theme or self.keeper.settings.theme, os.environ)
        super().__init__(driver_class=StdoutDriver, ansi_color=ansi)
        self.actions = self.keeper.actions
        register_themes(self)  # type: ignore[arg-type]  # App is invariant in what it returns
        self.missing_theme = "" if name in self.available_themes else name
        self.theme = self._theme_told = DEFAULT_THEME if self.missing_theme else name
        self._failure_told = False

    def on_mount(self) -> None:
        if self.actions is not ACTIONS:
            from .keymap import keymap

            self.set_keymap(keymap(self.actions))
        warnings = list(self.keeper.warnings)
        if self.missing_theme:
            warnings.append(
                f"there is no theme “{self.missing_theme[:40]}”: this is {name_of(DEFAULT_THEME)}"
            )
        if warnings:
            self.warn("\n".join(warnings))
        self.theme_changed_signal.subscribe(self, self._theme_changed)

    def on_unmount(self) -> None:
        with suppress(NotKept):  # there is no screen any more to say it on
            self.keeper.write()

    def get_css_variables(self) -> dict[str, str]:
        # Textual asks before a theme is chosen, too: those of its own first one would not be used.
        return super().get_css_variables() if hasattr(self, "_theme_told") else {}

    def refresh_css(self, animate: bool = True) -> None:
        if self.screen_stack:
            super().refresh_css(animate)
        else:  # nothing is styled yet: all sheets would be parsed, and once more for the first screen
            self.stylesheet.set_variables(self.get_css_variables())

    @property
    def themes(self) -> list[str]:
        """The names of all themes: the program's own, then Textual's in the order of the alphabet."""
        return sorted(self.available_themes, key=lambda name: (not name.startswith(PREFIX), name))

    @property
    def clock(self) -> Clock:
        """How times are shown."""
        return Clock(self.keeper.settings.time_format)

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.keep(time_format=clock.value)

    @property
    def chosen_clock(self) -> Clock | None:
        """How times are shown, where somebody has chosen it."""
        return None if self.keeper.loaded.origins["time_format"] == "default" else self.clock

    def keep(self, **changes: object) -> None:
        """Change settings, here and in the file."""
        if self.keeper.change(**changes):
            self._write(self.keeper.write)

    def keep_recent(self, names: Iterable[str]) -> None:
        """Put sources on the list of recent ones."""
        listed = tuple(names)
        self._write(lambda: self.keeper.opened(listed))

    def keep_search(self, server: str, fields: Mapping[str, str]) -> None:
        """Put a search on the list of recent ones."""
        kept = dict(fields)
        self._write(lambda: self.keeper.searched(server, kept))

    def warn(self, text: str) -> None:
        """Show that something is wrong, and go on."""
        self.notify(neutralise(text, multiline=True), severity="warning", timeout=10, markup=False)

    def _theme_changed(self, theme: Theme) -> None:
        # The first theme is told too, and need not be that of the settings, where a terminal has few colours.
        if theme.name != self._theme_told:
            self._theme_told = theme.name
            self.keep(theme=name_of(theme.name))

    def _write(self, write: Callable[[], None]) -> None:
        def attempt() -> None:
            try:
                write()
            except NotKept as error:
                if not self._failure_told:  # once is enough
                    self._failure_told = True
                    self.call_later(self.warn, str(error))

        self.run_worker(attempt, thread=True, group="settings")


def name_of(theme: str) -> str:
    """A theme's name as settings have it."""
    return theme.removeprefix(PREFIX)
