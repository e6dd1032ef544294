"""Groups of similar examples to look at one by one, at any threshold from the audit's up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.keeper_order import keeper_rank
from curator.audit.engine import Audit
from curator.checks.catalogue import CHECKS

Relation = Literal["copy", "same-prompt", "same-answer", "semantic"]
RELATIONS: tuple[Relation, ...] = ("copy", "same-prompt", "same-answer", "semantic")

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Member:
    """An example in a group.

    Attributes:
        position: in the set.
        similarity: to the keeper, of the full texts; None: not compared directly. A cosine where `relation` is
            "semantic", else of words.
        prompt: of the prompts alone; None: one of them has none.
        answer: of the answers alone; None: likewise.
        relation: to the keeper: "exact" is a copy to the last character.
        plain: whether it is plainly a copy, so that nothing but a person's wish speaks for keeping it.
    """

    position: int
    similarity: float | None
    prompt: float | None
    answer: float | None
    relation: str
    plain: bool


@dataclass(frozen=True)
class Group:
    """An example and those that resemble it.

    Attributes:
        keeper: position of the one that is kept; of examples that are no copies, the first of them.
        members: the others, the most similar first.
    """

    keeper: int
    members: tuple[Member, ...]


class Grouping:
    """The groups of one relation at one threshold.

    Attributes:
        relation: what makes a group.
        threshold: from which similarity on.
    """

    def __init__(
        self, relation: Relation, threshold: float, pairs: pl.DataFrame, heads: Positions, others: Positions
    ) -> None:
        """Of `pairs` at `threshold`; example `others[k]` is in the group of `heads[k]`, both sorted by the latter."""
        self.relation, self.threshold = relation, threshold
        self._pairs = pairs
        self._keys = _key(pairs["left"].to_numpy(), pairs["right"].to_numpy())
        self._others = others
        heads_once, begins = np.unique(heads, return_index=True)
        ends = np.append(begins[1:], len(others))
        order = np.argsort(begins - ends, kind="stable")  # the largest first
        self._heads, self._begins, self._ends = heads_once[order], begins[order], ends[order]

    def __len__(self) -> int:
        """Groups."""
        return len(self._heads)

    @property
    def copies(self) -> int:
        """Examples that are not the first of their group."""
        return len(self._others)

    def group(self, number: int) -> Group:
        """The group of that number, from 0; the largest groups come first."""
        keeper = int(self._heads[number])
        others = self._others[self._begins[number] : self._ends[number]]
        members = sorted(self._members(keeper, others), key=lambda member: -(member.similarity or 0.0))
        return Group(keeper, tuple(members))

    def number_of(self, position: int) -> int | None:
        """The group that an example is in; None: in none."""
        found = np.flatnonzero(self._heads == position)
        if not len(found):
            place = np.flatnonzero(self._others == position)
            if not len(place):
                return None
            found = np.flatnonzero((self._begins <= place[0]) & (place[0] < self._ends))
        return int(found[0])

    def positions(self, number: int) -> Positions:
        """Everyone in a group, its keeper first."""
        others = self._others[self._begins[number] : self._ends[number]]
        return np.concatenate([self._heads[number : number + 1], others])

    def next_with(self, wanted: npt.NDArray[np.bool_], after: int) -> int | None:
        """The next group, after one and around, with a copy that is `wanted` [n]; None: there is none."""
        sums = np.concatenate([[0], np.cumsum(wanted[self._others])])
        having = np.flatnonzero(sums[self._ends] > sums[self._begins])
        if not len(having):
            return None
        later = having[having > after]
        return int(later[0] if len(later) else having[0])

    def plain(self) -> Positions:
        """Every example that is plainly a copy of its keeper."""
        heads = np.empty(len(self._others), dtype=np.int64)
        for head, begin, end in zip(self._heads, self._begins, self._ends, strict=True):
            heads[begin:end] = head
        locations = self._locations(heads, self._others)
        is_plain = self._pairs["plain"].to_numpy()
        plain = (locations >= 0) & is_plain[np.maximum(locations, 0)] if len(is_plain) else locations >= 0
        return self._others[plain]

    def _members(self, keeper: int, others: Positions) -> list[Member]:
        locations = self._locations(np.full(len(others), keeper), others)
        rows = {
            row["place"]: row
            for row in self._pairs.with_row_index("place")[locations[locations >= 0].tolist()].iter_rows(named=True)
        }
        return [_member(int(other), rows.get(place)) for other, place in zip(others, locations.tolist(), strict=True)]

    def _locations(self, one: Positions, other: Positions) -> Positions:
        """The place of each pair in `pairs`; -1: it is not there."""
        if not len(self._keys):
            return np.full(len(one), -1, dtype=np.int64)
        wanted = _key(np.minimum(one, other), np.maximum(one, other))
        locations = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        result: Positions = np.where(self._keys[locations] == wanted, locations, -1).astype(np.int64)
        return result


def _member(position: int, row: dict[str, object] | None) -> Member:
    if row is None:
        return Member(position, None, None, None, "copy", plain=False)
    similarity, prompt, answer = (
        None if row[name] is None else float(str(row[name])) for name in ("whole", "prompt", "answer")
    )
    relation = "exact" if row["exact"] else str(row["relation"])
    return Member(position, similarity, prompt, answer, relation, plain=bool(row["plain"]))


def _key(left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> npt.NDArray[np.uint64]:
    return (left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64)


def lowest_threshold(audit: Audit, relation: Relation = "copy") -> float | None:
    """The similarity from which pairs were searched for; None: this audit did not look for them."""
    if relation == "semantic":
        return None if audit.meaning is None else audit.meaning.threshold
    return None if audit.similar is None else audit.similar.summary.threshold


def grouped(audit: Audit, kept: Sequence[int], relation: Relation, threshold: float) -> Grouping:
    """The groups of an audited set.

    Args:
        audit: one that looked for duplicates.
        kept: positions of the examples that a person decided to keep; of copies they are the keepers.
        relation: what makes a group.
        threshold: at least `lowest_threshold`.
    """
    from curator.duplicates.groups import regroup
    from curator.duplicates.relations import related

    similar = audit.similar
    if relation != "copy":
        if relation == "semantic":
            pairs = _semantic_pairs(audit, threshold)
        else:
            assert similar is not None, "asked only where there are pairs"
            pairs = related(similar.pairs, threshold).filter(pl.col("relation") == relation).sort("left", "right")
        ends_of_pairs = pairs.select("left", "right").to_numpy().astype(np.int64)
        return Grouping(relation, threshold, pairs, ends_of_pairs[:, 0], ends_of_pairs[:, 1])
    assert similar is not None, "asked only where there are pairs"
    groups = regroup(similar.pairs, similar.first, similar.exact_first, _rank(audit, kept), threshold)
    others = np.flatnonzero(groups.keeper != np.arange(len(groups.keeper)))
    others = others[np.argsort(groups.keeper[others], kind="stable")]
    return Grouping(relation, threshold, groups.pairs.sort("left", "right"), groups.keeper[others], others)


def _semantic_pairs(audit: Audit, threshold: float) -> pl.DataFrame:
    """What says the same in other words, without what is a copy by its words; columns as those of `Similar.pairs`."""
    assert audit.meaning is not None, "asked only where there are pairs"
    shares = {"whole": "similarity", "prompt": "prompt_similarity", "answer": "answer_similarity"}
    pairs = audit.meaning.pairs.filter(pl.col("similarity") >= threshold).select(
        "left", "right", *(pl.col(name).alias(view) for view, name in shares.items())
    )
    if audit.similar is not None:
        copies = audit.similar.pairs.filter(pl.col("relation").cast(pl.String) == "copy")
        ends = copies.select(pl.col("left", "right").cast(pl.UInt32))
        pairs = pairs.with_columns(pl.col("left", "right").cast(pl.UInt32)).join(ends, on=["left", "right"], how="anti")
    named = {"exact": pl.lit(False), "relation": pl.lit("semantic"), "plain": pl.lit(False)}
    return pairs.with_columns(**named).sort("left", "right")


def _rank(audit: Audit, kept: Sequence[int]) -> Positions:
    severities = {check.name: check.severity for check in CHECKS}
    findings = audit.loaded.findings.with_columns(
        pl.coalesce("severity", pl.col("check").replace_strict(severities)).alias("severity")
    )
    decided = np.zeros(len(audit.loaded.facts), dtype=np.int8)
    decided[list(kept)] = 1
    return keeper_rank(audit.loaded.facts, findings, decided)
