"""The forms in which training examples come, how each is recognised, and what it means.

A file is read in one dialect: the one that most of its first examples fit; ties go to the earlier in `DIALECTS`.
`MAPPING_VERSION` changes whenever the meaning of any dialect does, so that nothing cached outlives its mapping.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NotRequired

from typing_extensions import TypedDict

from curator.data.content import Content, Message, chat_messages, sharegpt_messages, tool_definitions
from curator.data.dialects import shapes
from curator.data.dialects.gemini import gemini_content
from curator.data.dialects.nova import nova_content
from curator.errors import UnreadableInput, UsageError

MAPPING_VERSION = 3
SAMPLED = 200
"""Examples looked at to recognise a dialect."""


@dataclass(frozen=True)
class Dialect:
    """One form.

    Attributes:
        name: as `--format` takes it.
        required: keys without which an example is not in this form.
        shape: the type that both validators read.
        kind: one of `frames.KINDS`.
        content: from a value of that shape to what it means.
        known: further keys that belong to the form.
    """

    name: str
    required: frozenset[str]
    shape: Any
    kind: str
    content: Callable[[dict[str, Any]], Content]
    known: frozenset[str]

    def fits(self, value: Any) -> bool:
        """Whether `value` looks like an example in this form, right or wrong in its details."""
        if not isinstance(value, dict) or not self.required <= value.keys():
            return False
        if "label" in self.required:
            return isinstance(value["label"], bool)
        if self.name == "sharegpt-roles":
            return isinstance(value["conversations"], list) and any(
                isinstance(turn, dict) and "role" in turn for turn in value["conversations"]
            )
        return True

    def prompt_parts(self, value: dict[str, Any]) -> tuple[str, str] | None:
        """Instruction and input (or context) of a value, which its mapping joins; None: there is no input."""
        if "instruction" not in self.required:
            return None
        held = value.get("context" if "context" in self.required else "input")
        return (value["instruction"], held) if held else None


@dataclass(frozen=True)
class Recognised:
    """A dialect and why it was taken."""

    dialect: Dialect
    reason: str


def _pair(prompt: str, answer: str, system: str | None = None) -> Content:
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}])


def _chat(value: dict[str, Any]) -> Content:
    tools = tool_definitions(value.get("tools"), value.get("functions"))
    head = _system(value.get("system"))
    return Content([*head, *chat_messages(value["messages"], len(head))], tools)


def _system(text: str | list[dict[str, Any]] | None) -> list[Message]:
    """Anthropic's system text beside the messages: a text, or text blocks."""
    return [{"role": "system", "content": text}] if text else []


def _sharegpt(value: dict[str, Any]) -> Content:
    messages = sharegpt_messages(value["conversations"], value.get("system"))
    return Content(messages, tool_definitions(value.get("tools")))


def _sharegpt_roles(value: dict[str, Any]) -> Content:
    system = value.get("system")
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, *chat_messages(value["conversations"], len(head))], tool_definitions(value.get("tools")))


def _alpaca(value: dict[str, Any]) -> Content:
    prompt, extra = value["instruction"], value.get("input")
    if extra and not extra.isspace():
        prompt = f"{prompt}\n{extra}"
    content = _pair(prompt, value["output"] if "output" in value else value["response"], value.get("system"))
    history = value.get("history")
    if not history:
        return content
    earlier = [
        {"role": role, "content": text}
        for turn in history
        for role, text in zip(("user", "assistant"), turn, strict=False)
    ]
    return Content([*content.messages[:-2], *earlier, *content.messages[-2:]])


def _dolly(value: dict[str, Any]) -> Content:
    context = value.get("context")
    prompt = f"{value['instruction']}\n{context}" if context and not context.isspace() else value["instruction"]
    return _pair(prompt, value["response"])


def _turns(value: str | list[Message] | None, role: str, first_index: int = 0) -> list[Message]:
    if value is None:
        return []
    return [{"role": role, "content": value}] if isinstance(value, str) else chat_messages(value, first_index)


def _prompt_completion(value: dict[str, Any]) -> Content:
    prompt = _turns(value["prompt"], "user")
    return Content(
        [*prompt, *_turns(value["completion"], "assistant", len(prompt))], tool_definitions(value.get("tools"))
    )


def _preference(value: dict[str, Any]) -> Content:
    prompt = _turns(value.get("prompt"), "user")
    chosen = _turns(value["chosen"], "assistant", len(prompt))
    rejected = _turns(value["rejected"], "assistant", len(prompt))
    if not prompt:
        shared = 0
        while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
            shared += 1
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def _openai_preference(value: dict[str, Any]) -> Content:
    prompt = chat_messages(value["input"]["messages"])
    chosen = chat_messages(value["preferred_output"], len(prompt))
    rejected = chat_messages(value["non_preferred_output"], len(prompt))
    return Content(prompt, tool_definitions(value["input"].get("tools")), chosen, rejected)


def _sharegpt_preference(value: dict[str, Any]) -> Content:
    prompt = sharegpt_messages(value["conversations"], value.get("system"))
    chosen = sharegpt_messages([value["chosen"]], first_index=len(prompt))
    rejected = sharegpt_messages([value["rejected"]], first_index=len(prompt))
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def _kto(value: dict[str, Any]) -> Content:
    return _prompt_completion(value)._replace(label=value["label"])


