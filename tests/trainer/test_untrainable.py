"""Examples that cannot be trained on: all of them are named, and skipped where that is wanted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer.cli import cli
from trainer.contract.errors import TemplateError
from trainer.evaluate.again import evaluate_again
from trainer.plan.plan import make_plan

from .conftest import write_jsonl

NO_SHOUTING = (
    "{% for message in messages %}{% if 'WHERE IS' in message['content'] %}{{ raise_exception('no shouting here') }}"
    "{% endif %}{% endfor %}"
)


@pytest.fixture
def folder(make_run: Callable[..., Path], tiny_model: Path, tmp_path: Path) -> Path:
    """Three examples that the template refuses, one that is no JSON, and one without an answer."""
    from transformers import AutoTokenizer

    made = make_run(
        tmp_path / "run",
        model={"chat_template": "mine.jinja"},
        training={"steps": 2, "batch_size": 4, "evaluations": 1},
        evaluation={"answers": 2, "sample_answers": 0, "max_new_tokens": 4},
    )
    template = AutoTokenizer.from_pretrained(tiny_model).chat_template
    (made / "mine.jinja").write_text(NO_SHOUTING + template, encoding="utf-8")
    lines = [json.loads(line) for line in (made / "train.jsonl").read_text().splitlines()]
    for number in (3, 5, 9):
        lines[number]["messages"][1]["content"] = f"WHERE IS IT, {number}?"
    lines[7]["messages"] = lines[7]["messages"][:2]
    write_jsonl(made / "train.jsonl", lines)
    return made


def test_a_run_stops_at_them_and_says_how_many_there_are(folder: Path) -> None:
    with pytest.raises(TemplateError, match=r"3 of 60 examples cannot be trained on: line 4: .*line 6: .*line 10: "):
        make_plan(folder)
    assert not (folder / "untrainable.jsonl").exists()


def test_they_are_skipped_by_name_and_the_rest_is_trained_and_evaluated(folder: Path) -> None:
    with (folder / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write("no JSON\n")
    planned = CliRunner().invoke(cli, ["plan", str(folder), "--skip-untrainable"])
    assert planned.exit_code == 0 and "5 examples of train.jsonl are skipped" in planned.output
    trained = CliRunner().invoke(cli, ["run", str(folder), "--skip-untrainable"])
    assert trained.exit_code == 0, trained.output
    found = [json.loads(line) for line in (folder / "untrainable.jsonl").read_text().splitlines()]
    assert {one["example"] for one in found} == {"line 4", "line 6", "line 8", "line 10", "line 61"}
    reasons = {one["example"]: one["reason"] for one in found}
    assert "no shouting here" in reasons["line 4"] and "no assistant token" in reasons["line 8"]
    assert json.loads((folder / "result.json").read_text())["truncation_report"]["examples"] == 56
    assert evaluate_again(folder, answers=1).answered == 1, "a later command skips them too"
