"""A run's folder is exactly what was kept, and stays so."""

import json
from pathlib import Path

import pytest

from curator.data.content import Content
from curator.errors import UsageError
from curator.training.runs.listed import changes, contents_of, runs_in
from curator.training.runs.run_toml import run_settings
from curator.training.runs.snapshot import Handed, changed_files, hand_over, read_snapshot
from trainer.contract.settings import read_settings


def handed(number: int, side: str = "train", answer: str = "Yes.") -> Handed:
    messages = [{"role": "user", "content": f"Is it {number}?"}, {"role": "assistant", "content": answer}]
    return Handed(f"{number:016x}", Content(messages), side)  # type: ignore[arg-type]


def examples(count: int = 20) -> list[Handed]:
    return [handed(number, "validation" if number % 5 == 0 else "train") for number in range(count)]


def edits(runs: Path, given: list[Handed]) -> Path:
    settings = run_settings("a-model", ("training.epochs=2",))
    return hand_over(runs, given, settings, model="a-model", sources=[], decisions=7, split="a split")[0]


def test_a_run_holds_what_was_kept_on_its_side_with_its_settings(tmp_path: Path) -> None:
    folder = edits(tmp_path, examples())
    assert len((folder / "train.jsonl").read_text().splitlines()) == 16
    held_out = (folder / "validation.jsonl").read_text().splitlines()
    assert {json.loads(line)["id"] for line in held_out} == {f"{number:016x}" for number in (0, 5, 10, 15)}
    assert not (folder / "test.jsonl").exists()
    settings = read_settings(folder / "run.toml")
    assert settings.model.name == "a-model" and settings.training.epochs == 2
    snapshot = read_snapshot(folder)
    assert snapshot is not None and snapshot.decisions == 7 and snapshot.files["train"].examples == 16


def test_a_change_to_a_run_is_noticed(tmp_path: Path) -> None:
    folder = edits(tmp_path, examples())
    snapshot = read_snapshot(folder)
    assert snapshot is not None and changed_files(folder, snapshot) == []
    with (folder / "train.jsonl").open("a") as file:
        file.write("\n")
    assert changed_files(folder, snapshot) == ["train.jsonl"]


def test_the_list_of_runs_says_what_changed_in_the_data(tmp_path: Path) -> None:
    first = examples()
    second = [*first[2:], handed(100), handed(101)]
    second[0] = handed(2, answer="No.")
    edits(tmp_path, first)
    edits(tmp_path, second)
    runs = runs_in(tmp_path)
    assert [run.name[:3] for run in runs] == ["001", "002"]
    assert runs[0].changed is None
    assert runs[1].changed is not None and vars(runs[1].changed) == {"added": 2, "dropped": 2, "edited": 1}
    assert "2 added, 2 dropped, 1 edited" in runs[1].changed.sentence()
    assert changes(contents_of(runs[1].folder), contents_of(runs[1].folder)).sentence() == "the same data"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (examples(4), "Only 4 examples are kept"),
        ([handed(number) for number in range(20)], "No example is held out"),
        (
            [*examples(), Handed("f" * 16, Content([{"role": "user", "content": "Hello?"}]), "train")],
            "has no assistant turn",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_refused_and_leaves_nothing(
    tmp_path: Path, given: list[Handed], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        edits(tmp_path, given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", ["epochs=2", "training.epochs", "training.epoch=2", "training.epochs=-1"])
def test_a_setting_that_the_trainer_would_refuse_is_refused_at_once(setting: str) -> None:
    with pytest.raises(UsageError):
        run_settings("a-model", (setting,))


def test_settings_of_every_kind_reach_the_trainer(tmp_path: Path) -> None:
    given = ("training.packing=false", 'lora.targets=["q_proj", "v_proj"]', "model.licence=MIT", "lora.dropout=0.1")
    path = tmp_path / "run.toml"
    path.write_text(run_settings('a "model"\\name', given))
    settings = read_settings(path)
    assert settings.model.name == 'a "model"\\name' and settings.model.licence == "MIT"
    assert settings.training.packing is False and settings.lora.targets == ["q_proj", "v_proj"]


def test_unknown_fields_and_tools_of_an_example_are_in_its_line(tmp_path: Path) -> None:
    tools = [{"type": "function", "function": {"name": "look", "parameters": {}}}]
    talk = [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": "Done.", "weight": 0, "reasoning": "I looked."},
    ]
    folder = edits(tmp_path, [*examples(), Handed("e" * 16, Content(talk, tools), "train")])
    line = json.loads((folder / "train.jsonl").read_text().splitlines()[-1])
    assert line == {"id": "e" * 16, "messages": talk, "tools": tools}


def test_the_form_an_answer_is_wanted_in_reaches_the_trainer(tmp_path: Path) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    folder = edits(tmp_path, [one._replace(response_format=form) for one in examples()])
    lines = [json.loads(line) for line in (folder / "validation.jsonl").read_text().splitlines()]
    assert all(line["response_format"] == form for line in lines)
