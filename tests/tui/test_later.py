"""Doing something after a pause."""

from __future__ import annotations

from textual.app import App

from tracetui.tui.later import after

from .viewer import until


async def test_a_pause_of_almost_nothing_ends_too() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        done: list[int] = []
        for number in range(100):
            after(app, 1e-9 * number, lambda number=number: done.append(number))
        await until(pilot, lambda: len(done) == 100)
        assert sorted(done) == list(range(100))


async def test_it_can_be_called_off() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        done: list[int] = []
        after(app, 0.01, lambda: done.append(1)).cancel()
        after(app, 0.01, lambda: done.append(2))
        await until(pilot, lambda: bool(done))
        assert done == [2]
