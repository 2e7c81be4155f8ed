"""Keys one after the other: each one finds the screen as the one before it left it."""

from __future__ import annotations

from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

from .later import after

__all__ = ["InOrderApp"]

_ROUNDS = 10
"""How often what a key set off is given a turn before the next key waits by the clock."""
_WAIT_S = 0.005
_WAITS = 200
"""After so many waits a key goes where it can: the screen that it is for has not come yet."""


class _Key(events.Key):
    """A key on its way from the widget that has the focus up to the application."""

    upward: MessagePump | None = None

    def _bubble_to(self, widget: MessagePump) -> None:
        self._no_default_action = False
        self.upward = widget


_Key.handler_name = events.Key.handler_name


class InOrderApp(App[None]):
    """An application that takes keys one at a time, however fast they come.

    Textual hands each key to the widget that has the focus when the key is read; what the key does is done
    later. Of keys that come in one go (typed ahead, pasted, sent by a macro) the second would miss the field,
    pane or screen that the first one opens.
    """

    def __init__(self, **kept: Any) -> None:
        super().__init__(**kept)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._behind: list[MessagePump] = []  # where the last key went
        self._rounds = 0
        self._due = False

    async def on_event(self, event: events.Event) -> None:
        """Hold keys and pasted text back until it is their turn; what has priority never waits."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self._is_priority(event) or (not self._typed and self._is_settled()):
            await self._press(event)
        else:
            self._typed.append(event)
            self._press_later()

    def _is_priority(self, event: events.Key | events.Paste) -> bool:
        if not isinstance(event, events.Key) or not self._screen_stack:
            return False
        return any(binding.priority for binding in self._bindings.key_to_bindings.get(event.key, ()))

    def _is_settled(self) -> bool:
        """Whether what the last key set off is done, and what has the focus is there."""
        if not self._screen_stack:
            return False
        target = self.focused or self.screen
        if not target.is_mounted:
            return False
        chain = [*target.ancestors_with_self, *self._behind]
        return not any(pump.message_queue_size for pump in chain if pump is not self)

    def _patience(self) -> int:
        """Rounds that a key waits: few on a screen that never stops drawing, as what comes goes on coming."""
        if not self._screen_stack or not (self.focused or self.screen).is_mounted:
            return _ROUNDS + _WAITS
        return _ROUNDS if getattr(self.screen, "is_busy", False) else _ROUNDS + _WAITS

    def _press_later(self) -> None:
        """Come back to the keys that wait when others have had their turn."""
        if self._due:
            return
        self._due = True
        if self._rounds < _ROUNDS:
            self.call_later(self._press_next)
        else:
            after(self, _WAIT_S, self._press_next)

    async def _press_next(self) -> None:
        self._due = False
        if not self._typed:
            return
        self._rounds += 1
        if self._is_settled() or (self._rounds > self._patience() and self._screen_stack):
            self._rounds = 0
            await self._press(self._typed.popleft())
        if self._typed:
            self._press_later()

    def _is_early_enter(self, key: str) -> bool:
        """Whether a key is Enter from a terminal that was not the viewer's yet, and has no other meaning."""
        if key != "ctrl+j":
            return False
        return not any(key in bindings.key_to_bindings for _, bindings in self.screen._modal_binding_chain)

    async def _press(self, event: events.Key | events.Paste) -> None:
        """Have a key done with by the widget that has the focus, or by what is around it."""
        self.app_focus = True
        if isinstance(event, events.Key) and await self._check_bindings(event.key, priority=True):
            return
        target = self.focused or self.screen
        self._behind = [pump for pump in target.ancestors_with_self if pump is not self]
        if isinstance(event, events.Paste):
            target._forward_event(event)
            return
        self.screen._clear_tooltip()
        key = _Key("enter", "\r") if self._is_early_enter(event.key) else _Key(event.key, event.character)
        key.time = event.time
        key._set_forwarded()
        upward: MessagePump | None = target
        while upward is not None:
            pump, key.upward = upward, None
            with pump._context():
                await pump._dispatch_message(key)
            upward = key.upward
