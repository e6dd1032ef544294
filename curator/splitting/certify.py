"""The certificate of a split: what of each held-out set is found again in what comes before it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.project.saved_split import NAMES, TEST, TRAIN, VALIDATION
from curator.splitting.split import Split

if TYPE_CHECKING:
    from curator.duplicates.containment.leaks import Certificate
    from curator.duplicates.corpus import Corpus
    from curator.embedding.paraphrases import Prompts

_BEFORE = {VALIDATION: (TRAIN,), TEST: (TRAIN, VALIDATION)}
"""What a held-out set is compared with: nothing of what was trained on, or chosen by, may be in it."""


@dataclass(frozen=True)
class Certified:
    """A held-out set and its certificate.

    Attributes:
        side: validation or test.
        against: the sides that it was compared with.
        certificate: what was found; its positions are rows of `held` and `others`.
        held: int64, indices of the held-out examples.
        others: int64, indices of those that they were compared with.
        taken_apart: leaks by similarity alone within a component that was too large to be kept on one side.
    """

    side: str
    against: tuple[str, ...]
    certificate: "Certificate"
    held: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    taken_apart: int

    def nearest(self) -> pl.DataFrame:
        """`NEAREST` with indices of examples instead of rows."""
        others = pl.Series(self.others, dtype=pl.UInt32)
        frame = self.certificate.nearest
        return frame.with_columns(
            pl.Series("position", self.held[frame["position"].to_numpy()], dtype=pl.UInt32),
            others.gather(frame["nearest"]).alias("nearest"),
            others.gather(frame["same_prompt"]).alias("same_prompt"),
            others.gather(frame["paraphrase"]).alias("paraphrase"),
        )

    def figures(self) -> dict[str, object]:
        """The counts, by name."""
        certificate = self.certificate
        return {
            "against": list(self.against),
            "examples": certificate.validation,
            "checked": certificate.checked,
            "leaking": certificate.leaking,
            "same_prompt": int(certificate.nearest["same_prompt"].is_not_null().sum()),
            "reworded": certificate.reworded,
            "taken_apart": self.taken_apart,
            "unproven": certificate.unproven,
        }


def certified(
    corpus: "Corpus", split: Split, threshold: float, seed: int, prompts: "Prompts | None" = None
) -> tuple[Certified, ...]:
    """The certificate of each held-out side of a split that has examples.

    Args:
        corpus: the examples that were split, by index.
        split: the sides.
        threshold: similarity from which an example leaks.
        seed: of the sample, where a side is too large to be checked in full.
        prompts: of the same examples; None: meaning is not compared.
    """
    from curator.audit.runners.local import cores
    from curator.duplicates.containment.leaks import leaks
    from curator.embedding.paraphrases import paraphrases_of

    result = []
    for side, before in _BEFORE.items():
        held, others = np.flatnonzero(split.splits == side), np.flatnonzero(np.isin(split.splits, before))
        if not len(held):
            continue
        found = leaks(corpus.at(others), corpus.at(held), threshold, seed=seed)
        if prompts is not None:
            checked = held[found.nearest["position"].to_numpy()]
            found = found.with_paraphrases(*paraphrases_of(prompts.at(others), prompts.at(checked), cores()))
        by_likeness = found.nearest.filter(pl.col("leaks") & pl.col("same_prompt").is_null())["position"].to_numpy()
        apart = int(split.components.taken_apart[held[by_likeness]].sum())
        result.append(Certified(NAMES[side], tuple(NAMES[one] for one in before), found, held, others, apart))
    return tuple(result)
