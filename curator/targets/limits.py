"""The table of limits, prices and epoch rules, each with its source and the date it was read."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One figure of the table.

    Attributes:
        value: a number, or the name of a rule.
        source: the page or the file it was read in.
        read: when, to the half-year.
    """

    value: Any
    source: str
    read: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("curator.targets").joinpath("limits.toml").read_text(encoding="utf-8"))


def rule_set() -> str:
    """The version of all rules and figures together."""
    version: str = _table()["rule-set"]
    return version


def figures(section: str) -> dict[str, Figure]:
    """All figures of a section: a target's name, `context`, `epochs` or `prices.TARGET`; empty where there is none."""
    found: Any = _table()
    for step in section.split("."):
        found = found.get(step, {})
    return {name: Figure(**entry) for name, entry in found.items() if "value" in entry}


def limit(target: str, name: str) -> int | None:
    """A target's limit, or None where it names none."""
    figure = figures(target).get(name)
    return None if figure is None else int(figure.value)


def context_limit(model: str) -> Figure | None:
    """Tokens of one example that a model is trained on. A dated name such as `gpt-4o-2024-08-06` is found too."""
    known = figures("context")
    fitting = [name for name in known if model == name or model.startswith(f"{name}-2")]
    return known[max(fitting, key=len)] if fitting else None


def smallest_token_limit() -> int:
    """No known model or target cuts an example that has fewer tokens."""
    limits = [figure.value for figure in figures("context").values()]
    return int(min(limits))
