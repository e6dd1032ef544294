"""The examples of a review as a list that a person sorts: a few numbers per example, whatever their number."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from curator.data.frames import SEVERITIES
from curator.review.decisions import STATUSES
from curator.review.edits import NO_SEVERITY
from curator.review.positions import Positions
from curator.review.session import Review

Order = Literal["position", "severity", "tokens", "similarity"]
ORDERS: tuple[Order, ...] = ("position", "severity", "tokens", "similarity")


@dataclass(frozen=True)
class Entry:
    """What a line of the list says about an example.

    Attributes:
        id: of the example.
        line: where it is in its file, from 1; None: a person added it.
        tokens: how long it is; characters where tokens were not counted.
        severity: the worst of its findings; None: it has none.
        checks: names of the checks that found something, each once, the gravest finding first.
        status: what was decided.
    """

    id: str
    line: int | None
    tokens: int
    severity: str | None
    checks: tuple[str, ...]
    status: str


class Listing:
    """All examples of a review, by position."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._lines = review.audit.loaded.facts["line"].to_numpy()

    def __len__(self) -> int:
        """Examples, those included that were added."""
        return len(self.review)

    def entry(self, position: int) -> Entry:
        """What the list says about an example."""
        worst = int(self.review.edits.severity[position])
        return Entry(
            id=self.review.positions.id_at(position),
            line=None if position >= self.review.positions.in_source else int(self._lines[position]),
            tokens=int(self.review.edits.lengths[position]),
            severity=SEVERITIES[worst] if worst < NO_SEVERITY else None,
            checks=self.review.edits.checks_at(position),
            status=STATUSES[self.review.decisions.status[position]],
        )

    def beginning(self, position: int, width: int) -> str:
        """The first words of question and answer; nothing where reading them would take long.

        System messages are skipped: they are the same in most examples.
        """
        id_ = self.review.positions.id_at(position)
        is_added = position >= self.review.positions.in_source
        if is_added or self.review.decisions.state_of(id_).content is not None:
            messages = self.review.at(position).content.messages
        elif self.review.reader.is_quick(position):
            messages = self.review.reader.at(position).content.messages
        else:
            return ""
        asked = [message for message in messages if message["role"] not in ("system", "developer")] or messages
        said = [message["content"] for message in asked if isinstance(message.get("content"), str)]
        return " → ".join(text[:width] for text in said if text)[:width]

    def ordered(self, mask: npt.NDArray[np.bool_] | None, by: Order, *, reverse: bool = False) -> Positions:
        """The positions of the examples in `mask` (None: all), in order: int64, ties as in the file.

        By severity the worst comes first, by tokens the longest, by similarity the most similar to another example;
        `reverse` begins at the other end.
        """
        there = self.review.decisions.there
        there = there if mask is None else there & mask
        positions: Positions = np.flatnonzero(there)
        if by == "severity":
            everything = self.review.by_severity()
            positions = everything[there[everything]]
        elif by == "tokens":
            positions = positions[np.argsort(-self.review.edits.lengths[positions], kind="stable")]
        elif by == "similarity":
            positions = positions[np.argsort(-self.similarity[positions], kind="stable")]
        return positions[::-1] if reverse else positions

    @cached_property
    def similarity(self) -> npt.NDArray[np.float32]:
        """Of each example, the greatest similarity of its full text to another's; 0 where no pair was found."""
        highest = np.zeros(len(self), dtype=np.float32)
        similar = self.review.audit.similar
        if similar is not None:
            similarity = similar.pairs["whole"].to_numpy().astype(np.float32)
            for side in ("left", "right"):
                np.maximum.at(highest, similar.pairs[side].to_numpy(), similarity)
        return highest
