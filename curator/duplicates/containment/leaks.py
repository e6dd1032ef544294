"""What of one set is found again in another: the check of a split, and of any two files.

It shares nothing with the search for duplicates but the definition of words and shingles: no signatures, no bands, no
components. The search is exact.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.block_features import THRESHOLD
from curator.duplicates.containment.inverted_index import InvertedIndex, Known, index, known_shingles, prefix, ranked
from curator.duplicates.corpus import Corpus
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import jaccard, shared
from curator.jit import kernel

MOST_CHECKED = 100_000
"""Validation examples that are checked one by one; of more, a random sample of this many."""

LOWEST = (0.05, 0.3)
"""Similarities from which the most similar training example is named: the first one that is not too much work."""

_WORK = (200_000_000, 20_000_000_000)  # meetings of examples in a shingle up to which each of them is sought from
_TRIES = 5_000  # comparisons for one validation example within one part of the training set
_PART = 50_000  # training examples a thread takes at a time

NEAREST = pl.Schema(
    {
        "position": pl.UInt32(),  # in the validation set
        "nearest": pl.UInt32(),  # position in the training set of the most similar example; null: none at `floor`
        "similarity": pl.Float64(),  # of the full texts; null likewise
        "same_prompt": pl.UInt32(),  # the first training example with an equal prompt; null: none
        "paraphrase": pl.UInt32(),  # where nothing else leaks, one that asks the same in other words; null: none
        "cosine": pl.Float64(),  # of the two prompts; null likewise
        "leaks": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class Certificate:
    """Whether a validation set leaks from a training set.

    Attributes:
        nearest: `NEAREST`, a row per checked validation example.
        validation: validation examples.
        checked: how many of them were checked; fewer than `validation` where a random sample was.
        leaking: of the checked ones.
        unproven: checked ones for which the search was broken off before it had found or excluded a leak.
        threshold: similarity of full texts from which an example leaks; equal prompts leak, too.
        floor: similarity from which `nearest` is named.
        reworded: of the leaking ones those that are found by meaning alone; None: meaning was not compared.
    """

    nearest: pl.DataFrame
    validation: int
    checked: int
    leaking: int
    unproven: int
    threshold: float
    floor: float
    reworded: int | None = None

    def with_paraphrases(self, found: npt.NDArray[np.int64], cosines: npt.NDArray[np.float32]) -> "Certificate":
        """The same with what asks the same in other words, where nothing leaks by its words.

        Args:
            found: int64, for each checked example the training example that does; -1 for none.
            cosines: float32, of the two prompts.
        """
        is_there = pl.Series(found >= 0) & ~self.nearest["leaks"]
        nearest = self.nearest.with_columns(
            pl.when(is_there).then(pl.Series(np.maximum(found, 0), dtype=pl.UInt32)).alias("paraphrase"),
            pl.when(is_there).then(pl.Series(cosines, dtype=pl.Float64)).alias("cosine"),
        )
        reworded = int(is_there.sum())
        nearest = nearest.with_columns(pl.col("leaks") | is_there)
        return replace(self, nearest=nearest, leaking=self.leaking + reworded, reworded=reworded)

    def claim(self) -> str:
        """The result in a sentence."""
        of = f"{self.checked:,}" + ("" if self.checked == self.validation else f" (of {self.validation:,}, at random)")
        rest = f" For {self.unproven:,} the search was broken off." if self.unproven else ""
        words = f"{self.leaking:,} of {of} validation examples have a training example with similarity "
        if self.reworded is None:
            return f"{words}{self.threshold:g} or more, or with the same prompt. Meaning was not compared.{rest}"
        return (
            f"{words}{self.threshold:g} or more, with the same prompt, or with the same question in other words "
            f"({self.reworded:,} by meaning alone).{rest}"
        )


def leaks(
    train: Corpus, validation: Corpus, threshold: float = THRESHOLD, *, seed: int = 0, threads: int = 2
) -> Certificate:
    """Look up every example of `validation` in `train`: the most similar full text, and equal prompts.

    Args:
        train: the training set.
        validation: the other one.
        threshold: similarity from which an example leaks.
        seed: of the sample where there are more than `MOST_CHECKED` validation examples.
        threads: at most so many parts of the training set are searched at once; the result does not depend on it.
    """
    chosen = np.arange(len(validation))
    if len(validation) > MOST_CHECKED:
        chosen = np.sort(np.random.default_rng(seed).choice(len(validation), MOST_CHECKED, replace=False))
    checked = validation.at(chosen)
    floor, best, similarity, broken = _nearest(train, checked, threshold, threads)
    same_prompt = _same_prompts(train, checked)
    found = best >= 0
    leaking = (similarity >= threshold) | (same_prompt >= 0)
    nearest = pl.DataFrame(
        {
            "position": chosen,
            "nearest": np.where(found, best, 0),
            "similarity": similarity,
            "same_prompt": np.maximum(same_prompt, 0),
            "paraphrase": None,
            "cosine": None,
            "leaks": leaking,
        },
        schema=NEAREST,
        strict=False,
    ).with_columns(
        pl.when(pl.Series(found)).then("nearest"),
        pl.when(pl.Series(found)).then("similarity"),
        pl.when(pl.Series(same_prompt >= 0)).then("same_prompt"),
    )
    return Certificate(
        nearest=nearest,
        validation=len(validation),
        checked=len(chosen),
        leaking=int(leaking.sum()),
        unproven=int((broken & ~leaking).sum()),
        threshold=threshold,
        floor=floor,
    )


def _same_prompts(train: Corpus, validation: Corpus) -> npt.NDArray[np.int64]:
    """For each validation example the first training example with an equal prompt (words and symbols), or -1."""
    asked = np.flatnonzero((train.equal_prompt != 0) & ~train.text_only)
    known, first = np.unique(train.equal_prompt[asked], return_index=True)
    wanted = validation.equal_prompt
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    result = np.full(len(validation), -1, dtype=np.int64)
    if len(known):
        same = (known[at] == wanted) & (wanted != 0) & ~validation.text_only
        result[same] = asked[first[at[same]]]
    return result


def _nearest(
    train: Corpus, validation: Corpus, threshold: float, threads: int
) -> tuple[float, npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The similarity sought from, and what `_search` finds; where that was broken off, from the threshold on."""
    counted = known_shingles(validation, train)
    meetings = counted.meetings()
    affordable = [low for low, most in zip(LOWEST, _WORK, strict=True) if meetings <= most]
    floor = min(*affordable, threshold) if affordable else threshold
    best, similarity, broken = _search(train, validation, counted, floor, threads)
    again = np.flatnonzero(broken & (similarity < threshold))
    if floor < threshold and len(again):
        found = _search(train, validation.at(again), counted, threshold, threads)
        better = found[1] > similarity[again]
        best[again[better]], similarity[again[better]] = found[0][better], found[1][better]
        broken[again] = found[2]
    return floor, best, similarity, broken


