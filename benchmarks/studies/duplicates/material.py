"""Texts for the duplicate benchmarks: instructions from a file, edited copies, conversations made from a seed."""

import gzip
import json
import random
from pathlib import Path

import numpy as np
import polars as pl
import xxhash

from curator.data.text import VIEWS

Example = tuple[str, str]


def read_instructions(path: Path) -> list[Example]:
    """(prompt, answer) of a JSON array or JSONL file in Alpaca's form, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    records = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
    return [
        (
            record["instruction"] + (f"\n{record['input']}" if record.get("input", "").strip() else ""),
            record.get("output", record.get("response", "")),
        )
        for record in records
    ]


def views(examples: list[Example]) -> pl.DataFrame:
    """`VIEWS` of examples without context."""
    columns = {
        "prompt": [prompt for prompt, _ in examples],
        "answer": [answer for _, answer in examples],
        "context": [0] * len(examples),
        "weights": [0] * len(examples),
        "exact": [xxhash.xxh3_64_intdigest(f"{p.strip()}\x00{a.strip()}".encode()) for p, a in examples],
        "text_only": [False] * len(examples),
    }
    return pl.DataFrame(columns, schema=VIEWS)


def edited(generator: random.Random, text: str, share: float) -> str:
    """`text` with about `share` of its words replaced by another of its words, left out or doubled."""
    words = text.split(" ")
    out = []
    for word in words:
        if generator.random() >= share:
            out.append(word)
        else:
            out += [[generator.choice(words)], [], [word, generator.choice(words)]][generator.randrange(3)]
    return " ".join(out)


def with_edited_copies(examples: list[Example], share: float, seed: int = 0) -> tuple[list[Example], list[int]]:
    """`examples`, then copies of a `share` of them with 1 to 8 % of the words edited; and of which each is a copy."""
    generator = random.Random(seed)
    originals = generator.sample(range(len(examples)), round(share * len(examples)))
    copies = []
    for prompt, answer in (examples[original] for original in originals):
        amount = generator.uniform(0.01, 0.08)
        copies.append((edited(generator, prompt, amount), edited(generator, answer, amount)))
    return examples + copies, originals


def conversations(count: int, seed: int, block: int) -> pl.DataFrame:
    """`count` chat examples, of 20 words of prompt and 45 of answer on average, as `VIEWS`.

    Words follow Zipf's law over 30,000; of a hundred examples four are edited copies of others of the block, one is an
    exact copy, and three ask the same with another answer.

    Args:
        count: how many.
        seed: of the run.
        block: number of the block; every block is different.
    """
    numbers = np.random.default_rng((seed, block))
    generator = random.Random(f"{seed}-{block}")
    words = np.minimum(numbers.zipf(1.3, size=count * 130), 30_000)
    vocabulary = [
        f"{a}{b}{c}"
        for a in ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t"]
        for b in _SYLLABLES
        for c in _SYLLABLES
    ]
    at = 0
    examples: list[Example] = []
    for _ in range(count):
        kind = generator.random()
        if examples and kind < 0.08:
            prompt, answer = generator.choice(examples)
            if kind < 0.04:
                prompt, answer = edited(generator, prompt, 0.03), edited(generator, answer, 0.03)
            elif kind < 0.07:
                answer = edited(generator, answer, 0.9)
            examples.append((prompt, answer))
            continue
        lengths = generator.randint(5, 35), generator.randint(5, 85)
        spoken = [vocabulary[word % len(vocabulary)] for word in words[at : at + sum(lengths)]]
        at += sum(lengths)
        examples.append((" ".join(spoken[: lengths[0]]) + "?", " ".join(spoken[lengths[0] :]) + "."))
    return views(examples)


_SYLLABLES = [a + b for a in "aeiou" for b in ["", "n", "r", "st", "lk", "mp", "sh", "t", "ll", "nd"]]
