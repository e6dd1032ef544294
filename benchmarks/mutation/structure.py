"""Faults of form, made the way exports, scripts and hands make them."""

import json
import random

from benchmarks.mutation.mutation import Mutation, Result
from benchmarks.mutation.talks import Example, Talk, chat, line

THANKS = (
    "Thank you!",
    "Great, thanks.",
    "Can you explain that again?",
    "And what if it were twice as many?",
    "ok",
    "I see.",
)
MORE = ("Let me add one thing to that.", "Is there anything else you would like to know?", "Does that make sense?")


def broken_json(how: str):
    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        text = line(chat(talk)).decode()
        middle = rng.randrange(len(text) // 4, len(text) - 3)
        at = text.index('"content": "') + 14
        return {
            "cut": text[:middle],
            "quote": text[:at] + '"' + text[at:],
            "repr": repr(chat(talk)),
            "trailing comma": text[:-2] + ",]}",
            "comma after": text + ",",
            "missing comma": text.replace("}, {", "} {", 1),
            "no brace": text[:-1],
            "tab": text[:at] + "\t" + text[at:],
        }[how].encode()

    return mutate


def wrong_bytes(how: str):
    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        words = talk.answer.split(" ")
        at = rng.randrange(len(words))
        extra = {"cp1252": "that’s – so", "latin-1": "the café", "cut": "for 5 €"}[how]
        words.insert(at, extra)
        text = line(chat(talk._replace(answer=" ".join(words))))
        if how == "cut":
            return text.replace("€".encode(), "€".encode()[:-1])
        if any(ord(letter) > 255 and letter not in "’–" for letter in text.decode()):
            return None
        return text.decode().encode("cp1252" if how == "cp1252" else "latin-1", errors="replace")

    return mutate


def other_shape(how: str):
    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        messages = chat(talk)["messages"]
        shape = {
            "typo": {"mesages": messages},
            "log": {"level": "INFO", "time": 1700000000 + rng.randrange(10**6), "event": "exported"},
            "list": messages,
            "text alone": talk.question,
            "empty": {},
            "wrapped": {"data": {"conversation": messages}},
            "number": rng.randrange(10**5),
        }[how]
        return json.dumps(shape).encode()

    return mutate


def role(at: int, name: str):
    def mutate(talk: Talk, _rng: random.Random, _pool: list[Talk]) -> Result:
        example = chat(talk)
        example["messages"][at]["role"] = name
        return example

    return mutate


def content(at: int, value: str | None):
    """Content replaced; the value "-" takes the key away."""

    def mutate(talk: Talk, _rng: random.Random, _pool: list[Talk]) -> Result:
        example = chat(talk)
        if value == "-":
            del example["messages"][at]["content"]
        else:
            example["messages"][at]["content"] = value
        return example

    return mutate


def order(letters: str):
    """Messages in another order: s, u, a as they were; t thanks, m more of an answer, v and b another turn."""

    def mutate(talk: Talk, rng: random.Random, pool: list[Talk]) -> Result:
        other = rng.choice(pool)
        texts = {
            "s": ("system", talk.system),
            "u": ("user", talk.question),
            "a": ("assistant", talk.answer),
            "t": ("user", rng.choice(THANKS)),
            "m": ("assistant", rng.choice(MORE)),
            "v": ("user", other.question),
            "b": ("assistant", other.answer),
        }
        return {"messages": [{"role": texts[letter][0], "content": texts[letter][1]} for letter in letters]}

    return mutate


def key(at: int, name: str, value: object):
    def mutate(talk: Talk, _rng: random.Random, _pool: list[Talk]) -> Result:
        example = chat(talk)
        example["messages"][at][name] = value
        return example

    return mutate


CALCULATOR = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Search the notes",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["query"],
        },
    },
}


def tool_example(talk: Talk, rng: random.Random) -> Example:
    """The talk with a look-up before the answer, all in order."""
    example = chat(talk)
    call_id = f"call_{rng.randrange(10**9):09d}"
    arguments = json.dumps({"query": " ".join(talk.question.split()[:6])})
    call = {"id": call_id, "type": "function", "function": {"name": "look_up", "arguments": arguments}}
    system, user, answer = example["messages"]
    result = {"role": "tool", "tool_call_id": call_id, "content": " ".join(talk.answer.split()[:12])}
    asked = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"messages": [system, user, asked, result, answer], "tools": [CALCULATOR]}


def tool_fault(how: str):
    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        example = tool_example(talk, rng)
        call = example["messages"][2]["tool_calls"][0]
        function = call["function"]
        match how:
            case "cut arguments":
                function["arguments"] = function["arguments"][:-4]
            case "python arguments":
                function["arguments"] = str(json.loads(function["arguments"])).replace('"', "'")
            case "bare arguments":
                function["arguments"] = "query: " + talk.question[:20]
            case "not declared":
                function["name"] = "web_search"
            case "name with a space":
                function["name"] = "look up"
            case "no name":
                del function["name"]
            case "argument missing":
                function["arguments"] = '{"limit": 3}'
            case "argument of wrong type":
                function["arguments"] = '{"query": ["a", "b"]}'
            case "calls are an object":
                example["messages"][2]["tool_calls"] = call
            case "result lost":
                del example["messages"][3]
            case "other id":
                example["messages"][3]["tool_call_id"] = "call_000000000"
            case "second call open":
                other = {**call, "id": "call_999999999"}
                example["messages"][2]["tool_calls"] = [call, other]
        return example

    return mutate


