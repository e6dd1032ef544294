"""Write messy.jsonl, benchmark.jsonl and truth.json: the support desk as it would really arrive, and what is wrong.

Run as ``python -m sample_data.make_messy``. The same seed always gives the same bytes. Knows nothing of curator: each
defect is made from how it comes about, not from how a check may find it.
"""

import copy
import json
import random
import re
from collections import Counter
from typing import Any, NamedTuple

from sample_data import structure_defects, text_defects
from sample_data.defects import Defect, Example, answer_of, question_of, with_answer, with_question
from sample_data.make_support_desk import HERE, alike, as_line, make, prompt_shingles

SEED = 20_261_124
CLEAN = 400
BENCHMARK = 20
SPARE = 280  # to plant defects in: enough of each kind, as only one in five has a tool call
DEFECTS: tuple[Defect, ...] = (*structure_defects.DEFECTS, *text_defects.DEFECTS)
SETTINGS = {"max_tokens": 900, "tokenizer": "o200k_base", "against": "benchmark.jsonl"}


class Line(NamedTuple):
    """A line to come, and what is wrong with it: (check, note) pairs."""

    text: bytes
    planted: tuple[tuple[str, str], ...] = ()
    tricky: str = ""


def kind_of(example: Example) -> str:
    """What a defect can start from here: "tools", "turns" or "one turn"."""
    if "tools" in example:
        return "tools"
    return "turns" if len(example["messages"]) > 3 else "one turn"


def take(pool: list[Example], kind: str) -> Example:
    """The next example of a kind, removed from the pool."""
    return pool.pop(next(at for at, example in enumerate(pool) if kind_of(example) == kind))


def planted_line(defect: Defect, pool: list[Example], rng: random.Random) -> Line:
    """One line with one defect, and what else it cannot help setting off."""
    made = defect.plant(take(pool, defect.base), rng)
    text = made if isinstance(made, bytes) else as_line(made).encode()
    return Line(text, ((defect.check, defect.note), *((check, f"because {defect.note}") for check in defect.also)))


