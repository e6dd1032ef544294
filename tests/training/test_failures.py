"""The failures of a run become findings, and what is missing from training is named."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.last_training.failures import failure_findings
from curator.audit.last_training.hard_to_learn import hard_findings, learning, usual_losses
from curator.training.coverage import failures_of, weak_regions

Floats = npt.NDArray[np.float64]


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


def dynamics(folder: Path, answers: list[str], losses: Floats) -> dict[str, int]:
    """A run's dynamics and training file; the positions of its examples."""
    ids = [f"id{number}" for number in range(len(answers))]
    probabilities = np.exp(-losses)
    pl.DataFrame(
        {
            "example": ids,
            "trained_tokens": [len(answer.split()) for answer in answers],
            "losses": losses.tolist(),
            "confidence": probabilities.mean(axis=1),
            "variability": probabilities.std(axis=1),
            "forgetting": np.zeros(len(ids), dtype=np.int32),
        }
    ).write_parquet(folder / "dynamics.parquet")
    talks = [[{"role": "user", "content": "?"}, {"role": "assistant", "content": answer}] for answer in answers]
    write_lines(folder / "train.jsonl", [{"id": id_, "messages": talk} for id_, talk in zip(ids, talks, strict=True)])
    return {id_: number for number, id_ in enumerate(ids)}


WORDS = ("lamp", "kettle", "clock", "ladder", "blanket", "teapot", "mirror", "candle", "bucket", "basket")


def test_an_answer_harder_than_its_words_and_length_explain_comes_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    hardness = rng.normal(0, 1, len(WORDS))  # some words are improbable wherever they stand
    chosen = [rng.integers(0, len(WORDS), rng.integers(5, 60)) for _ in range(200)]
    usual = np.array([4 - 0.5 * np.log(len(words)) + hardness[words].mean() for words in chosen])
    losses = usual[:, None] + rng.normal(0, 0.05, (200, 4))
    easiest = np.argsort(usual)[:10]
    losses[easiest] += 1.0
    rows = dynamics(tmp_path, [" ".join(WORDS[word] for word in words) for words in chosen], losses)
    found = hard_findings(tmp_path, rows)
    assert set(found["row"].to_list()) == set(easiest.tolist())
    assert np.argsort(-losses.mean(axis=1))[:10].tolist() != found["row"].to_list()
    ranked = learning(tmp_path)
    assert ranked is not None and ranked["suspicion"].to_numpy()[easiest].min() > 3
    assert "where answers of such words and length have" in found["message"][0]


def test_an_example_does_not_explain_its_own_loss() -> None:
    losses = np.linspace(1, 2, 40)
    texts = [f"word{number}" for number in range(40)]  # no word of one is in another
    tokens = np.ones(40, dtype=np.int64)
    usual = usual_losses(texts, tokens, losses)
    losses[7] = 50.0
    assert np.isclose(usual_losses(texts, tokens, losses)[7], usual[7], atol=0.5)


def test_too_few_epochs_or_examples_and_answers_without_words_are_no_accident(tmp_path: Path) -> None:
    rows = dynamics(tmp_path, ["…"] * 40, np.ones((40, 3)))
    assert len(hard_findings(tmp_path, rows)) == 2
    assert len(hard_findings(tmp_path, {})) == 0
    dynamics(tmp_path, ["a word"] * 40, np.ones((40, 1)))
    assert learning(tmp_path) is None
    dynamics(tmp_path, ["a word"] * 10, np.ones((10, 3)))
    assert learning(tmp_path) is None


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
