"""What taught a failure, and what is missing: the training examples nearest to it, or that there are none."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.audit.last_training.failures import evaluated
from curator.embedding.encoders.encoder import DEFAULT_ENCODER, Encoder, encoder_named
from curator.project.jobs.run_files import lines_of
from trainer.contract import TRAIN_FILE

FAILING_SHARE = 0.25
"""Of the held-out examples by loss, those looked at; a region shows by several failures in one place."""
THIN_SHARE = 0.05
"""A held-out question is far from training when its nearest training question is farther than for all but 5 % of the
training questions themselves."""
SAME_REGION = 0.5
"""Cosine from which two failing questions belong together; between random questions of one set it is about 0.2."""
FEWEST = 2
"""Failures that make a region; a single one is just an example."""
NEAREST = 3

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Failure:
    """A held-out example that went badly.

    Attributes:
        line: of `evaluation.jsonl`.
        nearest: training lines most like its question, the nearest first.
        similarities: their cosines.
        is_uncovered: no training question is as near as they usually are to each other.
    """

    line: dict[str, Any]
    nearest: list[dict[str, Any]]
    similarities: list[float]
    is_uncovered: bool


@dataclass(frozen=True)
class Region:
    """Failures that ask about the same, of which training has little.

    Attributes:
        words: what they speak of, more than the training questions do.
        examples: their ids.
        similarity: mean cosine of the nearest training question.
    """

    words: list[str]
    examples: list[str]
    similarity: float

    def sentence(self) -> str:
        """What to add."""
        return (
            f"{len(self.examples)} failures speak of {', '.join(self.words)}; the nearest training questions are only "
            f"{self.similarity:.2f} similar. Add examples like these."
        )


def failures_of(folder: Path, encoder: Encoder | None = None) -> list[Failure]:
    """The worst quarter of a run's held-out examples by loss, the worst first.

    Raises:
        MissingDependency: the encoder is not here.
    """
    lines = [line for line in evaluated(folder) if "prompt" in line and line.get("tuned_loss") is not None]
    train = lines_of(folder / TRAIN_FILE)
    if not lines or not train:
        return []
    encoder = encoder or encoder_named(DEFAULT_ENCODER)
    worst = sorted(lines, key=lambda line: -line["tuned_loss"])[: max(1, round(FAILING_SHARE * len(lines)))]
    known = encoder.encode([question(line["messages"]) for line in train])
    asked = encoder.encode([question(line["prompt"]) for line in worst])
    usual = np.quantile(_nearest_other(known), THIN_SHARE)
    cosines = asked @ known.T
    result = []
    for row, line in zip(cosines, worst, strict=True):
        order = np.argsort(-row, kind="stable")[:NEAREST]
        near = [float(row[place]) for place in order]
        result.append(Failure(line, [train[int(place)] for place in order], near, bool(near[0] < usual)))
    return result


def weak_regions(failures: list[Failure], folder: Path, encoder: Encoder | None = None) -> list[Region]:
    """Where failures without training examples lie together; the largest first."""
    uncovered = [failure for failure in failures if failure.is_uncovered]
    if len(uncovered) < FEWEST:
        return []
    encoder = encoder or encoder_named(DEFAULT_ENCODER)
    texts = [question(failure.line["prompt"]) for failure in uncovered]
    vectors = encoder.encode(texts)
    usual = Counter(word for line in lines_of(folder / TRAIN_FILE) for word in _words(question(line["messages"])))
    regions = []
    for members in _together(vectors):
        words = _distinguishing([texts[place] for place in members], usual)
        ids = [str(uncovered[place].line["example"]) for place in members]
        near = float(np.mean([uncovered[place].similarities[0] for place in members]))
        regions.append(Region(words, ids, near))
    return sorted(regions, key=lambda region: -len(region.examples))


def question(messages: list[dict[str, Any]]) -> str:
    """What the person asked: the texts of the user's messages."""
    texts = [message["content"] for message in messages if message["role"] == "user"]
    return "\n".join(text if isinstance(text, str) else "" for text in texts)


def _nearest_other(known: Floats) -> npt.NDArray[np.float32]:
    """Cosine of each vector's nearest other one; of at most 4,000, which is enough for a quantile."""
    sample = known[:: max(1, len(known) // 4000)]
    cosines = sample @ known.T
    cosines[np.arange(len(sample)), np.arange(0, len(known), max(1, len(known) // 4000))[: len(sample)]] = -1
    nearest: npt.NDArray[np.float32] = cosines.max(axis=1)
    return nearest


def _together(vectors: Floats) -> list[list[int]]:
    """Positions around the question with most others near it, then of what is left, and so on."""
    near = vectors @ vectors.T >= SAME_REGION
    free = np.ones(len(vectors), dtype=np.bool_)
    found = []
    while free.any():
        counts = (near & free).sum(axis=1) * free
        centre = int(counts.argmax())
        if counts[centre] < FEWEST:
            break
        members = np.flatnonzero(near[centre] & free)
        free[members] = False
        found.append([int(place) for place in members])
    return found


def _distinguishing(texts: list[str], usual: Counter[str]) -> list[str]:
    """Words in at least half of the texts, the rarest in the training questions first."""
    counts = Counter(word for text in texts for word in set(_words(text)))
    common = [word for word, count in counts.items() if 2 * count >= len(texts) and len(word) > 3]
    common = common or [word for word, _ in counts.most_common(8)]
    return sorted(common, key=lambda word: (usual[word] / counts[word], word))[:4]


def _words(text: str) -> list[str]:
    import re

    return re.findall(r"\w+", text.casefold())
