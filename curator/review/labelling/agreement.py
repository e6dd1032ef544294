"""How far annotators agree: Cohen's kappa for two, Krippendorff's alpha for any number and with gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Scale = Literal["nominal", "ordinal"]


@dataclass(frozen=True)
class Agreement:
    """Agreement about one question.

    Attributes:
        annotators: who answered.
        examples: that at least two of them answered.
        disagreements: ids of those on which the answers differ, in order of id.
        kappa: Cohen's, where there are two annotators; quadratically weighted for ratings. None: not defined.
        alpha: Krippendorff's. None: not defined, as where all answers are the same.
    """

    annotators: tuple[str, ...]
    examples: int
    disagreements: tuple[str, ...]
    kappa: float | None
    alpha: float | None


def agreement(answers: Mapping[str, Mapping[str, str]], values: Sequence[str], scale: Scale = "nominal") -> Agreement:
    """How far answers agree.

    Args:
        answers: by example id and annotator.
        values: the answers that there can be, in order.
        scale: ordinal: nearer values disagree less.
    """
    annotators = tuple(sorted({name for given in answers.values() for name in given}))
    several = {id_: given for id_, given in sorted(answers.items()) if len(given) > 1}
    disagreements = tuple(id_ for id_, given in several.items() if len(set(given.values())) > 1)
    codes = {value: code for code, value in enumerate(values)}
    table = np.full((len(annotators), len(several)), np.nan)
    for column, given in enumerate(several.values()):
        for row, name in enumerate(annotators):
            if name in given:
                table[row, column] = codes[given[name]]
    return Agreement(annotators, len(several), disagreements, _kappa(table, scale), _alpha(table, scale))


def _kappa(table: np.ndarray, scale: Scale) -> float | None:
    if len(table) != 2 or not table.shape[1] or len(np.unique(table)) < 2:
        return None
    values, codes = np.unique(table, return_inverse=True)
    codes = codes.reshape(table.shape)
    counts = np.zeros((len(values), len(values)))
    np.add.at(counts, (codes[0], codes[1]), 1)
    at = np.arange(len(values))
    weights = (at[:, None] - at) ** 2 if scale == "ordinal" else at[:, None] != at
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(1 - (weights * counts).sum() / (weights * by_chance).sum())


def _alpha(table: np.ndarray, scale: Scale) -> float | None:
    if len(np.unique(table[~np.isnan(table)])) < 2:
        return None
    import krippendorff

    return float(krippendorff.alpha(reliability_data=table, level_of_measurement=scale))


def in_words(value: float) -> str:
    """What a coefficient means, after Landis and Koch (1977)."""
    for floor, word in (
        (0.8, "almost perfect"),
        (0.6, "substantial"),
        (0.4, "moderate"),
        (0.2, "fair"),
        (0.0, "slight"),
    ):
        if value > floor:
            return word
    return "no better than chance"