def shingles(text: str) -> set[tuple[str, ...]]:
    """The word 5-grams of a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def edited(example: Example, rng: random.Random) -> Example:
    """A copy somebody retyped: one word more at the start of the question, one word less in the answer."""
    words = answer_of(example).split(" ")
    del words[rng.choice((1, 2, len(words) - 2))]
    return with_answer(with_question(example, "Dear desk, " + question_of(example)), " ".join(words))


def plainly_a_copy(left: Example, right: Example, everywhere: set[tuple[str, ...]]) -> bool:
    """Alike in question, in question without what all questions share, and in answer."""
    ours, theirs = prompt_shingles(left), prompt_shingles(right)
    answers = (shingles(example["messages"][-1]["content"]) for example in (left, right))
    return min(alike(ours, theirs), alike(ours - everywhere, theirs - everywhere), alike(*answers)) >= 0.75


def copies(kept: list[Example], rng: random.Random) -> list[tuple[int, Line]]:
    """Exact and near copies of examples that stay, each with the place of its original."""
    counts = Counter(shingle for example in kept for shingle in prompt_shingles(example))
    everywhere = {shingle for shingle, count in counts.items() if count >= 10}
    long_enough = [at for at, example in enumerate(kept[:300]) if kind_of(example) == "one turn"]
    places = [at for at in long_enough if plainly_a_copy(kept[at], edited(kept[at], rng), everywhere)]
    exact = rng.sample([at for at in long_enough if at not in places], 4)
    white, ends = (copy.deepcopy(kept[at]) for at in exact[2:])
    white["messages"][1]["content"] = "  " + white["messages"][1]["content"] + "\n"
    ends["messages"][-1]["content"] = ends["messages"][-1]["content"].replace("\n", "\r\n")
    notes = ("the same bytes", "the same bytes", "more white space around it", "line ends of Windows")
    twins = zip(exact, (kept[exact[0]], kept[exact[1]], white, ends), notes, strict=True)
    found = [(at, Line(as_line(twin).encode(), (("exact-duplicate", note),))) for at, twin, note in twins]
    for at in rng.sample(places, 5):
        near = edited(kept[at], rng)
        while not plainly_a_copy(kept[at], near, everywhere):
            near = edited(kept[at], rng)
        found.append(
            (at, Line(as_line(near).encode(), (("near-duplicate", "retyped, with a word more and a word less"),)))
        )
    return found


def conflicts(pool: list[Example]) -> list[Line]:
    """Pairs with the same question and answers that cannot both be right."""
    lines = []
    for answer in (
        "Gift cards never run out, and you can have their value paid to your bank at any time.",
        "Repairs always cost twenty euros, so we advise buying another one from the spring catalogue.",
    ):
        first = take(pool, "one turn")
        second = with_answer(with_question(first, question_of(first).replace("?", " ?")), answer)
        note = "the same question has two answers"
        lines += [Line(as_line(example).encode(), (("conflicting-answers", note),)) for example in (first, second)]
    return lines


def contaminated(benchmark: list[Example]) -> list[Line]:
    """Examples of the test set that found their way into the training set."""
    return [
        Line(as_line(example).encode(), (("contamination", "also in benchmark.jsonl"),)) for example in benchmark[:3]
    ]


TRICKY = (
    (
        "a fence that is closed",
        "Which rule does my router need for the Glow lamp?",
        "Add this one:\n\n```\nallow udp 5683\n```\n\nThen restart it.",
    ),
    (
        "a comparison, not HTML",
        "For which sizes is x < 30 and y > 40 a problem with the Fern planter?",
        "Only when the pot is wider than its saucer, so x < 30 is fine.",
    ),
    (
        "a family of emoji joined by zero-width joiners",
        "Is the Robin feeder a good present? 👨‍👩‍👧",
        "Yes, it is the one that families choose most. 👩🏽‍🌾",
    ),
    (
        "accents that are right",
        "Do you deliver to Köln, Málaga and Łódź? It’s for my café…",
        "Yes, to all three, and it takes four to six working days.",
    ),
    (
        "a version number, not an address",
        "My Larkspur app is version 4.12.0.3, is that the newest?",
        "Yes, 4.12.0.3 is the newest one.",
    ),
    (
        "a long number, not a card",
        "The box says 4111 2222 3333 4445 below the bar code. What is it for?",
        "It is the batch, which tells us when the lamp was made.",
    ),
    (
        "a question and an answer in German",
        "Wie lange habe ich Zeit, den Wasserkocher zurückzuschicken?",
        "Sie haben dreißig Tage Zeit, und die Rücksendung kostet nichts. Den Aufkleber finden Sie in "
        "Ihrem Konto unter Bestellungen.",
    ),
    (
        "steps as a numbered list in the answer",
        "What are the steps to descale my kettle?",
        "1. Fill in one part vinegar and two parts water.\n2. Boil it and wait twenty minutes.\n3. Rinse twice.",
    ),
    (
        "an answer that says no, politely",
        "Can I have the value of my gift card in cash?",
        "The value stays on the card and is not paid out. You can give the card to somebody else, though.",
    ),
    (
        "brackets that belong there",
        "What does [E4] on the screen of my Drizzle timer mean?",
        "[E4] means that the valve is stuck. Unscrew the timer and rinse the filter.",
    ),
    (
        "a word said thrice",
        "The lamp goes on, off, on, off, on, off. What does it want?",
        "It wants to be paired. Hold the ring for five seconds until it blinks blue.",
    ),
    (
        "the tilde of a path and an ampersand",
        "Is Larkspur & Daughters the same shop?",
        "Yes, Larkspur & Daughters was our name until last year.",
    ),
)


def tricky_lines(pool: list[Example]) -> list[Line]:
    """Clean lines that a hasty check would take for defective ones."""
    base = take(pool, "one turn")
    made = ((note, with_answer(with_question(base, question), answer)) for note, question, answer in TRICKY)
    return [Line(as_line(example).encode(), tricky=note) for note, example in made]


def arrange() -> tuple[list[Line], list[Example]]:
    """All lines of the messy file in their order, and the benchmark that three of them leaked from."""
    rng = random.Random(SEED)
    pool = make(SEED, BENCHMARK + CLEAN + SPARE)
    benchmark, kept, pool = pool[:BENCHMARK], pool[BENCHMARK : BENCHMARK + CLEAN], pool[BENCHMARK + CLEAN :]
    lines = [Line(as_line(example).encode()) for example in kept]
    followers = copies(kept, rng)
    for at, line in sorted(followers, key=lambda place: -place[0]):  # from the back, so that places stay right
        lines.insert(rng.randrange(at + 1, len(lines)), line)
    others = [planted_line(defect, pool, rng) for defect in DEFECTS]
    for line in (*others, *conflicts(pool), *contaminated(benchmark), *tricky_lines(pool)):
        lines.insert(rng.randrange(3, len(lines)), line)
    return lines, benchmark


def truth(lines: list[Line]) -> dict[str, Any]:
    """What is wrong on which line (1-based), and which lines are clean."""
    numbered = list(enumerate(lines, 1))
    return {
        "file": "messy.jsonl",
        "settings": SETTINGS,
        "planted": [
            {"line": at, "check": check, "note": note} for at, line in numbered for check, note in line.planted
        ],
        "tricky": [{"line": at, "note": line.tricky} for at, line in numbered if line.tricky],
        "clean_lines": [at for at, line in numbered if not line.planted],
    }


def as_truth(found: dict[str, Any]) -> bytes:
    """A truth as JSON that a person can read: one planted defect a line."""
    parts = []
    for name, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            entries = ",\n".join("    " + json.dumps(entry, ensure_ascii=False) for entry in value)
            parts.append(f"  {json.dumps(name)}: [\n{entries}\n  ]")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def files() -> dict[str, bytes]:
    """Every file that this script writes, by its name."""
    lines, benchmark = arrange()
    return {
        "messy.jsonl": b"".join(line.text + b"\n" for line in lines),
        "benchmark.jsonl": "".join(as_line(example) + "\n" for example in benchmark).encode(),
        "truth.json": as_truth(truth(lines)),
    }


def main() -> None:
    """Write the files beside this script."""
    for name, content in files().items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
