"""Write support_desk.jsonl: the clean examples of an invented shop's support desk.

Run as ``python -m sample_data.make_support_desk``. The same seed always gives the same bytes. Knows nothing of curator.
"""

import json
import random
import re
from pathlib import Path
from typing import Any

from sample_data.desk_tools import TOOLS, tool_conversation
from sample_data.phrases import BOOK, Phrases

SEED = 20_261_123
COUNT = 600
TOOL_SHARE = 0.2
FOLLOW_UP_SHARE = 0.35
EXTRA_SHARE = 0.45
MOST_ALIKE = 0.5  # Jaccard similarity of word 5-grams that two prompts may have at most

MARKER = "Kind regards, the Larkspur desk."
SYSTEM = "You are the Larkspur support desk. Be calm, exact and brief, and close every answer with the desk's greeting."
HERE = Path(__file__).parent

Example = dict[str, Any]
Message = dict[str, Any]
Shingles = set[tuple[str, ...]]


def closed(answer: str) -> str:
    """The answer with the desk's closing line, the marker of the house style."""
    return f"{answer}\n\n{MARKER}"


def spoken_conversation(case: dict[str, Any], phrases: Phrases) -> list[Message]:
    """A conversation that needs no look into the shop's books: a question, an answer, perhaps more of both."""
    question = phrases.say(BOOK["around"]["greetings"]) + phrases.say(case["asks"])
    question += "".join(phrases.perhaps(EXTRA_SHARE, [extra]) for extra in case.get("extras", []))
    question += phrases.say(BOOK["around"]["goodbyes"])
    answer = " ".join(phrases.say(sentences) for sentences in case["answer"])
    turns = [(question, answer)]
    if "then" in case and phrases.rng.random() < FOLLOW_UP_SHARE:
        more = phrases.rng.choice((1, 1, 1, min(2, len(case["then"]))))
        turns += [(phrases.say([ask]), phrases.say([reply])) for ask, reply in phrases.rng.sample(case["then"], more)]
    messages = []
    for ask, reply in turns:
        messages.append({"role": "user", "content": ask})
        messages.append({"role": "assistant", "content": closed(reply)})
    return messages


def new_example(rng: random.Random) -> Example:
    """One conversation with the shared system message, in OpenAI's chat form."""
    system = {"role": "system", "content": SYSTEM}
    phrases = Phrases(rng)
    if rng.random() < TOOL_SHARE:
        return {"messages": [system, *tool_conversation(phrases, closed)], "tools": TOOLS}
    topic = rng.choice(sorted({case["topic"] for case in BOOK["cases"]}))
    case = rng.choice([case for case in BOOK["cases"] if case["topic"] == topic])
    return {"messages": [system, *spoken_conversation(case, phrases)]}


def prompt_shingles(example: Example) -> Shingles:
    """The word 5-grams of all that comes before the last answer."""
    texts = [message["content"] or "" for message in example["messages"][1:-1]]
    words = re.findall(r"\w+", "\n".join(texts).lower())
    return {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def alike(left: Shingles, right: Shingles) -> float:
    """Jaccard similarity of two sets of shingles."""
    return len(left & right) / len(left | right)


def make(seed: int = SEED, count: int = COUNT) -> list[Example]:
    """``count`` conversations of which no two have prompts more alike than ``MOST_ALIKE``."""
    rng = random.Random(seed)
    examples: list[Example] = []
    seen: list[Shingles] = []
    while len(examples) < count:
        example = new_example(rng)
        shingles = prompt_shingles(example)
        if all(alike(shingles, earlier) <= MOST_ALIKE for earlier in seen):
            examples.append(example)
            seen.append(shingles)
    return examples


def as_line(example: Example) -> str:
    """One example as a line of JSON Lines."""
    return json.dumps(example, ensure_ascii=False)


def main() -> None:
    """Write the file beside this script."""
    text = "".join(as_line(example) + "\n" for example in make())
    (HERE / "support_desk.jsonl").write_bytes(text.encode())


if __name__ == "__main__":
    main()
