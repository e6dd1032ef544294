"""Gemini and Amazon Nova, whose lines have forms of their own."""

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.targets.case import Case

E, W = "error", "warning"


def user(text: Any = "Where is my order?") -> dict[str, Any]:
    return {"role": "user", "parts": [{"text": text}]}


def model(text: Any = "It left our house this morning.") -> dict[str, Any]:
    return {"role": "model", "parts": [{"text": text}]}


def line(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"contents": list(turns), **more}


def picture(kind: str = "image/png", uri: str = "gs://bucket/a.png") -> dict[str, Any]:
    return {"fileData": {"mimeType": kind, "fileUri": uri}}


def called(args: Any = None, name: str = "look_up") -> dict[str, Any]:
    return {
        "role": "model",
        "parts": [{"functionCall": {"name": name, "args": {"order": 1} if args is None else args}}],
    }


def responded(name: str = "look_up", response: Any = None) -> dict[str, Any]:
    held = {"name": name, "response": {"output": "sent"} if response is None else response}
    return {"role": "function", "parts": [{"functionResponse": held}]}


def gemini_cases() -> Iterator[Case]:
    good = line(user("Sent?"), model("Yes."))
    yield Case("JSON cut short", "invalid-json", E, b'{"contents": [', good)
    wrong = (
        '{"contents": [{"role": "user", "parts": [{"text": "Grüße"}]}, {"role": "model", "parts": [{"text": "x"}]}]}'
    )
    yield Case("Latin-1", "invalid-encoding", E, wrong.encode("latin-1"), wrong.encode())
    yield Case("a list", "unrecognised-example", E, b"[]", good)
    yield Case("OpenAI's form", "unexpected-key", E, {"messages": [], "contents": [user(), model("m")]}, good)
    yield Case("no contents", "unrecognised-example", E, {"contents": []}, good)
    yield Case("no model turn", "no-assistant-message", E, line(user("a")), good)
    yield Case("the user speaks last", "last-message-not-assistant", E, line(user("a"), model("b"), user("c")), good)
    yield Case(
        "the model opens", "opening-role", E, line(model("a"), user("b"), model("c")), line(user("b"), model("c"))
    )
    yield Case("two users in a row", "role-order", W, line(user("a"), user("b"), model("c")), good)
    yield Case(
        "role assistant", "unknown-role", E, line(user("a"), {**model("b"), "role": "assistant"}, model("c")), good
    )
    inside = line({"role": "system", "parts": [{"text": "S"}]}, user("a"), model("b"))
    without_template = line(user("a"), model("b"), systemInstruction={"role": "system", "parts": [{"text": "S"}]})
    yield Case("a system turn", "unknown-role", E, inside, without_template)
    yield Case(
        "a system instruction that is text",
        "missing-content",
        E,
        line(user("a"), model("b"), systemInstruction="S"),
        without_template,
    )
    yield Case("an unknown key", "unexpected-key", E, line(user("a"), model("b"), source="x"), without_template)
    yield Case("weight at a turn", "unexpected-key", E, line(user("a"), {**model("b"), "weight": 1}), good)
    yield Case("no parts", "missing-content", E, line({"role": "user", "parts": []}, model("b")), good)
    yield Case("a number as text", "missing-content", E, line(user(7), model("b")), line(user("7"), model("b")))
    yield Case(
        "a part of two kinds",
        "missing-content",
        E,
        line({"role": "user", "parts": [{"text": "a", **picture()}]}, model("b")),
        line({"role": "user", "parts": [{"text": "a"}, picture()]}, model("b")),
    )
    yield Case("an empty answer", "empty-content", W, line(user("a"), model(" ")), line(user("a"), model(".")))
    tools = line(user("a"), called(), responded(), model("b"))
    yield Case(
        "a call without response",
        "unanswered-tool-call",
        E,
        line(user("a"), called(), user("b"), model("c")),
        line(user("a"), called()),
    )
    yield Case(
        "a response of another name",
        "unanswered-tool-call",
        E,
        line(user("a"), called(), responded("other"), model("b")),
        tools,
    )
    yield Case(
        "arguments as text",
        "tool-arguments",
        E,
        line(user("a"), called('{"order": 1}'), responded(), model("b")),
        tools,
    )
    yield Case(
        "a response as text",
        "invalid-tool-call",
        E,
        line(user("a"), called(), responded(response="sent"), model("b")),
        tools,
    )
    seen = line({"role": "user", "parts": [picture()]}, model("b"))
    yield Case(
        "an image of the model", "image-place", E, line(user("a"), {"role": "model", "parts": [picture()]}), seen
    )
    yield Case("a BMP", "image-type", E, line({"role": "user", "parts": [picture("image/bmp")]}, model("b")), seen)
    yield Case(
        "an image on this machine",
        "image-type",
        E,
        line({"role": "user", "parts": [picture(uri="/a.png")]}, model("b")),
        seen,
    )
    long = line(user("word " * 131_070), model("a b c"))
    yield Case("over the limit of tokens", "over-token-limit", E, long, line(user("word " * 131_070), model("a b")))


