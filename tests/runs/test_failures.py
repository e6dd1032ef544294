"""The failures of a run become findings, and what is missing from training is named."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from curator.runs.failures import failure_findings, hard_findings, learning
from curator.workflow.missing import failures_of, weak_regions


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def evaluated(folder: Path, losses: list[tuple[float, float]]) -> dict[str, int]:
    lines = [
        {"example": f"id{number}", "baseline_loss": before, "tuned_loss": after}
        for number, (before, after) in enumerate(losses)
    ]
    write_lines(folder / "evaluation.jsonl", lines)
    return {line["example"]: 100 + number for number, line in enumerate(lines)}


def test_the_worst_twentieth_and_what_training_made_worse_are_found(tmp_path: Path) -> None:
    losses = [(3.0, 1.0 + number / 100) for number in range(40)]
    losses[7] = (1.0, 1.3)
    rows = evaluated(tmp_path, losses)
    found = failure_findings(tmp_path, rows)
    assert found.filter(pl.col("check") == "high-loss")["row"].to_list() == [139, 138]
    worse = found.filter(pl.col("check") == "worse-after-training")
    assert worse["row"].to_list() == [107] and "from 1.00 to 1.30" in worse["message"][0]


def test_an_example_that_is_no_longer_in_the_set_is_left_out(tmp_path: Path) -> None:
    rows = evaluated(tmp_path, [(1.0, 2.0), (1.0, 2.0)])
    del rows["id0"]
    assert set(failure_findings(tmp_path, rows)["row"].to_list()) == {101}


def test_a_run_without_evaluation_or_dynamics_finds_nothing(tmp_path: Path) -> None:
    assert len(failure_findings(tmp_path, {})) == 0 and len(hard_findings(tmp_path, {})) == 0


def test_answers_harder_than_others_of_their_length_are_hard_to_learn(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tokens = rng.integers(5, 200, 200)
    losses = 4 - 0.5 * np.log(tokens)[:, None] + rng.normal(0, 0.05, (200, 4))
    losses[11] += 1.5
    frame = pl.DataFrame(
        {
            "example": [f"id{number}" for number in range(200)],
            "trained_tokens": tokens,
            "losses": losses.tolist(),
            "confidence": np.exp(-losses).mean(axis=1),
            "variability": np.exp(-losses).std(axis=1),
            "forgetting": np.zeros(200, dtype=np.int32),
        }
    )
    frame.write_parquet(tmp_path / "dynamics.parquet")
    found = hard_findings(tmp_path, {f"id{number}": number for number in range(200)})
    assert len(found) == 10 and found["row"][0] == 11
    ranked = learning(tmp_path)
    assert ranked is not None and math.isclose(float(ranked["suspicion"].median() or 0), 0, abs_tol=0.5)  # type: ignore[arg-type]


THINGS = ("kettle", "lamp", "ladder", "mirror", "basket", "heater")
PLACES = ("kitchen", "cellar", "garden", "attic", "hall")


def line(question: str, answer: str, loss: float, number: int) -> dict[str, Any]:
    return {
        "example": f"id{number}",
        "prompt": [{"role": "user", "content": question}],
        "reference": answer,
        "baseline_loss": 3.0,
        "tuned_loss": loss,
        "answer": answer,
        "baseline_answer": answer,
    }


def test_a_topic_that_training_never_saw_is_named_as_missing(tmp_path: Path) -> None:
    asked = [f"Where did you put the {thing} of the {place}?" for thing in THINGS for place in PLACES]
    train = [
        {"id": f"t{number}", "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Here."}]}
        for number, text in enumerate(asked)
    ]
    write_lines(tmp_path / "train.jsonl", train)
    usual = [
        line(f"Where is the {thing} of the {place} now?", "Here.", 1.0, n)
        for n, (thing, place) in enumerate((thing, place) for thing in THINGS for place in PLACES[:3])
    ]
    weak = [
        line(f"How do I get a refund for my invoice number {number}?", "In ten days.", 4.0, 50 + number)
        for number in range(5)
    ]
    write_lines(tmp_path / "evaluation.jsonl", usual + weak)
    failures = failures_of(tmp_path)
    assert {failure.line["example"] for failure in failures if failure.is_uncovered} == {
        f"id{50 + number}" for number in range(5)
    }
    (region,) = weak_regions(failures, tmp_path)
    assert {"refund", "invoice"} <= set(region.words) and len(region.examples) == 5
    assert "Add examples like these" in region.sentence()


def test_nothing_is_missing_where_failures_have_training_examples_like_them(tmp_path: Path) -> None:
    asked = [f"Where did you put the {thing} of the {place}?" for thing in THINGS for place in PLACES]
    train = [
        {"id": str(n), "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Here."}]}
        for n, text in enumerate(asked)
    ]
    write_lines(tmp_path / "train.jsonl", train)
    write_lines(tmp_path / "evaluation.jsonl", [line(text, "Here.", 1.0 + n, n) for n, text in enumerate(asked)])
    assert weak_regions(failures_of(tmp_path), tmp_path) == []
