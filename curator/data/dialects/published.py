"""Data sets as they are published: their shapes, what they mean, and what of an example cannot be read with it."""

import ast
import re
from collections.abc import Callable
from typing import Any, NotRequired

from typing_extensions import TypedDict

from curator.data.content import (
    Content,
    Message,
    Refused,
    chat_messages,
    role_of,
    sharegpt_messages,
    tool_definitions,
)
from curator.data.dialects.shapes import ChatMessage, ShareGptTurn, Tools
from curator.data.json_line import decode_json

_LISTS = ("messages", "conversations", "conversation")
_NO_RANK = 1 << 30
_SPEAKERS = {
    **{"instruction": "user", "input": "user", "response": "assistant"},
    **{"bot": "assistant", "[inst]": "user", "[/inst]": "assistant"},
}
_MARKS = re.compile(
    r"###\s?(Human|User|Prompter|Assistant|System|Instruction|Response)\s?:|(?:^|\n\n)(Human|Assistant):"
    r"|<(human|bot)>:|<\|im_start\|>(system|user|assistant|tool)\n|(\[/?INST\])"
)
_END_MARKS = ("<|im_end|>", "<|endoftext|>", "</s>", "<s>")
_SYSTEM_BLOCK = re.compile(r"\s*<<SYS>>\n?(.*?)\n?<</SYS>>\s*", re.DOTALL)


class ConversationRow(TypedDict):
    """LMSYS, WildChat."""

    conversation: list[ChatMessage]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class ConversationSpeakers(TypedDict):
    """The same with the names of ShareGPT."""

    conversation: list[ShareGptTurn]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class Exchange(TypedDict):
    """A question with its answer, as Capybara and Puffin have them."""

    input: str
    output: str


class Exchanges(TypedDict):
    """Capybara, Puffin."""

    conversation: list[Exchange]
    system: NotRequired[str | None]


class InputOutput(TypedDict):
    """Two texts."""

    input: str
    output: str
    system: NotRequired[str | None]


class Instance(TypedDict):
    """One of the ways in which a task is asked."""

    input: NotRequired[str | None]
    output: str


class SelfInstruct(TypedDict):
    """A task and instances of it."""

    instruction: str
    instances: list[Instance]


class MessageTree(TypedDict):
    """OASST: a prompt with replies, which have replies."""

    message_tree_id: str
    prompt: dict[str, Any]
    other_roots: NotRequired[list[dict[str, Any]]]
    tree_state: NotRequired[str | None]


class PassageQuestion(TypedDict):
    """SQuAD: a question about a passage, with answers."""

    context: str
    question: str
    answers: list[dict[str, Any]] | dict[str, Any]


def as_object(value: Any) -> Any:
    """A list of messages as an object that holds it, and messages that a cell holds as text as messages."""
    if isinstance(value, list):
        first = value[0] if value else None
        if isinstance(first, dict) and "role" in first:
            return {"messages": value}
        return {"conversations": value} if isinstance(first, dict) and "from" in first else value
    if isinstance(value, dict):
        for key in _LISTS:
            if isinstance(value.get(key), str):
                value = {**value, key: opened(value[key])}
    return value


def opened(text: str) -> Any:
    """The list of objects that a text is, as JSON or as Python writes it; else the text."""
    if not text.lstrip().startswith("["):
        return text
    try:
        value = decode_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return text
    is_list = isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    return value if is_list else text


def is_transcript(text: object) -> bool:
    """Whether a text has marks of two speakers, the first of them at or near its beginning."""
    if not isinstance(text, str):
        return False
    return {"user", "assistant"} <= {_marked(match) for match in _MARKS.finditer(text)}


def is_transcript_row(value: dict[str, Any]) -> bool:
    """Whether the text of a row is one."""
    return is_transcript(value["text"])


def turns_of(text: str) -> list[dict[str, str]]:
    """The messages of a transcript, without white space and marks of an end; what comes before the first is system."""
    marks = list(_MARKS.finditer(text))
    head = _without_ends(text[: marks[0].start()])
    turns = [{"role": "system", "content": head}] if head else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        role, content = _marked(mark), _without_ends(text[mark.end() : end])
        if role == "user" and (block := _SYSTEM_BLOCK.match(content)):
            turns.append({"role": "system", "content": block[1]})
            content = content[block.end() :]
        turns.append({"role": role, "content": content})
    return turns


def _marked(match: re.Match[str]) -> str:
    mark = next(filter(None, match.groups()))
    return _SPEAKERS.get(mark.lower()) or role_of(mark)


def _without_ends(text: str) -> str:
    text = text.strip()
    while end := next((mark for mark in _END_MARKS if text.endswith(mark)), None):
        text = text.removesuffix(end).rstrip()
    return text


