"""Defects of form: what exports, hand-edited files and careless scripts do to a line."""

import copy
import random
from typing import Any

from sample_data.defects import Defect, Example, answering, asking, with_answer, with_message
from sample_data.make_support_desk import SYSTEM, as_line, closed


def cut_line(example: Example, rng: random.Random) -> bytes:
    """The writer was killed in the middle of a line."""
    line = as_line(example)
    return line[: rng.randrange(len(line) // 3, len(line) - 20)].encode("ascii")


def python_repr(example: Example, _rng: random.Random) -> bytes:
    return repr(example).encode()


def trailing_comma(example: Example, _rng: random.Random) -> bytes:
    return (as_line(example) + ",").encode()


def two_on_a_line(example: Example, _rng: random.Random) -> bytes:
    return (as_line(example) + as_line(example)).encode()


def latin_1(example: Example, _rng: random.Random) -> bytes:
    """A line written by a program that does not know UTF-8."""
    text = "The café in Zürich has it too. "
    return as_line(with_answer(example, text + example["messages"][-1]["content"], sign=False)).encode("latin-1")


def half_a_character(example: Example, _rng: random.Random) -> bytes:
    """A field cut at so many bytes, through the middle of a euro sign."""
    line = as_line(with_answer(example, "It costs 4 €", sign=False)).encode()
    return line.replace("€".encode(), "€".encode()[:2])


def raw(text: str) -> Any:
    return lambda _example, _rng: text.encode()


def role(at: int, name: str) -> Any:
    return lambda example, _rng: with_message(example, at, role=name)


def field(at: int, **fields: Any) -> Any:
    return lambda example, _rng: with_message(example, at, **fields)


def shaped(order: str) -> Any:
    """Messages put in another order: s, u, a are the first ones of each role; capitals are further texts."""

    def plant(example: Example, _rng: random.Random) -> Example:
        changed = copy.deepcopy(example)
        by_letter = {message["role"][0]: message for message in reversed(changed["messages"])}
        by_letter["U"] = {"role": "user", "content": "Thanks, that worked for me."}
        by_letter["A"] = {"role": "assistant", "content": closed("One more thing: the box can go into the paper bin.")}
        changed["messages"] = [by_letter[letter] for letter in order]
        return changed

    return plant


def call(**changes: Any) -> Any:
    """The tool call with parts of its function replaced; ``...`` removes a part."""

    def plant(example: Example, _rng: random.Random) -> Example:
        changed = copy.deepcopy(example)
        function = next(message for message in changed["messages"] if "tool_calls" in message)["tool_calls"][0][
            "function"
        ]
        for name, value in changes.items():
            if value is ...:
                del function[name]
            else:
                function[name] = value
        return changed

    return plant


def without_result(example: Example, _rng: random.Random) -> Example:
    changed = copy.deepcopy(example)
    changed["messages"] = [message for message in changed["messages"] if message["role"] != "tool"]
    return changed


def other_result(example: Example, _rng: random.Random) -> Example:
    changed = copy.deepcopy(example)
    next(message for message in changed["messages"] if message["role"] == "tool")["tool_call_id"] = (
        "call_of_another_day"
    )
    return changed


def weightless(example: Example, _rng: random.Random) -> Example:
    changed = copy.deepcopy(example)
    for message in changed["messages"]:
        if message["role"] == "assistant":
            message["weight"] = 0
    return changed


def system(text: str | None) -> Any:
    """Another system message, or none."""

    def plant(example: Example, _rng: random.Random) -> Example:
        changed = copy.deepcopy(example)
        changed["messages"][0:1] = [] if text is None else [{"role": "system", "content": text}]
        return changed

    return plant


DEFECTS = (
    Defect("invalid-json", "the line stops in the middle", cut_line),
    Defect("invalid-json", "the line stops in the middle", cut_line, "tools"),
    Defect("invalid-json", "written with Python's repr instead of JSON", python_repr),
    Defect("invalid-json", "copied out of a JSON array, comma and all", trailing_comma),
    Defect("invalid-json", "two examples on one line", two_on_a_line),
    Defect("invalid-encoding", "written in Latin-1", latin_1),
    Defect("invalid-encoding", "cut through the middle of a character", half_a_character),
    Defect(
        "unrecognised-example",
        "a line of another table",
        raw('{"ticket": 4411, "opened": "2026-03-02", "agent": "nora"}'),
    ),
    Defect("unrecognised-example", "a bare list", raw('["Where is my parcel?", "It is on its way."]')),
    Defect("unrecognised-example", "a bare number", raw("4411")),
    Defect("unrecognised-example", "null", raw("null")),
    Defect("unknown-role", "the help desk's own word for the user", role(1, "customer")),
    Defect("unknown-role", "a role that no template knows", role(3, "supervisor"), "turns"),
    Defect("unknown-role", "another word for the user", role(1, "caller")),
    Defect("missing-content", "a user message without content", field(1, content=...)),
    Defect("missing-content", "an answer that is null and calls nothing", field(-1, content=None)),
    Defect("missing-content", "a tool result without content", field(-2, content=...), "tools"),
    Defect("empty-content", "an empty answer", answering("", sign=False)),
    Defect("empty-content", "an answer of white space", answering("  \n\n ", sign=False)),
    Defect("empty-content", "an empty question", asking("")),
    Defect(
        "no-assistant-message", "a question that nobody answered", shaped("su"), also=("last-message-not-assistant",)
    ),
    Defect("no-assistant-message", "only the system message", shaped("s"), also=("last-message-not-assistant",)),
    Defect("last-message-not-assistant", "the customer has the last word", shaped("suaU")),
    Defect("last-message-not-assistant", "the customer has the last word", shaped("suaUAU")),
    Defect("role-order", "begins with an answer", shaped("sauA")),
    Defect("role-order", "two answers in a row", shaped("suaA")),
    Defect("role-order", "the system message comes in the middle", shaped("uasUA")),
    Defect("unexpected-key", "the mood that the help desk guessed", field(1, sentiment="angry")),
    Defect("unexpected-key", "the time stamp of the message", field(-1, created_at="2026-03-02T09:14:00Z")),
    Defect("unexpected-key", "the name of the agent", field(-1, agent_id=17), "turns"),
    Defect("invalid-tool-call", "arguments that are not JSON", call(arguments="order=LS-4821"), "tools"),
    Defect("invalid-tool-call", "arguments cut short", call(arguments='{"order": "LS-48'), "tools"),
    Defect("invalid-tool-call", "a function that is not declared", call(name="open_ticket"), "tools"),
    Defect("invalid-tool-call", "a function name with a space", call(name="look up order"), "tools"),
    Defect("invalid-tool-call", "no function name", call(name=...), "tools"),
    Defect("invalid-tool-call", "the required argument is missing", call(arguments="{}"), "tools"),
    Defect("unanswered-tool-call", "the tool's result was lost", without_result, "tools"),
    Defect("unanswered-tool-call", "the result belongs to another call", other_result, "tools"),
    Defect("invalid-weight", "a weight of two", field(-1, weight=2)),
    Defect("invalid-weight", "a weight of one half", field(-1, weight=0.5)),
    Defect("invalid-weight", "a weight in quotes", field(-1, weight="1")),
    Defect("nothing-to-learn", "every answer is masked", weightless),
    Defect("nothing-to-learn", "every answer is masked", weightless, "turns"),
    Defect("special-token-in-text", "an end marker pasted by the customer", asking("{question}<|im_end|>")),
    Defect(
        "special-token-in-text", "an end marker left by another model", answering("{answer}<|endoftext|>", sign=False)
    ),
    Defect("special-token-in-text", "a Llama marker left in the answer", answering("{answer}<|eot_id|>")),
    Defect("special-token-in-text", "a Gemma marker in the question", asking("<start_of_turn>user\n{question}")),
    Defect("inconsistent-system-message", "no system message", system(None)),
    Defect("inconsistent-system-message", "no system message", system(None), "turns"),
    Defect("inconsistent-system-message", "last year's wording", system("You answer mails for Larkspur. Be friendly.")),
    Defect("inconsistent-system-message", "one word differs", system(SYSTEM.replace("calm", "warm"))),
)
