"""Preferences: pairs and rated answers are learnt by the published formulas, and with the guarantees of every run."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.conftest import conversation, write_jsonl
from trainer.contract.errors import DataError, SettingsError, StoppedError
from trainer.contract.results import Result
from trainer.plan.plan import make_plan
from trainer.train import recipe
from trainer.train.preference_steps import PreferenceTrainer
from trainer.train.recipe import prepare_model, run

Make = Callable[..., Path]
Events = Callable[[Path], list[dict[str, Any]]]
OBJECTIVES = ("dpo", "kto", "orpo")
QUIET = {"answers": 0, "sample_answers": 0}


def line(number: int, objective: str) -> dict[str, Any]:
    """A pair, or a rated answer: the answer is the other example's, or a refusal."""
    *prompt, good = conversation(number)["messages"]
    bad = {"role": "assistant", "content": "I do not know. " * (1 + number % 3) + f"Ask {number}."}
    if objective == "kto":
        return {
            "id": f"n{number}",
            "prompt": prompt,
            "completion": [bad if number % 2 else good],
            "label": not number % 2,
        }
    return {"id": f"n{number}", "prompt": prompt, "chosen": [good], "rejected": [bad]}


@pytest.fixture
def make(make_run: Make, tmp_path: Path) -> Make:
    def written(objective: str, name: str = "run", examples: int = 24, held_out: int = 8, **sections: Any) -> Path:
        training = {"objective": objective, "batch_size": 6, **sections.pop("training", {})}
        evaluation = {**QUIET, **sections.pop("evaluation", {})}
        folder = make_run(tmp_path / name, training=training, evaluation=evaluation, **sections)
        write_jsonl(folder / "train.jsonl", [line(number, objective) for number in range(examples)])
        write_jsonl(folder / "validation.jsonl", [line(300 + number, objective) for number in range(held_out)])
        return folder

    return written


def logarithm_of(model: Any, tokens: Any) -> tuple[float, int]:
    """Log probability of the trained tokens of one sequence, and their number, by plain logits."""
    import torch

    ids = torch.from_numpy(tokens.ids.astype(np.int64))[None]
    with torch.no_grad():
        logs = model(input_ids=ids, use_cache=False).logits[0, :-1].double().log_softmax(-1)
    trained = tokens.weights[1:] > 0
    found = logs.gather(1, ids[0, 1:, None])[:, 0].numpy()[trained]
    return float(found.sum()), int(trained.sum())


def sigmoid(number: float) -> float:
    return 1 / (1 + math.exp(-number))


def expected(objective: str, policy: Any, reference: Any, tokens: Any, labels: Any, beta: float) -> tuple[float, float]:
    """Loss and margin of a step, written anew from the papers."""
    if objective == "kto":
        far = max(0.0, float(np.mean([p[1] - r[1] for p, r in zip(policy, reference, strict=True)])))
        ratios = [p[0] - r[0] for p, r in zip(policy, reference, strict=True)]
        losses = [
            1 - sigmoid(beta * (ratio - far) if good else beta * (far - ratio))
            for ratio, good in zip(ratios, labels, strict=True)
        ]
        good, bad = (
            [beta * ratio for ratio, label in zip(ratios, labels, strict=True) if label is so] for so in (True, False)
        )
        return float(np.mean(losses)), float(np.mean(good) - np.mean(bad))
    if objective == "dpo":
        margins = [beta * ((p[0] - r[0]) - (p[1] - r[1])) for p, r in zip(policy, reference, strict=True)]
        return float(np.mean([-math.log(sigmoid(margin)) for margin in margins])), float(np.mean(margins))
    means = [(p[0] / n[0], p[1] / n[1]) for p, n in zip(policy, tokens, strict=True)]
    odds = [math.exp(mean) / (1 - math.exp(mean)) for pair in means for mean in pair]
    ratios = [math.log(odds[at] / odds[at + 1]) for at in range(0, len(odds), 2)]
    told = -sum(p[0] for p in policy) / sum(n[0] for n in tokens)
    loss = told - beta * float(np.mean([math.log(sigmoid(ratio)) for ratio in ratios]))
    return loss, float(np.mean([beta * (first - second) for first, second in means]))