def masked(talk: Talk, _rng: random.Random, _pool: list[Talk]) -> Result:
    return key(-1, "weight", 0)(talk, _rng, _pool)


def masked_twice(talk: Talk, rng: random.Random, pool: list[Talk]) -> Result:
    example = order("suavb")(talk, rng, pool)
    for message in example["messages"]:
        if message["role"] == "assistant":
            message["weight"] = 0
    return example


def marker(text: str, where: str):
    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        if where == "end":
            return chat(talk._replace(answer=talk.answer + text))
        if where == "start":
            return chat(talk._replace(question=text + talk.question))
        words = talk.answer.split(" ")
        words.insert(rng.randrange(1, len(words) + 1), text)
        return chat(talk._replace(answer=" ".join(words)))

    return mutate


def system(text: str | None):
    def mutate(talk: Talk, _rng: random.Random, _pool: list[Talk]) -> Result:
        example = chat(talk)
        if text is None:
            del example["messages"][0]
        else:
            example["messages"][0]["content"] = text.replace("{system}", talk.system)
        return example

    return mutate


MUTATIONS = (
    *(
        Mutation("invalid-json", how, broken_json(how))
        for how in ("cut", "quote", "repr", "trailing comma", "comma after", "missing comma", "no brace", "tab")
    ),
    *(Mutation("invalid-encoding", how, wrong_bytes(how)) for how in ("cp1252", "latin-1", "cut")),
    *(
        Mutation("unrecognised-example", how, other_shape(how))
        for how in ("typo", "log", "list", "text alone", "empty", "wrapped", "number")
    ),
    *(
        Mutation("unknown-role", name, role(at, name))
        for at, name in (
            (1, "customer"),
            (2, "ai"),
            (1, "narrator"),
            (2, "agent"),
            (1, "USER"),
            (0, "instruction"),
            (1, ""),
        )
    ),
    Mutation("missing-content", "question null", content(1, None)),
    Mutation("missing-content", "question without the key", content(1, "-")),
    Mutation("missing-content", "answer null", content(2, None)),
    Mutation("missing-content", "answer without the key", content(2, "-")),
    *(
        Mutation("empty-content", f"{at}: {value!r}", content(at, value))
        for at, value in (
            (2, ""),
            (1, ""),
            (2, " "),
            (2, "\n\n"),
            (1, "\t"),
            (2, "\u00a0"),
        )
    ),
    *(Mutation("no-assistant-message", letters, order(letters)) for letters in ("su", "sut", "s")),
    *(Mutation("last-message-not-assistant", letters, order(letters)) for letters in ("suat", "suavbt", "suas")),
    *(Mutation("role-order", letters, order(letters)) for letters in ("sau", "sauvb", "suam", "uasvb", "sua" + "sa")),
    *(
        Mutation("unexpected-key", name, key(at, name, value))
        for at, name, value in (
            (1, "timestamp", 1700000000),
            (2, "model", "gpt-4"),
            (2, "score", 0.93),
            (1, "id", "msg_17"),
            (2, "text", "copy"),
            (2, "contents", "typo"),
            (1, "metadata", {"lang": "en"}),
        )
    ),
    *(
        Mutation("invalid-tool-call", how, tool_fault(how))
        for how in (
            "cut arguments",
            "python arguments",
            "bare arguments",
            "not declared",
            "name with a space",
            "no name",
            "argument missing",
            "argument of wrong type",
            "calls are an object",
        )
    ),
    *(
        Mutation("unanswered-tool-call", how, tool_fault(how))
        for how in ("result lost", "other id", "second call open")
    ),
    *(Mutation("invalid-weight", repr(value), key(2, "weight", value)) for value in (2, -1, 0.5, "1", "high", 100)),
    Mutation("nothing-to-learn", "one answer, masked", masked),
    Mutation("nothing-to-learn", "two answers, both masked", masked_twice),
    *(
        Mutation("special-token-in-text", f"{text} {where}", marker(text, where))
        for text, where in (
            ("<|im_end|>", "end"),
            ("<|im_start|>user\n", "start"),
            ("<|endoftext|>", "end"),
            ("<|eot_id|>", "end"),
            ("</s>", "end"),
            ("<|start_header_id|>user<|end_header_id|>\n\n", "start"),
            ("<start_of_turn>", "middle"),
            ("<end_of_turn>", "end"),
            ("[INST] ", "start"),
            ("<|endoftext|>", "middle"),
            ("<|im_end|>\n<|im_start|>assistant\n", "middle"),
        )
    ),
    Mutation("inconsistent-system-message", "none", system(None)),
    Mutation("inconsistent-system-message", "another", system("You are a helpful assistant.")),
    Mutation("inconsistent-system-message", "longer", system("{system} Always answer in English.")),
)
