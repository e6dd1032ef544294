"""Completion of the filter language: keys, and the values that a key takes."""

from textual.suggester import Suggester

from curator.checks.catalogue import CHECKS
from curator.review.filter.language import DECIDED, KEYS

_VALUES: dict[str, tuple[str, ...]] = {
    "check": tuple(check.name for check in CHECKS),
    "severity": ("error", "warning", "info"),
    "decided": DECIDED,
    "role": ("assistant", "developer", "system", "tool", "user"),
    "kind": ("chat", "kto", "preference", "prompt", "text"),
}


def completed(text: str) -> str | None:
    """`text` with its last word completed; None: there is nothing to complete it by."""
    head, _, word = text.rpartition(" ")
    begin = f"{head} " if head else ""
    word, bracket = (word[1:], "(") if word.startswith("(") else (word, "")
    key, colon, value = word.partition(":")
    if not word or (colon and not value and key not in _VALUES):
        return None
    choices = _VALUES.get(key, ()) if colon else tuple(f"{name}:" for name in KEYS)
    part = value if colon else word
    found = next((choice for choice in choices if choice.startswith(part) and choice != part), None)
    return None if found is None else f"{begin}{bracket}{f'{key}:' if colon else ''}{found}"


class FilterSuggester(Suggester):
    """Offers the first completion, which the right arrow takes."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The completion."""
        return completed(value)
