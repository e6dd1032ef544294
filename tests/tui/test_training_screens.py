"""From the review to a training and back, by keys."""

import json
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from curator.audit.open_data import open_data
from curator.project.jobs.job import Record
from curator.project.jobs.process_identity import start_mark
from curator.project.saved_split import saved_splits
from curator.settings.request import DataRequest
from curator.splitting.members import content_of
from curator.training.runs.preferences import preferences, tally
from curator.training.runs.run_toml import run_settings
from curator.training.runs.snapshot import Handed, hand_over
from curator.training.service.service_request import REQUEST, Request, SentFile, write_request
from curator.tui.screens.training.answers import AnswersScreen
from curator.tui.screens.training.running import TrainingScreen
from curator.tui.screens.training.secrets import SecretsScreen
from curator.tui.widgets.charts.loss import draw
from tests.tui.driving import decisions_of, drive, said, screen_text, until
from trainer.contract.events import EventLog

MODEL = Path(__file__).parents[2] / "sample_data" / "tiny-llama"


@pytest.fixture
def run(desk: Path) -> Path:
    """A run of the desk data that stands in the middle of its training."""
    from curator.data.content import Content

    talk = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "In the hall."}]
    examples = [Handed(f"{n:016x}", Content(talk), "validation" if n < 3 else "train") for n in range(20)]
    folder, _ = hand_over(
        desk.with_name("desk.jsonl.curator") / "runs",
        examples,
        run_settings(str(MODEL)),
        model=str(MODEL),
        sources=[],
        decisions=0,
        split="a split",
    )
    with EventLog(folder / "events.jsonl", folder.name) as events:
        events.write("started")
        events.write("plan", steps=40)
        for step in range(1, 21):
            events.write("metric", step=step, split="train", loss=4 / step, memory=2**30)
        events.write("metric", step=10, split="validation", loss=1.5)
        events.write("metric", step=20, split="validation", loss=1.0)
        events.write("answer", step=20, prompt=talk[:1], answer="In the \x1b[31mshed.", reference="In the hall.")
        events.write("progress", step=20, steps=40, tokens_per_second=512.0, seconds_left=30.0)
    return folder


def test_the_demonstration_model_is_offered_and_never_preselected(desk: Path) -> None:
    async def steps(pilot, app):
        await pilot.press("t")
        await until(pilot, lambda: app.screen.page_name == "train")
        assert "demo only" in screen_text(app)
        await pilot.press("s")
        assert "Choose a model first" in said(app)
        await pilot.press("i")
        assert "Nothing was refused" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Which model? A folder" in screen_text(app))

    drive(desk, steps)


def test_a_training_that_is_looked_at_shows_its_curve_its_rate_and_a_sample(desk: Path, run: Path) -> None:
    async def steps(pilot, app):
        app.push_screen(TrainingScreen(run))
        await until(pilot, lambda: "step 20 of 40" in screen_text(app))
        text = screen_text(app)
        assert "512 tokens/s" in text and "●" in text and "In the hall." in text
        assert "\x1b" not in text and "died" in text
        await pilot.press("g", "plus")
        assert "logarithmic" in screen_text(app)

    drive(desk, steps, size=(100, 36))


def test_a_training_that_went_on_without_the_app_is_told_when_it_opens(desk: Path, run: Path) -> None:
    record = Record(os.getpid(), start_mark(os.getpid()) or "", [], 0)
    (run / "job.json").write_bytes(msgspec.json.encode(record))

    async def steps(pilot, app):
        assert f"Still training: {run.name}" in said(app)
        await pilot.press("R")
        await until(pilot, lambda: "running" in screen_text(app))

    drive(desk, steps)


def test_the_list_of_runs_opens_one(desk: Path, run: Path) -> None:
    async def steps(pilot, app):
        await pilot.press("R")
        await until(pilot, lambda: run.name in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.page_name == "training")

    drive(desk, steps)


