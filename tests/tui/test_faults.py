"""Whatever fails in the app is said in a sentence, and the app continues."""

import asyncio
import inspect

import pytest
from textual.widgets import OptionList
from textual.worker import Worker

from curator.errors import WorkFailed
from curator.tui.actions.action import EVERYWHERE
from curator.tui.actions.actions import ACTIONS
from curator.tui.app import CuratorApp
from curator.tui.page import Page
from curator.tui.screens.dataset.unreadable import UnreadableScreen
from curator.tui.screens.reviewing.edit import EditScreen
from curator.tui.screens.training.answers import AnswersScreen
from curator.tui.screens.training.running import TrainingScreen
from curator.tui.widgets.dialogs.dialog import Dialog
from tests.tui.driving import drive, said, until

BUG = "This is a bug in curator"

DOORS = {
    "ReviewScreen": (),
    "BrowseScreen": ("b",),
    "CompareScreen": ("b", "space", "space", "equals_sign"),
    "DuplicatesScreen": ("d",),
    "OverviewScreen": ("o",),
    "TopicMapScreen": ("o", "m"),
    "LabelsScreen": ("l",),
    "TrainScreen": ("t",),
    "RunsScreen": ("R",),
    "SettingsScreen": ("comma",),
    "EditScreen": ("e",),
    "SavingScreen": ("e", "x", "ctrl+s"),
    "MessagesScreen": ("D",),
    "HelpScreen": ("question_mark",),
    "HistoryScreen": ("h",),
    "AskText": ("colon",),
    "ConfirmQuestion": ("A",),
    "LikewiseScreen": ("x", "w"),
    "PressKey": ("comma", "end", "enter"),
}
"""Screens, and the keys that lead there from the review."""

PUSHED = {"TrainingScreen": TrainingScreen, "AnswersScreen": AnswersScreen, "UnreadableScreen": UnreadableScreen}
"""Screens whose door needs more than the data of these tests."""


def all_of(kind):
    return {inner for sub in kind.__subclasses__() for inner in (sub, *all_of(sub))}


SCREENS = {
    kind.__name__: kind
    for kind in all_of(Page) | all_of(Dialog)
    if kind.__name__
    not in ("QueueScreen", "PairScreen", "ExampleScreen", "WritingScreen", "ExampleListScreen", "GroupScreen")
}


def fails(*_, **__):
    raise KeyError("something")


async def go(pilot, app, name, folder):
    if name in PUSHED:
        app.push_screen(pushed(name, folder))
    await pilot.press(*DOORS.get(name, ()))
    await until(pilot, lambda: type(app.screen).__name__ == name)
    await app.workers.wait_for_complete()
    await pilot.pause()


def pushed(name, folder):
    return PUSHED[name](*([] if name == "UnreadableScreen" else [folder]))


async def seen(is_so):
    """Let the app work until something is so; as `until`, but without a screen that is able to answer."""
    while not is_so():
        await asyncio.sleep(0.01)


def forget(app):
    """As if what was said had gone from the corner by now."""
    app._notifications.clear()


def test_every_screen_has_its_door():
    assert set(SCREENS) == {*DOORS, *PUSHED, "StartScreen"}


@pytest.mark.parametrize("name", [name for name in (*DOORS, *PUSHED) if SCREENS[name] in all_of(Page)])
def test_an_action_that_fails_is_said_and_the_screen_stays(desk, tmp_path, monkeypatch, name):
    async def steps(pilot, app):
        await go(pilot, app, name, tmp_path)
        screen = app.screen
        for command in list(app.get_system_commands(screen)):
            run, action = command.callback.args
            forget(app)
            with monkeypatch.context() as patched:
                patched.setattr(type(run.__self__), f"action_{action.partition('(')[0]}", fails)
                command.callback()
                await until(pilot, lambda: BUG in said(app))
            assert app.screen is screen
            assert str(desk.with_name("desk.jsonl.curator") / "logs" / "app.log") in said(app)

    drive(desk, steps, faulty=True)


def test_actions_of_all_screens_are_tried_above():
    tried = {SCREENS[name].page_name for name in (*DOORS, *PUSHED) if SCREENS[name] in all_of(Page)}
    assert {action.screen for action in ACTIONS} - {EVERYWHERE, "start"} == tried


def workers_of(kind):
    """The names of its methods that are workers, those of its parents too."""
    names = [name for name, made in inspect.getmembers(kind, inspect.isfunction) if "_work_decorator" in _file(made)]
    assert all(not name.startswith("__") for name in names)
    return names


