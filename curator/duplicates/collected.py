"""What comes out of comparing, kept small: pairs with a relation, and a forest of those that only share a template."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.candidates.banding import Compared
from curator.duplicates.corpus import Corpus
from curator.duplicates.forest import spanning_forest
from curator.duplicates.relations import COMPARED
from curator.duplicates.verify.jaccard import LONG_ANSWER

_FOREST_ROOM = 4_000_000  # edges gathered before they are reduced to a forest

Ids = npt.NDArray[np.uint32]
Similarities = npt.NDArray[np.float64]


class CollectedPairs:
    """Pairs, forest and what was hot, over all bands of a run."""

    def __init__(self, corpus: Corpus, floor: float, threshold: float, keep_all: bool) -> None:
        self._corpus = corpus
        self._floor = floor
        self._threshold = threshold
        self._keep_all = keep_all
        self._pairs: list[tuple[Ids, Similarities]] = []
        self._edges: list[tuple[Ids, Similarities]] = []
        self.candidates = 0
        self.oversized: dict[str, tuple[int, int]] = {}

    def add(self, compared: Compared) -> None:
        """Take in what a band came to."""
        self.candidates += compared.candidates
        for view, (number, largest) in compared.oversized.items():
            before = self.oversized.get(view, (0, 0))
            self.oversized[view] = (before[0] + number, max(before[1], largest))
        for ids, similarities in zip(compared.ids, compared.similarities, strict=True):
            if len(ids) == 0:
                continue
            kept = self._has_relation(ids, similarities)
            self._pairs.append((ids[kept | self._keep_all], similarities[kept | self._keep_all]))
            self.add_edges(ids[~kept], similarities[~kept, 0])

    def carry_over(self, ids: Ids, similarities: Similarities) -> None:
        """Take in pairs of an earlier run."""
        self._pairs.append((ids, similarities))

    def add_edges(self, ids: Ids, similarities: Similarities) -> None:
        """Take in pairs of which only the whole-text similarity matters."""
        high = similarities >= self._threshold
        self._edges.append((ids[high], similarities[high]))
        if sum(len(part) for part, _ in self._edges) > _FOREST_ROOM:
            self._edges = [self._forest()]

    def pairs(self) -> pl.DataFrame:
        """`COMPARED`, each pair once, sorted."""
        if not self._pairs:
            return pl.DataFrame(schema=COMPARED)
        ids = np.concatenate([ids for ids, _ in self._pairs])
        similarities = np.concatenate([similarities for _, similarities in self._pairs])
        key = (ids[:, 0].astype(np.uint64) << np.uint64(32)) | ids[:, 1]
        _, once = np.unique(key, return_index=True)
        return compared_frame(ids[once], similarities[once], np.zeros(len(once), dtype=np.bool_))

    def forest(self) -> pl.DataFrame:
        """`left`, `right`, `similarity`."""
        ids, similarities = self._forest()
        return pl.DataFrame({"left": ids[:, 0], "right": ids[:, 1], "similarity": similarities})

    def _forest(self) -> tuple[Ids, Similarities]:
        empty = (np.empty((0, 2), dtype=np.uint32), np.empty(0, dtype=np.float64))
        ids = np.concatenate([empty[0], *(ids for ids, _ in self._edges)])
        similarities = np.concatenate([empty[1], *(values for _, values in self._edges)])
        return spanning_forest(ids, similarities, len(self._corpus))

    def _has_relation(self, ids: Ids, similarities: Similarities) -> npt.NDArray[np.bool_]:
        """Whether a pair is a copy, the same prompt or the same answer at the floor or some threshold above it."""
        left, right = ids[:, 0], ids[:, 1]
        corpus = self._corpus
        same_context = corpus.context[left] == corpus.context[right]
        prompts = (similarities[:, 1] >= self._floor) & (similarities[:, 2] >= self._floor) & same_context
        long = (corpus.words[left, 1] >= LONG_ANSWER) & (corpus.words[right, 1] >= LONG_ANSWER)
        texts = corpus.text_only[left] & corpus.text_only[right] & (similarities[:, 0] >= self._floor)
        result: npt.NDArray[np.bool_] = prompts | ((similarities[:, 3] >= self._floor) & long) | texts
        return result


def compared_frame(
    ids: npt.NDArray[np.integer], similarities: Similarities, exact: npt.NDArray[np.bool_]
) -> pl.DataFrame:
    """`COMPARED` of positions [pairs, 2] and similarities [pairs, 4]."""
    columns = {
        "left": ids[:, 0],
        "right": ids[:, 1],
        "exact": exact,
        "whole": similarities[:, 0],
        "prompt": similarities[:, 1],
        "outside": similarities[:, 2],
        "answer": similarities[:, 3],
    }
    return pl.DataFrame(columns, schema=COMPARED)
