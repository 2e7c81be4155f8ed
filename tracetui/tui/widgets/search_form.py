"""The form of a search: fields in rows, and what completes the one that is typed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tracetui.tui.state.search_form import Field, suggestions, tag_at
from tracetui.tui.theme import Role, paint

from .dropdown import Dropdown
from .line import Line

__all__ = ["Offer", "SearchForm"]

_LONGEST: Final = 2000
_ROWS: Final = (
    (Field.SERVICE, Field.OPERATION),
    (Field.TAGS, Field.LIMIT),
    (Field.MIN, Field.MAX, Field.TIME, Field.TRACE),
)
_WIDE: Final = 140
_LABELS: Final = {
    Field.SERVICE: 9,
    Field.TAGS: 9,
    Field.MIN: 9,
    Field.OPERATION: 11,
    Field.LIMIT: 7,
    Field.MAX: 5,
}
"""Cells of labels, where they are not just as long as they are."""
_HINTS: Final = {
    Field.SERVICE: "any",
    Field.OPERATION: "any",
    Field.TAGS: "key=value …",
    Field.MIN: "any",
    Field.MAX: "any",
    Field.TIME: "1h",
    Field.LIMIT: "20",
    Field.TRACE: "opens it",
}
_HELP: Final = {
    Field.TAGS: 'error=true http.route="/a b" retried',
    Field.MIN: "the least duration: 100ms, 1.5s",
    Field.MAX: "the greatest duration: 100ms, 1.5s",
    Field.TIME: "1h · 2026-11-22 07:00.. · 2h..1h · your time, Z for UTC",
    Field.LIMIT: "how many traces, the newest",
    Field.TRACE: "hex digits; enter opens this trace",
}
_OFFERS: Final = {
    Field.TIME: ("15m", "1h", "6h", "24h", "2d", "7d"),
    Field.LIMIT: ("20", "50", "100", "200", "1000"),
}

Offer = tuple[Sequence[str], str]
"""Names that complete a field, and a line about them, such as why there are none."""


class _Label(Widget):
    DEFAULT_CSS = "_Label { width: 9; height: 1; }"

    def __init__(self, field: Field, *, ascii: bool) -> None:
        super().__init__()
        self._field = field
        self._ascii = ascii
        self.wrong = False
        self.styles.width = _LABELS.get(field, len(field) + 2)

    def render_line(self, y: int) -> Strip:
        styles = paint(self.app)
        line = Line(self.size.width, styles.ground("background"))
        sign = ("x" if self._ascii else "✗") if self.wrong else " "
        line.add(sign, styles.style("error", on="background", bold=True), 1)
        role: Role = "error" if self.wrong else "strong" if self.has_class("-on") else "muted"
        line.add(self._field.value, styles.style(role, on="background", bold=role == "strong"))
        return line.strip()


class FormField(Input):
    """The text of one field; keys that mean nothing in it mean nothing at all while it has the focus."""

    DEFAULT_CSS = """
    FormField { border: none; height: 1; padding: 0; margin: 0 1 0 0; width: 1fr; background: $panel; }
    FormField:focus { border: none; }
    FormField > .input--placeholder { color: $text-muted; }
    """

    def __init__(self, field: Field, pressed: Callable[[FormField, str], bool]) -> None:
        super().__init__(placeholder=_HINTS[field], select_on_focus=False, compact=True, max_length=_LONGEST)
        self.cursor_blink = False
        self.field = field
        self._pressed = pressed

    def _on_paste(self, event: events.Paste) -> None:
        """Lines become blanks, and what a terminal would obey is not taken."""
        text = " ".join(event.text[: 2 * _LONGEST].split())
        room = _LONGEST - len(self.value)
        self.insert_text_at_cursor("".join(char for char in text if char.isprintable())[:room])
        event.stop()
        event.prevent_default()

    async def _on_key(self, event: events.Key) -> None:
        if self._pressed(self, event.key):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)


class SearchForm(Widget):
    """All fields, and the list under the one that has the focus.

    Args:
        offers: names that complete a field, given what is in it up to the cursor.
        ascii: use ASCII signs only.
    """

    DEFAULT_CSS = """
    SearchForm { height: 3; width: 100%; layout: vertical; }
    SearchForm Horizontal { height: 1; width: 1fr; }
    SearchForm .wide { width: 2fr; }
    SearchForm .short { width: 18; }
    SearchForm .number { width: 15; }
    SearchForm.-wide { layout: grid; grid-size: 2; grid-rows: 1; height: 2; }
    SearchForm.-wide #row2 { column-span: 2; }
    """

    class Submitted(Message):
        """A search is wanted."""

    class OpenWanted(Message):
        """A trace is wanted.

        Attributes:
            text: what was typed as its id.
        """

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Whoever typed is done, or presses escape."""

        def __init__(self, escaped: bool) -> None:
            super().__init__()
            self.escaped = escaped

    def __init__(self, offers: Callable[[Field, str], Offer], *, ascii: bool = False) -> None:
        super().__init__()
        self._offers = offers
        self._ascii = ascii
        self.fields = {field: FormField(field, self._pressed) for field in Field}
        self._labels = {field: _Label(field, ascii=ascii) for field in Field}
        self.dropdown = Dropdown(ascii=ascii)
        self._wrong: dict[Field, str] = {}
        self._offered: tuple[Field, str] | None = None
        self._shut = False  # the list, by the user, until something else is typed

    def compose(self) -> ComposeResult:
        for number, row in enumerate(_ROWS):
            with Horizontal(id=f"row{number}"):
                for field in row:
                    classes = {Field.LIMIT: "number", Field.MIN: "short", Field.MAX: "number"}
                    with Horizontal(classes=classes.get(field, "wide" if field is Field.TRACE else "")):
                        yield self._labels[field]
                        yield self.fields[field]
        yield self.dropdown

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "-wide")
        self.call_after_refresh(self.offer)

    # What is in it

    @property
    def values(self) -> dict[Field, str]:
        """What is typed, without the fields that are empty."""
        return {field: input.value.strip() for field, input in self.fields.items() if input.value.strip()}

    def fill(self, values: dict[Field, str]) -> None:
        """Have other values in the fields."""
        with self.prevent(Input.Changed):
            for field, input in self.fields.items():
                input.value = values.get(field, "")
                input.cursor_position = len(input.value)
        self.tell_wrong({})

    def tell_wrong(self, wrong: dict[Field, str]) -> None:
        """Say what is wrong, and go to the first field that is."""
        self._wrong = wrong
        for field, label in self._labels.items():
            label.wrong = field in wrong
            label.refresh()
        if wrong:
            self.focus_field(next(field for field in Field if field in wrong))
        self.offer()

    def focus_field(self, field: Field) -> None:
        """Have a field typed in."""
        self._shut = False
        self.screen.set_focus(self.fields[field])

    @property
    def focused_field(self) -> Field | None:
        """The field that is typed in; None for none."""
        focused = self.screen.focused
        return focused.field if isinstance(focused, FormField) else None

    # What completes it

    def offer(self) -> None:
        """Show what completes the field that is typed in."""
        field = self.focused_field if self.is_attached and self.screen.is_current else None
        if field is None or self._shut:
            self.dropdown.hide()
            return
        input = self.fields[field]
        self._offered = field, input.value
        if field in self._wrong:
            self.dropdown.show(input.region, (), self._wrong[field], "error")
            return
        names, note = self._names(field, input)
        self.dropdown.show(input.region, names, note or _HELP.get(field, ""))

    def _names(self, field: Field, input: FormField) -> Offer:
        before = input.value[: input.cursor_position]
        if field in _OFFERS:
            return suggestions(_OFFERS[field], input.value), ""
        names, note = self._offers(field, before)
        if field is Field.TAGS:
            _, key, value = tag_at(input.value, input.cursor_position)
            found = suggestions(names, key if value is None else value)
        else:
            # What is there whole needs no completion: the other names are wanted then.
            text = input.value.strip()
            found = list(names) if text in names else suggestions(names, text)
        if names and not found and not note:
            note = f"none of the {len(names):,} that the server knows"
        return found, note

    def _take(self, item: str) -> None:
        """Put a name into the field."""
        field = self.focused_field
        if field is None:
            return
        input = self.fields[field]
        text, rest = item, ""
        if field is Field.TAGS:
            at, _, value = tag_at(input.value, input.cursor_position)
            shown = f'"{item}"' if " " in item else item
            text = input.value[:at] + shown + (" " if value is not None else "=")
            rest = input.value[input.cursor_position :].lstrip()
        with self.prevent(Input.Changed):
            input.value = text + rest
        input.cursor_position = len(text)
        self._shut = field is not Field.TAGS

    def on_dropdown_picked(self, message: Dropdown.Picked) -> None:
        self._take(message.item)
        self.offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        field = self.focused_field
        if field is not None and field in self._wrong:
            del self._wrong[field]
            self._labels[field].wrong = False
            self._labels[field].refresh()
        self._shut = False
        self.offer()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._shut = False
        self._mark_label()
        self.offer()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self._mark_label()
        self.dropdown.hide()

    def _mark_label(self) -> None:
        for field, label in self._labels.items():
            label.set_class(self.focused_field is field, "-on")
            label.refresh()

    # Keys

    def _pressed(self, input: FormField, key: str) -> bool:
        """Take a key that is for the list or the form as a whole; returns whether it was one."""
        if key in ("down", "up", "enter", "tab") and (input.field, input.value) != self._offered:
            self.offer()  # the message of the last letter is still on its way
        if key in ("down", "up"):
            if self._shut:
                self._shut = False
                self.offer()
            elif not self.dropdown.move(1 if key == "down" else -1) and key == "down":
                self.post_message(self.Left(escaped=False))
            return True
        chosen = self.dropdown.chosen
        if key in ("enter", "tab") and chosen is not None:
            self._take(chosen)
            self.offer()
        if key == "tab":
            self.screen.focus_next()
            return True
        if key == "shift+tab":
            self.screen.focus_previous()
            return True
        if key == "enter" and chosen is not None:
            return True
        if key == "enter":
            if input.field is Field.TRACE and input.value.strip():
                self.post_message(self.OpenWanted(input.value))
            else:
                self.post_message(self.Submitted())
            return True
        if key == "escape":
            self.post_message(self.Left(escaped=True))
            return True
        return key in ("pageup", "pagedown")

    def close_list(self) -> bool:
        """Close the list under the field; returns whether there was one of names."""
        was_open = self.dropdown.is_open and bool(self.dropdown.items)
        self._shut = True
        self.dropdown.hide()
        return was_open
