"""The phrase book of the support desk, and how a phrase becomes a sentence."""

import random
import re
import tomllib
from pathlib import Path
from typing import Any

BOOK: dict[str, Any] = tomllib.loads((Path(__file__).parent / "desk_phrases.toml").read_text(encoding="utf-8"))

CHOICE = re.compile(r"\(([^()]*)\)")
SLOT = re.compile(r"<(\w+)>")
ARTICLE = re.compile(r"\b([Aa])(?= [AEIOU])")  # "a Ember kettle" becomes "an Ember kettle"


class Phrases:
    """Turns phrases into sentences of one conversation: choices are random, a slot keeps its value throughout."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        product, other = rng.sample(BOOK["slots"]["product"], 2)
        self.slots = {name: rng.choice(values) for name, values in BOOK["slots"].items()}
        self.slots |= {"product": product, "other": other, "order": f"LS-{rng.randrange(1000, 10_000)}"}

    def say(self, phrases: list[str]) -> str:
        """One of the phrases, its choices settled and its slots filled."""
        text = self.rng.choice(phrases)
        while CHOICE.search(text):
            text = CHOICE.sub(lambda found: self.rng.choice(found[1].split("|")), text, count=1)
        text = SLOT.sub(lambda found: self.slots[found[1]], text)
        return ARTICLE.sub(r"\1n", text)

    def perhaps(self, probability: float, phrases: list[str]) -> str:
        """A phrase after a space, or nothing."""
        return " " + self.say(phrases) if self.rng.random() < probability else ""
