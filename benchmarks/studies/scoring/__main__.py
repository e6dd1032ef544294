"""How fast an endpoint is asked, and whether a calibration's intervals hold.

Usage: python -m benchmarks.studies.scoring [rate] [calibration]
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.studies.scoring.endpoint import synthetic
from curator.scoring.address import judge_at
from curator.scoring.asking import EndpointJudge, ScoreQuestion, ask_all
from curator.scoring.judge_calibration import Rated, calibrate
from curator.scoring.kept_replies import KeptReplies
from curator.scoring.prompt import key_of, messages_for
from curator.scoring.rubric import rubric_named

RUBRIC = rubric_named("helpful-and-correct")
POPULATION, SAMPLE, RESAMPLES = 20_000, 200, 100
JUDGES = (("good", 0.5, 0.0), ("middling", 0.9, 0.0), ("weak", 1.4, 0.0), ("likes length", 0.7, 0.3))
"""Name, deviation of the judge's error in levels, and levels that it adds for a standard deviation of length."""


def questions(address: str, numbers: np.ndarray) -> Iterator[ScoreQuestion]:
    for number in numbers.tolist():
        messages = messages_for(RUBRIC, {"conversation": "user: Why?", "answer": f"Answer number {number}."})
        yield ScoreQuestion(str(number), key_of(address, "synthetic", messages), messages)


def rate() -> None:
    """2,000 requests at concurrency 32 of an endpoint that answers in 50 ms."""
    count, concurrency, milliseconds = 2_000, 32, 50
    table = np.tile(np.array([0.1, 0.1, 0.1, 0.6, 0.1]), (count, 1))
    with tempfile.TemporaryDirectory() as place, synthetic(milliseconds, table, Path(place)) as address:
        judge = EndpointJudge(judge_at(address, "synthetic"), RUBRIC, concurrency)
        kept = KeptReplies(Path(place) / "replies.jsonl")
        begun, used = time.perf_counter(), time.process_time()
        done = sum(1 for _ in ask_all(questions(address, np.arange(count)), judge, kept, 3, concurrency))
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
    capacity = concurrency * 1000 / milliseconds
    per_second = done / seconds
    print(f"{done:,} requests in {seconds:.2f} s: {per_second:.0f}/s, {per_second / capacity:.1%} of {capacity:.0f}/s")
    print(f"processor seconds of the client: {processor:.2f}")


def calibration() -> None:
    """100 samples of 200 rated examples for each judge: does the interval of the stated precision hold the truth?"""
    print(
        "| judge | thresholds given | precision held | length bias found | refused |\n| --- | --- | --- | --- | --- |"
    )
    for name, deviation, bias in JUDGES:
        print(f"| {name} | {' | '.join(map(str, one_judge(deviation, bias)))} |", flush=True)


def one_judge(deviation: float, bias: float) -> tuple[int, str, int, int]:
    draw = np.random.default_rng(1)
    quality = draw.normal(3.4, 1.1, POPULATION)
    people = np.clip(np.rint(quality + draw.normal(0, 0.4, POPULATION)), 1, 5)
    lengths = np.rint(draw.lognormal(6, 1, POPULATION))
    longer = np.log1p(lengths)
    longer = (longer - longer.mean()) / longer.std()
    means = np.clip(quality + bias * longer + draw.normal(0, deviation, POPULATION), 1, 5)
    levels = np.arange(1, 6)
    table = np.clip(1 - np.abs(means[:, None] - levels), 0, 1)  # the two nearest levels share the probability
    held, given, found, refused = 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as place, synthetic(0, table, Path(place)) as address:
        judge = EndpointJudge(judge_at(address, "synthetic"), RUBRIC, 8)
        kept = KeptReplies(Path(place) / "replies.jsonl")
        for _ in range(RESAMPLES):
            some = draw.choice(POPULATION, SAMPLE, replace=False)
            outcomes = ask_all(questions(address, some), judge, kept, 3, 8)
            by_number = {int(one.example): one.score for one in outcomes}
            scores, nothing = np.array([by_number[at] for at in some.tolist()]), np.full(SAMPLE, np.nan)
            rated = Rated(scores, people[some], lengths[some], nothing, nothing, {})
            outcome = calibrate(rated, RUBRIC.scale, RUBRIC.enough, 0.8)
            refused += bool(outcome.refusal)
            assert outcome.length_bias is not None
            found += outcome.length_bias.low > 0
            if outcome.threshold is not None:
                given += 1
                truth = (people[means < outcome.threshold.score] < RUBRIC.enough).mean()
                held += outcome.threshold.precision.low <= truth <= outcome.threshold.precision.high
    return given, f"{held} of {given}", found, refused


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["rate", "calibration"]
    for work in (rate, calibration):
        if work.__name__ in wanted:
            work()
