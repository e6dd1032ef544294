"""Conversations that are one text, with marks where a speaker begins: `### Human:`, or `Human:` behind a blank line."""

import re

from curator.data.dialects.roles import role_of

_SPEAKERS = {"instruction": "user", "input": "user", "response": "assistant"}
_MARKS = re.compile(
    r"###\s?(Human|User|Prompter|Assistant|System|Instruction|Response)\s?:|(?:^|\n\n)(Human|Assistant):"
)


def is_transcript(text: object) -> bool:
    """Whether a text has marks of two speakers, the first of them at or near its beginning."""
    if not isinstance(text, str) or ":" not in text:
        return False
    marks = [(match[1] or match[2]) for match in _MARKS.finditer(text)]
    return len(set(marks)) > 1 and {"user", "assistant"} <= {_role(mark) for mark in marks}


def turns_of(text: str) -> list[dict[str, str]]:
    """The messages of a transcript, without white space at their ends; what comes before the first mark is system."""
    marks = list(_MARKS.finditer(text))
    head = text[: marks[0].start()].strip()
    turns = [{"role": "system", "content": head}] if head else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        turns.append({"role": _role(mark[1] or mark[2]), "content": text[mark.end() : end].strip()})
    return turns


def _role(mark: str) -> str:
    return _SPEAKERS.get(mark.lower()) or role_of(mark)
