"""One line of `train.jsonl` and its siblings: OpenAI chat messages with tools. What is refused is refused here.

Whoever writes such lines asks the same function that the training reads them with. The standard library only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["chat", "pair", "rated"]

ROLES = ("system", "developer", "user", "assistant", "tool")
TEXT_PARTS = ("text", "input_text", "output_text")
"""Types of content parts that are text, as chat completions and responses name them."""

REWRITTEN_PARTS = ("tool_use", "tool_result", "thinking", "redacted_thinking", "reasoning", "refusal")
"""Types of content parts that an export rewrites as tool calls, results, reasoning and text."""
REWRITTEN = "curator export FILE --target huggingface --out DIR writes such parts in the form that is trained on"


class LineError(ValueError):
    """A line that cannot be trained on; the text says why, `message_index` in which message, and `hint` what to do."""

    def __init__(self, reason: str, message_index: int | None = None, hint: str = "") -> None:
        super().__init__(reason)
        self.message_index = message_index
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Conversation:
    """One example: its name in reports, its messages in the form chat templates expect, its tools."""

    name: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None
    weights: list[float]
    """One per message: what its tokens count in the loss. 0 for all but assistant messages."""
    schema: dict[str, Any] | None = None
    """The JSON schema in the example's `response_format`, which its answer has to meet."""
    rejected: Conversation | None = None
    """Of a pair: the same prompt with the rejected answer; `messages` end with the chosen one."""
    label: bool | None = None
    """Of a rated answer: whether it is a good one."""

    @property
    def kind(self) -> Kind:
        """A conversation to learn, a pair of answers, or a rated answer."""
        return "pair" if self.rejected is not None else "chat" if self.label is None else "rated"

    @property
    def teaches(self) -> bool:
        """Whether any answer counts in the loss."""
        return any(self.weights)

    def content_hash(self) -> bytes:
        """Equal for equal messages, tools and rejected answers, whatever the name."""
        rejected = self.rejected and self.rejected.messages
        text = json.dumps([self.messages, self.tools, rejected, self.label], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def conversation_of(raw: Any, unnamed: str) -> Conversation:
    """What the value of one line means.

    Args:
        raw: a decoded JSON value.
        unnamed: the name of an example without an `id`.

    Raises:
        LineError: it cannot be trained on.
    """
    if isinstance(raw, dict) and "chosen" in raw and "rejected" in raw:
        return _pair(raw, unnamed)
    if isinstance(raw, dict) and isinstance(raw.get("label"), bool):
        return _rated(raw, unnamed)
    if isinstance(raw, dict) and "messages" not in raw and isinstance(raw.get("completion"), str):
        raw = {**raw, "messages": _completed(raw.get("prompt"), raw["completion"])}
    if not isinstance(raw, dict) or not isinstance(raw.get("messages"), list) or not raw["messages"]:
        raise LineError("no list of 'messages'")
    name = raw.get("id")
    tools = raw.get("tools")
    if isinstance(tools, str):
        tools = _decoded(tools)
    if tools is not None and not (isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)):
        raise LineError("'tools' is not a list of objects")
    messages = [_message(message, position) for position, message in enumerate(raw["messages"])]
    weights = [_weight(message, position) for position, message in enumerate(raw["messages"])]
    named = name if isinstance(name, str) and name else unnamed
    return Conversation(named, messages, tools or None, weights, _schema(raw.get("response_format")))


def _pair(raw: dict[str, Any], unnamed: str) -> Conversation:
    """TRL's preference: `prompt`, `chosen` and `rejected`, each a text or messages; the prompt may begin both."""
    prompt, chosen, rejected = (_turns(raw, *of) for of in (("prompt", "user"), *_ANSWERS))
    if not prompt:
        shared = 0
        while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
            shared += 1
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    if chosen == rejected:
        raise LineError("the chosen and the rejected answer are the same, so there is nothing to learn")
    better, worse = (_answered(raw, prompt, answer, unnamed) for answer in (chosen, rejected))
    return replace(better, rejected=worse)


_ANSWERS = (("chosen", "assistant"), ("rejected", "assistant"))