def system_message(text: str | None) -> list[Message]:
    """A system message where there is a text for one."""
    return [{"role": "system", "content": text}] if text else []


def conversation(value: dict[str, Any]) -> Content:
    """Of LMSYS and WildChat."""
    head = system_message(value.get("system"))
    return Content([*head, *chat_messages(value["conversation"], len(head))], tool_definitions(value.get("tools")))


def conversation_speakers(value: dict[str, Any]) -> Content:
    """With ShareGPT's names."""
    messages = sharegpt_messages(value["conversation"], value.get("system"))
    return Content(messages, tool_definitions(value.get("tools")))


def exchanges(value: dict[str, Any]) -> Content:
    """Of Capybara."""
    turns = (
        {"role": role, "content": exchange[key]}
        for exchange in value["conversation"]
        for role, key in (("user", "input"), ("assistant", "output"))
    )
    return Content([*system_message(value.get("system")), *turns])


def self_instruct(value: dict[str, Any]) -> Content:
    """The task with its first instance."""
    if not value["instances"]:
        raise Refused("missing-content", "The task has no instances, so there is no answer.")
    first = value["instances"][0]
    extra = first.get("input")
    asked = f"{value['instruction']}\n{extra}" if extra and not extra.isspace() else value["instruction"]
    return Content([{"role": "user", "content": asked}, {"role": "assistant", "content": first["output"]}])


def other_instances(value: dict[str, Any]) -> str | None:
    """What is said of instances that are not read."""
    count = len(value["instances"])
    return f"The task has {count} instances, and the first is read. Give each a line of its own." if count > 1 else None


class TextTurns(TypedDict):
    """LIMA: texts of two speakers in turns."""

    conversations: list[str]


class TextData(TypedDict):
    """UltraChat as it was first published: the same."""

    data: list[str]


def are_texts(key: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a value's list under `key` holds texts alone."""
    return lambda value: isinstance(held := value[key], list) and bool(held) and all(isinstance(t, str) for t in held)


def text_turns(value: dict[str, Any]) -> Content:
    """Texts of a user and an assistant in turns."""
    texts = value["conversations"] if "conversations" in value else value["data"]
    return Content([{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)])


class Calls(TypedDict):
    """xLAM: a question, the tools there are, and the calls that answer it; lists, or JSON that holds one."""

    query: str
    tools: str | list[dict[str, Any]]
    answers: str | list[dict[str, Any]]


def transcript(value: dict[str, Any]) -> Content:
    """A text with marks."""
    if not is_transcript(value["text"]):
        raise Refused("unrecognised-example", "The text has no marks that say where user and assistant begin.")
    return Content(list(turns_of(value["text"])))


def passage_question(value: dict[str, Any]) -> Content:
    """Of SQuAD: the passage, then the question on a new line, and the first answer."""
    answers = _answers(value["answers"])
    if not answers:
        raise Refused("missing-content", "The question has no answer.")
    asked = f"{value['context']}\n{value['question']}"
    return Content([{"role": "user", "content": asked}, {"role": "assistant", "content": answers[0]}])


def other_answers(value: dict[str, Any]) -> str | None:
    """What is said of answers that are not read."""
    count = len(set(_answers(value["answers"])))
    return f"The question has {count} different answers, and the first is read." if count > 1 else None


def _answers(held: list[dict[str, Any]] | dict[str, Any]) -> list[str]:
    texts = held.get("text") if isinstance(held, dict) else [answer.get("text") for answer in held]
    return [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []


def message_tree(value: dict[str, Any]) -> Content:
    """The path through a tree that takes the reply of the best rank each time."""
    turns: list[Message] = []
    node: Any = value["prompt"]
    while node is not None:
        if not isinstance(node.get("text"), str) or not isinstance(node.get("role"), str):
            raise Refused("missing-content", "A message of the tree has no text or no role.", len(turns))
        turns.append({"role": node["role"], "content": node["text"]})
        replies = [reply for reply in node.get("replies") or () if isinstance(reply, dict)]
        node = min(replies, key=_rank, default=None)
    return Content(chat_messages(turns))


def _rank(node: dict[str, Any]) -> float:
    rank = node.get("rank")
    return rank if isinstance(rank, int | float) else _NO_RANK


def other_branches(value: dict[str, Any]) -> str | None:
    """What is said of messages beside the path."""
    beside, waiting = len(value.get("other_roots") or ()), [value["prompt"]]
    while waiting:
        replies = [reply for reply in waiting.pop().get("replies") or () if isinstance(reply, dict)]
        beside += max(len(replies) - 1, 0)
        waiting += replies
    branches = "1 other branch, which is" if beside == 1 else f"{beside:,} other branches, which are"
    return f"The tree has {branches} not read: only the replies of the best rank are." if beside else None
