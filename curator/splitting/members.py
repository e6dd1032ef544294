"""What a split is made of: the kept examples, edits and additions included, and what ties them together."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.open_data import Opened
from curator.audit.stages.similar_pairs import ComparedCorpus, compared, compared_with
from curator.data.batches import batch_of
from curator.data.content import Content, content_of
from curator.data.text import VIEWS, view_texts

if TYPE_CHECKING:
    from curator.duplicates.corpus import Corpus

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Members:
    """The examples that are split.

    Attributes:
        ids: of the kept examples: those of the files in order, then added ones.
        texts: int64 [kept], where in `comparison.whole` each one's text is: its own, or after an edit another.
        locations: int64 [kept], its position in the files; -1 for an added one.
        contents: of edited and added examples, by index of the example in `ids`.
        comparison: of every text, those of dropped examples and of edited ones before the edit too.
        rewritten: `VIEWS` of edited and added examples; their texts come after those of the files, in this order.
    """

    ids: pl.Series
    texts: Positions
    locations: Positions
    contents: dict[int, Content]
    comparison: ComparedCorpus
    rewritten: pl.DataFrame

    @property
    def corpus(self) -> "Corpus":
        """The kept examples as the duplicate engine sees them, by index."""
        return self.comparison.corpus.at(self.texts)


def members_of(opened: Opened, audit: Audit) -> Members:
    """The kept examples of data that was audited for comparison."""
    comparison = compared(audit.loaded, opened.project.cache, audit.options.duplicate_threshold)
    every = ids_of(audit.loaded)
    state = opened.state()
    dropped = state.filter(pl.col("status") == "drop")["id"]
    locations = np.flatnonzero(~every.is_in(dropped.implode()).to_numpy())
    rewritten = state.filter((pl.col("status") != "drop") & pl.col("content").is_not_null())
    added = rewritten.filter(pl.col("added"))
    ids = pl.concat([every.gather(locations), added["id"]])
    locations = np.concatenate([locations, np.full(len(added), -1)]).astype(np.int64)
    texts = locations.copy()
    contents, views = _contents(ids, rewritten), pl.DataFrame(schema=VIEWS)
    if contents:
        by_kind = defaultdict(list)
        for index in contents:
            place = locations[index]
            by_kind["chat" if place < 0 else str(audit.loaded.facts["kind"][int(place)])].append(index)
        first = len(comparison.corpus)
        texts[[index for group in by_kind.values() for index in group]] = np.arange(first, first + len(contents))
        batches = [batch_of((contents[index] for index in group), kind) for kind, group in by_kind.items()]
        comparison = compared_with(comparison, batches)
        views = pl.concat(view_texts(batch) for batch in batches)
    return Members(ids, texts, locations, contents, comparison, views)


def _contents(ids: pl.Series, rewritten: pl.DataFrame) -> dict[int, Content]:
    """By index in `ids`, what was written for the example."""
    place = pl.DataFrame({"id": ids, "index": np.arange(len(ids))})
    rows = rewritten.select("id", "content").join(place, on="id").sort("index").select("index", "content").iter_rows()
    return {index: content_of(content) for index, content in rows}


def must_link_of(comparison: ComparedCorpus) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All ties between texts, and the close ones among them; see `curator.duplicates.must_link`."""
    from curator.duplicates.groups import default_rank, group
    from curator.duplicates.must_link import must_link

    groups = group(comparison.corpus, comparison.duplicates, default_rank(comparison.corpus))
    return must_link(comparison.corpus, comparison.duplicates, groups)
