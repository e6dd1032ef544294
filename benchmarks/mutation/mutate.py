"""Spoil a real set on known lines: ``python -m benchmarks.mutation.mutate DATA --form gsm8k --out DIR``.

Shares nothing with curator. Writes into DIR, all in OpenAI chat form:

- ``clean.jsonl``: the set as it is;
- ``mutated.jsonl``: the same with so many examples spoiled for each check, one fault each, and copies added;
- ``truth.jsonl``: {"line", "check", "variant"} for each spoiled line; a fault of a pair has the other line as "or";
- ``against.jsonl``: examples of the set as a benchmark that has leaked into it (check ``contamination``);
- ``json_clean.jsonl``, ``json_mutated.jsonl``, ``json_truth.jsonl``: answers as JSON objects, some of them not.
"""

import argparse
import json
import random
from collections import deque
from pathlib import Path

from benchmarks.mutation import privacy, structure, text
from benchmarks.mutation.mutation import Mutation
from benchmarks.mutation.similarity import additions
from benchmarks.mutation.talks import READERS, Talk, chat, line

MUTATIONS: tuple[Mutation, ...] = (*structure.MUTATIONS, *text.MUTATIONS, *privacy.MUTATIONS)
TOKEN_LIMIT = 4096  # mutations against a limit are made to exceed it by far; no talk of either set comes near


def spoil(talks: list[Talk], free: list[int], per_check: int, rng: random.Random) -> dict[int, tuple[Mutation, bytes]]:
    """For each check ``per_check`` talks out of ``free`` (which shrinks), its variants in turn.

    Each takes the first talk that lends itself to it; a variant that none does is left out.
    """
    spoiled: dict[int, tuple[Mutation, bytes]] = {}
    for check in dict.fromkeys(mutation.check for mutation in MUTATIONS):
        variants = deque(mutation for mutation in MUTATIONS if mutation.check == check)
        wanted = len(spoiled) + per_check
        while len(spoiled) < wanted and variants:
            mutation = variants.popleft()
            for tried, at in enumerate(free):
                made = mutation.mutate(talks[at], rng, talks)
                if made is not None:
                    del free[tried]
                    spoiled[at] = (mutation, made if isinstance(made, bytes) else line(made))
                    variants.append(mutation)
                    break
    return spoiled


def write_lines(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(b"".join(content + b"\n" for content in lines))


def write_truth(path: Path, truth: list[dict]) -> None:
    write_lines(path, [json.dumps(entry).encode() for entry in sorted(truth, key=lambda entry: entry["line"])])


def mutated_set(talks: list[Talk], per_check: int, rng: random.Random) -> tuple[list[bytes], list[dict], list[Talk]]:
    """The lines, the truth about them, and the talks that count as a leaked benchmark."""
    free = list(range(len(talks)))
    rng.shuffle(free)
    spoiled = spoil(talks, free, per_check, rng)
    leaked, free = free[:per_check], free[per_check:]
    added = additions(talks, free, per_check, rng)
    lines = [spoiled[at][1] if at in spoiled else line(chat(talk)) for at, talk in enumerate(talks)]
    truth = [{"line": at + 1, "check": one.check, "variant": one.variant} for at, (one, _) in spoiled.items()]
    truth += [{"line": at + 1, "check": "contamination", "variant": "verbatim"} for at in leaked]
    rng.shuffle(added)
    for one in added:
        lines.append(one.content)
        truth.append({"line": len(lines), "check": one.check, "variant": one.variant, "or": one.original + 1})
    return lines, truth, [talks[at] for at in leaked]


def json_set(talks: list[Talk], per_check: int, rng: random.Random) -> tuple[list[bytes], list[bytes], list[dict]]:
    """Answers as JSON objects; some as bare text, cut short, in Python's spelling, or with a comment before them."""
    system = "Answer with a JSON object that has the keys answer and words."
    talks = talks[:1000]
    objects = [json.dumps({"answer": talk.answer, "words": len(talk.answer.split())}) for talk in talks]
    clean = [line(chat(Talk(system, talk.question, made))) for talk, made in zip(talks, objects, strict=True)]
    mutated, truth = list(clean), []
    for number, at in enumerate(rng.sample(range(len(talks)), per_check)):
        variant = ("text", "cut", "python", "a sentence first")[number % 4]
        made = {
            "text": talks[at].answer,
            "cut": objects[at][: len(objects[at]) * 2 // 3],
            "python": str(json.loads(objects[at])),
            "a sentence first": "Sure, here is the object: " + objects[at],
        }[variant]
        mutated[at] = line(chat(Talk(system, talks[at].question, made)))
        truth.append({"line": at + 1, "check": "inconsistent-output-format", "variant": variant})
    return clean, mutated, truth


def mutate(data: Path, form: str, out: Path, per_check: int | None, seed: int) -> None:
    """Write all files for one set.

    Without ``per_check``, one example in 150 is spoiled for each check: about a quarter of the set in all, so that what
    most examples do is still what the clean ones do.
    """
    talks = READERS[form](data)
    per_check = per_check or len(talks) // 150
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    lines, truth, leaked = mutated_set(talks, per_check, rng)
    write_lines(out / "clean.jsonl", [line(chat(talk)) for talk in talks])
    write_lines(out / "mutated.jsonl", lines)
    write_truth(out / "truth.jsonl", truth)
    write_lines(out / "against.jsonl", [line(chat(talk)) for talk in leaked])
    clean, mutated, json_truth = json_set(talks, min(per_check, 40), rng)
    write_lines(out / "json_clean.jsonl", clean)
    write_lines(out / "json_mutated.jsonl", mutated)
    write_truth(out / "json_truth.jsonl", json_truth)


def main() -> None:
    parser = argparse.ArgumentParser(description="Spoil a real set on known lines.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--form", choices=sorted(READERS), required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-check", type=int, help="an example in 150 where not given")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    mutate(given.data, given.form, given.out, given.per_check, given.seed)


if __name__ == "__main__":
    main()
