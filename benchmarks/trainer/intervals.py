"""Do the intervals hold the truth as often as they say, and is a model ever called better than itself?

    python -m benchmarks.trainer.intervals [RUN_FOLDER]

The first table simulates 2,000 paired comparisons for each kind of score and number of examples. The second, for a
finished run, samples two sets of answers of the same model 200 times and asks for the verdict each time.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from trainer.evaluate.intervals import mean_interval
from trainer.evaluate.verdict import verdict

SIMULATIONS = 2_000
COMPARISONS = 200
ASKED = 40

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
    from trainer.model.quiet import quieten_libraries, stay_offline

    quieten_libraries()
    stay_offline()
    import torch

    from trainer.evaluate.answers import questions, stop_tokens
    from trainer.evaluate.kind import answer_kind
    from trainer.evaluate.measures import PRIMARY, measure
    from trainer.publish.finished import finished_run, tuned_model

    plan, _ = finished_run(folder, allow_download=False)
    model = tuned_model(plan).eval()
    assert plan.validation is not None
    asked = questions(plan.validation.conversations, ASKED)
    kind = answer_kind([one.reference for one in asked])
    stops = stop_tokens(plan.tokenizer, plan.train)
    scores = np.zeros((len(asked), 2 * COMPARISONS))
    torch.manual_seed(0)
    for row, one in enumerate(asked):
        prompt = plan.template.render(one.messages, one.tools, prompt_for_answer=True)
        ids = plan.tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            output = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=32,
                do_sample=True,
                num_return_sequences=2 * COMPARISONS,
                eos_token_id=stops,
                pad_token_id=stops[0],
            )
        for column, answer in enumerate(output[:, ids.shape[1] :].tolist()):
            end = next((place for place, token in enumerate(answer) if token in stops), len(answer))
            figures = measure(one.reference, plan.tokenizer.decode(answer[:end]), kind)
            scores[row, column] = figures[PRIMARY[kind]]
    outcomes = [
        verdict(PRIMARY[kind], scores[:, 2 * pair], scores[:, 2 * pair + 1], pair).outcome
        for pair in range(COMPARISONS)
    ]
    told = outcomes.count("cannot tell")
    print(f"\nThe same model twice, {COMPARISONS} times, {len(asked)} questions, {PRIMARY[kind]}: ", end="")
    print(f"cannot tell in {told} ({told / COMPARISONS:.1%}).")


if __name__ == "__main__":
    coverage()
    if len(sys.argv) > 1:
        same_model_twice(Path(sys.argv[1]))
