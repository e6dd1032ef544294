"""A subset for a purpose: diverse, like a task, or best by a score; balanced, and compared with chance."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.engine import Audit
from curator.audit.ids import ids_of, positions_of
from curator.audit.loading.load import Progress, ReadingOptions
from curator.audit.meaning.cached_vectors import Embedded
from curator.audit.meaning.meaning import neighbours_of
from curator.audit.meaning.meaning_search import known_vectors
from curator.audit.open_data import Opened
from curator.audit.scores import scores_named, scores_of
from curator.data.batches import read_batch
from curator.data.sources.source import Source, blocks
from curator.data.text import view_texts
from curator.errors import UsageError
from curator.reporting.wording import said_unread
from curator.scoring.score_labels import SCORE, is_judge

if TYPE_CHECKING:
    from curator.embedding.encoders.encoder import Encoder
    from curator.embedding.vectors import Positions, Vectors

DIVERSITY = "diversity"
NEARLY_ALL = 0.9
"""Share of a task's question or answer that makes an example a copy of it; less is often a template they share."""
BALANCES = ("topic", "tokens", "label")


@dataclass(frozen=True)
class SelectionRequest:
    """What a person asked for.

    Attributes:
        count: examples.
        by: `diversity` or `score:NAME`.
        like: files of a task's examples; with them nearness to the task decides.
        balance: "", `topic`, `tokens`, `label`, or `label:NAME` for one of several questions.
    """

    count: int
    by: str = DIVERSITY
    like: tuple[Source, ...] = ()
    balance: str = ""


@dataclass(frozen=True)
class Chosen:
    """A subset, and how it differs from as many examples drawn at random.

    Attributes:
        positions: int64, in the order in which they were chosen: the first ones matter most.
        coverage: mean cosine of every example to the nearest chosen one; of the choice, and of the random one.
        length: median length of both, in `unit`.
        topic_shift: share of the examples that would have to change their topic to have the set's shares; of both.
            None: nothing was chosen.
        unit: tokens or characters.
        contaminated: examples skipped because they resemble the task by wording.
        unscored: examples that could not be chosen because they have no score.
        unread: a sentence on the examples that the encoder does not read; "" for none.
    """

    positions: npt.NDArray[np.int64]
    coverage: tuple[float, float]
    length: tuple[float, float]
    topic_shift: tuple[float, float] | None
    unit: str
    contaminated: int = 0
    unscored: int = 0
    unread: str = ""


def selected(opened: Opened, audit: Audit, wanted: SelectionRequest, progress: Progress) -> Chosen:
    """Choose among the examples that were not dropped.

    Args:
        opened: the data.
        audit: of them, prepared for comparing examples where a task is named.
        wanted: what to choose.
        progress: is told how far it is.

    Raises:
        MissingDependency: the encoder is not on this machine.
        UsageError: there is no such score or label, or meaning is not to be looked at.
        UnreadableInput: a file of the task cannot be read.
    """
    from curator.embedding.selection import drawn_at_random, measured_subset

    encoder, known = known_vectors(audit.loaded, opened.project.cache, audit.options.meaning, progress)
    dropped = opened.state().filter(pl.col("status") == "drop")["id"]
    is_out = ids_of(audit.loaded).is_in(dropped.implode()).to_numpy()
    topics, contaminated, unscored = _topics(audit, known), 0, 0
    if wanted.like:
        is_copy = _resembling(audit, opened, wanted.like) & ~is_out
        contaminated, is_out = int(is_copy.sum()), is_out | is_copy
        rank = partial(_like, known.vectors, encoder, wanted.like, is_out)
    elif wanted.by == DIVERSITY:
        rank = partial(_diverse, opened, known, is_out)
    else:
        scores = scores_named(wanted.by.removeprefix(SCORE), scores_of(opened.project)).at(audit.loaded)
        is_unscored = np.isnan(scores) & ~is_out
        unscored, is_out = int(is_unscored.sum()), is_out | is_unscored
        rank = partial(_best, scores, is_out)
    eligible = np.flatnonzero(known.vectors.with_text & ~is_out)
    positions = _balanced(opened, audit, wanted, rank, topics, eligible)
    subset = measured_subset(known.vectors, positions, eligible)
    lengths, unit = _lengths(audit)
    both = positions, drawn_at_random(eligible, len(positions))
    return Chosen(
        positions,
        (subset.coverage, subset.coverage_random),
        length=(_median(lengths, both[0]), _median(lengths, both[1])),
        topic_shift=None
        if not len(positions)
        else (_shift(topics, both[0], eligible), _shift(topics, both[1], eligible)),
        unit=unit,
        contaminated=contaminated,
        unscored=unscored,
        unread=said_unread(known.unread),
    )


Rank = Callable[[int], "Positions"]
"""The best examples first, as many as are asked for."""


def _diverse(opened: Opened, known: Embedded, is_out: npt.NDArray[np.bool_], count: int) -> "Positions":
    from curator.embedding.selection import diverse_order

    near = neighbours_of(known, opened.project.cache)
    return diverse_order(known.vectors, near.positions, near.cosines, count, is_out)


