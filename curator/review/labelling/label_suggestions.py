"""Label suggestions for a review: vectors of its examples, made once and kept, and what the labels so far teach."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from curator.audit.engine import Audit
from curator.audit.loading.load import Progress
from curator.project.cache import Cache
from curator.review.labelling.labels import Labels, choices_of
from curator.review.labelling.suggest import Suggestions, suggest
from curator.review.session import Review


def vectors_of(audit: Audit, cache: Cache, progress: Progress) -> npt.NDArray[np.float32]:
    """Unit vectors, float32 [examples, dimensions], by the encoder that comes with the program; kept in the cache.

    Raises:
        WorkFailed: the disk is full, or the source was changed.
    """
    from curator.audit.meaning.cached_vectors import embedded
    from curator.embedding.encoders.encoder import encoder_named

    return embedded(audit.loaded, encoder_named(), cache, progress).vectors.full_text[:]


def suggestions(review: Review, labels: Labels, name: str, vectors: npt.NDArray[np.float32]) -> Suggestions | None:
    """What this annotator's answers to a question suggest about all examples; None: too few answers, or a note."""
    question = labels.questions[name]
    if question.kind not in ("choice", "rating"):
        return None
    positions: list[int] = []
    answers: list[str] = []
    for id_, value in labels.own(name).items():
        position = review.positions.position_of(id_)
        if position is not None and position < len(vectors) and str(value) in choices_of(question):
            positions.append(position)
            answers.append(str(value))
    return suggest(vectors, positions, answers)


def most_uncertain_first(guesses: Suggestions, positions: Sequence[int]) -> npt.NDArray[np.int64]:
    """Positions, those first about which a label would teach most; ones without a guess last."""
    known = guesses.uncertainty()
    at = np.asarray(positions, dtype=np.int64)
    doubt = np.where(at < len(known), known[np.minimum(at, len(known) - 1)], -1.0)
    return at[np.argsort(-doubt, kind="stable")]
