"""Have a judge score examples: what would be sent where, then asked, kept as it comes, and labelled."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.edited import now
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.reread import originals_at
from curator.audit.open_data import Opened
from curator.audit.secrets import mask, searched
from curator.errors import UsageError
from curator.project.decisions.decision import Proposed, label_value
from curator.project.lock import only_one
from curator.review.filter.query import examples_found
from curator.scoring.address import JudgeAt, judge_at
from curator.scoring.asking import Ask, EndpointJudge, ScoreOutcome, ScoreQuestion, ask_all
from curator.scoring.kept_replies import KeptReplies
from curator.scoring.local_judge import PREFIX, LocalJudge
from curator.scoring.plain_text import without_markdown
from curator.scoring.prompt import key_of, messages_for, parts_of
from curator.scoring.rubric import Rubric
from curator.scoring.sampling import sample, strata
from curator.scoring.score_labels import SCORE, annotator_of

Form = Literal["as it is", "again", "without Markdown"]
"""How an example is asked about; the last two are for calibration."""

_LABELLED_TOGETHER, _LONGEST_UNLABELLED = 200, 2.0
"""Scores, and seconds, after which labels are written; what is killed before has its replies kept."""
_CHARACTERS_PER_TOKEN, _REPLY_TOKENS = 4, 60
"""For the estimate before anything is sent."""
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


class Planned(NamedTuple):
    """What a scoring would send.

    Attributes:
        examples: that would be asked about.
        kept: whose score is known already.
        masked: of which a secret is replaced by [SECRET].
        unanswered: that have no answer to score.
        characters: of all requests, once each.
    """

    examples: int
    kept: int
    masked: int
    unanswered: int
    characters: int


@dataclass
class Scored:
    """What became of a scoring, by kind of outcome, and which other models the endpoint named."""

    kinds: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    other_models: set[str] = field(default_factory=set)
    requests: int = 0

    def add(self, outcome: ScoreOutcome, model: str) -> None:
        """Count one."""
        self.kinds[outcome.kind] = self.kinds.get(outcome.kind, 0) + 1
        self.requests += outcome.asked
        if outcome.score is not None:
            self.scores[outcome.example] = outcome.score
        if outcome.model and not _is_same_model(outcome.model, model):
            self.other_models.add(outcome.model)


def _is_same_model(said: str, asked: str) -> bool:
    """Whether an endpoint names the model that was asked for: it may add a date, or leave the owner out."""
    return said.startswith(asked) or asked.endswith(said) or said.rpartition("/")[2] == asked.rpartition("/")[2]


class ScoreSession:
    """Examples, a rubric and a judge.

    Args:
        opened: the data.
        audit: of them.
        rubric: how they are rated.
        judge: an address, or `local:` and a model.
        model: its name at the address.

    Raises:
        UsageError: the address is none, or has no model.
        MissingDependency: the key is not here.
    """

    def __init__(self, opened: Opened, audit: Audit, rubric: Rubric, judge: str, model: str | None) -> None:
        self.opened, self.audit, self.rubric = opened, audit, rubric
        self.place: JudgeAt | None = None
        if judge.startswith(PREFIX):
            self.model = judge.removeprefix(PREFIX)
            if model is not None or not self.model:
                raise UsageError(
                    "A judge on this machine is named at once: --judge local:FOLDER, and no --judge-model."
                )
        else:
            if not model:
                raise UsageError("An endpoint may have several models. Name one with --judge-model NAME.")
            self.place, self.model = judge_at(judge, model), model
        self.address = "" if self.place is None else self.place.address
        self.annotator = annotator_of(self.address, self.model, rubric.name, rubric.version)
        self.kept = KeptReplies(opened.project.folder.judge_replies)
        self._ids = ids_of(audit.loaded)

    def eligible(self, where: str | None) -> npt.NDArray[np.int64]:
        """Positions of the examples that a filter finds and that are not dropped.

        Raises:
            FilterError, UsageError: as `examples_found`.
        """
        mask_, _ = examples_found(where, self.opened, self.audit)
        dropped = self.opened.state().filter(pl.col("status") == "drop")["id"]
        return np.flatnonzero(mask_ & ~self._ids.is_in(dropped.implode()).to_numpy())

    def sampled(self, positions: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
        """Some of these, in proportion to topics, lengths and what checks found."""
        audit, facts = self.audit, self.audit.loaded.facts
        topics = None if audit.meaning is None else audit.meaning.examples["topic"].to_numpy().astype(np.int64)
        is_found = np.zeros(len(facts), dtype=bool)
        grave = audit.findings.filter(pl.col("severity") != "info")["row"].drop_nulls()
        is_found[grave.to_numpy()] = True
        groups = strata(topics, facts["characters"].to_numpy().astype(np.int64), is_found)
        chosen = sample(groups[positions], facts["key"].to_numpy()[positions], count)
        return positions[chosen]

    def positions_of(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """Positions of the examples with these ids that are in the set."""
        return np.flatnonzero(self._ids.is_in(list(ids)).to_numpy())

    def planned(self, positions: npt.NDArray[np.int64], form: Form = "as it is") -> Planned:
        """What would be sent about these examples; nothing is."""
        asked, kept, masked, unanswered, characters = 0, 0, 0, 0, 0
        for question, holds_secret in self._questions(positions, form):
            if question is None:
                unanswered += 1
            elif self.kept.of(question.key):
                kept += 1
            else:
                asked += 1
                masked += holds_secret
                characters += sum(len(message["content"]) for message in question.messages)
        return Planned(asked, kept, masked, unanswered, characters)

    def summary(self, planned: Sequence[Planned]) -> list[str]:
        """The same for a person, a sentence a line; several plans are sent one after the other."""
        asked, kept, characters = (
            sum(getattr(one, name) for one in planned) for name in ("examples", "kept", "characters")
        )
        tokens = characters // _CHARACTERS_PER_TOKEN + asked * _REPLY_TOKENS
        place = f"at {self.place.address}" if self.place is not None else "on this machine"
        lines = [
            f"To the judge {self.model} {place}: {asked:,} requests by the rubric {self.rubric.name}, about "
            f"{tokens:,} tokens, replies included{self._price(tokens)}."
        ]
        if self.place is not None:
            lines.append(f"The key comes from {self.place.key.origin}.")
        if kept:
            lines.append(f"{kept:,} replies are kept from before; these are not asked for again.")
        if masked := max(one.masked for one in planned):
            lines.append(f"Examples that hold a secret: {masked:,}; [SECRET] is sent in its place.")
        if unanswered := max(one.unanswered for one in planned):
            lines.append(f"Examples without an answer to score: {unanswered:,}.")
        return lines

    def _price(self, tokens: int) -> str:
        from curator.targets.prices import prices

        figure = prices("judge", self.opened.own_prices).get(self.model)
        if figure is None:
            return ""
        return f", {tokens / 1e6 * float(figure.value):,.2f} US dollars by {figure.source}"

    def scored(
        self,
        positions: npt.NDArray[np.int64],
        votes: int,
        concurrency: int,
        progress: Callable[[int], None],
        form: Form = "as it is",
    ) -> Scored:
        """Ask about these examples; what is scored as it is becomes a label. Ended midway, the next call resumes.

        Args:
            positions: of the examples.
            votes: replies that make a score where the endpoint gives no log-probabilities.
            concurrency: requests under way at a time; a judge on this machine takes one.
            progress: is told how many are done.
            form: how they are asked about.

        Raises:
            WorkFailed: the judge stopped midway; what it answered is kept.
            DecisionConflict: another scoring is running on this project.
        """
        total, ask = Scored(), self._judge(concurrency)
        concurrency = concurrency if self.place is not None else 1
        with only_one(self.opened.project, "a scoring"), _LabelWriter(self, form) as writer:
            questions = (question for question, _ in self._questions(positions, form) if question is not None)
            for outcome in ask_all(questions, ask, self.kept, votes, concurrency):
                total.add(outcome, self.model)
                writer.add(outcome)
                progress(sum(total.kinds.values()))
        return total

    def _judge(self, concurrency: int) -> Ask:
        if self.place is None:
            return LocalJudge(self.model, self.rubric)
        return EndpointJudge(self.place, self.rubric, concurrency)

    def _questions(self, positions: npt.NDArray[np.int64], form: Form) -> Iterator[tuple[ScoreQuestion | None, bool]]:
        """A question per example, secrets masked, and whether there were any; None where there is no answer.

        Without Markdown: only those whose answer has some.
        """
        originals = originals_at(self.audit.loaded, positions.tolist())
        shown = ((one.position, parts_of(now(one, self.audit.edited).content)) for one in originals)
        for (position, parts), _, secrets in searched(shown, lambda item: item[1] or {}):
            if parts is None:
                yield None, False
                continue
            mask(secrets)
            if form == "without Markdown":
                plain = without_markdown(parts["answer"])
                if plain.split() == parts["answer"].split():
                    continue
                parts["answer"] = plain
            messages = messages_for(self.rubric, parts)
            key = key_of(self.address, self.model, messages)
            yield ScoreQuestion(self._ids[position], f"{key}-2" if form == "again" else key, messages), bool(secrets)


class _LabelWriter:
    """Writes scores as labels, many at a time, those of an interrupted scoring too."""

    def __init__(self, session: ScoreSession, form: Form) -> None:
        self._session, self._is_wanted = session, form == "as it is"
        self._name = f"{SCORE}{session.rubric.name}"
        known = session.opened.project.states.labels_by(session.annotator)
        self._known = dict(known.filter(pl.col("name") == self._name).select("id", "value").iter_rows())
        self._waiting: list[Proposed] = []
        self._since = time.monotonic()

    def __enter__(self) -> "_LabelWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def add(self, outcome: ScoreOutcome) -> None:
        """Label the example, unless it has this label."""
        if not self._is_wanted or outcome.score is None or self._known.get(outcome.example) == repr(outcome.score):
            return
        reason = _NOT_STORABLE.sub("�", outcome.reason) or None
        self._waiting.append(Proposed(outcome.example, "label", label_value(self._name, outcome.score), reason))
        if len(self._waiting) >= _LABELLED_TOGETHER or time.monotonic() - self._since > _LONGEST_UNLABELLED:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._session.opened.project.log.append(self._waiting, self._session.annotator)
        self._waiting, self._since = [], time.monotonic()
