"""The scores of one example, for a person who looks at it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from curator.audit.open_data import Opened
from curator.audit.scores import calibrations
from curator.scoring.score_labels import SCORE, is_judge


def shown_scores(opened: Opened, example: str) -> list[str]:
    """A line for each score with the judge's reason; none that the person should rate first, without seeing it.

    Args:
        opened: the data.
        example: its id.
    """
    labels = opened.project.states.labels([example]).rows(named=True)
    given = [one for one in labels if is_judge(one["annotator"]) and one["name"].startswith(SCORE)]
    if not given:
        return []
    own = {one["name"] for one in labels if one["annotator"] == opened.annotator}
    asked = set(opened.settings.labels) if opened.settings.review.blind else set()
    known = calibrations(opened.project)
    return [_line(one, known) for one in given if one["name"].removeprefix(SCORE) not in asked - own]


def _line(label: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    rubric, score = label["name"].removeprefix(SCORE), msgspec.json.decode(label["value"])
    calibration = known.get(label["annotator"])
    usable = calibration is not None and not calibration.refusal
    said = f": {label['reason']}" if label["reason"] else ""
    return f"{rubric} {score:g}{'' if usable else ' (not calibrated)'}{said}"
