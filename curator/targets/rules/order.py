"""The rules of a conversation: who speaks when, and whether there is something to learn."""

from collections.abc import Iterator

from curator.targets.rules.images import image_count
from curator.targets.rules.policy import ChatRules
from curator.targets.violation import Value, Violation, error

SYSTEM = ("system", "developer")


def order_violations(messages: list[Value], path: str, rules: ChatRules, *, is_prompt: bool) -> Iterator[Violation]:
    """What is wrong with the messages together. A prompt (of a preference) needs no answer in it."""
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    if not is_prompt:
        if "assistant" not in roles:
            yield error("no-assistant-message", "There is no assistant message, so nothing to learn from.", path)
        elif rules.weights == "whole" and rules.nothing_to_learn and _all_silent(messages):
            sentence = "Every assistant message has weight 0, so nothing is learned."
            yield Violation("nothing-to-learn", rules.nothing_to_learn, sentence, path)
        if rules.last and roles[-1] != "assistant":
            sentence = "The last message is not the assistant's."
            yield Violation("last-message-not-assistant", rules.last, sentence, f"{path}[{len(roles) - 1}]")
    if rules.opening and roles[0] not in ("user", *SYSTEM):
        sentence = f"A conversation for {rules.target} opens with a system message or the user."
        yield Violation("opening-role", rules.opening, sentence, f"{path}[0]")
    if rules.system_first:
        for position, role in enumerate(roles[1:], 1):
            if role in SYSTEM:
                sentence = "There is one system message at most, and it comes first."
                yield Violation("system-place", rules.system_first, sentence, f"{path}[{position}]")
    if rules.alternation:
        yield from _turn_violations(roles, path, rules)
    if rules.images is not None or rules.all_alike:
        yield from _picture_violations(messages, path, rules)


def _all_silent(messages: list[Value]) -> bool:
    return all(
        message.get("weight") == 0 and message.get("weight") is not False
        for message in messages
        if isinstance(message, dict) and message.get("role") == "assistant"
    )


def _turn_violations(roles: list[Value], path: str, rules: ChatRules) -> Iterator[Violation]:
    """User and assistant take turns; the results of a tool call stand between two assistant messages."""
    start = 1 if roles[0] in SYSTEM else 0
    previous: Value = None
    for position in range(start, len(roles)):
        role = roles[position]
        wrong = (
            (role == "assistant" and (previous == "assistant" or (previous is None and position > 0)))
            or (role == "user" and previous in ("user", "tool"))
            or (role == "tool" and previous in ("user", None))
        )
        if wrong and rules.alternation:
            before = f"follows {previous}" if previous else "opens the conversation"
            sentence = f"{role} {before}; {rules.target} wants user and assistant in turn."
            yield Violation("role-order", rules.alternation, sentence, f"{path}[{position}]")
        if isinstance(role, str):
            previous = role


def _picture_violations(messages: list[Value], path: str, rules: ChatRules) -> Iterator[Violation]:
    lists = [isinstance(message, dict) and isinstance(message.get("content"), list) for message in messages]
    if not any(lists):
        return
    most = rules.images.most if rules.images else None
    count = image_count(messages)
    if most is not None and count > most:
        yield error("image-count", f"The example has {count} images; {rules.target} takes at most {most}.", path)
    if rules.all_alike and not all(
        is_list or (isinstance(message, dict) and message.get("content") is None)
        for is_list, message in zip(lists, messages, strict=True)
    ):
        sentence = "Some messages are plain text and some are lists of parts; an example is all of one kind."
        yield error("mixed-content", sentence, path)
