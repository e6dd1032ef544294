"""Prompts with an answer to compare with: what reinforcement learning is fed.

The columns beside the prompt, the answer's among them, are the user's own: they stay as they are in every export.
"""

from typing import Any, NotRequired

import msgspec
from typing_extensions import TypedDict

from curator.data.content import Content, tool_definitions
from curator.data.dialects.mappings import turns
from curator.data.dialects.shapes import ChatMessage, ContentPart, Tools

ANSWERS = (
    *("answer", "ground_truth", "reference_answer", "final_answer", "expected_answer", "gold_answer"),
    *("gold", "target", "expected", "solution"),
)
"""Columns that hold the answer, the first that is there."""
REWARD = "reward_model"
"""verl's column, whose `ground_truth` is the answer."""
_SHORT = 20
"""Words up to which an answer can be compared with; a longer one is taught."""


class PromptRow(TypedDict):
    """TRL, Unsloth and verl: a text, or messages."""

    prompt: str | list[ChatMessage]
    tools: NotRequired[Tools]


class ProblemRow(TypedDict):
    """Sets of mathematics."""

    problem: str


class VerifiersRow(TypedDict):
    """verifiers: a question, and facts for its rubric."""

    question: str


class RewardedMessages(TypedDict):
    """OpenAI's reinforcement fine-tuning: messages up to a user's, and fields for graders."""

    messages: list[ChatMessage]
    system: NotRequired[str | list[ContentPart] | None]
    tools: NotRequired[Tools]
    parallel_tool_calls: NotRequired[bool | None]


def answer_of(value: dict[str, Any]) -> str | None:
    """The answer to compare with, as text; anything but a text as JSON. None: there is none."""
    reward = value.get(REWARD)
    if isinstance(reward, dict) and reward.get("ground_truth") is not None:
        return _text(reward["ground_truth"])
    held = next((value[key] for key in ANSWERS if value.get(key) is not None), None)
    return None if held is None else _text(held)


def _answer(value: dict[str, Any]) -> str:
    """The same; "" for a prompt whose reward comes from elsewhere."""
    return answer_of(value) or ""


def _text(held: Any) -> str:
    return held if isinstance(held, str) else msgspec.json.encode(held).decode()


def is_verl(value: dict[str, Any]) -> bool:
    """Whether the reward model says what is right."""
    return isinstance(value[REWARD], dict)


def has_answer(value: dict[str, Any]) -> bool:
    """Whether there is an answer, and it is none that teaches by itself: short, or the prompt is messages."""
    answer = answer_of(value)
    return answer is not None and (isinstance(value.get("prompt"), list) or len(answer.split()) <= _SHORT)


def has_any_answer(value: dict[str, Any]) -> bool:
    """Whether there is an answer."""
    return answer_of(value) is not None


def asks_for_an_answer(value: dict[str, Any]) -> bool:
    """Whether the messages end with a user's, and there is an answer beside them."""
    messages = value["messages"]
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and str(last.get("role")).lower() == "user" and answer_of(value) is not None


def prompt_row(value: dict[str, Any]) -> Content:
    """A prompt and its answer."""
    return Content(turns(value["prompt"], "user"), tool_definitions(value.get("tools")), answer=_answer(value))


def problem_row(value: dict[str, Any]) -> Content:
    """A problem and its answer, or its solution."""
    return Content([{"role": "user", "content": value["problem"]}], answer=_answer(value))


def question_row(value: dict[str, Any]) -> Content:
    """A question and its answer."""
    return Content([{"role": "user", "content": value["question"]}], answer=_answer(value))


def rewarded_messages(value: dict[str, Any]) -> Content:
    """Messages and the answer beside them."""
    from curator.data.dialects.mappings import chat

    return chat(value)._replace(answer=_answer(value))
