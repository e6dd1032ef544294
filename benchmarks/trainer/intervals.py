"""Do the intervals hold the truth as often as they say, and is a model ever called better than itself?

    python -m benchmarks.trainer.intervals [RUN_FOLDER]

The first table simulates 2,000 paired comparisons for each kind of score and number of examples. The second is of a
finished run: its tuned model answers each held-out question 24 times, sampled at temperature 1, and 200 times the model
is compared with itself on two of these answers to each question, drawn anew.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from trainer.contract.statistics import mean_interval
from trainer.evaluate.answers.generate import Question
from trainer.evaluate.verdict import verdict
from trainer.plan.plan import Plan

SIMULATIONS = 2_000
COMPARISONS = 200
ASKED = 60
POOL = 24
LONGEST = 48
"""Tokens of an answer."""

Floats = npt.NDArray[np.float64]


def paired(kind: str, count: int, rng: np.random.Generator) -> tuple[Floats, float]:
    """Differences of one simulated comparison, and the true difference."""
    if kind == "match, 30 % to 50 %":
        luck = rng.random(count)
        after = np.where(rng.random(count) < 0.6, luck, rng.random(count)) < 0.5
        return after.astype(float) - (luck < 0.3), 0.2
    if kind == "chrF-like":
        return rng.beta(0.8, 2, count) - rng.beta(0.5, 2, count), 0.8 / 2.8 - 0.5 / 2.5
    assert kind == "loss, long tail"
    return rng.lognormal(-1, 0.7, count) - rng.lognormal(-1.2, 0.7, count), float(np.exp(-0.755) - np.exp(-0.955))


def coverage() -> None:
    rng = np.random.default_rng(0)
    print(f"| score | examples | intervals that hold the true difference, of {SIMULATIONS:,} |\n| --- | --- | --- |")
    for kind in ("match, 30 % to 50 %", "chrF-like", "loss, long tail"):
        for count in (50, 100, 200):
            held = 0
            for seed in range(SIMULATIONS):
                differences, truth = paired(kind, count, rng)
                interval = mean_interval(differences, seed)
                held += interval.low <= truth <= interval.high
            print(f"| {kind} | {count} | {held / SIMULATIONS:.1%} |", flush=True)


def same_model_twice(folder: Path) -> None:
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    yield_idle_threads()
    stay_offline()
    import torch

    from trainer.evaluate.answers.generate import questions
    from trainer.evaluate.measures.answer_kind import answer_kind
    from trainer.evaluate.measures.measures import PRIMARY, measure
    from trainer.evaluate.tuned_and_untuned import held_out_of
    from trainer.publish.finished import finished_run

    plan, _ = finished_run(folder, allow_download=False)
    asked = questions(held_out_of(plan).conversations, ASKED)
    kind = answer_kind([one.reference for one in asked])
    torch.manual_seed(0)
    pool = np.array(
        [[measure(one.reference, text, kind)[PRIMARY[kind]] for text in texts] for one, texts in sampled(plan, asked)]
    )
    rng = np.random.default_rng(0)
    outcomes = []
    for number in range(COMPARISONS):
        drawn = np.array([row[rng.choice(POOL, 2, replace=False)] for row in pool])
        outcomes.append(verdict(PRIMARY[kind], drawn[:, 0], drawn[:, 1], number).outcome)
    told = outcomes.count("cannot tell")
    print(f"\nThe same model twice, {COMPARISONS} times, {len(asked)} questions, {PRIMARY[kind]}: ", end="")
    print(f"cannot tell in {told} ({told / COMPARISONS:.1%}).")


def sampled(plan: Plan, asked: list[Question]) -> Iterator[tuple[Question, list[str]]]:
    """Each question with a pool of answers of the tuned model."""
    import torch

    from trainer.evaluate.answers.generate import stop_tokens
    from trainer.publish.finished import tuned_model

    model, stops = tuned_model(plan).eval(), stop_tokens(plan.tokenizer, plan.train)
    for one in asked:
        prompt = plan.template.render(one.messages, one.tools, prompt_for_answer=True)
        ids = plan.tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            output = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=LONGEST,
                do_sample=True,
                num_return_sequences=POOL,
                use_cache=True,
                eos_token_id=stops,
                pad_token_id=stops[0],
            )
        rows = output[:, ids.shape[1] :].tolist()
        ends = [next((place for place, token in enumerate(row) if token in stops), len(row)) for row in rows]
        yield one, [plan.tokenizer.decode(row[:end]) for row, end in zip(rows, ends, strict=True)]


if __name__ == "__main__":
    coverage()
    if len(sys.argv) > 1:
        same_model_twice(Path(sys.argv[1]))
