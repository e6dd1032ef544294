"""Write json_answers.jsonl and its truth: tickets sorted into JSON, except where somebody answered in another form.

Run as ``python -m sample_data.make_json_answers``. The same seed always gives the same bytes.
"""

import json
import random
from typing import Any

from sample_data.make_messy import as_truth
from sample_data.make_support_desk import HERE, alike, as_line, prompt_shingles
from sample_data.phrases import BOOK, Phrases

SEED = 20_261_125
COUNT = 60
SYSTEM = "Sort the customer's message. Answer with a JSON object that has the keys topic, urgent and order."

# Where the answer is not what the system message asks for: line, and how it went wrong.
PLANTED = {
    9: "a sentence in place of the object",
    23: "the object cut short",
    38: "Python's spelling of an object",
    51: "lines of key and value",
}

Example = dict[str, Any]


def answer(line: int, sorted_as: dict[str, Any]) -> str:
    """The object as JSON, or what a careless annotator made of it."""
    right = json.dumps(sorted_as)
    wrong = {
        9: f"This is about {sorted_as['topic']} and can wait until tomorrow.",
        23: right[: len(right) - 12],
        38: str(sorted_as),
        51: "\n".join(f"{key}: {value}" for key, value in sorted_as.items()),
    }
    return wrong.get(line, right)


def make() -> list[Example]:
    """``COUNT`` tickets, no two of which are alike."""
    rng = random.Random(SEED)
    examples: list[Example] = []
    while len(examples) < COUNT:
        case = rng.choice(BOOK["cases"])
        phrases = Phrases(rng)
        text = phrases.say(BOOK["around"]["greetings"]) + phrases.say(case["asks"])
        order = phrases.slots["order"] if phrases.slots["order"] in text else None
        sorted_as = {"topic": case["topic"], "urgent": phrases.slots["day"] in text, "order": order}
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]
        example = {"messages": [*messages, {"role": "assistant", "content": answer(len(examples) + 1, sorted_as)}]}
        if all(alike(prompt_shingles(example), prompt_shingles(other)) < 0.5 for other in examples):
            examples.append(example)
    return examples


def files() -> dict[str, bytes]:
    """Every file that this script writes, by its name."""
    truth = {
        "file": "json_answers.jsonl",
        "settings": {},
        "planted": [
            {"line": line, "check": "inconsistent-output-format", "note": note} for line, note in PLANTED.items()
        ],
        "clean_lines": [line for line in range(1, COUNT + 1) if line not in PLANTED],
    }
    lines = "".join(as_line(example) + "\n" for example in make())
    return {"json_answers.jsonl": lines.encode(), "json_answers.truth.json": as_truth(truth)}


def main() -> None:
    """Write the files beside this script."""
    for name, content in files().items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
