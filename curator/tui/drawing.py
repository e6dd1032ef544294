"""An example as text for a terminal: roles, contents, places of findings; every character of it safe.

Text from data passes `visible` here and nowhere else in the app is it shown unchanged. Nothing is markup.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.style import Style
from rich.text import Text

from curator.data.content import Content, Message, spoken
from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.reporting.wording import count

FOLD = 12_000
"""Characters of a message that are shown at first; a screen holds two thousand."""

MORE = 50_000
"""Characters that each unfolding adds."""

FIRST_TURNS, LAST_TURNS = 40, 10
"""Turns of a long conversation that are shown at first: its beginning, and its end, which is what is learned."""

MORE_TURNS = 200
"""Turns that each unfolding adds to the beginning."""

_TURNS_WITH_FINDINGS = 40
"""Turns in between that are shown because a check found something in their text."""

REASONING_FOLD = 600
"""Characters of a message's thinking that are shown at first."""

_DEEPEST = 6
"""Levels of a tool call's arguments that are drawn as a tree; what is deeper is JSON."""

_CODE = re.compile(r"^```.*?(?:^```|\Z)", re.MULTILINE | re.DOTALL)
"""A fenced block of code; one that is never closed goes to the end."""

STATUS_MARKS = {"pending": "·", "keep": "✓", "drop": "✗", "flag": "⚑"}
STATUS_WORDS = {"pending": "undecided", "keep": "KEPT", "drop": "DROPPED", "flag": "FLAGGED"}
SEVERITY_MARKS = {"error": "E", "warning": "W", "info": "i"}

Styles = Mapping[str, Style]
"""By name: role, dim, code, error, warning, info."""


@dataclass(frozen=True)
class Drawn:
    """One paragraph of an example, and whether it is the text below a heading."""

    text: Text
    below: bool = False


def status_text(status: str) -> str:
    """A status as mark and word, so that it never hangs on colour."""
    return f"{STATUS_MARKS[status]} {STATUS_WORDS[status]}"


def nothing_found(where: str, first: int | None) -> str:
    """What is said where a filter finds nothing; `first`: the examples that are there while the data are checked."""
    if first is None:
        return f"No example is found by {visible(where, one_line=True)}."
    return f"Nothing among the first {count(first, 'example')} is found by {visible(where, one_line=True)}."


def parts_of(content: Content) -> Iterable[tuple[str, int, Message]]:
    """Every message with the part it is in ("" for the conversation) and its index; chosen and rejected count on."""
    first = len(content.messages)
    for part, messages, start in (
        ("", content.messages, 0),
        ("chosen", content.chosen, first),
        ("rejected", content.rejected, first),
    ):
        for index, message in enumerate(messages or (), start):
            yield part, index, message


def drawn(
    content: Content, findings: Iterable[Finding], styles: Styles, limit: int = FOLD, first_turns: int = FIRST_TURNS
) -> Iterator[Drawn]:
    """The paragraphs of an example: a heading and a text for each message, and what was folded away."""
    locations: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.message_index is not None and finding.start is not None and finding.end is not None:
            locations.setdefault(finding.message_index, []).append(finding)
    if content.tools:
        names = ", ".join(str((tool.get("function") or tool).get("name", "?")) for tool in content.tools)
        yield Drawn(Text(visible(f"tools: {names}", one_line=True), style=styles["dim"]))
    if content.label is not None:
        yield Drawn(Text(f"judged: {'good' if content.label else 'bad'}", style=styles["dim"]))
    turns = list(parts_of(content))
    next_turn = 0
    for turn in [*_shown_turns(len(turns), first_turns, locations), len(turns)]:
        if turn > next_turn:
            folded = f"{count(turn - next_turn, 'turn')} of {len(turns):,} from turn {next_turn + 1:,} on"
            yield Drawn(Text(f"… {folded}: folded away; z shows more.", style=styles["dim"]))
            yield Drawn(Text(""))
        if turn < len(turns):
            part, index, message = turns[turn]
            found = [] if part == "rejected" else locations.get(index, [])
            yield from _message(part, message, found, styles, limit)
        next_turn = turn + 1


