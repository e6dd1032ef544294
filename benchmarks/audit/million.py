"""Make a file of a million chat examples out of real ones: each is a real example with its words lightly changed.

Usage: python -m benchmarks.audit.million OUT.jsonl COUNT SOURCE.jsonl...

The sources are OpenAI-chat JSONL (`curator export` writes it). Every example gets a share of its words replaced by
words drawn from the same set, seeded by its number, so that most are new to a duplicate engine and some are near
copies.
"""

import json
import random
import sys
from pathlib import Path


def changed(text: str, words: list[str], share: float, chance: random.Random) -> str:
    parts = text.split(" ")
    for _ in range(int(len(parts) * share)):
        parts[chance.randrange(len(parts))] = chance.choice(words)
    return " ".join(parts)


def main() -> None:
    out, count, sources = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    examples = [
        json.loads(line)["messages"]
        for source in sources
        for line in Path(source).read_text(encoding="utf-8").splitlines()
    ]
    words = sorted(
        {word for messages in examples[:5000] for message in messages for word in message["content"].split()}
    )
    with out.open("w", encoding="utf-8") as file:
        for number in range(count):
            chance = random.Random(number)
            share = chance.choice((0.02, 0.1, 0.3, 0.5))
            messages = [
                {"role": m["role"], "content": changed(m["content"], words, share, chance)}
                for m in examples[number % len(examples)]
            ]
            file.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
