"""Train as the last time: prepared and started beside everything else, from whatever screen it was asked for."""

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from curator.audit.open_data import Opened
from curator.errors import CuratorError

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp


def train_again(app: "CuratorApp", *options: str) -> None:
    """Prepare and start with the model and the settings of the last training; `options` are of `curator train`."""
    review = app.session.review
    if review is None or review.partial or app.session.readonly:
        app.notify("A training needs data that are open, checked and not read-only.", markup=False)
        return
    app.notify("Preparing a training as the last one was.", markup=False)
    work = partial(_start, app, review.opened, app.screen, *options)
    app.run_worker(work, thread=True, exclusive=True, group="train")


def _start(app: "CuratorApp", opened: Opened, asked_on: Screen[Any], *options: str) -> None:
    from curator.audit.secrets import HoldsSecrets
    from curator.training.hand_off import start_run
    from curator.training.prepare import prepare_apart
    from curator.tui.screens.training.running import TrainingScreen

    try:
        folder, _ = prepare_apart(opened, "--again", *options)
        start_run(folder)
    except HoldsSecrets as found:
        app.call_from_thread(_ask_about_secrets, app, str(found))
    except CuratorError as error:
        app.call_from_thread(app.say_error, error)
    else:
        app.call_from_thread(_show, app, TrainingScreen(folder), asked_on)


def _show(app: "CuratorApp", training: Screen[Any], asked_on: Screen[Any]) -> None:
    if app.screen is asked_on:
        app.push_screen(training)
    else:  # another screen would come between a person and what they type
        app.notify("The training has begun. R lists the trainings.", markup=False)


def _ask_about_secrets(app: "CuratorApp", sentence: str) -> None:
    from curator.tui.screens.training.secrets import OPTIONS, Answer, SecretsScreen

    def answered(answer: Answer | None) -> None:
        if answer is not None:
            train_again(app, OPTIONS[answer])

    app.push_screen(SecretsScreen(sentence), answered)
