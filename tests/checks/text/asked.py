"""Examples of one question and one answer."""

from typing import Any

from tests.checks.finding import findings
from tests.data.made import chat


def talk(prompt: str = "What is a tide?", answer: str = "The rise and fall of the sea.") -> dict[str, Any]:
    return chat(("user", prompt), ("assistant", answer))


def said(check: str, answer: str, prompt: str = "What is a tide?") -> list[dict[str, Any]]:
    """Findings of the check when the answer is this one."""
    return findings(check, talk(prompt, answer))


def is_found(check: str, answer: str, prompt: str = "What is a tide?") -> bool:
    return bool(said(check, answer, prompt))