def test_a_training_at_a_service_is_listed_and_watched_as_one_here(desk: Path) -> None:
    folder = desk.with_name("desk.jsonl.curator") / "runs" / "openai-0123456789ab"
    folder.mkdir(parents=True)
    file = SentFile("train", "train.jsonl", 10, "0" * 64)
    write_request(folder / REQUEST, Request("openai", "https://h", None, "gpt-x", "supervised", {}, [file]))
    (folder / "manifest.json").write_text('{"examples": {"train": 1234}}')
    with EventLog(folder / "events.jsonl", folder.name) as events:
        events.write("started")
        for step in range(1, 6):
            events.write("metric", step=step, split="train", loss=3.0 / step, accuracy=None)
        events.write("progress", step=5, steps=9, message="Step 5")

    async def steps(pilot, app):
        await pilot.press("R")
        await until(pilot, lambda: "1,234 train.jsonl" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "step 5 of 9" in screen_text(app))
        assert "follows it again" in screen_text(app)

    drive(desk, steps)


@pytest.fixture
def answered(desk: Path, run: Path) -> Path:
    """The run, finished, with four answers to examples of the desk data, of which a split was saved."""
    from curator.project.saved_split import save_splits

    with open_data(DataRequest(data=(str(desk),))) as opened:
        known = opened.saved_audit()
        assert known is not None
        from curator.audit.ids import ids_of

        ids = ids_of(known.loaded).to_list()[:4]
        save_splits(opened.project.database, [(id_, 1) for id_ in ids], {"validation": 0.1})
    lines = [
        {
            "example": id_,
            "file": "validation.jsonl",
            "tokens": 5,
            "baseline_loss": 3.0,
            "tuned_loss": 1.0 + number,
            "prompt": [{"role": "user", "content": f"Question {number}?"}],
            "reference": f"Reference {number}.",
            "baseline_answer": "Untuned words.",
            "answer": "Tuned words.",
            "baseline_measures": {"chrf": 0.2},
            "measures": {"chrf": 0.6 - number / 10},
        }
        for number, id_ in enumerate(ids)
    ]
    (run / "evaluation.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    shutil.copy(Path(__file__).with_name("result.json"), run / "result.json")
    return run


def test_whose_answer_it_is_is_said_only_after_the_preference(desk: Path, answered: Path) -> None:
    async def steps(pilot, app):
        app.push_screen(AnswersScreen(answered))
        await until(pilot, lambda: "Question 0?" in screen_text(app))
        assert "untuned, with" not in screen_text(app)
        await pilot.press("1")
        assert "untuned, with a good prompt" in screen_text(app) and "✔" in screen_text(app)
        await pilot.press("j", "0")

    drive(desk, steps, size=(120, 40))
    liked = preferences(answered)
    assert len(liked) == 2 and "tie" in liked.values()
    assert "ties 1" in tally(liked)


def test_a_failure_is_flagged_for_the_review_queue(desk: Path, answered: Path) -> None:
    async def steps(pilot, app):
        app.push_screen(AnswersScreen(answered))
        await until(pilot, lambda: "Question 0?" in screen_text(app))
        await pilot.press("S", "f")
        await until(pilot, lambda: "decided:flag" in said(app))

    drive(desk, steps, size=(120, 40))
    [decision] = decisions_of(desk)
    assert decision.action == "flag" and answered.name in decision.reason


def test_a_corrected_answer_becomes_a_training_example_and_leaves_the_held_out_side(desk: Path, answered: Path) -> None:
    async def steps(pilot, app):
        app.push_screen(AnswersScreen(answered))
        await until(pilot, lambda: "Question 0?" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: app.screen.page_name == "edit")
        await pilot.pause()
        await pilot.press("ctrl+end", *" Indeed.", "ctrl+s")
        await pilot.press("y")
        await until(pilot, lambda: app.screen.page_name == "answers")
        await app.workers.wait_for_complete()

    drive(desk, steps, size=(120, 40))
    added = [decision for decision in decisions_of(desk) if decision.action == "add"]
    assert len(added) == 1
    assert "Indeed." in content_of(added[0].value).messages[-1]["content"]
    with open_data(DataRequest(data=(str(desk),))) as opened:
        splits = dict(saved_splits(opened.project.database).iter_rows())
    assert sorted(splits.values()) == [0, 1, 1, 1]


def test_the_chart_fits_any_size_and_any_loss() -> None:
    losses = [(step, 10.0 / (step + 1)) for step in range(500)]
    for lines, cells in ((3, 10), (8, 40), (30, 150)):
        for logarithmic in (False, True):
            text = draw(losses, losses, [(0, 5.0), (499, 0.1)], lines, cells, logarithmic=logarithmic)
            rows = text.plain.split("\n")
            assert len(rows) == lines + 2 and all(len(row) <= cells + 60 for row in rows)
            assert all(len(row) == cells + 8 for row in rows[:lines])
    flat = draw([(1, 2.0)], [(1, 2.0)], [], 5, 20, logarithmic=True)
    Console(width=60, file=open("/dev/null", "w")).print(flat)  # noqa: SIM115, PTH123 - only that it can be drawn


TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"


def test_a_training_on_examples_that_hold_a_secret_asks_what_becomes_of_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
    for name in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    data = tmp_path / "desk.jsonl"
    lines = (MODEL.parent / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    talk = [{"role": "user", "content": "How do I get in?"}, {"role": "assistant", "content": f"With {TOKEN}."}]
    data.write_text("\n".join([*lines, json.dumps({"messages": talk})]) + "\n", encoding="utf-8")
    runs = tmp_path / "desk.jsonl.curator" / "runs"

    async def steps(pilot, app):
        await until(pilot, lambda: app.session.review is not None and not app.session.review.partial)
        await pilot.press("t")
        await until(pilot, lambda: app.screen.page_name == "train")
        train = app.screen
        train.query_one("#models").highlighted = 0
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        await until(pilot, lambda: "A kept example holds a secret" in screen_text(app))
        assert TOKEN not in screen_text(app)
        assert train.folder is None and not list(runs.glob("0*"))
        await pilot.press("m")
        await until(pilot, lambda: train.folder is not None)
        assert TOKEN not in "".join(path.read_text() for path in train.folder.glob("*.json*"))
        assert json.loads((train.folder / "snapshot.json").read_text())["secrets"] == {"policy": "mask", "examples": 1}

    drive(data, steps, size=(100, 40))


def test_a_refusal_that_an_option_overrules_names_the_key_that_takes_it(desk: Path, monkeypatch) -> None:
    async def steps(pilot, app):
        await pilot.press("t")
        await until(pilot, lambda: app.screen.page_name == "train")
        begun = []
        monkeypatch.setattr(app.screen, "_prepare", lambda *asked: begun.append(asked))
        app.screen._say_refusal("3 kept examples are faulty; skip them with --skip-invalid.", "m", ())
        await pilot.pause()
        assert "i prepares it like that, with --skip-invalid." in screen_text(app)
        await pilot.press("i")
        assert begun == [("m", "--skip-invalid")]
        app.screen._say_refusal(
            "3 kept examples are faulty; skip them with --skip-invalid.", *begun[0][:1], begun[0][1:]
        )
        await pilot.press("i")
        assert len(begun) == 1

    drive(desk, steps)


@pytest.mark.parametrize(("keys", "wanted"), [(("enter", "escape"), None), (("m",), "mask"), (("a",), "allow")])
def test_the_question_about_secrets_is_answered_by_its_own_keys_only(desk: Path, keys, wanted) -> None:
    async def steps(pilot, app):
        answers = []
        app.push_screen(SecretsScreen("One example holds a \x1b[31msecret."), answers.append)
        await until(pilot, lambda: "[SECRET]" in screen_text(app))
        assert "\x1b" not in screen_text(app)
        await pilot.press(*keys)
        await until(pilot, lambda: bool(answers))
        assert answers == [wanted]

    drive(desk, steps)
