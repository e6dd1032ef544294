"""`curator score --calibrate`: a judge filters only as far as people agree with it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.scoring.judge_calibration import Rated, calibrate, weighted_kappa
from tests.audit.run import chat, curator, write
from tests.scoring.judges import RUBRIC, RatingService, number_in
from tests.scoring.test_score_command import folder, score  # noqa: F401 - a fixture
from tests.training.providers.loopback import serving

COUNT = 60
QUESTION = f'[labels.{RUBRIC}]\nkind = "rating"\n'


@pytest.fixture
def rated(folder: Path) -> Path:  # noqa: F811
    """Sixty examples; Anna rated example n with 1 + n % 5, and Ben those under 30 one higher where that is possible."""
    write(folder / "chats.jsonl", [chat(f"Question {n}?", f"Answer number {n}.") for n in range(COUNT)])
    (folder / "curator.toml").write_text(QUESTION)
    for level in range(1, 6):
        rate(folder, "anna", level, range(level - 1, COUNT, 5))
    for level in range(2, 6):
        rate(folder, "ben", level, range(level - 2, 30, 5))
    return folder


def rate(folder: Path, who: str, level: int, numbers: range) -> None:  # noqa: F811
    where = " or ".join(f'"Answer number {number}."' for number in numbers)
    words = ("--set", f"{RUBRIC}={level}", "--where", where, "--annotator", who)
    assert curator(folder, "label", "chats.jsonl", *words).code == 0


def low_scores(folder: Path) -> int:  # noqa: F811
    report = json.loads(curator(folder, "audit", "chats.jsonl", "--json", "--fail-on", "never").out)
    return sum(check["findings"] for check in report["checks"] if check["name"] == "low-score")


def test_a_judge_that_agrees_with_people_filters_under_a_threshold(rated: Path) -> None:
    with serving(RatingService(lambda shown, _: 1 + number_in(shown) % 5)) as judge:
        score(rated, judge)
        assert low_scores(rated) == 0, "no score filters before it is calibrated"
        said = score(rated, judge, "--calibrate")
        assert said.code == 0, said.err
        assert "low-score findings from now on" in said.out and "check:low-score" in said.out
        found = json.loads(score(rated, judge, "--calibrate", "--json").out)
    assert found["examples"] == COUNT and found["kappa"]["value"] > 0.8 and found["refusal"] == ""
    assert 0.3 < found["kappa_people"]["value"] < 1 and found["consistency"]["value"] == 1
    assert found["threshold"]["precision"]["low"] < found["threshold"]["precision"]["value"]
    assert low_scores(rated) == len(
        curator(rated, "show", "chats.jsonl", "--limit", "0", "--json", "--where", "check:low-score").out.splitlines()
    )
    assert low_scores(rated) >= COUNT // 5
    assert curator(rated, "explain", "low-score").code == 0


def test_a_judge_that_guesses_is_refused_in_a_sentence(rated: Path) -> None:
    with serving(RatingService(lambda shown, _: 1 + number_in(shown) * 7 % 11 % 5)) as judge:
        said = score(rated, judge, "--calibrate")
    assert said.code == 0 and "does not beat a constant guess" in said.out and "must not filter" in said.out
    assert low_scores(rated) == 0


def test_a_constant_judge_is_refused(rated: Path) -> None:
    with serving(RatingService(lambda shown, _: 4)) as judge:
        assert "does not beat a constant guess" in score(rated, judge, "--calibrate").out


def test_without_ratings_it_is_said_how_to_get_some(folder: Path) -> None:  # noqa: F811
    with serving(RatingService(lambda shown, _: 4)) as judge:
        ended = score(folder, judge, "--calibrate")
    assert ended.code == 2 and f"[labels.{RUBRIC}]" in ended.err and judge.calls == []


def test_ratings_of_one_class_calibrate_nothing(folder: Path) -> None:  # noqa: F811
    (folder / "curator.toml").write_text(QUESTION)
    rate(folder, "anna", 5, range(30))
    with serving(RatingService(lambda shown, _: 1 + number_in(shown) % 5)) as judge:
        said = score(folder, judge, "--calibrate")
        assert "Rate examples of both kinds" in said.out and low_scores(folder) == 0


def test_too_few_ratings_calibrate_nothing(folder: Path) -> None:  # noqa: F811
    (folder / "curator.toml").write_text(QUESTION)
    rate(folder, "anna", 5, range(3))
    rate(folder, "anna", 1, range(3, 6))
    with serving(RatingService(lambda shown, _: 5 if number_in(shown) < 3 else 1)) as judge:
        assert "6 rated examples are too few" in score(folder, judge, "--calibrate").out


def test_a_calibration_asks_again_and_without_markdown(rated: Path) -> None:
    examples = [chat(f"Question {n}?", f"**Answer** number {n}.") for n in range(COUNT)]
    write(rated / "chats.jsonl", [*examples, chat("Plain?", "Answer number 70.")])
    rate(rated, "anna", 2, range(0, COUNT, 2))

    def rate_bold(shown: str, _: int) -> int:
        return 4 if "**" in shown else 3

    for level, start in ((5, 0), (1, 1)):
        where = " or ".join(f'"number {n}."' for n in range(start, COUNT, 2))
        curator(rated, "label", "chats.jsonl", "--set", f"{RUBRIC}={level}", "--where", where, "--annotator", "anna")
    with serving(RatingService(rate_bold)) as judge:
        found = json.loads(score(rated, judge, "--calibrate", "--json").out)
    assert len(judge.calls) == 3 * COUNT
    assert found["style_bias"]["value"] == 1 and found["consistency"]["value"] == 1


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40).filter(
        lambda pairs: len({left for left, _ in pairs}) > 1 and len({right for _, right in pairs}) > 1
    )
)
@settings(deadline=None)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    theirs = cohen_kappa_score(first, second, weights="quadratic", labels=[1, 2, 3, 4, 5])
    assert weighted_kappa(first, second) == pytest.approx(theirs)


def test_a_judge_that_likes_length_is_found_out() -> None:
    draw = np.random.default_rng(0)
    people, lengths = draw.integers(1, 6, 200).astype(float), draw.lognormal(6, 1, 200)
    longer = (np.log1p(lengths) - np.log1p(lengths).mean()) / np.log1p(lengths).std()
    nothing = np.full(200, np.nan)
    for bias, is_found in ((0.5, True), (0.0, False)):
        scores = np.clip(people + bias * longer + draw.normal(0, 0.5, 200), 1, 5)
        found = calibrate(Rated(scores, people, lengths, nothing, nothing, {}), (1, 5), 4, 0.8).length_bias
        assert found is not None and (found.low > 0) == is_found
