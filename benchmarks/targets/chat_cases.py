"""Targets whose lines are chat messages: OpenAI, Azure, Together, Fireworks, Mistral.

The severities are those of the table in which the providers' rules were collected, written down here once more by hand.
"""

import base64
from collections.abc import Iterator
from typing import Any

from benchmarks.targets.case import Case, answer, call, chat, result, system, tool, user

TARGETS = ("openai", "azure", "together", "fireworks", "mistral")
E, W = "error", "warning"

LAST = dict(zip(TARGETS, (W, W, W, W, E), strict=True))
OPENING = dict(zip(TARGETS, (W, W, E, E, E), strict=True))
TURNS = dict(zip(TARGETS, (None, None, E, None, E), strict=True))
ONE_SYSTEM = dict(zip(TARGETS, (W, W, E, E, E), strict=True))
UNKNOWN_KEY = dict(zip(TARGETS, (W, W, E, W, None), strict=True))
ARGUMENTS = dict(zip(TARGETS, (E, E, W, E, E), strict=True))
TOOL_NAME = dict(zip(TARGETS, (E, E, W, W, W), strict=True))
EMPTY = dict(zip(TARGETS, (W, W, W, W, E), strict=True))
DEVELOPER = dict(zip(TARGETS, (None, None, E, E, E), strict=True))

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEN_MEGABYTES = 10 * 2**20


def image(data: bytes = PNG, kind: str = "png") -> dict[str, Any]:
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def chat_cases(target: str) -> Iterator[Case]:
    yield from structure_cases(target)
    yield from order_cases(target)
    yield from weight_cases()
    yield from tool_cases(target)
    if target in ("openai", "azure", "together"):
        yield from image_cases(target)
    if target in ("openai", "azure"):
        long = chat(user("word " * 32_760), answer("word " * 9))
        yield Case("over the limit of tokens", "over-token-limit", W, long, _cut(long), "gpt-4.1-nano")
        long = chat(user("word " * 65_530), answer("word " * 7))
        yield Case("over the limit of tokens", "over-token-limit", W, long, _cut(long), "gpt-4o-2024-08-06")
    if target == "mistral":
        yield from mistral_cases()
    if target == "together":
        yield from together_cases()
    if target != "mistral":
        yield from preference_cases()


def _cut(line: dict[str, Any]) -> dict[str, Any]:
    """The line with one word less."""
    first, last = line["messages"]
    return chat(first, answer(last["content"][:-5]))


def structure_cases(target: str) -> Iterator[Case]:
    good = chat(user("Was it sent?"), answer("Yes, on Monday."))
    yield Case("JSON cut short", "invalid-json", E, b'{"messages": [{"role": "user"', good)
    yield Case("an empty line", "invalid-json", E, b"", good)
    yield Case("NaN", "invalid-json", E, b'{"messages": NaN}', good)
    wrong = '{"messages": [{"role": "user", "content": "Grüße"}, {"role": "assistant", "content": "ja"}]}'
    yield Case("Latin-1", "invalid-encoding", E, wrong.encode("latin-1"), wrong.encode())
    yield Case("a list", "unrecognised-example", E, b"[1, 2]", good)
    yield Case("messages is empty", "unrecognised-example", E, {"messages": []}, good)
    yield Case("messages is a text", "unrecognised-example", E, {"messages": "Hi"}, good)
    yield Case("a message is a text", "unrecognised-example", E, {"messages": ["Hi", answer()]}, good)
    yield Case("no role", "unknown-role", E, chat({"content": "Hi"}, answer("No role.")), good)
    yield Case("role robot", "unknown-role", E, chat(user(), {"role": "robot", "content": "Beep"}, answer()), good)
    yield Case("role in capitals", "unknown-role", E, chat({"role": "User", "content": "Hi"}, answer()), good)
    yield Case("no content", "missing-content", E, chat({"role": "user"}, answer()), good)
    yield Case("content null", "missing-content", E, chat(user("null?"), answer(None)), chat(user("null?"), call()))
    yield Case("content a number", "missing-content", E, chat(user(7), answer()), chat(user("7"), answer()))
    empty = chat(user("Empty?"), answer(" \n"))
    yield Case("an empty answer", "empty-content", EMPTY[target], empty, chat(user("Empty?"), answer(".")))
    if severity := UNKNOWN_KEY[target]:
        unknown = chat(user("Key?"), answer(), source="forum")
        yield Case("an unknown key", "unexpected-key", severity, unknown, chat(user("Key?"), answer(), tools=[tool()]))
    if severity := DEVELOPER[target]:
        developer = chat({"role": "developer", "content": "Be kind."}, user(), answer())
        yield Case("role developer", "unknown-role", severity, developer, chat(system("Be kind."), user(), answer()))


