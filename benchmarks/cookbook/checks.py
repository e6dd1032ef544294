"""The format checks of OpenAI's cookbook notebook on preparing chat data, restated from their description.

Each is a question about one decoded line; the names are the notebook's. Two things are warnings there: an example
without a system message, and one without a user message.
"""

from typing import Any

KEYS = {"role", "content", "name", "function_call", "weight"}
ROLES = {"system", "user", "assistant", "function"}


def format_errors(example: Any) -> set[str]:
    """Names of what the notebook would count as format errors of one example."""
    if not isinstance(example, dict):
        return {"data_type"}
    messages = example.get("messages")
    if not messages:
        return {"missing_messages_list"}
    errors = set()
    for message in messages:
        if "role" not in message or "content" not in message:
            errors.add("message_missing_key")
        if message.keys() - KEYS:
            errors.add("message_unrecognized_key")
        if message.get("role") not in ROLES:
            errors.add("unrecognized_role")
        content = message.get("content")
        if (not content and not message.get("function_call")) or not isinstance(content, str):
            errors.add("missing_content")
    if not any(message.get("role") == "assistant" for message in messages):
        errors.add("example_missing_assistant_message")
    return errors


def warnings(example: Any) -> set[str]:
    """Names of what the notebook would count as warnings of one example."""
    roles = {message.get("role") for message in example["messages"]}
    missing = {"system", "user"} - roles
    return {f"missing_{role}_message" for role in missing}
