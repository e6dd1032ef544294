"""Who speaks, under every usual name and in any case."""

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})

_NAMES = {
    "system": "system sys",
    "developer": "developer",
    "user": "user human prompter usr",
    "assistant": "assistant gpt chatgpt bing bard chatbot model bot ai claude gemini function_call tool_call",
    "tool": "tool observation ipython function function_response tool_response tool_result",
}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names.split()}
CALLS = frozenset({"function_call", "tool_call"})
"""Speakers in ShareGPT whose text is the JSON of tool calls."""


def role_of(name: str) -> str:
    """The role that a name means; one that is not known as it is, and a check reports it."""
    return name if name in ROLES else _BY_NAME.get(name.strip().lower(), name)
