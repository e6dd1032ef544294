"""Labels: digits answer, suggestions say how sure they are, annotators' agreement is shown."""

import json

import numpy as np
import pytest

from curator.audit.open_data import open_data
from curator.review.labelling.agreement import agreement
from curator.review.labelling.labels import Labels
from curator.review.labelling.suggest import suggest
from curator.settings.request import DataRequest
from tests.tui.driving import decisions_of, drive, screen_text, until

SCHEME = """
[labels.tone]
values = ["warm", "cold"]
question = "How does it sound?"
[labels.parts]
kind = "choices"
values = ["greeting", "answer", "closing"]
[labels.stars]
kind = "rating"
[labels.remark]
kind = "note"
"""


@pytest.fixture
def asked(desk):
    (desk.parent / "curator.toml").write_text(SCHEME)
    return desk


def answers(data):
    return [json.loads(decision.value) for decision in reversed(decisions_of(data))]


def test_digits_answer_one_question_after_the_other(asked):
    async def steps(pilot, app):
        await pilot.press("l")
        first = app.screen.shown.id
        assert "How does it sound?" in screen_text(app)
        await pilot.press("2", "1", "3", "enter", "4", "m", *"Fine.", "enter")
        await until(pilot, lambda: app.screen.shown.id != first)

    drive(asked, steps, size=(120, 40))
    assert [(given["name"], given["value"]) for given in answers(asked)] == [
        ("tone", "cold"),
        ("parts", ["greeting"]),
        ("parts", ["greeting", "closing"]),
        ("stars", 4),
        ("remark", "Fine."),
    ]


def test_an_answer_is_taken_back_like_a_decision(asked):
    async def steps(pilot, app):
        await pilot.press("l", "1")
        assert len(app.screen.labels.own("tone")) == 1
        await pilot.press("u")
        assert app.screen.labels.own("tone") == {}

    drive(asked, steps)


def test_after_ten_answers_there_are_suggestions_and_they_are_never_decided_silently(asked):
    async def steps(pilot, app):
        await pilot.press("l")
        await pilot.press("colon", *"20", "enter")
        for number in range(12):
            app.screen._ask(0)
            await pilot.press("1" if number % 3 else "2")
            app.screen.advance()
        await app.workers.wait_for_complete()
        await until(pilot, lambda: "tone" in app.screen.guesses)
        app.screen._ask(0)
        await pilot.pause()
        text = screen_text(app)
        assert "Suggested:" in text
        assert "% sure" in text
        assert len(app.screen.labels.own("tone")) == 12
        await pilot.press("v")
        doubt = app.screen.guesses["tone"].uncertainty()[app.screen.queue]
        assert (np.diff(doubt) <= 0).all()

    drive(asked, steps, size=(120, 40))


def test_two_annotators_agree_or_not_and_what_differs_becomes_a_queue(asked):
    async def first(pilot, app):
        await pilot.press("l")
        for key in ("1", "1", "2", "2"):
            app.screen._ask(0)
            await pilot.press(key)
            app.screen.advance()

    async def second(pilot, app):
        await pilot.press("l")
        for key in ("1", "2", "2", "2"):
            app.screen._ask(0)
            await pilot.press(key)
            app.screen.advance()
        app.screen._ask(0)
        await pilot.press("v", "v")
        assert len(app.screen.queue) == 1
        assert "Cohen's kappa 0.50" in screen_text(app)
        assert "ann: warm" in screen_text(app)

    drive(asked, first, size=(120, 40), annotator="ann")
    drive(asked, second, size=(120, 40), annotator="ben")


@pytest.mark.parametrize("blind", [True, False])
def test_what_others_answered_is_hidden_until_one_has_answered(asked, blind):
    asked.with_name("curator.toml").write_text(f"{SCHEME}\n[review]\nblind = {str(blind).lower()}\n")

    async def first(pilot, app):
        await pilot.press("l", "1")

    async def second(pilot, app):
        await pilot.press("l")
        assert ("ann: warm" in screen_text(app)) == (not blind)
        assert ("1 other answered" in screen_text(app)) == blind
        await pilot.press("2")
        app.screen._ask(0)
        await pilot.pause()
        assert "ann: warm" in screen_text(app)
        await pilot.press("0")
        assert ("ann: warm" in screen_text(app)) == (not blind)

    drive(asked, first, size=(120, 40), annotator="ann")
    drive(asked, second, size=(120, 40), annotator="bob")


def test_without_questions_the_screen_says_how_to_write_one(desk):
    async def steps(pilot, app):
        await pilot.press("l")
        assert "[labels.tone]" in screen_text(app)
        await pilot.press("1", "enter", "m", "tab", "v", "u")

    drive(desk, steps, size=(120, 40))


def test_agreement_is_what_the_textbook_says():
    # Cohen (1960): observed 0.7, expected 0.5
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    known = agreement({str(n): {"a": one, "b": other} for n, (one, other) in enumerate(pairs)}, ["y", "n"])
    assert known.kappa == pytest.approx(0.4)
    assert len(known.disagreements) == 15
    perfect = agreement({str(n): {"a": "yn"[n % 2], "b": "yn"[n % 2], "c": "yn"[n % 2]} for n in range(9)}, ["y", "n"])
    assert perfect.kappa is None
    assert perfect.alpha == pytest.approx(1.0)


def test_suggestions_learn_what_vectors_tell_apart():
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(400, 8)).astype(np.float32)
    truth = np.where(vectors[:, 0] > 0, "yes", "no")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = suggest(vectors, list(range(60)), truth[:60].tolist())
    right = sum(known.best(position)[0] == truth[position] for position in range(60, 400)) / 340
    assert right > 0.9
    assert known.right == pytest.approx(right, abs=0.1)
    assert suggest(vectors, [0, 1], ["yes", "no"]) is None


def test_labels_are_set_and_listed_on_the_command_line(asked, capsys):
    from curator.cli.boundary import run

    assert run(["label", str(asked), "--where", "kettle", "--set", "tone=warm", "--annotator", "ann"]) == 0
    assert run(["label", str(asked), "--where", "kettle", "--set", "tone=cold", "--annotator", "ben"]) == 0
    assert run(["label", str(asked), "--annotator", "ben"]) == 0
    said = capsys.readouterr().out
    assert "ann, ben:" in said
    assert run(["label", str(asked), "--where", "kettle", "--set", "tone=wram"]) == 2
    assert run(["label", str(asked), "--where", "kettle", "--set", "tune=warm"]) == 2
    assert "Did you mean 'warm'?" in (text := capsys.readouterr().err)
    assert "Did you mean 'tone'?" in text
    with open_data(DataRequest(data=(str(asked),))) as opened:
        assert len(Labels(opened).agreement("tone").disagreements) > 0
