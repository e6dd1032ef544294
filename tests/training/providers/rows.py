"""What Together and Fireworks document that they refuse in a file, written apart from our own validator."""

import json
from typing import Any

from tests.training.providers.loopback import Refusal


def check_file(content: bytes, *, least: int, extra_keys: set[str]) -> str:
    """`messages` or `preference`; raises for what the services refuse."""
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise Refusal(400, "The file is not UTF-8.") from None
    if len(lines) < least:
        raise Refusal(400, f"The file has fewer than {least} examples.")
    forms = {_check_row(number, line, extra_keys) for number, line in enumerate(lines, start=1)}
    if len(forms) > 1:
        raise Refusal(400, "The file mixes formats.")
    return forms.pop()


def _check_row(number: int, line: str, extra_keys: set[str]) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        raise Refusal(400, f"Line {number} is not JSON.") from None
    if "input" in row:
        if row.keys() != {"input", "preferred_output", "non_preferred_output"}:
            raise Refusal(400, f"Line {number} has other keys than those of a preference.")
        _check_messages(number, row["input"]["messages"], ends_with_answer=False)
        for side in ("preferred_output", "non_preferred_output"):
            if [message["role"] for message in row[side]] != ["assistant"]:
                raise Refusal(400, f"Line {number}: {side} is not one assistant message.")
        return "preference"
    if "messages" not in row or row.keys() - {"messages", *extra_keys}:
        raise Refusal(400, f"Line {number} has the keys {sorted(row)}.")
    _check_messages(number, row["messages"], ends_with_answer=True)
    return "messages"


def _check_messages(number: int, messages: Any, *, ends_with_answer: bool) -> None:
    roles = [message["role"] for message in messages]
    if set(roles) - {"system", "user", "assistant", "tool"} or "system" in roles[1:] or roles[0] == "assistant":
        raise Refusal(400, f"Line {number} has the roles {roles}.")
    if ends_with_answer is not ("assistant" in roles) or (not ends_with_answer and roles[-1] == "assistant"):
        raise Refusal(400, f"Line {number} has an answer where none belongs, or none.")
    for message in messages:
        if message.get("weight", 1) not in (0, 1) or isinstance(message.get("weight"), bool):
            raise Refusal(400, f"Line {number} has the weight {message['weight']}.")
