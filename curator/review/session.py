"""A review in progress: the examples of an audited set, the decisions about them, and deciding, undo and redo.

It knows nothing of screens. Reading methods are quick and may be called from anywhere; those that write wait for the
disk and belong on one thread of their own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.engine import Audit
from curator.audit.loading.reread import Original
from curator.audit.open_data import Opened
from curator.data.content import Content, content_of
from curator.data.finding import Finding
from curator.errors import UsageError, WorkFailed
from curator.project.decisions.decision import Action, Proposed
from curator.project.decisions.log import Undone
from curator.review.decide import proposed_for
from curator.review.decisions import Decisions, DecisionState
from curator.review.edits import Edits
from curator.review.filter.language import conjuncts
from curator.review.filter.query import SIMILAR, examples_found, near_to
from curator.review.filter.text_search import StoredTexts
from curator.review.new_content import id_of
from curator.review.positions import ExamplePositions, Positions
from curator.review.read_one import Reader

_FEW = 1_000
"""Examples up to which their state is asked for one by one; beyond, all of it is."""


@dataclass(frozen=True)
class ShownExample:
    """One example as it is now.

    Attributes:
        position: in the set.
        id: of the example.
        place: file and line.
        content: as edited, where it was.
        original: as the source has it; None for one that was added.
        findings: of the audit, gravest first.
        decision_state: what was decided.
    """

    position: int
    id: str
    place: str
    content: Content
    original: Original | None
    findings: list[Finding]
    decision_state: DecisionState


class Review:
    """The examples of an audited set and the decisions about them.

    Attributes:
        opened: the data.
        partial: whether the audit is still running: then only the first examples are here.
        positions: where each example is.
        decisions: what was decided about each.
        edits: what was found in each as it is now.
    """

    def __init__(self, opened: Opened, audit: Audit, *, partial: bool = False) -> None:
        self.opened, self.partial = opened, partial
        self.reader = Reader(audit.loaded, opened.project.cache)
        self.positions = ExamplePositions(audit.loaded)
        self.decisions = Decisions(opened, self.positions)
        self.edits = Edits(opened, opened.as_edited(audit), self.positions)
        self._texts: StoredTexts | None = None

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def audit(self) -> Audit:
        """Of the data as they are now; of the first examples alone while `partial`."""
        return self.edits.audit

    # Reading

    def at(self, position: int) -> ShownExample:
        """The example at `position`.

        Raises:
            WorkFailed: the source was changed meanwhile.
        """
        id_ = self.positions.id_at(position)
        state, findings = self.decisions.state_of(id_), self.edits.findings_at(position)
        if position >= self.positions.in_source:
            if state.content is None:
                raise WorkFailed("This added example was taken back; U adds it again.")
            return ShownExample(position, id_, "added", content_of(state.content), None, findings, state)
        place, original = self.positions.locations.at(position), self.reader.at(position)
        content = original.content if state.content is None else content_of(state.content)
        return ShownExample(position, id_, f"{place.file}:{place.line}", content, original, findings, state)

    def by_severity(self) -> Positions:
        """All positions, those with the gravest and most findings first; of added ones those that stand."""
        ranked = self.edits.by_severity()
        return ranked[self.decisions.there[ranked]] if self.positions.added else ranked

    def varied(self) -> Positions:
        """All positions, so that each decision teaches something new.

        Topics take turns, each with its gravest findings first; what copies an earlier example comes last, since a
        decision about one of them can be repeated. Without topics the gravest come first, copies last.
        """
        ranked = self.by_severity()
        topic, is_copy = np.full(len(self), -1), np.zeros(len(self), dtype=bool)
        if self.audit.meaning is not None:
            found = self.audit.meaning.examples["topic"].to_numpy()
            topic[: len(found)] = found
        if self.audit.similar is not None:
            is_copy[self.audit.similar.pairs.filter(pl.col("relation") == "copy")["right"].to_numpy()] = True
        of_topic, copies = topic[ranked], is_copy[ranked]
        in_turn = pl.Series(of_topic).to_frame("topic").select(pl.int_range(pl.len()).over("topic")).to_series()
        turn = in_turn.to_numpy() if (topic >= 0).any() else np.arange(len(ranked))
        return ranked[np.lexsort((np.arange(len(ranked)), turn, copies))]

    def matching(self, where: str) -> npt.NDArray[np.bool_]:
        """Whether each example is found by a filter, bool, shape (examples,).

        Raises:
            FilterError, UsageError: the filter cannot be read, or asks for what there is not.
        """
        if self._texts is None and not self.partial:
            self._texts = StoredTexts.of(self.audit.loaded, self.opened.project.cache)
        found, added = examples_found(where, self.opened, self.audit, self._texts)
        mask = np.zeros(len(self), dtype=bool)
        mask[: len(found)] = found
        if added:
            mask[self.positions.positions_of(list(added))] = list(added.values())
        return mask

    def found_alone(self, where: str) -> dict[str, int]:
        """What each part of a filter finds without the others, of parts that must all hold; of one part: nothing.

        Raises:
            FilterError, UsageError: as `matching`.
        """
        parts = conjuncts(where)
        return {part: int(self.matching(part).sum()) for part in parts} if len(parts) > 1 else {}

    def nearness(self, where: str) -> dict[int, float]:
        """By position, nearest first, the cosines of what a part `similar:ID` of a filter finds; without it: nothing.

        Raises:
            FilterError, UsageError: as `matching`.
        """
        asked = next((part for part in conjuncts(where) if part.startswith(SIMILAR)), None)
        if asked is None:
            return {}
        near = near_to(asked.removeprefix(SIMILAR).strip('"'), self.opened, self.audit)
        return dict(zip(near.positions.tolist(), near.cosines.tolist(), strict=True))

    # Writing

    def decide(self, positions: Sequence[int], action: Action, reason: str | None = None) -> int:
        """Decide the same about some examples, as one unit; how many. On the disk when this returns.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was decided.
        """
        ids = [self.positions.id_at(position) for position in positions]
        proposed = proposed_for(self.audit, ids, action, reason)
        self.propose(proposed)
        return len(proposed)

    def propose(self, proposed: Sequence[Proposed]) -> None:
        """Decide anything, as one unit.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was decided.
        """
        self.opened.project.log.append(proposed, self.opened.annotator)
        self._refresh({one.example for one in proposed})

    def edit(self, position: int, content: Content | None) -> None:
        """Give an example another content, or (None) that of its source again; it is checked at once.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was changed.
        """
        self.propose([Proposed(self.positions.id_at(position), "edit", None if content is None else _json(content))])

    def add(self, content: Content) -> int:
        """Add an example to the set; its position.

        Raises:
            UsageError: it is there already, or not sound.
            DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was added.
        """
        id_ = id_of(content)
        position = self.positions.position_of(id_)
        if position is not None and self.decisions.there[position]:
            raise UsageError("This example is in the set already, word for word. Nothing was added.")
        self.propose([Proposed(id_, "add", _json(content))])
        added = self.positions.position_of(id_)
        assert added is not None, "what was added has a position"
        return added

    def save(self, position: int | None, content: Content) -> int:
        """Edit the example at a position, or (None) add one; where it is.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `edit` and `add`.
        """
        if position is None:
            return self.add(content)
        self.edit(position, content)
        return position

    def undo(self) -> tuple[Undone, list[int]] | None:
        """Take back the latest unit; what it was and where; None: there is none.

        Raises:
            DecisionConflict, WorkFailed: nothing was taken back.
        """
        return self._after(self.opened.project.log.undo(self.opened.annotator))

    def redo(self) -> tuple[Undone, list[int]] | None:
        """Take back the latest undo; what counts again and where; None: there is none.

        Raises:
            DecisionConflict, WorkFailed: nothing was decided.
        """
        return self._after(self.opened.project.log.redo(self.opened.annotator))

    def reload(self) -> None:
        """Take over everything that was decided, also by others."""
        self.decisions.reload()
        self.edits.reload()

    def _after(self, undone: Undone | None) -> tuple[Undone, list[int]] | None:
        if undone is None:
            return None
        examples = self.opened.project.log.examples_of(undone.unit)
        self._refresh(examples)
        positions = self.positions.positions_of(sorted(examples))
        return undone, sorted(int(position) for position in positions if position >= 0)

    def _refresh(self, examples: Collection[str]) -> None:
        """Ask anew what stands about these examples."""
        if len(examples) > _FEW:
            self.reload()
        else:
            self.edits.refresh(self.decisions.refresh(examples))


def _json(content: Content) -> str:
    return msgspec.json.encode(content.identity()).decode()
