"""How often the overfitting alarm fires on curves that do not overfit, and how late on those that do.

    python -m benchmarks.trainer.overfitting_alarm

Synthetic curves of 10 and 30 evaluations over 80 held-out examples. An example's loss is the curve's mean, plus its own
level (deviation 0.5), plus noise of its own at each evaluation, plus noise that all examples share at an evaluation
(the model jumps about between steps): the hardest kind, for pairing examples does not remove it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainer.train.overfitting import Reading, overfitting

EXAMPLES = 80
CURVES = 500


def falling(steps: int) -> np.ndarray:
    return 1.5 + 1.5 * np.exp(-np.linspace(0, 4, steps))


def level(steps: int) -> np.ndarray:
    return np.full(steps, 1.8)


def turning(slope: float) -> Callable[[int], np.ndarray]:
    """Falls until half-way, then rises by `slope` at each evaluation."""

    def curve(steps: int) -> np.ndarray:
        before = falling(steps // 2)
        rise = slope * np.arange(1, steps - steps // 2 + 1)
        return np.concatenate([before, before[-1] + rise])

    return curve


def first_alarm(mean: np.ndarray, own: float, shared: float, rng: np.random.Generator) -> tuple[int | None, int]:
    """Evaluation of the first alarm, and of the lowest validation loss up to then."""
    tokens = rng.integers(10, 200, EXAMPLES).astype(float)
    base = rng.normal(0, 0.5, EXAMPLES)
    train = np.linspace(2.5, 1.0, len(mean)) + rng.normal(0, 0.05, len(mean))
    readings = []
    for step, (centre, train_loss) in enumerate(zip(mean, train, strict=True)):
        losses = centre + base + rng.normal(0, own, EXAMPLES) + rng.normal(0, shared)
        readings.append(Reading(step, float(train_loss), losses, tokens))
        if overfitting(readings) is not None:
            return step, min(range(len(readings)), key=lambda index: readings[index].validation_loss)
    return None, int(np.argmin(mean))


def main() -> None:
    rng = np.random.default_rng(0)
    print("| curve | evaluations | own noise | shared noise | alarms | median delay after the minimum | within two |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, make in (
        ("falling", falling),
        ("level", level),
        ("rising 0.02 an evaluation", turning(0.02)),
        ("rising 0.05", turning(0.05)),
    ):
        for steps in (10, 30):
            for own, shared in ((0.02, 0.0), (0.1, 0.0), (0.1, 0.005), (0.1, 0.02)):
                found = [first_alarm(make(steps), own, shared, rng) for _ in range(CURVES)]
                delays = [alarm - lowest for alarm, lowest in found if alarm is not None]
                rate = len(delays) / CURVES
                late = f"{np.median(delays):.0f} | {np.mean(np.array(delays) <= 2):.0%}" if delays else "- | -"
                print(f"| {name} | {steps} | {own} | {shared} | {rate:.1%} | {late} |")


if __name__ == "__main__":
    main()
