"""`@curator.check`: how a function becomes a check."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from curator.errors import UsageError

Of = Literal["example", "block"]
Severity = Literal["error", "warning", "info"]
Suggestion = Literal["drop", "fix", "review", "none"]
Function = TypeVar("Function", bound=Callable[..., Any])

_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True)
class Definition:
    """A check as its file defines it; `title` and `docstring` are of its docstring."""

    name: str
    severity: Severity
    suggestion: Suggestion
    of: Of
    title: str
    docstring: str
    function: Callable[..., Any]


DEFINED: dict[str, Definition] = {}
"""The checks that were defined in this process, by name."""


def check(
    *, name: str, severity: Severity = "warning", suggestion: Suggestion = "review", of: Of = "example"
) -> Callable[[Function], Function]:
    """Make a check of a function; docs/own-checks.md is the manual.

    Args:
        name: small letters and hyphens; findings, filters and settings use it.
        severity: of its findings, unless a finding says otherwise.
        suggestion: what to do about one, unless it says otherwise.
        of: "example": the function takes one example as a dict, and returns nothing, a sentence, or a dict with
            message and perhaps message_index, start, end, score, severity, suggestion; or a list of these. "block":
            it takes two polars frames, examples and messages, and returns a frame with row and perhaps the others.

    Returns:
        the decorator; the function itself stays as it is.

    Raises:
        UsageError: the name, severity, suggestion or `of` is not possible, or the name is taken.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"A check cannot be called {name!r}: a name has small letters and hyphens, as in 'no-greeting'."
        )
    for what, value, possible in (
        ("severity", severity, Severity),
        ("suggestion", suggestion, Suggestion),
        ("of", of, Of),
    ):
        if value not in get_args(possible):
            raise UsageError(f"The check '{name}' has {what}={value!r}; it is one of {', '.join(get_args(possible))}.")

    def decorated(function: Function) -> Function:
        if name in DEFINED:
            raise UsageError(f"There are two checks called '{name}'. Give one of them another name.")
        text = inspect.cleandoc(function.__doc__ or name.replace("-", " "))
        title, _, rest = text.partition("\n")
        title = title.strip().rstrip(".")
        DEFINED[name] = Definition(name, severity, suggestion, of, title, rest.strip() or f"{title}.", function)
        return function

    return decorated
