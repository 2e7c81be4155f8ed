"""Work in a thread beside the screen: the newest counts."""

from __future__ import annotations

from threading import Event

from textual.app import App

from tests.tui.viewer import until
from tracetui.errors import Cancelled, InputError
from tracetui.tui.runner import Runner


async def test_a_newer_job_ends_the_older_which_is_heard_of_no_more() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        runner = Runner(app, "test")
        heard: list[object] = []
        begun, seen_to_stop = Event(), Event()

        def older(cancelled, tell):
            begun.set()
            tell(lambda: "older, so far")
            while not cancelled():
                pass
            tell(lambda: "never")
            seen_to_stop.set()
            return "older"

        def newer(cancelled, tell):
            assert seen_to_stop.is_set()  # one at a time
            tell(lambda: "newer, so far")
            return "newer"

        runner.start(older, heard.append, heard.append)
        await until(pilot, lambda: heard == ["older, so far"])
        assert runner.busy
        runner.start(newer, heard.append, heard.append)
        await until(pilot, lambda: heard[-1] == "newer")
        assert heard == ["older, so far", "newer, so far", "newer"]
        assert not runner.busy


async def test_pictures_come_no_faster_than_they_can_be_looked_at() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        runner = Runner(app, "test")
        heard: list[object] = []

        def job(cancelled, tell):
            for number in range(10_000):
                tell(lambda number=number: number)
            return "done"

        runner.start(job, heard.append, heard.append)
        await until(pilot, lambda: "done" in heard)
        assert heard[0] == 0
        assert len(heard) < 1000


async def test_errors_are_told_and_a_stop_is_not() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        runner = Runner(app, "test")
        results: list[object] = []
        errors: list[object] = []

        def fails(cancelled, tell):
            raise InputError("gone")

        def gives_up(cancelled, tell):
            raise Cancelled("stopped")

        runner.start(fails, results.append, errors.append)
        await until(pilot, lambda: bool(errors))
        assert str(errors[0]) == "gone" and not runner.busy
        runner.start(gives_up, results.append, errors.append)
        await app.workers.wait_for_complete()
        runner.start(lambda cancelled, tell: 1, results.append, errors.append)
        runner.stop()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert results == [] and len(errors) == 1


async def test_leaving_the_program_ends_the_work() -> None:
    app: App[None] = App()
    ended = Event()

    def job(cancelled, tell):
        while not cancelled():
            pass
        ended.set()

    async with app.run_test() as pilot:
        Runner(app, "test").start(job, print, print)
        await pilot.pause()
    assert ended.wait(10)
