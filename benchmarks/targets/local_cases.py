"""Trainers that read files themselves: TRL, axolotl, LLaMA-Factory, mlx-lm, Anyscale's Ray; Alpaca and ShareGPT."""

from collections.abc import Iterator
from typing import Any

from benchmarks.targets.case import Case, answer, call, chat, result, system, user

E, W = "error", "warning"


def turns(*pairs: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"conversations": [{"from": speaker, "value": value} for speaker, value in pairs], **more}


def alpaca_cases() -> Iterator[Case]:
    good = {"instruction": "Say it.", "input": "", "output": "It."}
    yield Case("no output", "unrecognised-example", E, {"instruction": "a"}, good)
    yield Case("an output that is a number", "missing-content", E, {**good, "output": 7}, {**good, "output": "7"})
    yield Case("an empty output", "empty-content", W, {**good, "output": ""}, {**good, "output": "."})
    yield Case("an input that is a list", "missing-content", E, {**good, "input": []}, {**good, "input": None})
    three = {**good, "history": [["a", "b", "c"]]}
    yield Case("a history of threes", "role-order", E, three, {**good, "history": [["a", "b"], ["c", "d"]]})


def sharegpt_cases() -> Iterator[Case]:
    good = turns(("human", "a"), ("gpt", "b"))
    yield Case("no conversations", "unrecognised-example", E, {"conversations": []}, good)
    yield Case(
        "an unknown speaker",
        "unknown-role",
        E,
        turns(("alien", "a"), ("gpt", "b")),
        turns(("user", "a"), ("chatgpt", "b")),
    )
    yield Case("a value that is null", "missing-content", E, turns(("human", None), ("gpt", "b")), good)
    yield Case("no answer", "no-assistant-message", E, turns(("human", "a")), good)
    yield Case(
        "the human speaks last",
        "last-message-not-assistant",
        W,
        turns(("human", "a"), ("gpt", "b"), ("human", "c")),
        good,
    )
    yield Case("an empty answer", "empty-content", W, turns(("human", "a"), ("gpt", "")), good)
    made = turns(
        ("human", "a"), ("function_call", '{"name": "f", "arguments": {}}'), ("observation", "c"), ("gpt", "d")
    )
    yield Case(
        "a call that is not JSON",
        "invalid-tool-call",
        E,
        turns(("human", "a"), ("function_call", "f()"), ("gpt", "d")),
        made,
    )
    yield Case("tools that are not JSON", "invalid-tool-call", E, {**good, "tools": "f()"}, {**good, "tools": "[]"})


def llama_factory_cases() -> Iterator[Case]:
    good = turns(("human", "a"), ("gpt", "b"))
    same_here = ("last-message-not-assistant", "unknown-role")  # both are a wrong order of turns here
    yield from (case for case in sharegpt_cases() if case.rule not in same_here)
    yield Case("an unknown speaker", "unknown-role", E, turns(("alien", "a"), ("gpt", "b")), good)
    yield Case("two humans in a row", "role-order", E, turns(("human", "a"), ("human", "b"), ("gpt", "c")), good)
    yield Case(
        "gpt opens",
        "role-order",
        E,
        turns(("gpt", "a"), ("human", "b"), ("gpt", "c")),
        turns(("system", "s"), ("human", "b"), ("gpt", "c")),
    )
    yield Case("an odd number of turns", "role-order", E, turns(("human", "a"), ("gpt", "b"), ("human", "c")), good)
    with_system = turns(("system", "s"), ("human", "b"), ("gpt", "c"))
    yield Case("a system turn and a column", "role-order", E, {**with_system, "system": "t"}, with_system)
    rated = {"messages": [user("a"), answer("b")], "kto_tag": True}
    yield Case("a rating that is a number", "unrecognised-example", E, {**rated, "kto_tag": 1}, good)


def trl_cases(target: str) -> Iterator[Case]:
    good = chat(user("a"), answer("b"))
    yield Case("messages is empty", "unrecognised-example", E, {"messages": []}, good)
    yield Case("role robot", "unknown-role", E, chat({"role": "robot", "content": "x"}, answer("b")), good)
    yield Case("content a number", "missing-content", E, chat(user(7), answer("b")), good)
    yield Case("no assistant message", "no-assistant-message", E, chat(user("a")), good)
    yield Case("an empty answer", "empty-content", W, chat(user("a"), answer("")), chat(user("a"), answer(".")))
    unanswered = chat(user("a"), call(), answer("b"))
    yield Case(
        "a call without result",
        "unanswered-tool-call",
        W,
        unanswered,
        chat(user("a"), call({"order": "1"} if target == "huggingface" else '{"order": "1"}'), result(), answer("b")),
    )
    if target == "huggingface":
        yield Case(
            "arguments as text",
            "tool-arguments",
            W,
            chat(user("a"), call('{"order": "1"}')),
            chat(user("a"), call({"order": "1"})),
        )
        yield Case(
            "weight 2",
            "invalid-weight",
            E,
            chat(user("a"), answer("b", weight=2)),
            chat(user("a"), answer("b", weight=0.5)),
        )
        pair = {"prompt": [user("a")], "completion": [answer("b")]}
        yield Case(
            "a rating that is a text", "unrecognised-example", E, {**pair, "label": "good"}, {**pair, "label": True}
        )
    if target in ("axolotl", "anyscale"):
        yield Case(
            "weight 2",
            "invalid-weight",
            E,
            chat(user("a"), answer("b", weight=2)),
            chat(user("a"), answer("b", weight=1)),
        )
        yield Case("all weights 0", "nothing-to-learn", E, chat(user("a"), answer("b", weight=0)), good)
    if target == "axolotl":
        segment = {"segments": [{"text": "a", "label": False}, {"text": "b", "label": True}]}
        yield Case(
            "segments of which none is trained",
            "nothing-to-learn",
            E,
            {"segments": [{"text": "a", "label": False}]},
            segment,
        )
        yield Case("a segment without label", "unrecognised-example", E, {"segments": [{"text": "a"}]}, segment)
    if target == "anyscale":
        yield Case("two users in a row", "role-order", E, chat(user("a"), user("b"), answer("c")), good)
        yield Case(
            "the user speaks last", "last-message-not-assistant", E, chat(user("a"), answer("b"), user("c")), good
        )
        yield Case("the assistant opens", "opening-role", E, chat(answer("a"), user("b"), answer("c")), good)
        yield Case(
            "a late system message",
            "system-place",
            E,
            chat(user("a"), answer("b"), system(), user("c"), answer("d")),
            good,
        )
