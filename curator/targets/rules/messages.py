"""The rules of one message: its role, its keys, its content, its weight."""

from collections.abc import Iterator

from curator.data.safe_text import visible
from curator.targets.rules.images import image_violations
from curator.targets.rules.policy import ChatRules
from curator.targets.violation import Value, Violation, error, warning

_PLAIN = 2
"""Keys of a message that has a role and a content and nothing else."""

_TEXT_KEYS = ("name", "tool_call_id", "refusal", "reasoning", "reasoning_content", "thinking")


def message_violations(message: Value, path: str, rules: ChatRules) -> Iterator[Violation]:
    """What is wrong with one message by itself; tool calls are judged in `tools.py`."""
    if not isinstance(message, dict):
        yield error("unrecognised-example", "The message is not an object.", path)
        return
    role = message.get("role")
    if "role" not in message:
        yield error("unknown-role", "The message has no role.", path)
    elif not isinstance(role, str) or role not in rules.roles:
        known = ", ".join(sorted(rules.roles))
        yield error("unknown-role", f"{_shown(role)} is no role that {rules.target} knows ({known}).", f"{path}.role")
    yield from _content_violations(message, role, path, rules)
    if len(message) > _PLAIN:
        yield from _key_violations(message, path, rules)
        if rules.weights and message.get("weight") is not None:
            yield from _weight_violations(message, role, path, rules)


def _content_violations(message: dict[str, Value], role: Value, path: str, rules: ChatRules) -> Iterator[Violation]:
    content = message.get("content")
    if rules.text_key and "text" in message:
        if "content" in message:
            yield error("unexpected-key", "The message has both content and text; one of them is allowed.", path)
        content = message["text"]
    if isinstance(content, str):
        if not content or content.isspace():
            yield from _empty_violations(message, role, f"{path}.content", rules)
        return
    if content is None:
        if not (role == "assistant" and (_calls(message) or isinstance(message.get("refusal"), str))):
            yield error("missing-content", "The message has no content.", f"{path}.content")
    elif isinstance(content, list):
        yield from image_violations(content, message, f"{path}.content", rules)
    else:
        yield error("missing-content", f"The content is {_shown(content)}, not text.", f"{path}.content")


def _empty_violations(message: dict[str, Value], role: Value, path: str, rules: ChatRules) -> Iterator[Violation]:
    if role == "assistant" and rules.empty_answer and not _calls(message):
        sentence = "The answer is empty: the model would learn to say nothing."
        yield Violation("empty-content", rules.empty_answer, sentence, path)
    elif role == "user":
        yield warning("empty-content", "The user's message is empty.", path)


def _calls(message: dict[str, Value]) -> bool:
    return bool(message.get("tool_calls")) or isinstance(message.get("function_call"), dict)


def _key_violations(message: dict[str, Value], path: str, rules: ChatRules) -> Iterator[Violation]:
    if rules.other_keys:
        for key in message.keys() - rules.message_keys:
            name = visible(key, one_line=True)[:60]
            sentence = f"{rules.target} does not know the key '{name}'."
            yield Violation("unexpected-key", rules.other_keys, sentence, f"{path}.{name}")
    for key in _TEXT_KEYS:
        value = message.get(key)
        if value is not None and key in rules.message_keys and not isinstance(value, str):
            yield error("unrecognised-example", f"{key} is {_shown(value)}, not text.", f"{path}.{key}")


def _weight_violations(message: dict[str, Value], role: Value, path: str, rules: ChatRules) -> Iterator[Violation]:
    weight, place = message["weight"], f"{path}.weight"
    if rules.weights == "share":
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            yield error("invalid-weight", f"The weight is {_shown(weight)}; it is a number from 0 to 1.", place)
        return
    if isinstance(weight, bool) or not isinstance(weight, int) or weight not in (0, 1):
        yield error("invalid-weight", f"The weight is {_shown(weight)}; it is the integer 0 or 1.", place)
    elif role != "assistant":
        sentence = f"A weight belongs to assistant messages; {rules.target} refuses it elsewhere."
        yield error("invalid-weight", sentence, place)


def _shown(value: Value) -> str:
    match value:
        case None:
            return "null"
        case str():
            return f"'{visible(value[:40], one_line=True)}'"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:25]
        case list():
            return "a list"
    return "an object"


def key_violations(
    value: dict[str, Value], known: frozenset[str], severity: str | None, target: str
) -> Iterator[Violation]:
    """Top-level keys beyond the known ones."""
    if severity is None or value.keys() <= known:
        return
    make = error if severity == "error" else warning
    for key in sorted(value.keys() - known):
        name = visible(key, one_line=True)[:60]
        yield make("unexpected-key", f"{target} does not know the key '{name}'.", name)
