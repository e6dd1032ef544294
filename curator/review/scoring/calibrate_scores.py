"""Calibrate a judge: people's ratings of the same examples, asked again and without Markdown, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.ids import positions_of
from curator.audit.open_data import Opened
from curator.audit.scores import SavedCalibration, save_calibration
from curator.errors import UsageError, require
from curator.review.scoring.score_session import Form, Scored, ScoreSession
from curator.scoring.judge_calibration import JudgeCalibration, Rated, calibrate
from curator.scoring.rubric import Rubric
from curator.scoring.score_labels import is_judge
from trainer.contract.results import Interval

FORMS: tuple[Form, ...] = ("as it is", "again", "without Markdown")
"""What a calibration asks, in this order."""


@dataclass(frozen=True)
class Ratings:
    """What people said: by example id, then by annotator, as levels of the rubric."""

    by_example: dict[str, dict[str, float]]

    @property
    def ids(self) -> list[str]:
        """Of the examples, in order."""
        return sorted(self.by_example)


def ratings_of(opened: Opened, rubric: Rubric) -> Ratings:
    """People's answers to the question that is called like the rubric.

    Raises:
        UsageError: there are none, or one is not on the scale; the sentence says what to do.
    """
    labels = opened.project.states.labels()
    by_example: dict[str, dict[str, float]] = {}
    for id_, annotator, name, value in labels.select("id", "annotator", "name", "value").iter_rows():
        if name != rubric.name or is_judge(annotator):
            continue
        level = _level(msgspec.json.decode(value))
        if level is None or not rubric.scale[0] <= level <= rubric.scale[1]:
            raise UsageError(
                f"{annotator} answered '{name}' with {value}, which is not on the rubric's scale from "
                f"{rubric.scale[0]} to {rubric.scale[1]}. Correct it: "
                f"curator label DATA --set {name}=LEVEL --where id:{id_}"
            )
        by_example.setdefault(id_, {})[annotator] = level
    if not by_example:
        raise UsageError(_how_to_rate(rubric))
    return Ratings(by_example)


def _level(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return None


def _how_to_rate(rubric: Rubric) -> str:
    lowest, highest = rubric.scale
    values = ", ".join(f'"{level}"' for level in range(lowest, highest + 1))
    kind = 'kind = "rating"' if (lowest, highest) == (1, 5) else f'kind = "choice"\nvalues = [{values}]'
    question = msgspec.json.encode(rubric.question).decode()
    return (
        f"No example is rated by {rubric.name} yet. Write the question into curator.toml beside the data:\n\n"
        f"[labels.{rubric.name}]\n{kind}\nquestion = {question}\n\n"
        f"Score a sample (--sample 200), find it in `curator review DATA` with the filter score:{rubric.name}, and "
        "answer the question there, without looking at the scores. Then calibrate."
    )


def calibrated(
    session: ScoreSession,
    ratings: Ratings,
    wanted: float,
    votes: int,
    concurrency: int,
    progress: Callable[[int], None],
) -> tuple[JudgeCalibration, Scored]:
    """Ask the judge about every rated example, in every form, and keep what the comparison says.

    Args:
        session: the judge and the data.
        ratings: of people.
        wanted: precision of what is found under the threshold.
        votes: as `ScoreSession.scored`.
        concurrency: as there.
        progress: is told how many requests are done, over all forms.

    Raises:
        WorkFailed: the judge stopped midway; what it answered is kept.
        MissingDependency: the package of the intervals is not here.
    """
    require("scipy", "Calibrating a judge", "labels")
    positions = session.positions_of(ratings.ids)
    by_form: dict[Form, Scored] = {}
    done = 0
    for form in FORMS:
        by_form[form] = session.scored(positions, votes, concurrency, partial(_after, progress, done), form)
        done += sum(by_form[form].kinds.values())
    total = by_form["as it is"]
    known = [id_ for id_ in ratings.ids if id_ in total.scores]
    outcome = calibrate(_rated(session, ratings, by_form, known), session.rubric.scale, session.rubric.enough, wanted)
    save_calibration(session.opened.project, _saved(session, outcome))
    return outcome, total


def _after(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)


def _rated(session: ScoreSession, ratings: Ratings, by_form: dict[Form, Scored], known: list[str]) -> Rated:
    loaded = session.audit.loaded
    at = positions_of(loaded, pl.Series(known, dtype=pl.String))
    lengths = loaded.facts["answer_characters"].to_numpy()[at].astype(np.float64)
    people = sorted({name for id_ in known for name in ratings.by_example[id_]})
    by_person = {
        name: np.array([ratings.by_example[id_].get(name, np.nan) for id_ in known], dtype=np.float64)
        for name in people
    }
    return Rated(
        scores=_scores(by_form["as it is"], known),
        people=np.array([np.mean(list(ratings.by_example[id_].values())) for id_ in known], dtype=np.float64),
        lengths=lengths,
        again=_scores(by_form["again"], known),
        plain=_scores(by_form["without Markdown"], known),
        by_person=by_person,
    )


def _scores(scored: Scored, known: list[str]) -> npt.NDArray[np.float64]:
    return np.array([scored.scores.get(id_, np.nan) for id_ in known], dtype=np.float64)


def _saved(session: ScoreSession, outcome: JudgeCalibration) -> SavedCalibration:
    threshold = outcome.threshold
    return SavedCalibration(
        annotator=session.annotator,
        rubric=session.rubric.name,
        examples=outcome.examples,
        kappa=_ends(outcome.kappa),
        threshold=None if threshold is None else threshold.score,
        precision=None if threshold is None else _ends(threshold.precision),
        refusal=outcome.refusal,
    )


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high