def _like(
    vectors: "Vectors", encoder: "Encoder", task: tuple[Source, ...], is_out: npt.NDArray[np.bool_], count: int
) -> "Positions":
    from curator.embedding.encoders.encoder import encode_views
    from curator.embedding.targeted import nearest_to_task
    from curator.embedding.vectors import Vectors

    parts = []
    for source in task:
        dialect = None
        for block in blocks(source):
            dialect = dialect or ReadingOptions().recognised(source, block).dialect
            parts.append(encode_views(view_texts(read_batch(block, dialect)), encoder).parts)
    wanted = Vectors(np.concatenate(parts))
    if not wanted.with_text.any():
        raise UsageError(f"{task[0].name} has no example that the encoder '{encoder.name}' reads.")
    return nearest_to_task(vectors, wanted, is_out, count)


def _best(scores: npt.NDArray[np.float64], is_out: npt.NDArray[np.bool_], count: int) -> "Positions":
    eligible = np.flatnonzero(~is_out)
    return eligible[np.argsort(-scores[eligible], kind="stable")][:count]


def _resembling(audit: Audit, opened: Opened, task: tuple[Source, ...]) -> npt.NDArray[np.bool_]:
    """Which examples hold a question or an answer of the task, nearly all of it word for word."""
    from curator.audit.stages.benchmark import read_benchmark
    from curator.audit.stages.contamination import contamination_findings
    from curator.audit.stages.similar_pairs import corpus_of

    corpus = corpus_of(audit.loaded, opened.project.cache)
    found = contamination_findings(audit.loaded, corpus, read_benchmark(task))
    result = np.zeros(len(audit.loaded.facts), dtype=bool)
    if "row" in found.columns:
        result[found.filter(pl.col("score") >= NEARLY_ALL)["row"].to_numpy()] = True
    return result


def _topics(audit: Audit, known: Embedded) -> npt.NDArray[np.int64]:
    """The topic of every example; -1 for one without text."""
    if audit.meaning is not None:
        return audit.meaning.examples["topic"].to_numpy().astype(np.int64)
    from curator.embedding.topics.assignment import topics

    return topics(known.vectors).label


def _balanced(
    opened: Opened,
    audit: Audit,
    wanted: SelectionRequest,
    rank: Rank,
    topics: npt.NDArray[np.int64],
    eligible: "Positions",
) -> "Positions":
    """The best of the ranking; of a score within topics by their size, and by what is to be balanced."""
    from curator.embedding.targeted import taken_in_turn

    is_by_score = wanted.by != DIVERSITY and not wanted.like
    if not wanted.balance and not is_by_score:
        return rank(wanted.count)
    groups, sizes = topics, np.ones(len(topics), dtype=np.float32)
    if wanted.balance.startswith("label"):
        groups = _labelled(opened, audit, wanted.balance)
    if wanted.balance == "tokens":
        sizes = _lengths(audit)[0].astype(np.float32) + 1
    there = np.bincount(groups[eligible][groups[eligible] >= 0])
    shares = {int(group): 1.0 if wanted.balance else float(there[group]) for group in np.flatnonzero(there)}
    return taken_in_turn(rank(len(eligible)), groups, sizes, shares, wanted.count)


def _labelled(opened: Opened, audit: Audit, balance: str) -> npt.NDArray[np.int64]:
    """A number for each answer that people gave to a question; -1 for an example without one."""
    labels = opened.project.states.labels()
    labels = labels.filter(pl.Series([not is_judge(name) for name in labels["annotator"]], dtype=pl.Boolean))
    names = labels["name"].unique().sort().to_list()
    asked = balance.partition(":")[2] or (names[0] if len(names) == 1 else "")
    if asked not in names:
        there = (
            f"There are answers to {', '.join(names)}: say --balance label:NAME." if names else "There are no labels."
        )
        raise UsageError(f"'--balance {balance}' names no question that was answered. {there}")
    answers = labels.filter(name=asked).sort("id", "time").unique("id", keep="last", maintain_order=True)
    values = {value: number for number, value in enumerate(answers["value"].unique().sort())}
    groups, at = np.full(len(audit.loaded.facts), -1), positions_of(audit.loaded, answers["id"])
    numbers = np.array([values[value] for value in answers["value"]], dtype=np.int64)
    groups[at[at >= 0]] = numbers[at >= 0]
    return groups


def _lengths(audit: Audit) -> tuple[npt.NDArray[np.int64], str]:
    facts = audit.loaded.facts
    unit = "tokens" if "tokens" in facts.columns else "characters"
    return facts[unit].to_numpy().astype(np.int64), unit


def _median(lengths: npt.NDArray[np.int64], some: "Positions") -> float:
    return float(np.median(lengths[some])) if len(some) else 0.0


def _shift(topics: npt.NDArray[np.int64], some: "Positions", eligible: "Positions") -> float:
    """Half the sum of the differences between the topics' shares in some examples and in all."""
    shares = []
    for here in (topics[some], topics[eligible]):
        counts = np.bincount(here[here >= 0], minlength=int(topics.max()) + 1)
        shares.append(counts / max(1, counts.sum()))
    return float(np.abs(shares[0] - shares[1]).sum() / 2)
