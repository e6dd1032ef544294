"""A curator.toml in which everything is there, explained, and commented out."""

import textwrap
from typing import Any

import msgspec
from pydantic import BaseModel

from curator.settings.fields import FIELD_OF_KEY, LabelQuestion, Settings

_WIDTH = 110
_HEAD = """\
# Settings of curator. Put this file beside your data, or into your configuration folder, and take away the '#' of
# what you set. The command line outranks the environment (tokens.max_tokens is CURATOR_TOKENS_MAX_TOKENS), that
# this file, that the one in your configuration folder.
"""
_COLUMNS = """
# Which field is the prompt, the answer and the system text, for data in a form of its own.
#[columns]
#prompt = "question"
#answer = "reply"
#system = "instructions"
"""
_PRICES = """
# What a provider takes per million training tokens, in US dollars; it outranks the program's own table.
#[prices.openai]
#"gpt-4.1-mini" = { value = 5.0, source = "my contract", read = "2026-11-01" }
"""
_POLICIES = """
# A policy of your own, for `curator decide --policy strict`. A rule is what one finding must be: check:, severity: and
# suggestion:, all of those named. keep outranks drop, drop outranks flag.
#[policies.strict]
#include = ["recommended"]
#drop = ["check:refusal", "check:short-answer severity:warning"]
#flag = ["severity:warning"]
#keep = ["check:language-mismatch"]
#fix = true
"""

_KEYS = """
# Keys of the app, a section for each screen; `?` on a screen and docs/review.md list the actions. Several keys are
# separated by commas. Two actions of one screen cannot have the same key.
#[keys.review]
#keep = "a,right"
#drop = "x,left"
"""


def skeleton() -> str:
    """The text of a curator.toml that changes nothing until a comment sign is taken away."""
    parts, section = [_HEAD], ""
    for place, field in FIELD_OF_KEY.items():
        if field == "columns":
            parts.append(_COLUMNS)
        elif field == "prices":
            parts.append(_PRICES)
        elif field == "policies":
            parts.append(_POLICIES)
        elif field == "labels":
            parts.append(_labels())
        elif field == "keys":
            parts.append(_KEYS)
        elif field in ("thresholds", "split", "review", "scoring"):
            model = getattr(Settings(), field)
            parts.append(f"\n#[{place}]\n" + "".join(_entry(key, model, key) for key in type(model).model_fields))
        else:
            own_section, _, key = place.rpartition(".")
            if own_section != section:
                parts.append(f"\n#[{own_section}]\n")
                section = own_section
            parts.append(_entry(key, Settings(), field))
    return "".join(parts)


def _labels() -> str:
    example = LabelQuestion(values=("warm", "neutral", "cold"), question="How does the answer sound?")
    entries = "".join(_entry(key, example, key) for key in LabelQuestion.model_fields)
    return f"\n# A question for annotators, a section each.\n#[labels.tone]\n{entries}"


_STANDS_FOR_NONE: dict[str, Any] = {
    "format": "sharegpt",
    "max_tokens": 4096,
    "target": "openai",
    "group_by": "source",
    "stratify": "topic",
    "annotator": "anna",
    "judge": "http://localhost:8000/v1",
    "model": "qwen3-32b",
    "rubric": "helpful-and-correct",
}
"""What is shown for a setting that has no default value."""


def _entry(key: str, model: BaseModel, field: str) -> str:
    """A setting: its description, then the key and its value, all as comments."""
    description = type(model).model_fields[field].description or ""
    value = getattr(model, field)
    if value is None:
        value = _STANDS_FOR_NONE[field]
    lines = textwrap.wrap(description, _WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*lines, f"#{key} = {msgspec.json.encode(value).decode()}"]) + "\n"
