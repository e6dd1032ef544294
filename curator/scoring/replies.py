"""Read a judge's reply: the level it says, and the expected one where the endpoint gives log-probabilities."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from curator.scoring.rubric import Rubric

Kind = Literal["score", "refusal", "off-scale", "unreadable"]

_OBJECT = re.compile(r"\{[^{}]*\}")
_SCORE_KEY = re.compile(r'"score"\s*:\s*"?$')
_NEAR = 40
"""Characters before a level in which its key is looked for."""
_REFUSED = frozenset({"content_filter", "refusal"})
_LEAST_MASS = 0.5
"""Probability that the levels must have together at the token of the level; with less the token is another one."""


@dataclass(frozen=True)
class Reply:
    """What a judge said of one example.

    Attributes:
        kind: whether it gave a score; else it refused, left the scale or could not be read.
        level: that it said; None without a score.
        expected: mean of the levels by their probabilities; None where the endpoint gives none.
        reason: its sentence, or the beginning of what could not be read.
        model: that the endpoint says answered.
    """

    kind: Kind
    level: int | None = None
    expected: float | None = None
    reason: str = ""
    model: str = ""


def read_reply(answered: dict[str, Any], rubric: Rubric) -> Reply:
    """The reply in an endpoint's answer; in any other form than the protocol's it is unreadable."""
    model = answered.get("model")
    named = model if isinstance(model, str) else ""
    try:
        choice = answered["choices"][0]
        message = choice["message"]
        said = message.get("content")
        refused = message.get("refusal") or choice.get("finish_reason") in _REFUSED
    except (KeyError, IndexError, TypeError, AttributeError):
        return Reply("unreadable", reason=str(answered)[:200], model=named)
    if refused:
        return Reply("refusal", reason=str(message.get("refusal") or said or "")[:200], model=named)
    text = said if isinstance(said, str) else ""
    found = _scored(text)
    if found is None:
        return Reply("unreadable", reason=text[:200], model=named)
    level, reason = found
    if level not in rubric.levels:
        return Reply("off-scale", reason=text[:200], model=named)
    return Reply("score", level, _expected(choice.get("logprobs"), rubric), reason, named)


def reply_schema(rubric: Rubric) -> dict[str, Any]:
    """`response_format` of a request: an object with a reason and one of the levels."""
    properties = {"reason": {"type": "string"}, "score": {"type": "integer", "enum": sorted(rubric.levels)}}
    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return {"type": "json_schema", "json_schema": {"name": "score", "strict": True, "schema": schema}}


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, the last first, whatever stands around them: thoughts, a code fence."""
    for found in (text, *reversed(_OBJECT.findall(text))):
        try:
            value = json.loads(found)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _scored(text: str) -> tuple[int, str] | None:
    """Level and reason of the last JSON object with a score; the level is -1 where it is none."""
    scored = next((value for value in objects_in(text) if "score" in value), None)
    return None if scored is None else (_level(scored["score"]), str(scored.get("reason") or "")[:1000])


def _level(value: Any) -> int:
    """A whole number, also as a text; -1: it is none."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d\s*", value):
        return int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return int(value) if is_number and value == int(value) else -1


def _expected(logprobs: Any, rubric: Rubric) -> float | None:
    """The mean level by the probabilities at the token where the level is; None where they are not given."""
    try:
        tokens = [(str(one["token"]), one["top_logprobs"]) for one in logprobs["content"]]
    except (KeyError, TypeError):
        return None
    levels = {str(level) for level in rubric.levels}
    said, best = "", None
    for token, top in tokens:
        digit = token.strip(' "\n')
        if digit in levels and _SCORE_KEY.search(said[-_NEAR:] + token.partition(digit)[0]):
            best = top  # of several such places the last one counts, as it does of several objects
        said += token
    return None if best is None else mean_level(_probabilities(best), rubric)


def _probabilities(top: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    try:
        for one in top:
            token = str(one["token"]).strip()
            found[token] = found.get(token, 0.0) + math.exp(min(float(one["logprob"]), 0.0))
    except (KeyError, TypeError, ValueError):
        return {}
    return found


def mean_level(probabilities: dict[str, float], rubric: Rubric) -> float | None:
    """The mean of the levels by the probabilities of their tokens; None where the levels are improbable."""
    levels = {level: probabilities.get(str(level), 0.0) for level in rubric.levels}
    mass = sum(levels.values())
    if not mass >= _LEAST_MASS:
        return None
    return round(sum(level * share for level, share in levels.items()) / mass, 4)
