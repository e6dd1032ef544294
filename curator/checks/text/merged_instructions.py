"""Prompts that hold several tasks."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import Span, quoted, report
from curator.data.frames import Batch

_ITEM = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(\S.*)", re.MULTILINE)
_JOINT = re.compile(r"(?<=[\w.?!:;\"'”)])(?:[ \t]+#{2,3}[ \t]*|[ \t]*\n[ \t]*#{2,3}[ \t]*\n?)(?=[A-Z\"“'])")
_SENTENCE = re.compile(r"[A-Z\"“'].{12,}[.?!\"”')]$")
_LONG_ITEM = 12
_LABEL = re.compile(
    r"^[ \t#*]*(?:(?:Instruction|Task)[ ]?#?\d*[*]*[ ]?:"
    r"|(?:Instruction|Task|Question|Problem)[ ]?#?\d+[*]*[ ]*(?::[ ]*)?$)",
    re.MULTILINE | re.IGNORECASE,
)
_VERB = re.compile(
    r"(?:please )?(?:write|explain|list|describe|give|create|generate|summari[sz]e|translate|compare|name|provide|make"
    r"|find|identify|rewrite|compose|design|tell|define|calculate|compute|convert|classify|suggest|draft|explore|discuss"
    r"|analy[sz]e|develop|construct|produce|answer|propose|rephrase|edit|solve|outline|show|determine|evaluate|imagine"
    r"|act|play|pretend|roleplay|what|who|why|how|when|where|which|can you|could you)\b",
    re.IGNORECASE,
)


def _find_merged(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    prompts = batch.messages.filter(
        (pl.col("role") == "user")
        & (
            pl.col("content").str.contains(r"^\s*\d{1,2}[.)] ")
            | pl.col("content").str.contains(r"[^#\n]#{2,3} ?[^#\s]")
            | pl.col("content").str.contains(r"(?s)\n#{2,3}[ \n]?[A-Z].*[.?!]")
            | pl.col("content").str.contains(
                r"(?im)^[ \t#*]*(?:instruction|task|question|problem) ?#?(?:\d*\*{0,2} ?:|\d+\*{0,2} *$)"
            )
        )
    )
    return report("merged-instructions", prompts, _merged)


def _merged(text: str) -> Iterator[Span]:
    parts = [part.strip() for part in _JOINT.split(text)]
    tasks = [part for part in parts[1:] if _SENTENCE.match(part.partition("\n")[0])]
    if tasks and len(tasks) == len(parts) - 1 and "```" not in text:
        joint = _JOINT.search(text)
        start = joint.start() if joint else 0
        yield Span(f"The prompt joins {len(parts)} tasks with ##; the second is {quoted(tasks[0])}.", start, len(text))
        return
    items = list(_ITEM.finditer(text))
    is_all = len(items) >= 2 and not (text[: items[0].start()] + text[items[-1].end() :]).strip()
    tasks = [item[2].rstrip(" \t") for item in items]
    if is_all and _are_tasks(tasks):
        yield Span(f"The prompt is {len(items)} numbered tasks; the second is {quoted(tasks[1])}.", 0, len(text))
        return
    labels = list(_LABEL.finditer(text))
    if len(labels) >= 2 and not text[: labels[0].start()].strip():
        yield Span(f"The prompt has {len(labels)} labels of an instruction.", labels[1].start(), labels[1].end())


def _are_tasks(items: list[str]) -> bool:
    """Whether most items ask for something, or are as long as only tasks are."""
    words = sum(len(item.split()) for item in items)
    asking = sum(1 for item in items if _VERB.match(item) or item.endswith("?"))
    return asking * 2 > len(items) or words >= _LONG_ITEM * len(items)


MERGED_INSTRUCTIONS = Check(
    name="merged-instructions",
    family="text",
    severity="warning",
    suggestion="review",
    version=1,
    title="several tasks pasted into one prompt",
    find=_find_merged,
)
