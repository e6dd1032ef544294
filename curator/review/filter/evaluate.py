"""Which examples a filter finds: the filter language over facts, findings, decisions and texts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.open_findings import is_open
from curator.audit.ids import positions_of
from curator.audit.loading.load import Loaded
from curator.audit.scores import RubricScores, scores_named
from curator.checks.catalogue import check_named
from curator.data.frames import SEVERITIES
from curator.errors import UsageError
from curator.project.saved_split import NAMES
from curator.review.filter.language import MAP_AXES, All, Any, Filter, Not, Number, Term, TextTerm, parse
from curator.review.filter.text_search import SearchableTexts, SourceTexts
from curator.scoring.score_labels import SCORE

_NUMBER_COLUMNS = {
    "tokens": "tokens",
    "answer-tokens": "answer_tokens",
    "characters": "characters",
    "words": "answer_words",
    "line": "line",
    "length": "length",
}
_ROLE_INITIALS = {"system": "s", "developer": "d", "user": "u", "assistant": "a", "tool": "t"}

_DECIDED = {"open": is_open(), "accepted": (pl.col("decided") == "keep").fill_null(value=False)}
"""What `is:` asks of a finding; beside other terms that must all hold, these look at such findings alone."""

Mask = np.ndarray


@dataclass(frozen=True)
class Searched:
    """What a filter is asked of.

    Attributes:
        loaded: the set.
        findings: `FINDINGS` of the set, with `decided` where `is:` is asked; see `with_decisions`.
        state: the derived state of decisions: id, status, labels, annotators; see `curator.project`.
        texts: where words are looked for; None: in the source.
        splits: the saved split; None: it cannot be asked for.
        near: ids of the examples nearest in meaning to the one of an id; None: it cannot be asked for.
        about: ids of the examples of a topic, by its number or by words of its title; None: it cannot be asked for.
        place: by `map-x` or `map-y`, where each example is on the map, in percent; None: it cannot be asked for.
        scores: of judges, by rubric; None: they cannot be asked for.
        unreadable: whether these are lines that could not be read as examples.
    """

    loaded: Loaded
    findings: pl.DataFrame
    state: pl.DataFrame
    texts: SearchableTexts | None = None
    splits: pl.DataFrame | None = None
    near: Callable[[str], pl.Series] | None = None
    about: Callable[[str], pl.Series] | None = None
    place: Callable[[str], npt.NDArray[np.float64]] | None = None
    scores: Callable[[], Mapping[str, RubricScores]] | None = None
    unreadable: bool = False


def matching(text: str | None, searched: Searched) -> Mask:
    """Whether each example is found, bool, shape (examples,). No filter finds all.

    Raises:
        FilterError: the filter cannot be read.
        UsageError: it names a check that does not exist, or asks for what is not known of these data (yet).
    """
    if text is None:
        return np.ones(len(searched.loaded.facts), dtype=bool)
    return _matching(parse(text), searched)


def _matching(part: Filter, searched: Searched) -> Mask:
    match part:
        case All(parts):
            for state in (inner.value for inner in parts if isinstance(inner, Term) and inner.key == "is"):
                if state in _DECIDED:
                    searched = replace(searched, findings=searched.findings.filter(_DECIDED[state]))
            return reduce(np.logical_and, (_matching(inner, searched) for inner in parts))
        case Any(parts):
            return reduce(np.logical_or, (_matching(inner, searched) for inner in parts))
        case Not(inner):
            return ~_matching(inner, searched)
        case Number(key) if key.startswith(SCORE):
            return _by_score(part, searched)
        case Number(key) if key in MAP_AXES:
            return _by_place(part, searched)
        case Number():
            return _by_number(part, searched.loaded.facts)
        case TextTerm():
            return _by_words(part, searched)
        case Term():
            return _by_term(part, searched)


def _by_number(number: Number, facts: pl.DataFrame) -> Mask:
    if number.key.endswith("tokens") and "tokens" not in facts.columns:
        raise UsageError(f"'{number.key}:' cannot be asked yet: tokens are counted once the check is done.")
    column = facts["shape"].str.len_chars() if number.key == "turns" else facts[_NUMBER_COLUMNS[number.key]]
    return _between(column.fill_null(0).to_numpy(), number)


def _by_score(number: Number, searched: Searched) -> Mask:
    """An example without a score is never found."""
    if searched.scores is None:
        raise UsageError(f"'{number.key}' cannot be asked yet for this data.")
    return _between(scores_named(number.key.removeprefix(SCORE), searched.scores()).at(searched.loaded), number)


def _by_place(number: Number, searched: Searched) -> Mask:
    """An example that is not on the map is never found."""
    if searched.place is None:
        raise UsageError(f"'{number.key}:' cannot be asked yet for this data.")
    return _between(searched.place(number.key), number)


def _between(values: np.ndarray, number: Number) -> Mask:
    lowest = -np.inf if number.lowest is None else number.lowest
    highest = np.inf if number.highest is None else number.highest
    return (values >= lowest) & (values <= highest)


def _by_words(words: TextTerm, searched: Searched) -> Mask:
    texts = searched.texts or SourceTexts(searched.loaded)
    return texts.containing(words.text if words.regex else re.escape(words.text))


def _by_term(term: Term, searched: Searched) -> Mask:
    facts = searched.loaded.facts
    match term.key:
        case "check":
            return _positions(searched.findings.filter(is_asked_for(term.value)), len(facts))
        case "is" if term.value == "unreadable":
            return np.full(len(facts), searched.unreadable)
        case "is":
            return _positions(searched.findings.filter(_DECIDED[term.value]), len(facts))
        case "severity":
            return _positions(searched.findings.filter(pl.col("severity") == term.value), len(facts))
        case "role":
            return facts["shape"].str.contains(_ROLE_INITIALS.get(term.value, r"\?")).to_numpy()
        case "shape":
            return (facts["shape"] == term.value).to_numpy()
        case "kind":
            return (facts["kind"].cast(pl.String) == term.value).to_numpy()
        case "file":
            numbers = [n for n, read in enumerate(searched.loaded.sources) if term.value in read.source.name]
            return np.isin(facts["file"].to_numpy(), numbers)
        case "id":
            return _by_id(term.value, facts)
        case "similar" if searched.near is not None:
            return _by_ids(searched.near(term.value), searched.loaded)
        case "topic" if searched.about is not None:
            return _by_ids(searched.about(term.value), searched.loaded)
    return _by_decision(term, searched)


def is_asked_for(asked: str) -> pl.Expr:
    """Whether a finding is what `check:NAME` or `check:NAME/SEVERITY` asks for; the latter means at or above it.

    Raises:
        UsageError: there is no such check or severity.
    """
    name, _, severity = asked.partition("/")
    is_of_check = pl.col("check") == check_named(name).name
    if not severity:
        return is_of_check
    if severity not in SEVERITIES:
        raise UsageError(f"'check:{asked}': after the slash stands {', '.join(SEVERITIES)}.")
    return is_of_check & pl.col("severity").is_in(SEVERITIES[: SEVERITIES.index(severity) + 1])


def _by_id(beginning: str, facts: pl.DataFrame) -> Mask:
    """By the beginning of an id: its digits are those of a number, so that a beginning is a range of numbers."""
    digits, _, occurrence = beginning.partition("-")
    if not re.fullmatch("[0-9a-f]{1,16}", digits):
        return np.zeros(len(facts), dtype=bool)
    missing = 4 * (16 - len(digits))
    lowest = np.uint64(int(digits, 16) << missing)
    highest = np.uint64(int(lowest) + (1 << missing) - 1)
    keys = facts["key"].to_numpy()
    found: Mask = (keys >= lowest) & (keys <= highest)
    if occurrence:
        found &= facts["occurrence"].cast(pl.String).str.starts_with(occurrence).to_numpy()
    return found


def _by_decision(term: Term, searched: Searched) -> Mask:
    state, splits = searched.state, searched.splits
    match term.key, term.value:
        case "split", value if splits is not None:
            found = splits if value == "none" else splits.filter(pl.col("side") == NAMES.index(value))
        case "label", value:
            found = state.filter(pl.col("labels").list.contains(value))
        case "annotator", value:
            found = state.filter(pl.col("annotators").list.contains(value))
        case "decided", "no" | "yes":
            found = state.filter(pl.col("status") != "pending")
        case "decided", "edit":
            found = state.filter(pl.col("edited"))
        case "decided", "added":
            found = state.filter(pl.col("added"))
        case "decided", "disputed":
            found = state.filter(pl.col("disputed"))
        case "decided", value:
            found = state.filter(pl.col("status") == value)
        case _:
            raise UsageError(f"'{term.key}:' cannot be asked yet for this data.")
    mask = _by_ids(found["id"], searched.loaded)
    return ~mask if (term.key, term.value) in (("decided", "no"), ("split", "none")) else mask


def _by_ids(ids: pl.Series, loaded: Loaded) -> Mask:
    found = np.zeros(len(loaded.facts), dtype=bool)
    positions = positions_of(loaded, ids)
    found[positions[positions >= 0]] = True
    return found


def _positions(findings: pl.DataFrame, count: int) -> Mask:
    found = np.zeros(count, dtype=bool)
    found[findings["row"].drop_nulls().to_numpy()] = True
    return found
