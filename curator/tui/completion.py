"""Completion of what is typed: keys of the filter language with the values they take, and names of files."""

from pathlib import Path

from textual.suggester import Suggester

from curator.checks.catalogue import CHECKS
from curator.data.sources.source import is_data
from curator.review.filter.language import DECIDED, KEYS

_VALUES: dict[str, tuple[str, ...]] = {
    "check": tuple(check.name for check in CHECKS),
    "severity": ("error", "warning", "info"),
    "decided": DECIDED,
    "role": ("assistant", "developer", "system", "tool", "user"),
    "kind": ("chat", "kto", "preference", "prompt", "text"),
}


def completions(text: str) -> dict[str, str]:
    """The ways to complete the last word of a filter, in order: what is offered, and the text with it."""
    head, _, word = text.rpartition(" ")
    begin = f"{head} " if head else ""
    word, bracket = (word[1:], "(") if word.startswith("(") else (word, "")
    key, colon, value = word.partition(":")
    if not word or (colon and not value and key not in _VALUES):
        return {}
    choices = _VALUES.get(key, ()) if colon else tuple(f"{name}:" for name in KEYS)
    part, before = (value, f"{key}:") if colon else (word, "")
    fitting = [choice for choice in choices if choice.startswith(part) and choice != part]
    fitting += [choice for choice in choices if part and part in choice and choice not in (part, *fitting)]
    return {f"{before}{choice}": f"{begin}{bracket}{before}{choice}" for choice in fitting}


def completed_path(text: str) -> str | None:
    """A path with its last part completed to a folder or a data file; None: there is nothing to complete it by."""
    folder, part = Path(text).expanduser(), ""
    if not text.endswith("/"):
        folder, part = folder.parent, folder.name
    try:
        names = sorted(entry.name + "/" * entry.is_dir() for entry in folder.iterdir())
    except OSError:
        return None
    fitting = [name for name in names if name.startswith(part) and (part or not name.startswith("."))]
    found = next((name for name in fitting if name.endswith("/") or is_data(name)), None) if text else None
    return None if found is None or found == part else text[: len(text) - len(part)] + found


class FilterSuggester(Suggester):
    """Offers the first completion of a filter that begins with what is typed, which the right arrow takes."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The completion."""
        return next((text for text in completions(value).values() if text.startswith(value)), None)


class PathSuggester(FilterSuggester):
    """Offers folders and data files."""

    async def get_suggestion(self, value: str) -> str | None:
        """The completion."""
        return completed_path(value)
