"""Where each message stands in the text that a chat template makes of a conversation.

A chat template is a loop over messages. Before and after each round of every loop over messages, the marked template
writes which message it is at, so that the text of every message is known, whatever the template writes before, between
and behind them. The marks are taken out again; where the text then differs from that of the template itself, the
template works on its own output, and nothing is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_OPEN, _CLOSE = "\uf8d0", "\uf8d1"
_MARK = re.compile(f"{_OPEN}([0-9]+)([be]){_CLOSE}")
_NOTHING = re.compile(f"{_OPEN}([0-9]+)b{_CLOSE}{_OPEN}\\1e{_CLOSE}")
"""A round that writes nothing, of a loop that looks for something."""
_MARKING = "mark_message"
_REASONING_OPENING = re.compile(r"<[^<>]{0,20}think[^<>]{0,20}>|\[THINK\]", re.IGNORECASE)


@dataclass(frozen=True)
class MarkedText:
    """A rendered conversation.

    Attributes:
        text: without the marks.
        stretches: where the text of a message begins and ends, by its position in the conversation.
        behind: where the text behind the last message begins: the opening of an answer, for most templates.
    """

    text: str
    stretches: dict[int, tuple[int, int]]
    behind: int


def render_marked(source: str, messages: list[dict[str, Any]], variables: dict[str, Any]) -> MarkedText:
    """Render messages with the template `source`; what it raises is passed on.

    Args:
        source: of the template.
        messages: in the form that chat templates expect.
        variables: whatever else the template reads (tools, add_generation_prompt, special tokens).
    """
    numbers = {id(message): number for number, message in enumerate(messages)}

    def mark(value: object, edge: str) -> str:
        number = numbers.get(id(value))
        return "" if number is None else f"{_OPEN}{number}{edge}{_CLOSE}"

    return _without_marks(_compiled(source).render(messages=messages, **variables, **{_MARKING: mark}))


@lru_cache(maxsize=4)
def _compiled(source: str) -> Any:
    """The template with marks around each round of its loops."""
    from jinja2 import nodes
    from transformers.utils.chat_template_utils import _compile_jinja_template

    environment = _compile_jinja_template(source).environment
    tree = environment.parse(source)
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name):
            loop.body = [_marking(loop, "b"), *loop.body, _marking(loop, "e")]
    return environment.from_string(tree)


def _marking(loop: Any, edge: str) -> Any:
    from jinja2 import nodes

    named = [nodes.Name(loop.target.name, "load"), nodes.Const(edge)]
    output = nodes.Output([nodes.Call(nodes.Name(_MARKING, "load"), named, [], None, None)])
    return output.set_lineno(loop.lineno).set_environment(loop.environment)


def _without_marks(marked: str) -> MarkedText:
    """The longest stretch of each message: a template may pass over the messages more than once."""
    parts, length, behind, last = [], 0, 0, 0
    begun: int | None = None
    began = 0
    stretches: dict[int, tuple[int, int]] = {}

    def end_stretch() -> None:
        if begun is not None:
            start, end = stretches.get(begun, (0, 0))
            if length - began > end - start:
                stretches[begun] = (began, length)

    marked = _NOTHING.sub("", marked)
    for mark in _MARK.finditer(marked):
        parts.append(marked[last : mark.start()])
        length += len(parts[-1])
        end_stretch()
        begun = int(mark[1]) if mark[2] == "b" else None
        last, began, behind = mark.end(), length, length
    parts.append(marked[last:])
    length += len(parts[-1])
    end_stretch()
    return MarkedText("".join(parts), stretches, behind)


def end_of_opening(stretch: str, opening: str) -> int | None:
    """Where an answer begins in the text of its message; None: it does not have that opening.

    The opening for an answer to come may open its reasoning, which an answer that has none is rendered without.
    """
    reasoning = _REASONING_OPENING.search(opening)
    for wanted in (opening, opening[: reasoning.start()] if reasoning else opening):
        for text in (wanted, wanted.rstrip()):
            if not text:
                return 0
            if (found := stretch.find(text)) >= 0:
                return found + len(text)
    return None


def shared_length(left: str, right: str) -> int:
    """Length of the beginning that two texts share."""
    if right.startswith(left):
        return len(left)
    return next((place for place, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), len(right))
