"""Labels: the questions of curator.toml, what each annotator answered, how far they agree."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
import polars as pl

from curator.audit.open_data import Opened
from curator.errors import UsageError
from curator.project.decisions.decision import Decision, Proposed, label_value
from curator.review.labelling.agreement import Agreement, agreement
from curator.settings.fields import LabelQuestion

Value = str | int | list[str]
RATINGS = ("1", "2", "3", "4", "5")

NO_QUESTIONS = """\
There are no questions yet. Write them into curator.toml beside the data, a section each:

[labels.tone]
kind = "choice"          # choice, choices (several), rating (1 to 5) or note
values = ["warm", "neutral", "cold"]
question = "How does the answer sound?"
"""


class Labels:
    """All answers that stand, by example, annotator and question.

    Attributes:
        questions: by name, in the order of curator.toml.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.questions: Mapping[str, LabelQuestion] = opened.settings.labels
        self._given: dict[str, dict[tuple[str, str], Value]] = {}
        self.reload()

    def reload(self) -> None:
        """Take over everything that stands, also of others."""
        self._given = {}
        self._add(self._opened.project.states.labels())

    def refresh(self, ids: Iterable[str]) -> None:
        """Ask anew what stands about these examples."""
        wanted = sorted(set(ids))
        for id_ in wanted:
            self._given.pop(id_, None)
        self._add(self._opened.project.states.labels(wanted))

    def of(self, id_: str, name: str) -> dict[str, Value]:
        """What each annotator answered about an example."""
        return {who: value for (who, question), value in self._given.get(id_, {}).items() if question == name}

    def own(self, name: str) -> dict[str, Value]:
        """By example id, what this annotator answered."""
        key = (self._opened.annotator, name)
        return {id_: given[key] for id_, given in self._given.items() if key in given}

    def agreement(self, name: str) -> Agreement:
        """How far the annotators agree about a question; several choices count as one answer."""
        question = self.questions[name]
        by_example = {id_: {who: _text(value) for who, value in self.of(id_, name).items()} for id_ in self._given}
        answers = {id_: given for id_, given in by_example.items() if given}
        if question.kind == "rating":
            return agreement(answers, RATINGS, "ordinal")
        known = sorted({value for given in answers.values() for value in given.values()})
        return agreement(answers, [*question.values, *(value for value in known if value not in question.values)])

    def _add(self, frame: pl.DataFrame) -> None:
        for id_, annotator, name, value in frame.select("id", "annotator", "name", "value").iter_rows():
            self._given.setdefault(id_, {})[(annotator, name)] = msgspec.json.decode(value)


def choices_of(question: LabelQuestion) -> tuple[str, ...]:
    """What can be chosen with the digits, in order; nothing for a note."""
    return RATINGS if question.kind == "rating" else question.values if question.kind != "note" else ()


def checked_value(name: str, value: str, questions: Mapping[str, LabelQuestion]) -> Value:
    """An answer as it is kept, from how a person writes it: several choices are separated by commas.

    Raises:
        UsageError: there is no such question, or the answer is none of its values.
    """
    question = question_named(name, questions)
    choices = choices_of(question)
    parts = [part.strip() for part in value.split(",")] if question.kind == "choices" else [value.strip()]
    for part in parts:
        if choices and part not in choices:
            near = get_close_matches(part, choices, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" It is one of {', '.join(choices)}."
            raise UsageError(f"'{part}' is no answer to '{name}'.{hint}")
    if not parts[0]:
        raise UsageError(f"'{name}' needs an answer; --remove {name} takes one away.")
    if question.kind == "choices":
        return [choice for choice in choices if choice in parts] if choices else parts
    return int(parts[0]) if question.kind == "rating" else parts[0]


def question_named(name: str, questions: Mapping[str, LabelQuestion]) -> LabelQuestion:
    """The question of that name.

    Raises:
        UsageError: there is none; the sentence names the nearest, or says how to write one.
    """
    if name in questions:
        return questions[name]
    if not questions:
        raise UsageError(NO_QUESTIONS)
    near = get_close_matches(name, questions, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else f" There are {', '.join(questions)}."
    raise UsageError(f"There is no question '{name}' in curator.toml.{hint}")


def label(opened: Opened, ids: Sequence[str], name: str, value: Value | None) -> list[Decision]:
    """Answer a question about some examples as one unit; None takes the annotator's answers away.

    Raises:
        DecisionConflict, WorkFailed: as `DecisionLog.append`.
    """
    if not ids:
        return []
    text = label_value(name, value)
    return opened.project.log.append([Proposed(id_, "label", text) for id_ in ids], opened.annotator)


def _text(value: Any) -> str:
    return ", ".join(sorted(value)) if isinstance(value, list) else str(value)
