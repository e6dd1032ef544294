"""What a scoring and a calibration print."""

from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from curator.audit.scores import UNCALIBRATED, calibrations
from curator.data.safe_text import visible
from curator.reporting.bars import bar
from curator.review.scoring.score_session import Scored, ScoreSession
from curator.scoring.judge_calibration import JudgeCalibration
from trainer.contract.results import Interval

_WIDTH = 30


def scored_lines(session: ScoreSession, scored: Scored) -> list[str]:
    """How many of each level, what got no score, and whether the scores may be relied on."""
    rubric, values = session.rubric, list(scored.scores.values())
    if not values and not scored.kinds:
        return ["Nothing was found to score."]
    lines = [f"{rubric.name}: {len(values):,} examples scored by {visible(session.annotator, one_line=True)}"]
    counts = _by_level(scored, session)
    most = max(counts.values())
    lines += [
        f"  {level}  {counts[level]:>7,}  {bar(counts[level], most, _WIDTH)}".rstrip()
        for level in sorted(counts, reverse=True)
    ]
    if values:
        lines.append(f"  mean {np.mean(values):.2f}; {scored.requests:,} requests were sent.")
    if refused := scored.kinds.get("refusal", 0):
        lines.append(f"The judge refused {refused:,} examples; they have no score.")
    lines += _other_models(session, scored)
    lines.append(_reliance(session))
    return lines


def as_fields(session: ScoreSession, scored: Scored) -> str:
    """The same as a JSON object."""
    values = list(scored.scores.values())
    fields: dict[str, Any] = {
        "rubric": session.rubric.name,
        "version": session.rubric.version,
        "annotator": session.annotator,
        "scored": len(values),
        "mean": round(float(np.mean(values)), 4) if values else None,
        "levels": {str(level): count for level, count in _by_level(scored, session).items()},
        "refused": scored.kinds.get("refusal", 0),
        "unreadable": scored.kinds.get("unreadable", 0),
        "off_scale": scored.kinds.get("off-scale", 0),
        "requests": scored.requests,
        "other_models": sorted(scored.other_models),
        "calibrated": session.annotator in calibrations(session.opened.project),
    }
    return msgspec.json.encode(fields).decode()


def calibration_lines(session: ScoreSession, outcome: JudgeCalibration) -> list[str]:
    """How far the judge agrees with people, its biases, and what scores under each threshold are worth."""
    lines = [
        f"{session.rubric.name}: {visible(session.annotator, one_line=True)} against {outcome.examples:,} examples "
        f"that people rated; {outcome.good_enough:.0%} of them are good enough to people.",
        f"  weighted kappa, judge and people: {_interval(outcome.kappa)}",
    ]
    for name, interval in (
        ("weighted kappa, people among themselves", outcome.kappa_people),
        ("levels added for an answer one deviation longer", outcome.length_bias),
        ("share of the same level when asked again", outcome.consistency),
        ("levels added by Markdown", outcome.style_bias),
    ):
        lines.append(f"  {name}: {'not known' if interval is None else _interval(interval)}")
    lines += ["", "  scores under   found   low to people too           share of the low ones found"]
    for one in outcome.thresholds:
        if one.found:
            said = f"{one.precision.value:.0%} ({one.precision.low:.0%} to {one.precision.high:.0%})"
            lines.append(f"  {one.score:>12g}  {one.found:>6,}   {said:<26}  {one.recall:.0%}")
    return [*lines, "", *_conclusion(session, outcome)]


def _conclusion(session: ScoreSession, outcome: JudgeCalibration) -> list[str]:
    if outcome.refusal:
        return [outcome.refusal]
    if outcome.threshold is None:
        return [
            f"No threshold reaches a precision of {outcome.wanted:.0%}, so there are no low-score findings. Ask for "
            "less with --precision, improve the rubric, or take another judge."
        ]
    value = outcome.threshold
    lines = [
        f"Scores under {value.score:g} are low-score findings from now on: {value.precision.value:.0%} "
        f"({value.precision.low:.0%} to {value.precision.high:.0%}) of them are not good enough to people, and they "
        f"are {value.recall:.0%} of what is not.",
        f"Find them with check:low-score, or score:{session.rubric.name}<{value.score:g}.",
    ]
    if outcome.more:
        lines.append(f"About {outcome.more:,} more ratings would narrow the precision to ± 5 points.")
    return lines


def calibration_fields(session: ScoreSession, outcome: JudgeCalibration) -> str:
    """The same as a JSON object."""
    plain = {name: _plain(value) for name, value in vars(outcome).items()}
    return msgspec.json.encode({"rubric": session.rubric.name, "annotator": session.annotator, **plain}).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Interval):
        return value.model_dump()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "precision"):
        return {**asdict(value), "precision": value.precision.model_dump()}
    return value


def _by_level(scored: Scored, session: ScoreSession) -> dict[int, int]:
    lowest, highest = session.rubric.scale
    nearest = np.clip(np.floor(np.array(list(scored.scores.values())) + 0.5), lowest, highest).astype(int)
    return {level: int((nearest == level).sum()) for level in range(lowest, highest + 1)}


def _other_models(session: ScoreSession, scored: Scored) -> list[str]:
    if not scored.other_models:
        return []
    named = visible(", ".join(sorted(scored.other_models)[:3]), one_line=True)
    return [
        f"The endpoint says that another model answered: {named}. The scores are kept under the name that you gave, "
        f"{visible(session.model, one_line=True)}."
    ]


def _reliance(session: ScoreSession) -> str:
    known = calibrations(session.opened.project).get(session.annotator)
    return UNCALIBRATED if known is None else known.sentence()


def _interval(interval: Interval) -> str:
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"
