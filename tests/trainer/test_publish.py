"""What leaves the run folder works as it did inside: merged weights, template, stop tokens, plan, chat."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.chat import talk
from trainer.contract.errors import MissingError, SettingsError
from trainer.evaluate.again import evaluate_again
from trainer.plan.describe import describe
from trainer.plan.plan import make_plan
from trainer.publish.merge import merge_adapter


@pytest.fixture(scope="module")
def finished_copy(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(finished, tmp_path_factory.mktemp("published") / "run")


def test_a_merge_in_32_bits_has_the_logits_of_base_and_adapter(finished_copy: Path) -> None:
    report = merge_adapter(finished_copy, "float32")
    assert report["logit_difference"] <= 1e-5
    assert report["held_out_loss_merged"] == pytest.approx(report["held_out_loss_adapter"], abs=1e-5)
    assert report["held_out_loss_merged"] == pytest.approx(report["held_out_loss_in_training"], rel=0.05)
    generation = json.loads((finished_copy / "merged" / "generation_config.json").read_text())
    assert generation["eos_token_id"] in (2, [2])


def test_a_merge_in_16_bits_is_half_the_size_and_scores_the_same(finished_copy: Path) -> None:
    report = merge_adapter(finished_copy, "bfloat16")
    assert report["held_out_loss_merged"] == pytest.approx(report["held_out_loss_adapter"], rel=0.02)


def test_evaluating_again_gives_the_figures_of_the_run(finished_copy: Path) -> None:
    before = json.loads((finished_copy / "result.json").read_text())["evaluation"]
    assert evaluate_again(finished_copy).tuned_loss.value == pytest.approx(before["tuned_loss"]["value"], abs=1e-5)


def test_chat_answers_with_both_models_and_makes_control_characters_visible(
    finished_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Where is the lamp?\n/quit\n"))
    talk(finished_copy, system=None, allow_download=False)
    out = capsys.readouterr().out
    assert "untuned" in out and "tuned" in out and "\x1b" not in out


def test_an_unfinished_run_cannot_be_merged(make_run: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no finished run"):
        merge_adapter(make_run(tmp_path / "run"), "float32")


def test_the_plan_shows_what_is_trained_and_where_each_setting_comes_from(
    make_run: Callable[..., Path], tmp_path: Path
) -> None:
    text = describe(make_plan(make_run(tmp_path / "run", training={"steps": 8})), colour=False)
    assert "«The kettle is in the kitchen, on shelf 0.<|im_end|>»" in text
    assert "60 examples: 60 kept" in text and "unsloth guide" in text and "run.toml" in text
    assert "memory" in text and "disk" in text and "only 8 steps" in text


def test_a_merged_folder_with_something_of_ones_own_in_it_is_not_replaced(finished_copy: Path) -> None:
    merge_adapter(finished_copy, "bfloat16")
    merged = finished_copy / "merged"
    (merged / "model.gguf").write_text("converted for hours")
    with pytest.raises(SettingsError, match=r"did not write.*: model\.gguf\. Move it elsewhere"):
        merge_adapter(finished_copy, "bfloat16")
    assert (merged / "model.gguf").read_text() == "converted for hours"
    (merged / "model.gguf").unlink()
    merged.rename(finished_copy / ".merged.old")  # as a merge does that is killed between its two renames
    merge_adapter(finished_copy, "float32")
    assert sorted(path.name for path in finished_copy.glob("*merged*")) == ["merged"]
    assert json.loads((merged / "merge.json").read_text())["dtype"] == "float32"
