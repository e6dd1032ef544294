"""All rules of a list of chat messages with its tools, one target's strictness applied."""

from collections.abc import Iterator

from curator.targets.rules.messages import message_violations
from curator.targets.rules.order import SYSTEM, order_violations
from curator.targets.rules.policy import ChatRules
from curator.targets.rules.tools import call_violations, definition_violations, schemas_of
from curator.targets.violation import Value, Violation, error, warning


def conversation_violations(
    holder: dict[str, Value], rules: ChatRules, *, inside: str = "", is_prompt: bool = False
) -> Iterator[Violation]:
    """What is wrong with `holder["messages"]` and its tools.

    Args:
        holder: the line, or the `input` of a preference.
        rules: the target's strictness.
        inside: path of the holder, with its dot.
        is_prompt: whether the answer stands elsewhere.
    """
    tools = holder.get("tools")
    if tools or (tools is not None and not holder.get("functions")):
        yield from definition_violations(tools, f"{inside}tools", rules)
    elif holder.get("functions") is not None:
        tools = holder["functions"]
        yield from definition_violations(tools, "functions", rules)
    yield from turns_violations(holder.get("messages"), tools, rules, path=f"{inside}messages", is_prompt=is_prompt)
    yield from second_system_text(holder, rules, inside)


def second_system_text(holder: dict[str, Value], rules: ChatRules, inside: str = "") -> Iterator[Violation]:
    """A system text beside messages that begin with one, where only one is allowed."""
    if rules.system_first and holder.get("system") and _begins_with_system(holder.get("messages")):
        sentence = "There is a system text beside the messages and a system message among them; one of them is allowed."
        yield Violation("system-place", rules.system_first, sentence, f"{inside}system")


def _begins_with_system(messages: Value) -> bool:
    first = messages[0] if isinstance(messages, list) and messages else None
    return isinstance(first, dict) and first.get("role") in SYSTEM


def turns_violations(
    messages: Value, tools: Value, rules: ChatRules, *, path: str, is_prompt: bool = False
) -> Iterator[Violation]:
    """What is wrong with a list of messages that may use `tools`."""
    if not isinstance(messages, list):
        yield error("unrecognised-example", f"There is no list of {path}.", path)
        return
    if not messages:
        yield error("unrecognised-example", f"The list of {path} is empty.", path)
        return
    for position, message in enumerate(messages):
        yield from message_violations(message, f"{path}[{position}]", rules)
    yield from order_violations(messages, path, rules, is_prompt=is_prompt)
    if tools or any(_may_concern_tools(message) for message in messages):
        yield from call_violations(messages, path, schemas_of(tools), rules)


def _may_concern_tools(message: Value) -> bool:
    return isinstance(message, dict) and (len(message) > 2 or message.get("role") in ("tool", "function"))


def output_violations(value: Value, tools: Value, rules: ChatRules, key: str) -> Iterator[Violation]:
    """What is wrong with one output of a preference: a list of exactly one assistant message."""
    if not isinstance(value, list) or len(value) != 1:
        yield error("invalid-preference", f"{key} is not a list of exactly one message.", key)
        return
    if not isinstance(value[0], dict) or value[0].get("role") != "assistant":
        yield error("invalid-preference", f"The message in {key} is not the assistant's.", f"{key}[0]")
        return
    yield from message_violations(value[0], f"{key}[0]", rules)
    yield from call_violations(value, key, schemas_of(tools), rules)


def preference_violations(value: dict[str, Value], rules: ChatRules) -> Iterator[Violation]:
    """What is wrong with a preference as OpenAI writes it: input, preferred_output, non_preferred_output."""
    holder = value.get("input")
    if not isinstance(holder, dict):
        yield error("invalid-preference", "input is not an object with messages.", "input")
        return
    yield from conversation_violations(holder, rules, inside="input.", is_prompt=True)
    messages = holder.get("messages")
    if isinstance(messages, list) and messages:
        last = messages[-1]
        if isinstance(last, dict) and last.get("role") == "assistant":
            place = f"input.messages[{len(messages) - 1}]"
            yield error("invalid-preference", "The input ends with the assistant; the outputs continue it.", place)
    for key in ("preferred_output", "non_preferred_output"):
        yield from output_violations(value.get(key), holder.get("tools"), rules, key)
    if value.get("preferred_output") == value.get("non_preferred_output"):
        yield warning("invalid-preference", "Both outputs are the same, so nothing is learned.")