def order_cases(target: str) -> Iterator[Case]:
    good = chat(user("Was it sent?"), answer("Yes, on Monday."))
    yield Case("no assistant message", "no-assistant-message", E, chat(system(), user()), good)
    rest = chat(user("a"), answer("b"), user("c"))
    yield Case("the user speaks last", "last-message-not-assistant", LAST[target], rest, chat(user("a"), answer("b")))
    opens = chat(answer("Hello!"), user("Hi"), answer("Yes?"))
    yield Case("the assistant opens", "opening-role", OPENING[target], opens, chat(system("S"), *opens["messages"][1:]))
    if severity := TURNS[target]:
        good_turns = chat(user("a"), answer("b"), user("c"), answer("d"))
        yield Case("two users in a row", "role-order", severity, chat(user("a"), user("b"), answer("c")), good_turns)
        yield Case(
            "two answers in a row", "role-order", severity, chat(user("a"), answer("b"), answer("c")), good_turns
        )
        yield Case(
            "system, then answer", "role-order", severity, chat(system(), answer("a")), chat(system(), user(), answer())
        )
    one = chat(system("One."), user("a"), answer("b"))
    two = chat(system("One."), system("Two."), user("a"), answer("b"))
    yield Case("two system messages", "system-place", ONE_SYSTEM[target], two, one)
    late = chat(user("a"), answer("b"), system("Late."), user("c"), answer("d"))
    yield Case("a late system message", "system-place", ONE_SYSTEM[target], late, one)


def weight_cases() -> Iterator[Case]:
    good = chat(user("w"), answer("a", weight=0), user("x"), answer("b", weight=1))
    for shown, weight in (("2", 2), ("0.5", 0.5), ("'1'", "1"), ("true", True), ("-1", -1), ("1.0", 1.0)):
        yield Case(f"weight {shown}", "invalid-weight", E, chat(user("w"), answer("a", weight=weight)), good)
    yield Case("weight at the user", "invalid-weight", E, chat(user("w", weight=1), answer("a")), good)
    silent = chat(user("w"), answer("a", weight=0), user("x"), answer("b", weight=0))
    yield Case("all weights 0", "nothing-to-learn", E, silent, good)


def tool_cases(target: str) -> Iterator[Case]:
    tools = [tool()]

    def using(*messages: dict[str, Any]) -> dict[str, Any]:
        return chat(user("Where?"), *messages, tools=tools)

    good = using(call(), result(), answer())
    last = using(call())  # the answer to learn is the call
    unanswered = using(call(), answer())
    yield Case("a call without result", "unanswered-tool-call", E, unanswered, last)
    yield Case("a result of another id", "unanswered-tool-call", E, using(call(), result("zzzzzzzz9"), answer()), good)
    nameless = {"role": "tool", "content": "sent"}
    yield Case("a result without id", "unanswered-tool-call", E, using(call(), nameless, answer()), good)
    twice = using(call(), result(), result(), answer())
    yield Case("a result twice", "unanswered-tool-call", E, twice, good)
    two = call()
    two["tool_calls"].append({**two["tool_calls"][0], "id": "abcdefgh2"})
    both = using(two, result(), result("abcdefgh2"), answer())
    yield Case("one of two results", "unanswered-tool-call", E, using(two, result(), answer()), both)
    severity = ARGUMENTS[target]
    spaced = using(call('{ "order" : "LS-1", "days": 3 }'), result(), answer())
    for shown, arguments in (
        ("an object", {"order": "LS-1"}),
        ("not JSON", '{"order": "LS-1"'),
        ("a JSON list", '["LS-1"]'),
        ("without a required key", '{"days": 3}'),
        ("of a wrong type", '{"order": "LS-1", "days": "three"}'),
        ("with an unknown key", '{"order": "LS-1", "hour": 3}'),
    ):
        yield Case(f"arguments {shown}", "tool-arguments", severity, using(call(arguments), result(), answer()), spaced)
    for shown, name in (("with a space", "look up"), ("of 65 characters", "n" * 65), ("with an umlaut", "prüfen")):
        broken = chat(user(shown), answer(), tools=[tool(name)])
        yield Case(
            f"tool name {shown}",
            "tool-name",
            TOOL_NAME[target],
            broken,
            chat(user(shown), answer(), tools=[tool("n" * 64)]),
        )
    broken = chat(user("Where?"), call(name="a.b"), result(), answer())
    fine = chat(user("Where?"), call(name="a-b_C9"), result(), answer())
    yield Case("a call's name with a dot", "tool-name", TOOL_NAME[target], broken, fine)
    no_id = using(call(), answer())
    del no_id["messages"][1]["tool_calls"][0]["id"]
    yield Case("a call without id", "invalid-tool-call", E, chat(*no_id["messages"][:2], tools=tools), last)
    yield Case("tools is an object", "invalid-tool-call", E, chat(user("t"), answer(), tools={"a": 1}), good)
    yield Case(
        "a tool without name", "invalid-tool-call", E, chat(user("t"), answer(), tools=[{"type": "function"}]), good
    )


