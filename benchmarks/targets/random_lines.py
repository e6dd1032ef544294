"""Lines of every kind that people have, sound and unsound: roles, parts, tools, thoughts, weights, media, nulls."""

import json
from random import Random
from typing import Any

WORDS = (
    "parcel", "lamp", "Kettle", "字", "é", "User:", "<image>", "x < 3", "  ", "", "\n", "“q”", "```py\nx\n```", "[EOS]",
    "\u2028",
)  # fmt: skip
URL = "https://example.org/a.png"
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
WRONG = (None, 7, True, [], {}, "", 1.5, ["a"], {"a": 1})
KINDS = (
    "chat", "openai-preference", "preference", "kto", "kto-chat", "kto-tag", "prompt-completion", "sharegpt",
    "sharegpt-roles", "sharegpt-preference", "alpaca", "dolly", "text", "gemini", "nova",
)  # fmt: skip


class Lines:
    """Values made by a seeded generator; no two are equal.

    Args:
        seed: of all of them.
        wrong: one in how many places holds what it should not.
    """

    def __init__(self, seed: int, wrong: int = 60) -> None:
        self._rng = Random(seed)
        self._wrong = wrong
        self._number = 0

    def line(self, kind: str) -> bytes:
        """A line of one of `KINDS`."""
        return json.dumps(self.value(kind), ensure_ascii=self._one_in(2)).encode("utf-8", "surrogatepass")

    def value(self, kind: str) -> Any:
        """The value of such a line."""
        self._number += 1
        made: dict[str, Any] = getattr(self, "_text_line" if kind == "text" else f"_{kind.replace('-', '_')}")()
        for key in self._rng.sample(
            ("id", "images", "prompt_id", "category", "image", "source"), self._rng.choice((0, 0, 1, 2))
        ):
            made.setdefault(key, self._rng.choice((f"x{self._number}", ["a.png"], None, 3)))
        if self._one_in(30):
            made.pop(self._rng.choice(list(made)), None)
        return made

    def _one_in(self, count: int) -> bool:
        return self._rng.randrange(count) == 0

    def _or_wrong(self, value: Any) -> Any:
        return self._rng.choice(WRONG) if self._one_in(self._wrong) else value

    def _text(self) -> Any:
        words = self._rng.choices(WORDS, k=self._rng.randrange(1, 3))
        return self._or_wrong(
            f"{self._number}.{self._rng.randrange(1000)} {' '.join(words)}" if not self._one_in(25) else words[0]
        )

    def _chat(self) -> dict[str, Any]:
        line: dict[str, Any] = {"messages": self._or_wrong(self._messages())}
        self._add_tools(line)
        if self._one_in(12):
            line["system"] = self._rng.choice(("Be brief.", None, [{"type": "text", "text": "Be kind."}], "", 3))
        if self._one_in(12):
            line["parallel_tool_calls"] = self._rng.choice((True, False, None, "yes"))
        if self._one_in(12):
            line["prompt"] = self._text()
        return line

    def _add_tools(self, line: dict[str, Any]) -> None:
        if self._one_in(3):
            line[self._rng.choice(("tools", "tools", "tools", "functions"))] = self._or_wrong(self._tools())

    def _tools(self) -> Any:
        schema = self._rng.choice(
            ({"type": "object", "properties": {"city": {"type": "string"}}}, {}, None, "none", [])
        )
        bare = {
            "name": self._rng.choice(("look_up", "look_up", "no name!", 3)),
            "description": self._rng.choice(("Looks", None, "")),
        }
        wrapped = {"type": "function", "function": {**bare, "parameters": schema}}
        tool = self._rng.choice(
            (
                wrapped,
                wrapped,
                {**bare, "parameters": schema},
                {**bare, "input_schema": schema},
                {"type": "function", **bare},
                {"function": None},
            )
        )
        tools = [self._or_wrong(tool) for _ in range(self._rng.randrange(3))]
        return self._rng.choice((tools, tools, tools, json.dumps(tools), "[", json.dumps(tool), ""))

    def _messages(self, *, answer: bool = True) -> list[Any]:
        if self._one_in(8):
            roles = ("system", "developer", "user", "assistant", "tool", "function", "model", "User", None, "Chatbot")
            return [self._message(self._rng.choice(roles)) for _ in range(self._rng.randrange(5))]
        turns = [self._message(self._rng.choice(("system", "developer")))] if self._one_in(3) else []
        for _ in range(self._rng.choice((1, 1, 1, 2, 3))):
            turns.append(self._message("user"))
            if self._one_in(5):
                turns += self._tool_loop()
            if answer:
                turns.append(self._message("assistant"))
        return turns

    def _tool_loop(self) -> list[Any]:
        count = self._rng.choice((1, 1, 2))
        ids = [
            self._rng.choice((f"call_{place}", "a1b2c3d4e"[: 9 - place] + "x" * place, None)) for place in range(count)
        ]
        if self._one_in(3):
            asks = [{"type": "tool_use", "id": id_, "name": "look_up", "input": self._arguments()} for id_ in ids]
            results = [{"type": "tool_result", "tool_use_id": id_, "content": self._result()} for id_ in ids]
            return [{"role": "assistant", "content": asks}, {"role": "user", "content": results}]
        if self._one_in(6):
            asked = {"name": "look_up", "arguments": self._arguments()}
            answered = {"role": "function", "name": "look_up", "content": self._text()}
            return [{"role": "assistant", "content": None, "function_call": asked}, answered]
        calls = [self._or_wrong(self._call(id_)) for id_ in ids]
        asks = self._message("assistant") if self._one_in(4) else {"role": "assistant", "content": None}
        asks["tool_calls"] = self._or_wrong(calls)
        results = [{"role": "tool", "tool_call_id": id_, "content": self._text()} for id_ in ids]
        if self._one_in(6):
            results.pop()
        return [asks, *results]

    def _result(self) -> Any:
        parts = [{"type": "text", "text": self._text()}, {"type": "image", "source": {"type": "url", "url": URL}}]
        return self._rng.choice((self._text(), parts[:1], parts, [], None))

    def _call(self, id_: str | None) -> dict[str, Any]:
        function = {"name": self._or_wrong("look_up"), "arguments": self._arguments()}
        call = {
            "id": id_,
            "type": self._rng.choice(("function", "function", None, "custom")),
            "function": self._or_wrong(function),
        }
        return {key: held for key, held in call.items() if held is not None or self._one_in(2)}

    def _arguments(self) -> Any:
        sound = ({"city": "Oslo"}, '{"city": "Oslo"}', {}, "{}", {"city": 3})
        return self._rng.choice((*sound, *sound, "Oslo", "[1]", "", None, [1], '{"a": 1e999}', "NaN"))

    def _message(self, role: Any) -> dict[str, Any]:
        message: dict[str, Any] = {"role": self._or_wrong(role), "content": self._content(role)}
        if self._one_in(10):
            message["weight"] = self._rng.choice((0, 1, 1.0, 0.5, True, 7, -1, "1", None))
        if self._one_in(12):
            message["name"] = self._or_wrong("Bob")
        if role == "assistant" and self._one_in(8):
            message[self._rng.choice(("reasoning", "reasoning_content", "thinking"))] = self._text()
        if role == "assistant" and self._one_in(25):
            message["refusal"] = self._text()
            message["content"] = self._rng.choice((None, message["content"]))
        if self._one_in(40):
            message[self._rng.choice(("extra", "image", "images", "loss_weight", "tool_call_id", "audio"))] = (
                self._text()
            )
        if self._one_in(40):
            message.pop(self._rng.choice(list(message)))
        return message

    def _content(self, role: Any) -> Any:
        if self._one_in(5) or (role in ("user", "assistant") and self._one_in(4)):
            return [self._or_wrong(self._part()) for _ in range(self._rng.choice((1, 1, 2, 3, 0)))]
        return None if self._one_in(30) else self._text()

    def _part(self) -> dict[str, Any]:
        text = self._text()
        if self._one_in(2):
            return {"type": "text", "text": text}
        parts: list[dict[str, Any]] = [
            {
                "type": "image_url",
                "image_url": self._rng.choice(({"url": URL}, {"url": PIXEL}, {"url": "a.png"}, URL, {})),
            },
            {"type": "image", "image": "a.png"},
            {"type": "image"},
            {"type": "input_image", "image_url": URL},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBOR"}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "audio", "audio": "a.wav"},
            {"type": "video_url", "video_url": {"url": URL}},
            {"type": "file", "file": {"file_id": "f"}},
            {"type": "refusal", "refusal": text},
            {"type": "thinking", "thinking": text, "signature": "s"},
            {"type": "redacted_thinking", "data": "AA"},
            {"type": "reasoning", "text": text},
            {"type": "input_text", "text": text},
            {"type": "output_text", "text": text, "annotations": []},
            {"type": "tool_use", "id": "t1", "name": "look_up", "input": self._arguments()},
            {"type": "tool_result", "tool_use_id": "t1", "content": self._result(), "is_error": True},
            {"type": "text", "value": text},
            {"type": "image_url", "value": "a.png"},
            {"type": "reasoning", "value": text},
            {"type": "tool_call", "value": json.dumps({"name": "look_up", "arguments": {}})},
            {"type": "new_part", "x": 1},
            {"type": "text", "text": None},
            {"type": 3, "text": text},
            {"text": text},
        ]
        return self._rng.choice(parts)

    def _answer(self) -> list[Any]:
        return [self._message("assistant") for _ in range(self._rng.choice((1, 1, 1, 2)))]

    def _openai_preference(self) -> dict[str, Any]:
        asked: dict[str, Any] = {"messages": self._messages(answer=False)}
        self._add_tools(asked)
        return {
            "input": self._or_wrong(asked),
            "preferred_output": self._or_wrong(self._answer()),
            "non_preferred_output": self._answer(),
        }

    def _preference(self) -> dict[str, Any]:
        shared = self._messages(answer=False)
        form = self._rng.randrange(3)
        if form == 0:
            return {"prompt": self._text(), "chosen": self._text(), "rejected": self._text()}
        if form == 1:
            return {"chosen": [*shared, *self._answer()], "rejected": [*shared, *self._answer()]}
        line = {"prompt": shared, "chosen": self._or_wrong(self._answer()), "rejected": self._answer()}
        self._add_tools(line)
        return line

    def _kto(self) -> dict[str, Any]:
        return {**self._prompt_completion(), "label": self._or_wrong(self._one_in(2))}

    def _kto_chat(self) -> dict[str, Any]:
        return {**self._chat(), "label": self._or_wrong(self._one_in(2))}

    def _kto_tag(self) -> dict[str, Any]:
        return {**self._chat(), "kto_tag": self._or_wrong(self._one_in(2))}

    def _prompt_completion(self) -> dict[str, Any]:
        if self._one_in(2):
            return {"prompt": self._text(), "completion": self._text()}
        return {"prompt": self._messages(answer=False), "completion": self._or_wrong(self._answer())}

    def _turn(self, speaker: str) -> dict[str, Any]:
        if speaker == "gpt" and self._one_in(8):
            call = {"name": "look_up", "arguments": self._arguments()}
            return {"from": "function_call", "value": json.dumps(self._rng.choice((call, [call, call], [])))}
        turn = {"from": self._or_wrong(speaker), "value": self._text()}
        if self._one_in(20):
            turn[self._rng.choice(("weight", "name", "reasoning", "image"))] = self._rng.choice((0, 1, "a"))
        return turn

    def _sharegpt(self) -> dict[str, Any]:
        speakers = ["human", "gpt"] * self._rng.choice((1, 1, 2))
        if self._one_in(5):
            speakers = self._rng.choices(("system", "human", "gpt", "observation", "chatgpt", "bot"), k=3)
        line: dict[str, Any] = {"conversations": [self._turn(speaker) for speaker in speakers]}
        if self._one_in(3):
            line["system"] = self._rng.choice(("Be brief.", None, ""))
        if self._one_in(4):
            line["tools"] = self._tools()
        return line

    def _sharegpt_roles(self) -> dict[str, Any]:
        return {"conversations": self._messages()}

    def _sharegpt_preference(self) -> dict[str, Any]:
        turns = [self._turn("human")]
        return {"conversations": turns, "chosen": self._turn("gpt"), "rejected": self._turn("gpt")}

    def _alpaca(self) -> dict[str, Any]:
        line = {
            "instruction": self._text(),
            "input": self._rng.choice((self._text(), "", None)),
            "output": self._text(),
        }
        if self._one_in(3):
            line["history"] = self._or_wrong([[self._text(), self._text()]])
        if self._one_in(3):
            line["system"] = self._text()
        return line

    def _dolly(self) -> dict[str, Any]:
        return {
            "instruction": self._text(),
            "context": self._rng.choice((self._text(), "", None)),
            "response": self._text(),
        }

    def _text_line(self) -> dict[str, Any]:
        return {"text": self._text()}

    def _gemini(self) -> dict[str, Any]:
        turns = []
        for role in ("user", "model") * self._rng.choice((1, 1, 2)):
            turns.append({"role": self._or_wrong(role), "parts": [self._or_wrong({"text": self._text()})]})
            if role == "user" and self._one_in(4):
                call = {"functionCall": {"name": "look_up", "args": self._rng.choice(({"city": "Oslo"}, {}, None))}}
                response = self._rng.choice(({"output": self._text()}, {"a": 1}, None))
                back = {"functionResponse": {"name": "look_up", "response": response}}
                turns += [
                    {"role": "model", "parts": [call]},
                    {"role": self._rng.choice(("function", "user")), "parts": [back]},
                ]
            if self._one_in(6):
                part = {"mimeType": "image/png", "fileUri": "gs://b/a.png"}
                turns[-1]["parts"].append(
                    self._rng.choice(({"fileData": part}, {"inlineData": {"mimeType": "image/png", "data": "AA"}}))
                )
        line: dict[str, Any] = {"contents": turns}
        if self._one_in(3):
            line["systemInstruction"] = {"role": "system", "parts": [{"text": self._text()}]}
        if self._one_in(4):
            line["tools"] = [{"functionDeclarations": [{"name": "look_up", "description": "Looks"}]}]
        return line

    def _nova(self) -> dict[str, Any]:
        turns = []
        for role in ("user", "assistant") * self._rng.choice((1, 1, 2)):
            turns.append({"role": self._or_wrong(role), "content": [self._or_wrong({"text": self._text()})]})
            if self._one_in(6):
                source = {"s3Location": {"uri": "s3://b/a.png"}}
                turns[-1]["content"].append(
                    self._rng.choice(
                        (
                            {"image": {"format": "png", "source": source}},
                            {"toolUse": {"toolUseId": "t", "name": "look_up", "input": {}}},
                        )
                    )
                )
        line = {"schemaVersion": "bedrock-conversation-2024", "messages": turns}
        if self._one_in(3):
            line["system"] = [{"text": self._text()}]
        return line
