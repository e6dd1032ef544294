"""Conversations in which the desk looks something up: the tools, the calls and what they return."""

import json
from collections.abc import Callable
from typing import Any

from sample_data.phrases import BOOK, Phrases

Message = dict[str, Any]
Closed = Callable[[str], str]

WORKING_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def tool(name: str, description: str, argument: str) -> dict[str, Any]:
    """A function with one required text argument, as OpenAI describes functions."""
    parameters = {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


TOOLS = [
    tool("look_up_order", "Where an order is", "order"),
    tool("cancel_order", "Stop an order that is not packed", "order"),
    tool("check_stock", "How many we have", "product"),
]


def look_up(phrases: Phrases, name: str, arguments: dict[str, str], result: dict[str, Any]) -> list[Message]:
    """The assistant's call and the tool's reply."""
    call_id = "call_" + "".join(phrases.rng.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call_id, "content": json.dumps(result)},
    ]


def where_is_it(phrases: Phrases, closed: Closed) -> list[Message]:
    """A customer asks where an order is, sometimes without saying which."""
    ask, order = BOOK["order"]["ask"], phrases.slots["order"]
    if phrases.rng.random() < 0.3:
        opening = [
            {"role": "user", "content": phrases.say(ask["without_number"])},
            {"role": "assistant", "content": closed(phrases.say(ask["clarify"]))},
            {"role": "user", "content": phrases.say(ask["number"])},
        ]
    else:
        opening = [{"role": "user", "content": phrases.say(ask["with_number"])}]
    status = phrases.rng.choice(("packed", "on its way", "on its way", "delivered", "waiting"))
    result = {"order": order, "status": status, "day": phrases.slots["due"]}
    calls = look_up(phrases, "look_up_order", {"order": order}, result)
    answer = closed(phrases.say(BOOK["order"]["answer"][status]))
    return [*opening, *calls, {"role": "assistant", "content": answer}]


def cancel_it(phrases: Phrases, closed: Closed) -> list[Message]:
    """A customer wants to stop an order; sometimes it is packed already."""
    order, done = phrases.slots["order"], phrases.rng.random() < 0.6
    question = {"role": "user", "content": phrases.say(BOOK["cancel"]["ask"])}
    calls = look_up(phrases, "cancel_order", {"order": order}, {"order": order, "cancelled": done})
    answer = closed(phrases.say(BOOK["cancel"]["done" if done else "too_late"]))
    return [question, *calls, {"role": "assistant", "content": answer}]


def is_it_there(phrases: Phrases, closed: Closed) -> list[Message]:
    """A customer asks whether something is in stock."""
    product, there = phrases.slots["product"], phrases.rng.random() < 0.6
    result: dict[str, Any] = {"product": product, "in_stock": int(phrases.slots["count"]) if there else 0}
    if not there:
        result["next"] = phrases.slots["due"]
    question = {"role": "user", "content": phrases.say(BOOK["stock"]["ask"])}
    calls = look_up(phrases, "check_stock", {"product": product}, result)
    answer = closed(phrases.say(BOOK["stock"]["there" if there else "sold_out"]))
    return [question, *calls, {"role": "assistant", "content": answer}]


def tool_conversation(phrases: Phrases, closed: Closed) -> list[Message]:
    """One conversation with a look-up; the slots gain what the tool returns."""
    phrases.slots["due"] = phrases.rng.choice([day for day in WORKING_DAYS if day != phrases.slots["day"]])
    phrases.slots["count"] = str(phrases.rng.randrange(6, 60))
    kind = phrases.rng.choice((where_is_it, where_is_it, where_is_it, cancel_it, is_it_there))
    return kind(phrases, closed)
