"""An example as text for a terminal: roles, contents, places of findings; every character of it safe.

Text from data passes `visible` here and nowhere else in the app is it shown unchanged. Nothing is markup.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.style import Style
from rich.text import Text

from curator.data.content import Content, Message, spoken
from curator.data.finding import Finding
from curator.data.safe_text import visible

FOLD = 12_000
"""Characters of a message that are shown at first; a screen holds two thousand."""

MORE = 50_000
"""Characters that each unfolding adds."""

STATUS_MARKS = {"pending": "·", "keep": "✓", "drop": "✗", "flag": "⚑"}
STATUS_WORDS = {"pending": "undecided", "keep": "KEPT", "drop": "DROPPED", "flag": "FLAGGED"}
SEVERITY_MARKS = {"error": "E", "warning": "W", "info": "i"}

Styles = Mapping[str, Style]
"""By name: role, dim, error, warning, info."""


@dataclass(frozen=True)
class Drawn:
    """One paragraph of an example, and what it belongs to: the 0-based message, -1 for none."""

    text: Text
    message: int


def status_text(status: str) -> str:
    """A status as mark and word, so that it never hangs on colour."""
    return f"{STATUS_MARKS[status]} {STATUS_WORDS[status]}"


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


def drawn(content: Content, findings: Iterable[Finding], styles: Styles, limit: int = FOLD) -> list[Drawn]:
    """The paragraphs of an example: a heading and a text for each message, and what was folded away."""
    locations: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.message_index is not None and finding.start is not None and finding.end is not None:
            locations.setdefault(finding.message_index, []).append(finding)
    result = []
    if content.tools:
        names = ", ".join(str((tool.get("function") or tool).get("name", "?")) for tool in content.tools)
        result.append(Drawn(Text(visible(f"tools: {names}", one_line=True), style=styles["dim"]), -1))
    if content.label is not None:
        result.append(Drawn(Text(f"judged: {'good' if content.label else 'bad'}", style=styles["dim"]), -1))
    for part, index, message in parts_of(content):
        result += _message(part, index, message, [] if part == "rejected" else locations.get(index, []), styles, limit)
    return result


def _message(
    part: str, index: int, message: Message, findings: list[Finding], styles: Styles, limit: int
) -> list[Drawn]:
    name = f" ({message['name']})" if message.get("name") else ""
    heading = visible(f"{part} {message['role']}{name}".strip(), one_line=True)
    about = "".join(
        f"  {key} {visible(str(message[key]), one_line=True)}"
        for key in ("weight", "tool_call_id")
        if message.get(key) is not None
    )
    result = [Drawn(Text.assemble((heading, styles["role"]), (about, styles["dim"])), index)]
    reasoning = message.get("reasoning")
    if reasoning:
        result.append(Drawn(Text(visible(str(reasoning)[:limit]), style=styles["dim"]), index))
    text = spoken(message)
    result.append(Drawn(_body(text[:limit], findings, styles), index))
    if len(text) > limit:
        size = f"{len(text) - limit:,} of {len(text):,} characters are folded away; z shows more."
        result.append(Drawn(Text(f"… {size}", style=styles["dim"]), index))
    result.append(Drawn(Text(""), index))
    return result


def _body(text: str, findings: list[Finding], styles: Styles) -> Text:
    if not text.strip():
        shown = visible(text, one_line=True).replace(" ", "␣")
        return Text(f"{shown} (nothing but white space)" if text else "(empty)", style=styles["dim"])
    body = Text(visible(text))
    for finding in findings:
        begin, end = finding.start or 0, finding.end or 0
        if begin < len(text):
            body.stylize(styles[finding.severity], len(visible(text[:begin])), len(visible(text[:end])))
    return body


def as_json(content: Content) -> str:
    """The content as indented JSON, as a person edits it."""
    value: dict[str, Any] = content.identity()
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