def _search(
    train: Corpus, validation: Corpus, counted: Known, floor: float, threads: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Position and similarity of the most similar training example, and whether the search was broken off."""
    inverted_index = index(validation, counted, floor)
    best = np.full(len(validation), -1, dtype=np.int64)
    similarity = np.zeros(len(validation), dtype=np.float64)
    broken = np.zeros(len(validation), dtype=np.bool_)

    def part(begin: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        positions = np.arange(begin, min(begin + _PART, len(train)))
        there = (train.addresses[positions], train.counts[positions])
        return _search_part(*there, validation.addresses, validation.counts, validation.sizes, inverted_index, floor)

    with ThreadPoolExecutor(threads) as pool:
        for begin, found in zip(range(0, len(train), _PART), pool.map(part, range(0, len(train), _PART)), strict=True):
            better = found[1] > similarity
            best[better] = found[0][better] + begin
            similarity[better] = found[1][better]
            broken |= found[2]
    return best, similarity, broken


@kernel
def _search_part(
    train_addresses: Hashes,
    train_counts: npt.NDArray[np.uint32],
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    sizes: npt.NDArray[np.uint32],
    inverted_index: InvertedIndex,
    floor: float,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Walk a part of the training set through the index of the validation set."""
    keys, ranks, begins, examples, slots = inverted_index
    best = np.full(addresses.size, -1, dtype=np.int64)
    similarity = np.zeros(addresses.size, dtype=np.float64)
    tries = np.zeros(addresses.size, dtype=np.int64)
    met = np.full(addresses.size, -1, dtype=np.int64)
    own = np.empty(np.max(train_counts) + 1, dtype=np.int64)
    none = np.zeros(1, dtype=np.uint64)  # no template shingles: full texts are compared
    share = floor / (1 + floor)
    for here in range(train_addresses.size):
        size = ranked(train_addresses[here], train_counts[here], keys, ranks, own)
        for place in range(prefix(size, floor) if size > 0 else 0):
            if own[place] < 0:
                continue
            for at in range(begins[own[place]], begins[own[place] + 1]):
                there = examples[at]
                other = sizes[there, 0]
                if other * (1 - share) - slots[at] < share * size - 1e-9:
                    break  # postings come in falling order of this bound: no later one can share enough
                if met[there] == here:
                    continue
                met[there] = here
                most = 1 + min(size - place - 1, other - slots[at] - 1)
                if most < max(floor, similarity[there]) * (size + other - most) - 1e-9 or tries[there] >= _TRIES:
                    continue
                tries[there] += 1
                both = shared(train_addresses[here], train_counts[here], addresses[there], counts[there], none)[0]
                found = jaccard(both, size, other)
                if found >= floor and found > similarity[there]:
                    similarity[there] = found
                    best[there] = here
    return best, similarity, tries >= _TRIES