def _rated(raw: dict[str, Any], unnamed: str) -> Conversation:
    """TRL's rating: `prompt`, `completion` and `label`, or `messages` of which the last is the rated answer."""
    if "completion" in raw:
        prompt, answer = _turns(raw, "prompt", "user"), _turns(raw, "completion", "assistant")
    else:
        messages = _turns(raw, "messages", "assistant")
        prompt, answer = messages[:-1], messages[-1:]
    return replace(_answered(raw, prompt, answer, unnamed), label=raw["label"])


def _turns(raw: dict[str, Any], key: str, role: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, (str, list)):
        raise LineError(f"'{key}' is neither a text nor a list of messages")
    return [{"role": role, "content": value}] if isinstance(value, str) else value


def _answered(raw: dict[str, Any], prompt: list[Any], answer: list[Any], unnamed: str) -> Conversation:
    """A prompt, of which nothing is learnt, and an answer to it."""
    fields = {key: raw[key] for key in ("id", "tools", "response_format") if key in raw}
    read = conversation_of({**fields, "messages": [*prompt, *answer]}, unnamed)
    if not any(message["role"] == "assistant" for message in read.messages[len(prompt) :]):
        raise LineError("an answer to choose or to rate has no assistant message")
    weights = [1.0 if weight else 0.0 for weight in read.weights[len(prompt) :]]
    return replace(read, weights=[0.0] * len(prompt) + weights)


def _completed(prompt: Any, completion: str) -> list[dict[str, Any]]:
    """A text to continue and its continuation, as a question and its answer."""
    if not isinstance(prompt, str):
        raise LineError("a 'completion' without a 'prompt' that is text")
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": completion}]


def _decoded(text: str) -> Any:
    """The value of a JSON text; the text itself where it is none."""
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        return text


def _schema(response_format: Any) -> dict[str, Any] | None:
    """As chat completions hold it, or without the inner object, as several services take it."""
    if not isinstance(response_format, dict) or response_format.get("type") != "json_schema":
        return None
    inner = response_format.get("json_schema", response_format)
    schema = inner.get("schema") if isinstance(inner, dict) else None
    return schema if isinstance(schema, dict) and schema else None


def _message(raw: Any, position: int) -> dict[str, Any]:
    if not isinstance(raw, dict) or raw.get("role") not in ROLES:
        raise LineError(f"message {position} has no role among {', '.join(ROLES)}", position)
    message: dict[str, Any] = {"role": raw["role"], "content": _text(raw.get("content"), position)}
    calls = raw.get("tool_calls") or ([{"function": raw["function_call"]}] if raw.get("function_call") else None)
    if calls:
        if not isinstance(calls, list):
            raise LineError(f"message {position} has tool calls that are not a list", position)
        message["tool_calls"] = [_tool_call(call, position) for call in calls]
    for key in ("name", "tool_call_id"):
        if raw.get(key) is not None:
            if not isinstance(raw[key], str):
                raise LineError(f"message {position} has a {key} that is not text", position)
            message[key] = raw[key]
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(raw.get(key), str) and raw[key]:
            message["reasoning_content"] = raw[key]
            break
    return message


def _text(content: Any, position: int) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise LineError(f"message {position} has content that is not text", position)
    texts = []
    for part in content:
        kind = part.get("type", "text") if isinstance(part, dict) else "unknown"
        if kind not in TEXT_PARTS or not isinstance(part.get("text"), str):
            hint = REWRITTEN if kind in REWRITTEN_PARTS else ""
            reason = f"message {position} has a content part of type {kind!r:.40} and not only text"
            raise LineError(reason, position, hint)
        texts.append(part["text"])
    return "".join(texts)


def _tool_call(raw: Any, position: int) -> dict[str, Any]:
    """Chat templates want arguments as an object; the OpenAI form holds them as a JSON text."""
    function = raw.get("function") if isinstance(raw, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise LineError(f"message {position} has a tool call without a function name", position)
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        arguments = _decoded(arguments or "{}")
    if not isinstance(arguments, dict):
        raise LineError(f"message {position} has tool call arguments that are not a JSON object", position)
    call = {"type": "function", "function": {"name": function["name"], "arguments": arguments}}
    return {"id": raw["id"], **call} if raw.get("id") else call


def _weight(raw: dict[str, Any], position: int) -> float:
    weight = raw.get("weight", 1 if raw["role"] == "assistant" else 0)
    if raw["role"] != "assistant":
        return 0.0
    if weight is None:
        return 1.0
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
        raise LineError(f"message {position} has weight {weight!r}, not a number from 0 to 1", position)
    return float(weight)
