"""All that a filter can be asked of a set: the audit, what was decided, the saved split, what examples mean."""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.open_findings import with_decisions
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.meaning.meaning import Meaning, map_coordinates
from curator.audit.meaning.meaning_search import Near, near_example
from curator.audit.open_data import Opened
from curator.audit.scores import scores_of
from curator.errors import UsageError
from curator.review.filter.evaluate import Mask, Searched, matching
from curator.review.filter.language import MAP_AXES, keys_asked
from curator.review.filter.text_search import EditedTexts, SearchableTexts

SIMILAR = "similar:"
ALIKE = 30
"""Examples that `similar:ID` finds."""
_NOT_LOOKED_AT = "meaning was not looked at. Omit --no-meaning and --embedder none, and wait until the audit is done."


def examples_found(
    where: str | None, opened: Opened, audit: Audit, texts: SearchableTexts | None = None
) -> tuple[Mask, dict[str, bool]]:
    """Whether a filter finds each example of the set as it is now, bool, shape (examples,); and by id each added one.

    Args:
        where: the filter; None finds all.
        opened: the data.
        audit: of them.
        texts: where words are looked for; None: in the source.

    Raises:
        FilterError, UsageError: as `curator.review.filter.evaluate.matching`.
    """
    state, edited, added = opened.state(), audit.edited, {}
    asked = Searched(
        audit.loaded,
        _findings(where, audit, audit.source_findings, state),
        state,
        texts,
        opened.splits(),
        _near(opened, audit),
        _about(audit),
        partial(_place, audit),
        partial(scores_of, opened.project),
    )
    mask = matching(where, asked)
    if edited.contents:
        loaded, findings = replace(audit.loaded, facts=edited.facts), _findings(where, audit, edited.findings, state)
        again = replace(asked, loaded=loaded, findings=findings, texts=EditedTexts(edited.contents.values()))
        found, is_in_set = matching(where, again), edited.positions >= 0
        mask[edited.positions[is_in_set]] = found[is_in_set]
        by_id = zip(edited.contents, found.tolist(), is_in_set.tolist(), strict=True)
        added = {id_: is_found for id_, is_found, in_set in by_id if not in_set}
    return mask, added


def near_to(example: str, opened: Opened, audit: Audit) -> Near:
    """What `similar:ID` finds: the `ALIKE` examples nearest to the one of that id, nearest first.

    Raises:
        UsageError, MissingDependency: as `near_example`.
    """
    return near_example(audit, opened.project.cache, example, ALIKE, lambda *_: None)


def _findings(where: str | None, audit: Audit, findings: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """The findings with what was decided about them, where the filter asks for that."""
    return with_decisions(findings, audit.loaded, state) if "is" in keys_asked(where) else findings


def _near(opened: Opened, audit: Audit) -> Callable[[str], pl.Series]:
    return lambda example: ids_of(audit.loaded).gather(near_to(example, opened, audit).positions)


def _place(audit: Audit, key: str) -> npt.NDArray[np.float64]:
    if audit.meaning is None:
        raise UsageError(f"'{key}:' asks for a place on the map, and there is none: {_NOT_LOOKED_AT}")
    return map_coordinates(audit.meaning.examples)[:, MAP_AXES.index(key)]


def _about(audit: Audit) -> Callable[[str], pl.Series]:
    """What `topic:NUMBER` and `topic:WORDS` ask: ids of the examples of those topics."""

    def about(asked: str) -> pl.Series:
        if audit.meaning is None:
            raise UsageError(f"'topic:{asked}' asks for topics, and there are none: {_NOT_LOOKED_AT}")
        return ids_of(audit.loaded).filter(audit.meaning.examples["topic"].is_in(_topics(asked, audit.meaning)))

    return about


def _topics(asked: str, meaning: Meaning) -> list[int]:
    """The numbers of the topics asked for: by place in the report, 1 for the largest, or by words of the title.

    Raises:
        UsageError: there is no such topic.
    """
    listed = meaning.topics.select("topic", pl.col("title").str.to_lowercase()).rows()
    if asked.isdigit():
        found = [number for number, _ in listed if number + 1 == int(asked)]
    else:
        words = asked.lower().replace("·", " ").split()
        found = [number for number, title in listed if set(words) <= set(title.split())]
    if not found:
        raise UsageError(f"There is no topic '{asked}'. {_instead(asked, dict(listed))}")
    return found


def _instead(asked: str, titles: dict[int, str]) -> str:
    """What can be asked for: words of titles like those asked for; where there are none, all titles."""
    words = sorted({word for title in titles.values() for word in title.split() if word.isalpha()})
    near = [close for word in asked.lower().split() for close in get_close_matches(word, words, n=2)]
    if near:
        return f"Did you mean {' or '.join(f'topic:{word}' for word in near)}?"
    return f"The topics are: {'; '.join(f'{number + 1} {title}' for number, title in titles.items()) or 'none'}."
