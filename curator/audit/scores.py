"""Scores of a judge: which there are, whether they are calibrated, and what is found of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.findings import all_findings
from curator.audit.ids import positions_of
from curator.audit.loading.load import Loaded
from curator.data.frames import found, nothing_found
from curator.errors import UsageError
from curator.project.opening import Project
from curator.reporting.model import ScoreSummary
from curator.scoring.score_labels import JUDGE, SCORE

if TYPE_CHECKING:
    from curator.audit.engine import Audit

LOW_SCORE = "low-score"
_SAVED = "calibration:"
"""What the session calls a calibration; the annotator follows."""
UNCALIBRATED = (
    "These scores are not calibrated: how far the judge agrees with people is not known yet. Rate some of these "
    "examples, then run `curator score` with --calibrate."
)
NOT_CALIBRATED = "no score is calibrated: `curator score --calibrate` says whether one may filter"


@dataclass(frozen=True)
class RubricScores:
    """The scores by a rubric, of the judge that scored last.

    Attributes:
        rubric: its name.
        annotator: the judge.
        labels: `LABELS` with the column `score` (Float64); a row per example.
    """

    rubric: str
    annotator: str
    labels: pl.DataFrame

    def at(self, loaded: Loaded) -> npt.NDArray[np.float64]:
        """The score of every example of a set, by position; nan where there is none."""
        values = np.full(len(loaded.facts), np.nan)
        positions = positions_of(loaded, self.labels["id"])
        is_here = positions >= 0
        values[positions[is_here]] = self.labels["score"].to_numpy()[is_here]
        return values


@dataclass(frozen=True)
class SavedCalibration:
    """What a calibration said of a judge, as the project keeps it.

    Attributes:
        annotator: the judge.
        rubric: its name.
        examples: that people had rated.
        kappa: of the judge against people; with the ends of its 95 % interval.
        threshold: under which a score is low; None: the judge must not filter, or no threshold is precise enough.
        precision: of what is under it; with the ends of its 95 % interval.
        refusal: why the judge must not filter; "" where it may.
    """

    annotator: str
    rubric: str
    examples: int
    kappa: tuple[float, float, float]
    threshold: float | None
    precision: tuple[float, float, float] | None
    refusal: str

    def sentence(self) -> str:
        """For people."""
        value, low, high = self.kappa
        said = f"Against {self.examples:,} examples rated by people: kappa {value:.2f} ({low:.2f} to {high:.2f})."
        if self.refusal:
            return f"{said} {self.refusal}"
        if self.threshold is None or self.precision is None:
            return f"{said} No threshold is precise enough to filter by."
        share, low, high = self.precision
        return f"{said} Of scores under {self.threshold:g} {share:.0%} ({low:.0%} to {high:.0%}) are low to people too."


def scores_of(project: Project) -> dict[str, RubricScores]:
    """By rubric the scores that stand; where several judges or versions scored, those of the one that did so last."""
    labels = project.states.labels_by(JUDGE).filter(pl.col("name").str.starts_with(SCORE))
    labels = labels.with_columns(pl.col("value").cast(pl.Float64, strict=False).alias("score")).drop_nulls("score")
    by_rubric = {}
    for (name,), rows in labels.group_by("name", maintain_order=True):
        latest = rows.sort("time", "annotator")["annotator"][-1]
        rubric = str(name).removeprefix(SCORE)
        by_rubric[rubric] = RubricScores(rubric, latest, rows.filter(annotator=latest))
    return by_rubric


def scores_named(asked: str, scores: Mapping[str, RubricScores]) -> RubricScores:
    """The scores by a rubric, of which the beginning is enough where no other begins so.

    Raises:
        UsageError: there are none; the sentence names those that there are.
    """
    fitting = [asked] if asked in scores else [name for name in scores if name.startswith(asked)]
    if len(fitting) == 1:
        return scores[fitting[0]]
    if not scores:
        raise UsageError(f"'score:{asked}' asks for scores, and nothing is scored yet. `curator score` does.")
    beginnings = {name[: max(len(asked), 3)]: name for name in scores}
    near = [beginnings[close] for close in get_close_matches(asked, beginnings, n=1)]
    hint = f" Did you mean '{near[0]}'?" if near and not fitting else f" There are {', '.join(fitting or scores)}."
    raise UsageError(f"'score:{asked}' names no rubric that was scored by.{hint}")


def score_summaries(project: Project) -> list[ScoreSummary]:
    """What there is of scores, for a report."""
    known = calibrations(project)
    return [
        ScoreSummary(
            rubric=one.rubric,
            judge=one.annotator,
            examples=len(one.labels),
            mean=round(float(np.mean(one.labels["score"].to_numpy())), 4),
            calibration=known[one.annotator].sentence() if one.annotator in known else UNCALIBRATED,
        )
        for one in scores_of(project).values()
    ]


def save_calibration(project: Project, calibration: SavedCalibration) -> None:
    """Keep what a calibration said; the one of the same judge before goes.

    Raises:
        DecisionConflict, WorkFailed, UsageError: as `Project.remember`.
    """
    project.remember(f"{_SAVED}{calibration.annotator}", asdict(calibration))


def calibrations(project: Project) -> dict[str, SavedCalibration]:
    """What is known of each judge, by annotator."""
    rows = project.database.rows("SELECT value FROM session WHERE name >= ? AND name < ?", [_SAVED, _SAVED[:-1] + ";"])
    known = [msgspec.json.decode(value, type=SavedCalibration) for (value,) in rows]
    return {one.annotator: one for one in known}


def with_scores(audit: "Audit", project: Project) -> "Audit":
    """An audit with a finding for every score under the threshold that calibration gave.

    They are no part of the saved audit: scores and thresholds change without the data.
    """
    from curator.checks.catalogue import check_named, chosen

    check = check_named(LOW_SCORE)
    if check not in chosen(audit.options.select, audit.options.ignore):
        return audit
    usable = {one.annotator: one for one in calibrations(project).values() if one.threshold is not None}
    if not usable:
        return replace(audit, not_run={**audit.not_run, LOW_SCORE: NOT_CALIBRATED})
    frames = [
        _low(scores, usable[scores.annotator], audit.loaded)
        for scores in scores_of(project).values()
        if scores.annotator in usable
    ]
    loaded = replace(audit.loaded, findings=nothing_found())
    low = all_findings(loaded, (check,), audit.options.settings, frames)
    both = pl.concat([audit.source_findings, low]).sort(
        "file", "line", "check", "message_index", "start", nulls_last=False, maintain_order=True
    )
    return replace(audit, source_findings=both)


def _low(scores: RubricScores, calibration: SavedCalibration, loaded: Loaded) -> pl.DataFrame:
    values = scores.at(loaded)
    assert calibration.threshold is not None, "only usable calibrations are asked"
    rows = np.flatnonzero(values < calibration.threshold)
    said = [
        f"Scores {values[row]:.1f} by {scores.rubric}, under the calibrated {calibration.threshold:g}." for row in rows
    ]
    columns: dict[str, Any] = {"row": rows, "message": said, "score": values[rows]}
    return found(LOW_SCORE, pl.DataFrame(columns, schema={"row": pl.UInt32, "message": pl.String, "score": pl.Float64}))
