"""What a planted defect is, and the few edits that most of them share."""

import copy
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from sample_data.make_support_desk import closed

Example = dict[str, Any]
Message = dict[str, Any]


class Defect(NamedTuple):
    """One way an example goes wrong in practice.

    ``plant`` turns a clean example into the defective one, or into the raw bytes of its line. ``base`` says what it
    needs to start from: a conversation of one turn ("one turn"), of several ("turns"), or with a tool call ("tools").
    ``also`` names checks that this defect cannot help setting off too.
    """

    check: str
    note: str
    plant: Callable[[Example, random.Random], Example | bytes]
    base: str = "one turn"
    also: tuple[str, ...] = ()


def question_of(example: Example) -> str:
    """The text of the first user message."""
    return str(next(message["content"] for message in example["messages"] if message["role"] == "user"))


def answer_of(example: Example) -> str:
    """The last answer without its closing line."""
    return str(example["messages"][-1]["content"]).removesuffix(closed(""))


def with_question(example: Example, text: str) -> Example:
    """A copy whose first user message says something else."""
    changed = copy.deepcopy(example)
    next(message for message in changed["messages"] if message["role"] == "user")["content"] = text
    return changed


def with_answer(example: Example, text: str, *, sign: bool = True) -> Example:
    """A copy whose last answer says something else, with the closing line unless ``sign`` is off."""
    changed = copy.deepcopy(example)
    changed["messages"][-1]["content"] = closed(text) if sign else text
    return changed


def with_message(example: Example, at: int, **fields: Any) -> Example:
    """A copy in which message ``at`` has these fields set; the value ``...`` removes one."""
    changed = copy.deepcopy(example)
    for name, value in fields.items():
        if value is ...:
            del changed["messages"][at][name]
        else:
            changed["messages"][at][name] = value
    return changed


def answering(text: str, *, sign: bool = True) -> Callable[[Example, random.Random], Example]:
    """A defect whose answer is ``text``; ``{answer}`` and ``{question}`` stand for the ones that were there."""

    def plant(example: Example, _rng: random.Random) -> Example:
        filled = text.replace("{answer}", answer_of(example)).replace("{question}", question_of(example))
        return with_answer(example, filled, sign=sign)

    return plant


def asking(text: str) -> Callable[[Example, random.Random], Example]:
    """A defect whose question is ``text``; ``{question}`` stands for the one that was there."""

    def plant(example: Example, _rng: random.Random) -> Example:
        return with_question(example, text.replace("{question}", question_of(example)))

    return plant


def about(question: str, answer: str, *, sign: bool = True) -> Callable[[Example, random.Random], Example]:
    """A defect that is a conversation of its own."""

    def plant(example: Example, _rng: random.Random) -> Example:
        return with_answer(with_question(example, question), answer, sign=sign)

    return plant