def _kto_chat(value: dict[str, Any]) -> Content:
    return _chat(value)._replace(label=value["label"] if "label" in value else value["kto_tag"])


def _dialect(
    name: str, required: str, shape: Any, content: Callable[[dict[str, Any]], Content], kind: str = "chat"
) -> Dialect:
    return Dialect(name, frozenset(required.split()), shape, kind, content, frozenset(shape.__annotations__))


DIALECTS = (
    _dialect("gemini", "contents", shapes.Gemini, gemini_content),
    _dialect("nova", "schemaVersion messages", shapes.Nova, nova_content),
    _dialect(
        "openai-preference",
        "input preferred_output non_preferred_output",
        shapes.OpenAiPreference,
        _openai_preference,
        "preference",
    ),
    _dialect(
        "sharegpt-preference",
        "conversations chosen rejected",
        shapes.ShareGptPreference,
        _sharegpt_preference,
        "preference",
    ),
    _dialect("preference", "chosen rejected", shapes.Preference, _preference, "preference"),
    _dialect("kto", "prompt completion label", shapes.Kto, _kto, "kto"),
    _dialect("kto-chat", "messages label", shapes.KtoChat, _kto_chat, "kto"),
    _dialect("kto-tag", "messages kto_tag", shapes.KtoTag, _kto_chat, "kto"),
    _dialect("chat", "messages", shapes.Chat, _chat),
    _dialect("sharegpt-roles", "conversations", shapes.ShareGptRoles, _sharegpt_roles),
    _dialect("sharegpt", "conversations", shapes.ShareGpt, _sharegpt),
    _dialect("dolly", "instruction context response", shapes.Dolly, _dolly),
    _dialect("alpaca", "instruction output", shapes.Alpaca, _alpaca),
    _dialect("alpaca-response", "instruction response", shapes.AlpacaResponse, _alpaca),
    _dialect("prompt-completion", "prompt completion", shapes.PromptCompletion, _prompt_completion),
    _dialect(
        "openorca",
        "question response",
        shapes.OpenOrca,
        lambda value: _pair(value["question"], value["response"], value.get("system_prompt")),
    ),
    _dialect(
        "question-answer",
        "question answer",
        shapes.QuestionAnswer,
        lambda value: _pair(value["question"], value["answer"]),
    ),
    _dialect(
        "prompt-response",
        "prompt response",
        shapes.PromptResponse,
        lambda value: _pair(value["prompt"], value["response"]),
    ),
    _dialect(
        "text",
        "text",
        shapes.PlainText,
        lambda value: Content([{"role": "assistant", "content": value["text"]}]),
        "text",
    ),
)


def dialect_named(name: str) -> Dialect:
    """The dialect that `--format` names.

    Raises:
        UsageError: there is none of that name.
    """
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    names = [dialect.name for dialect in DIALECTS]
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise UsageError(f"There is no format '{name}'.{hint} Known formats: {', '.join(names)}.")


def recognise(values: Iterable[Any], file: str) -> Recognised:
    """The dialect that most of `values` fit, with the reason.

    Raises:
        UnreadableInput: there are objects, and none of them fits any dialect.
    """
    counts: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    objects = 0
    for value in values:
        if not isinstance(value, dict):
            continue
        objects += 1
        keys.update(value.keys())
        for dialect in DIALECTS:
            if dialect.fits(value):
                counts[dialect.name] += 1
                break
    if not objects:
        return Recognised(dialect_named("chat"), "nothing in it could be read as an object, so chat is assumed")
    if not counts:
        sampled = ", ".join(f"'{key}'" for key, _ in keys.most_common(8)) or "no keys at all"
        raise UnreadableInput(
            f"{file}: none of the first {objects} objects is a training example in a known format; their keys are "
            f"{sampled}. Name the columns with --columns prompt=KEY,answer=KEY, or the form with --format."
        )
    best = max(DIALECTS, key=lambda dialect: counts[dialect.name])
    wanted = ", ".join(f"'{key}'" for key in sorted(best.required))
    return Recognised(best, f"{counts[best.name]} of the first {objects} objects have {wanted}")


def mapped_dialect(columns: dict[str, str]) -> Dialect:
    """A dialect made by a column mapping such as {"prompt": "ask", "answer": "reply", "system": "persona"}.

    Raises:
        UsageError: prompt or answer is not mapped, or there is an unknown role.
    """
    unknown = columns.keys() - {"prompt", "answer", "system"}
    if unknown or not {"prompt", "answer"} <= columns.keys():
        raise UsageError(
            "A column mapping names prompt and answer, and system where there is one: prompt=KEY,answer=KEY."
        )
    prompt, answer, system = columns["prompt"], columns["answer"], columns.get("system")
    fields: dict[str, Any] = {prompt: str, answer: str}
    if system:
        fields[system] = NotRequired[str | None]
    shape = TypedDict("Mapped", fields)  # type: ignore[misc]
    required = frozenset({prompt, answer})

    def content(value: dict[str, Any]) -> Content:
        return _pair(value[prompt], value[answer], value.get(system) if system else None)

    return Dialect("mapped", required, shape, "chat", content, frozenset(fields))
