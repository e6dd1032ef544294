"""Ids of tool calls and of their results, as a target wants them."""

import re

import xxhash

from curator.data.content import Message
from curator.targets.violation import Loss

SHORT_ID = re.compile(r"[a-zA-Z0-9]{9}", re.ASCII)
"""mistral-common 1.13, MistralRequestValidatorV3: ids of tool calls."""


def shorten_ids(ours: Message, path: str, losses: list[Loss]) -> None:
    """The same nine characters for the same id, so that calls and results still find each other."""
    reason = "An id is nine letters and digits, so another one was made of it."
    if ours.get("tool_calls"):
        calls = []
        for position, call in enumerate(ours["tool_calls"]):
            given = call.get("id")
            if given is not None and not SHORT_ID.fullmatch(given):
                call = {**call, "id": _short_id(given)}
                losses.append(Loss(f"{path}.tool_calls[{position}].id", reason))
            calls.append(call)
        ours["tool_calls"] = calls
    given = ours.get("tool_call_id")
    if given is not None and not SHORT_ID.fullmatch(given):
        ours["tool_call_id"] = _short_id(given)
        losses.append(Loss(f"{path}.tool_call_id", reason))


def _short_id(given: str) -> str:
    return xxhash.xxh3_64_hexdigest(given.encode("utf-8", "surrogatepass"))[:9]


def renumber(ours: Message, path: str, index: int, before: list[Message], losses: list[Loss]) -> None:
    """Ids as a reader makes them: `call_` and the message's index, `_1`, `_2` after it for further calls."""
    if ours.get("tool_calls"):
        calls = []
        for position, call in enumerate(ours["tool_calls"]):
            new = f"call_{index}_{position}" if position else f"call_{index}"
            if call.get("id") != new:
                losses.append(Loss(f"{path}.tool_calls[{position}].id", "There is no place for ids of tool calls."))
            calls.append({**call, "id": new})
        ours["tool_calls"] = calls
    open_calls = (before[-1].get("tool_calls") if before else None) or []
    implied = open_calls[0]["id"] if ours["role"] == "tool" and len(open_calls) == 1 else None
    given = ours.pop("tool_call_id", None)
    if implied is not None:
        ours["tool_call_id"] = implied
    if given != implied:
        losses.append(Loss(f"{path}.tool_call_id", "There is no place for ids of tool calls."))
