"""Real question-and-answer sets as plain pairs, and pairs as OpenAI chat examples."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

Example = dict[str, Any]

SYSTEM = {
    "gsm8k": "You are a patient teacher of mathematics. Solve the problem step by step.",
    "instruction": "You are an actor. Stay in the role that you are given.",
}


class Talk(NamedTuple):
    """A question and its answer, with the system message that all talks of a set share."""

    system: str
    question: str
    answer: str


def read_gsm8k(path: Path) -> list[Talk]:
    """GSM8K with its calculator marks removed and its last line as a sentence, the way people train on it."""
    talks = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        steps, _, result = re.sub(r"<<[^>]*>>", "", entry["answer"]).rpartition("####")
        talks.append(Talk(SYSTEM["gsm8k"], entry["question"], f"{steps.strip()}\nThe answer is {result.strip()}."))
    return talks


def read_instructions(path: Path) -> list[Talk]:
    """A JSON array of instruction, input and response (or output)."""
    talks = []
    for entry in json.loads(path.read_text(encoding="utf-8")):
        question = entry["instruction"] + ("\n" + entry["input"] if entry["input"].strip() else "")
        talks.append(Talk(SYSTEM["instruction"], question, entry.get("response", entry.get("output"))))
    return talks


READERS = {"gsm8k": read_gsm8k, "instruction": read_instructions}


def chat(talk: Talk) -> Example:
    """A talk as an OpenAI chat example: system, user, assistant."""
    texts = zip(("system", "user", "assistant"), talk, strict=True)
    return {"messages": [{"role": role, "content": text} for role, text in texts]}


def line(example: Example) -> bytes:
    """An example as a line of JSON Lines, without its line end."""
    return json.dumps(example, ensure_ascii=False).encode()