def _file(function):
    return function.__code__.co_filename


@pytest.mark.parametrize("name", ["CuratorApp", *(name for name in (*DOORS, *PUSHED) if workers_of(SCREENS[name]))])
def test_a_worker_that_fails_is_said_and_the_app_goes_on(desk, tmp_path, monkeypatch, name):
    async def steps(pilot, app):
        await go(pilot, app, "ReviewScreen" if name == "CuratorApp" else name, tmp_path)
        screen, owner = app.screen, app if name == "CuratorApp" else app.screen
        for worker in workers_of(type(owner)):
            for error, sentence in ((KeyError("x"), BUG), (WorkFailed("The disk is away. Mount it."), "Mount it.")):

                async def run(self, worker=worker, error=error, before=Worker.run):
                    if self.name == worker:
                        raise error
                    return await before(self)

                forget(app)
                with monkeypatch.context() as patched:
                    patched.setattr(Worker, "run", run)
                    method = getattr(owner, worker)
                    wanted = [
                        part
                        for part in inspect.signature(method).parameters.values()
                        if part.default is part.empty and part.kind is not part.KEYWORD_ONLY
                    ]
                    named = {"cancelling": True} if worker == "_work_at_service" else {}
                    method(*[None for _ in wanted], **named)
                    await until(pilot, lambda sentence=sentence: sentence in said(app))
                assert app.screen is screen
        assert app.ending is None

    drive(desk, steps, faulty=True)


@pytest.mark.parametrize("method", ["compose", "on_mount"])
@pytest.mark.parametrize("name", [name for name in (*DOORS, *PUSHED) if name != "ReviewScreen"])
def test_a_screen_that_cannot_be_shown_is_said_and_the_one_before_stays(desk, tmp_path, monkeypatch, name, method):
    async def steps(pilot, app):
        with monkeypatch.context() as patched:
            patched.setattr(SCREENS[name], method, fails, raising=False)
            *before, last = DOORS.get(name, (None,))
            await pilot.press(*before)
            await app.workers.wait_for_complete()
            await pilot.pause()
            front = app.screen
            if last is None:
                app.call_later(app.push_screen, pushed(name, tmp_path))
            else:
                app.simulate_key(last)
            await seen(lambda: BUG in said(app) and app.screen is front)
        assert "The screen was closed." in said(app)
        assert app.ending is None

    drive(desk, steps, faulty=True)


def test_a_screen_that_cannot_be_drawn_is_closed(desk, monkeypatch):
    async def steps(pilot, app):
        with monkeypatch.context() as patched:
            patched.setattr(OptionList, "render_line", fails)
            app.simulate_key("comma")
            await seen(lambda: BUG in said(app) and app.screen.page_name == "review")
        await pilot.press("a")
        assert app.session.review.decisions.counts()["keep"] == 1

    drive(desk, steps, faulty=True)


@pytest.mark.parametrize(
    ("kind", "method", "keys"),
    [(CuratorApp, "_look_at_audit", ()), (EditScreen, "_keep_draft", ("e",)), (EditScreen, "on_screen_resume", ("e",))],
)
def test_a_timer_or_a_handler_that_fails_is_said_once_and_the_app_goes_on(desk, monkeypatch, kind, method, keys):
    monkeypatch.setattr(kind, method, fails)

    async def steps(pilot, app):
        await pilot.press(*keys)
        await until(pilot, lambda: BUG in said(app))
        screen = app.screen
        await pilot.press("ctrl+s" if keys else "a")
        await pilot.pause()
        assert said(app).count(BUG) == 1
        assert (app.screen is screen) == (not keys)

    drive(desk, steps, faulty=True)


def test_a_decision_that_fails_is_not_shown_as_saved(desk, monkeypatch):
    monkeypatch.setattr("curator.review.session.Review.decide", fails)

    async def steps(pilot, app):
        at = app.screen.place
        await pilot.press("a")
        await until(pilot, lambda: BUG in said(app))
        assert app.session.saved_mark == "NOT SAVED"
        assert app.screen.place == at

    drive(desk, steps, faulty=True)


def test_what_was_left_to_be_written_beside_is_said_where_it_fails(desk):
    async def steps(pilot, app):
        app.write_quietly(fails)
        await until(pilot, lambda: BUG in said(app))

    drive(desk, steps, faulty=True)