def say(role: str, text: Any) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def nova(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schemaVersion": "bedrock-conversation-2024", "messages": list(messages), **more}


def s3(uri: str = "s3://bucket/a.png", kind: str = "png") -> dict[str, Any]:
    return {"image": {"format": kind, "source": {"s3Location": {"uri": uri, "bucketOwner": "1"}}}}


def nova_cases() -> Iterator[Case]:
    good = nova(say("user", "Sent?"), say("assistant", "Yes."))
    a, b = say("user", "a"), say("assistant", "b")
    yield Case("JSON cut short", "invalid-json", E, b'{"messages": [', good)
    wrong = json.dumps(nova(say("user", "Grüße"), say("assistant", "x")), ensure_ascii=False)
    yield Case("Latin-1", "invalid-encoding", E, wrong.encode("latin-1"), wrong.encode())
    yield Case("a list", "unrecognised-example", E, b"[]", good)
    yield Case("no schemaVersion", "unrecognised-example", E, {"messages": [a, b]}, good)
    yield Case("no messages", "unrecognised-example", E, nova(), good)
    yield Case("no answer", "no-assistant-message", E, nova(a), good)
    yield Case("the user speaks last", "last-message-not-assistant", E, nova(a, b, a), nova(a, b, a, b))
    yield Case("the assistant opens", "opening-role", E, nova(b, a, b), nova(a, b))
    yield Case("two users in a row", "role-order", E, nova(a, a, b), nova(a, b, a, b))
    yield Case("role system", "unknown-role", E, nova(say("system", "S"), a, b), nova(a, b, system=[{"text": "S"}]))
    yield Case("an unknown key", "unexpected-key", E, nova(a, b, id="1"), nova(a, b))
    yield Case("weight at a message", "unexpected-key", E, nova(a, {**b, "weight": 1}), nova(a, b))
    yield Case("content as text", "missing-content", E, nova({"role": "user", "content": "a"}, b), nova(a, b))
    yield Case("an empty answer", "empty-content", W, nova(a, say("assistant", "")), nova(a, say("assistant", ".")))
    near = {
        "User:": "User :",
        "Bot:": "Bot;",
        "Assistant:": "Assistant",
        "System:": "System",
        "<image>": "< image >",
        "<video>": "video",
        "[EOS]": "EOS",
    }
    for word, allowed in near.items():
        yield Case(
            f"the word {word}",
            "reserved-word",
            E,
            nova(say("user", f"a {word} b"), b),
            nova(say("user", f"a {allowed} b"), b),
        )
    yield Case(
        "a reserved word in the system text",
        "reserved-word",
        E,
        nova(a, b, system=[{"text": "User: x"}]),
        nova(a, b, system=[{"text": "x"}]),
    )
    seen = nova({"role": "user", "content": [s3()] * 10}, b)
    yield Case("eleven images", "image-count", E, nova({"role": "user", "content": [s3()] * 11}, b), seen)
    yield Case("an image in an answer", "image-place", E, nova(a, {"role": "assistant", "content": [s3()]}), seen)
    yield Case("a TIFF", "image-type", E, nova({"role": "user", "content": [s3(kind="tiff")]}, b), seen)
    yield Case(
        "an image that is not in S3",
        "image-type",
        E,
        nova({"role": "user", "content": [s3("https://a.b/c.png")]}, b),
        seen,
    )