def image_cases(target: str) -> Iterator[Case]:
    most = 64 if target == "azure" else 10
    alike = target == "together"

    def say(text: str) -> Any:
        return [words(text)] if alike else text

    def shown(*pictures: dict[str, Any], **more: Any) -> dict[str, Any]:
        return chat(user([words("What is this?"), *pictures], **more), answer(say("A kettle.")))

    good = shown(*[image()] * most)
    yield Case(f"{most + 1} images", "image-count", E, shown(*[image()] * (most + 1)), good)
    large = shown(image(PNG.ljust(TEN_MEGABYTES + 1, b"\0")))
    yield Case("an image over 10 MB", "image-size", E, large, shown(image(PNG.ljust(TEN_MEGABYTES, b"\0"))))
    webp = shown(image(b"RIFF\0\0\0\0WEBPVP8 " + bytes(64), "webp"))
    yield Case("a GIF", "image-type", E, shown(image(b"GIF89a" + bytes(64), "gif")), webp)
    mine = chat(user(say("Draw one.")), answer([words("Here."), image()]))
    yield Case("an image in an answer", "image-place", E, mine, chat(user([image()]), answer(say("Nice."))))
    audio = chat(user([{"type": "input_audio"}]), answer(say("Nice.")))
    yield Case("an audio part", "missing-content", E, audio, chat(user([image()]), answer(say("Nice."))))
    if target == "together":
        plain = chat(user([image()]), answer("Nice."))
        yield Case("texts beside lists", "mixed-content", E, plain, chat(user([image()]), answer([words("Nice.")])))
        address = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
        yield Case("an image by address", "image-type", E, shown(address), shown(image()))


def mistral_cases() -> Iterator[Case]:
    good = chat(user("m"), answer("n"))
    both = {"messages": [user("m"), answer("n")], "interactions": [user("m"), answer("n")]}
    yield Case("messages and interactions", "unexpected-key", E, both, {"interactions": [user("m"), answer("n")]})
    tools = chat(user("m"), answer("n"), tools=[tool()], available_tools=[tool()])
    yield Case("two lists of tools", "unexpected-key", E, tools, chat(user("m"), answer("n"), available_tools=[tool()]))
    yield Case("content and text", "unexpected-key", E, chat(user("m", text="m"), answer("n")), good)
    eight = chat(user("m"), call(call_id="abcdefg1"), tools=[tool()])
    nine = chat(user("m"), call(call_id="abcdefg12"), tools=[tool()])
    yield Case("a call's id of eight characters", "invalid-tool-call", E, eight, nine)
    bare = tool()
    del bare["function"]["description"]
    yield Case(
        "a tool without description",
        "invalid-tool-call",
        E,
        chat(user("m"), answer("n"), tools=[bare]),
        chat(user("m"), answer("n"), tools=[tool()]),
    )
    yield Case(
        "parameters a text", "invalid-tool-call", E, chat(user("m"), answer("n"), tools=[tool(parameters="{}")]), good
    )


def together_cases() -> Iterator[Case]:
    good = chat(user("t"), answer("u"))
    yield Case("two forms in one line", "mixed-formats", E, {**good, "text": "Hello"}, good)
    yield Case("another form than the file's", "mixed-formats", E, {"text": "Hello"}, good)
    yield Case("no form at all", "unrecognised-example", E, {"question": "a"}, good)
    picture = chat(user([image()], weight=1), answer([words("Nice.")]))
    yield Case(
        "weight beside an image",
        "invalid-weight",
        E,
        picture,
        chat(user([image()]), answer([words("Nice.")], weight=1)),
    )


def preference_cases() -> Iterator[Case]:
    """The broken line stands in a file of chat, so its form is one more fault of it; the rule is what counts."""

    def pair(messages: list[Any], preferred: Any, other: Any) -> dict[str, Any]:
        return {"input": {"messages": messages}, "preferred_output": preferred, "non_preferred_output": other}

    good = pair([user("Which?")], [answer("Blue.")], [answer("No.")])
    name = "invalid-preference"
    yield Case("two preferred outputs", name, E, pair([user()], [answer("a"), answer("b")], [answer("c")]), good)
    yield Case("an output of the user", name, E, pair([user()], [user("a")], [answer("b")]), good)
    yield Case("an output that is a text", name, E, pair([user()], "a", [answer("b")]), good)
    yield Case(
        "an input that ends with an answer", name, E, pair([user(), answer()], [answer("a")], [answer("b")]), good
    )
    yield Case(
        "no input",
        name,
        E,
        {"preferred_output": [answer("a")], "non_preferred_output": [answer("b")], "input": 1},
        good,
    )