@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_each_step_has_the_loss_and_margin_of_the_papers(
    objective: str, packing: bool, make: Make, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(
        objective,
        model={"quantisation": "none", "precision": "float32"},
        training={"steps": 3, "learning_rate": 0.01, "packing": packing, "micro_batch_tokens": 300, "beta": 0.3},
    )
    base, _ = prepare_model(make_plan(folder))
    wanted = []

    def checked(trainer: PreferenceTrainer, model: Any, inputs: Any) -> Any:
        examples, scored = trainer.steps.examples, []
        model.eval()
        for network in (model, base):
            found = [
                [logarithm_of(network, part[at]) for part in (examples, examples.seconds)] for at in inputs.examples
            ]
            scored.append([[logs for logs, _ in pair] for pair in found])
            counts = [[count for _, count in pair] for pair in found]
        labels = [bool(examples.labels[at]) for at in inputs.examples]
        wanted.append(expected(objective, *scored, counts, labels, 0.3))
        model.train()
        return true_passes(trainer, model, inputs)

    true_passes = PreferenceTrainer.passes
    monkeypatch.setattr(PreferenceTrainer, "passes", checked)
    run(folder)
    told = [event for event in events(folder) if event["event"] == "metric" and event["split"] == "train"]
    assert len(wanted) == 3 and wanted[2][1] != pytest.approx(wanted[0][1], abs=1e-3)
    for event, (loss, margin) in zip(told, wanted, strict=True):
        assert event["loss"] == pytest.approx(loss, abs=2e-5) and event["margin"] == pytest.approx(margin, abs=2e-5)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_run_in_4_bits_learns_what_is_preferred_and_leaves_what_every_run_leaves(
    objective: str, make: Make, events: Events
) -> None:
    folder = make(objective, training={"steps": 12, "learning_rate": 0.01, "evaluations": 3}, evaluation={"answers": 2})
    result = run(folder)
    assert result.model_facts["linear4bit_layers"] == 14 and result.model_facts["gradients_outside_adapters"] == []
    assert result.evaluation is not None and result.evaluation.loss_fall.low > 0
    held_out = [e for e in events(folder) if e["event"] == "metric" and e["split"] == "validation"]
    assert held_out[-1]["loss"] < held_out[0]["loss"] and held_out[-1]["margin"] > held_out[0]["margin"]
    assert held_out[-1]["accuracy"] == 1.0
    if objective != "orpo":
        assert (held_out[0]["loss"], held_out[0]["margin"]) == pytest.approx(
            (math.log(2) if objective == "dpo" else 0.5, 0)
        )
    lines = [json.loads(text) for text in (folder / "evaluation.jsonl").read_text().splitlines()]
    assert len(lines) == 8 and all(one["tuned_loss"] < one["baseline_loss"] for one in lines)
    assert not any("I do not know" in one.get("reference", "") for one in lines)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_run_that_was_stopped_ends_like_one_that_was_not(
    objective: str, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "lora": {"dropout": 0.1},
        "training": {"steps": 6, "evaluations": 3, "learning_rate": 0.005},
        "evaluation": {"at_end": False},
    }
    whole = run(make(objective, "whole", **settings))
    folder = make(objective, "stopped", **settings)
    true_passes, scored = PreferenceTrainer.passes, []

    def failing(trainer: PreferenceTrainer, model: Any, inputs: Any) -> Any:
        if trainer.state.global_step == 3:
            raise KeyboardInterrupt
        return true_passes(trainer, model, inputs)

    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(PreferenceTrainer, "passes", failing)
        run(folder)
    from trainer.evaluate import reference

    true_scores = reference.both_logps
    monkeypatch.setattr(reference, "both_logps", lambda *rest: scored.append(1) or true_scores(*rest))
    resumed = run(folder, resume=True)
    assert not scored, "the reference was kept"
    assert (resumed.train_loss, resumed.validation_loss) == (whole.train_loss, whole.validation_loss)
    weights = [
        (one / "adapter" / "adapter_model.safetensors").read_bytes() for one in (folder, folder.parent / "whole")
    ]
    assert weights[0] == weights[1]


def test_a_reference_that_was_half_computed_is_continued(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from trainer.evaluate import reference

    folder = make("dpo", training={"steps": 2}, evaluation={"at_end": False})
    true_scores, asked = reference.both_logps, []

    def scores(model: Any, examples: Any, indices: Any, *rest: Any) -> Any:
        if len(asked) == 2:
            asked.append([])
            raise KeyboardInterrupt
        asked.append(list(indices))
        return true_scores(model, examples, indices, *rest)

    monkeypatch.setattr(reference, "CHUNK", 10)
    monkeypatch.setattr(reference, "both_logps", scores)
    with pytest.raises(StoppedError):
        run(folder)
    run(folder, resume=True)
    assert [len(part) for part in asked] == [10, 10, 0, 4, 8]


def test_a_run_that_begins_from_an_adapter_has_that_adapter_as_its_reference(make: Make, finished: Path) -> None:
    model = {"adapter": str(finished / "adapter"), "precision": "bfloat16"}
    folder = make("dpo", model=model, training={"steps": 2}, evaluation={"at_end": False})
    run(folder)
    begun = [json.loads(text) for text in (folder / "events.jsonl").read_text().splitlines()]
    first = next(event for event in begun if event["event"] == "metric" and event["split"] == "validation")
    assert first["loss"] == pytest.approx(math.log(2)) and first["margin"] == 0
    plain = make("dpo", "plain", model={"precision": "bfloat16"}, training={"steps": 2}, evaluation={"at_end": False})
    run(plain)
    kept = [np.load(one / "checkpoints" / "reference-train.npz")["logps"] for one in (folder, plain)]
    assert np.abs(kept[0] - kept[1]).min() > 1e-3


@pytest.mark.parametrize(
    ("objective", "data", "says"),
    [
        (
            "sft",
            "dpo",
            r'objective = "sft" learns from conversations.*pairs of answers.*Set objective = "dpo" or "orpo"',
        ),
        ("sft", "kto", r'are rated answers.*Set objective = "kto"'),
        ("dpo", "sft", r'objective = "dpo" learns from pairs.*conversations to learn.*Set objective = "sft"'),
        ("kto", "dpo", r'objective = "kto" learns from rated answers.*Set objective = "dpo" or "orpo"'),
        ("orpo", "kto", r'Set objective = "kto"'),
    ],
)
def test_data_of_another_kind_is_refused_with_what_to_set(objective: str, data: str, says: str, make: Make) -> None:
    folder = make(objective)
    lines = [conversation(number) if data == "sft" else line(number, data) for number in range(12)]
    write_jsonl(folder / "train.jsonl", lines)
    with pytest.raises(DataError, match=says):
        make_plan(folder)


def test_two_kinds_in_one_file_are_refused(make: Make) -> None:
    folder = make("dpo")
    write_jsonl(folder / "train.jsonl", [*(line(number, "dpo") for number in range(9)), conversation(9)])
    with pytest.raises(DataError, match=r"1 of 10 examples are conversations.*A run learns from one kind"):
        make_plan(folder)


def test_settings_that_do_not_fit_the_objective_are_refused(make: Make) -> None:
    with pytest.raises(SettingsError, match=r"\[training\] beta counts for the objectives"):
        make_plan(make("sft", "beta", training={"beta": 0.2}))
    with pytest.raises(SettingsError, match="set batch_size to 2 or more"):
        make_plan(make("kto", "alone", training={"batch_size": 1}))
    with pytest.raises(SettingsError, match="should be 'sft', 'dpo', 'kto' or 'orpo'"):
        make_plan(make("ppo", "unknown"))


def test_equal_answers_are_refused_by_line(make: Make) -> None:
    folder = make("dpo")
    same = {"prompt": "Where?", "chosen": "Here.", "rejected": "Here."}
    write_jsonl(folder / "train.jsonl", [*(line(number, "dpo") for number in range(9)), same])
    with pytest.raises(DataError, match="line 10: the chosen and the rejected answer are the same"):
        make_plan(folder)


def test_the_report_counts_a_pair_once_by_its_graver_fate(make: Make) -> None:
    folder = make("dpo", training={"max_length": 120, "overlength": "drop"})
    long = {"role": "assistant", "content": "It was there on Monday. " * 30}
    lines = [line(number, "dpo") for number in range(9)]
    write_jsonl(folder / "train.jsonl", [*lines, {**lines[0], "id": "long", "rejected": [long]}])
    truncation = make_plan(folder).train_truncation
    assert truncation.examples == 10 and truncation.names["lost"] == ["long"]


def test_nothing_of_a_prompt_is_learnt_also_where_it_holds_answers(make: Make) -> None:
    folder = make("orpo")
    messages = conversation(1, turns=2)["messages"]
    bad = {"role": "assistant", "content": "No."}
    lines = [
        {"chosen": [*messages[:-1], {**messages[-1], "content": f"Here, {n}."}], "rejected": [*messages[:-1], bad]}
        for n in range(12)
    ]
    write_jsonl(folder / "train.jsonl", lines)
    plan = make_plan(folder)
    first, second = plan.train[3], plan.train.seconds[3]
    texts = [plan.tokenizer.decode(one.ids[one.weights > 0]) for one in (first, second)]
    assert texts == ["Here, 3.<|im_end|>", "No.<|im_end|>"]


def test_several_devices_are_refused(make: Make) -> None:
    from trainer.train.processes import Processes

    with pytest.raises(SettingsError, match="trains on one device"):
        prepare_model(make_plan(make("dpo")), Processes(count=2))


def test_the_result_says_what_was_learnt(make: Make) -> None:
    folder = make("dpo", training={"steps": 2, "evaluations": 0}, evaluation={"at_end": False})
    recipe.run(folder)
    result = Result.model_validate_json((folder / "result.json").read_text())
    assert result.settings["training"]["objective"] == "dpo" and result.settings["training"]["beta"] == 0.1
    assert result.origins["training.learning_rate"].startswith("a fortieth of")