def _shown_turns(turns: int, first: int, located: Collection[int]) -> list[int]:
    """The turns of a conversation that are not folded away: its beginning, its end, and turns with findings."""
    if turns <= first + LAST_TURNS:
        return list(range(turns))
    between = sorted(turn for turn in located if first <= turn < turns - LAST_TURNS)
    return [*range(first), *between[:_TURNS_WITH_FINDINGS], *range(turns - LAST_TURNS, turns)]


def _message(part: str, message: Message, findings: list[Finding], styles: Styles, limit: int) -> Iterator[Drawn]:
    name = f" ({message['name']})" if message.get("name") else ""
    heading = visible(f"{part} {message['role']}{name}".strip(), one_line=True)
    about = "".join(
        f"  {key} {visible(str(message[key]), one_line=True)}"
        for key in ("weight", "tool_call_id")
        if message.get(key) is not None
    )
    yield Drawn(Text.assemble((heading, styles["role"]), (about, styles["dim"])))
    if reasoning := str(message.get("reasoning") or ""):
        yield from _reasoning(reasoning, styles, limit if limit > FOLD else REASONING_FOLD)
    text = spoken(message)
    calls = [] if findings or len(text) > limit else message.get("tool_calls") or []
    if calls:  # where no place in them is marked, their arguments are easier to read as a tree
        text = spoken({**message, "tool_calls": None})
    if text or not calls:
        yield Drawn(_body(text[:limit], findings, styles), below=True)
    for call in calls:
        yield Drawn(_call(call.get("function") or {}, styles), below=True)
    if len(text) > limit:
        size = f"{len(text) - limit:,} of {len(text):,} characters are folded away; z shows more."
        yield Drawn(Text(f"… {size}", style=styles["dim"]), below=True)
    yield Drawn(Text(""))


def _reasoning(text: str, styles: Styles, limit: int) -> Iterator[Drawn]:
    """What a model thought before it answered, its beginning at first."""
    yield Drawn(Text("thinking", style=styles["dim"]), below=True)
    yield Drawn(Text(visible(text[:limit]), style=styles["dim"]), below=True)
    if len(text) > limit:
        folded = f"… {len(text) - limit:,} of {len(text):,} characters of thinking are folded away; z shows more."
        yield Drawn(Text(folded, style=styles["dim"]), below=True)


def _call(function: Mapping[str, Any], styles: Styles) -> Text:
    """A tool call: its name, and each argument on a line of its own."""
    text = Text.assemble((f"→ {visible(str(function.get('name')), one_line=True)}", styles["role"]))
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = msgspec.json.decode(arguments)
        except msgspec.DecodeError:
            return text.append(f"({visible(str(arguments))})", style="not bold")
    for depth, name, value in _branches(arguments, 1):
        text.append(f"\n{'  ' * depth}{visible(name, one_line=True)}", style=styles["dim"])
        text.append("" if value is None else f" {visible(value)}", style="not bold")
    return text


def _branches(value: Any, depth: int) -> Iterator[tuple[int, str, str | None]]:
    """Depth, name and text of everything in a JSON value; None: what is in it follows."""
    named = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    if named is None or depth > _DEEPEST:
        yield depth, "", value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return
    for name, inner in named:
        if isinstance(inner, (dict, list)) and inner:
            yield depth, f"{name}:", None
            yield from _branches(inner, depth + 1)
        else:
            yield depth, f"{name}:", inner if isinstance(inner, str) else msgspec.json.encode(inner).decode()


def _body(text: str, findings: list[Finding], styles: Styles) -> Text:
    if not text.strip():
        shown = visible(text, one_line=True).replace(" ", "␣")
        return Text(f"{shown} (nothing but white space)" if text else "(empty)", style=styles["dim"])
    body = Text(visible(text))
    for block in _CODE.finditer(body.plain):
        body.stylize(styles["code"], block.start(), block.end())
    for finding in findings:
        begin, end = finding.start or 0, finding.end or 0
        if begin < len(text):
            body.stylize(styles[finding.severity], len(visible(text[:begin])), len(visible(text[:end])))
    return body


def as_json(content: Content) -> str:
    """The content as indented JSON, as a person edits it."""
    value: dict[str, Any] = content.identity()
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
