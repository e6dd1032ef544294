"""Sets of pairs, sessions and prompts with a known share of defects, made anew from a seed."""

import json
from random import Random
from typing import Any

import polars as pl

from curator.audit.loading.derive import without_thoughts
from curator.checks.catalogue import check_named
from curator.checks.check import CheckSettings
from curator.checks.kind_measures import measure_kinds
from tests.data.made import batch_of

_WORDS = """
river stone market quiet engine letter window garden number travel simple answer colour weather method result
carry follow measure because therefore usually several little before after between under across against within
copper silver morning evening winter summer village harbour bridge ladder basket candle mirror blanket
"""
WORDS = _WORDS.split()


def prose(random: Random, words: int) -> str:
    """Sentences of so many words."""
    listed = [random.choice(WORDS) for _ in range(words)]
    sentences = [" ".join(listed[at : at + 9]) for at in range(0, words, 9)]
    return " ".join(f"{one.capitalize()}." for one in sentences)


def rows_found(name: str, values: list[Any], dialect: str) -> set[int]:
    """Positions of the examples that the check reports."""
    check, batch = check_named(name), batch_of(*values, dialect=dialect)
    assert batch.refused.is_empty()
    if check.judge_kinds is not None:
        return set(check.judge_kinds(measure_kinds(batch), CheckSettings())["row"])
    assert check.find is not None
    looked_at = without_thoughts(batch) if check.family == "text" else batch
    return set(check.find(looked_at, CheckSettings())["row"])


def of_the_set(name: str, values: list[Any], dialect: str) -> list[dict[str, Any]]:
    """What the check says of the whole set."""
    judge = check_named(name).judge_kinds
    assert judge is not None
    found = judge(measure_kinds(batch_of(*values, dialect=dialect)), CheckSettings())
    return found.filter(pl.col("row").is_null() if "row" in found.columns else True).to_dicts()


def pair(random: Random) -> dict[str, Any]:
    """A sound pair: two different answers of like length."""
    return {
        "prompt": f"{prose(random, 8)} {random.random()}",
        "chosen": prose(random, random.randint(15, 60)),
        "rejected": prose(random, random.randint(15, 60)),
    }


def session(random: Random, steps: int = 0, thought: bool = False) -> dict[str, Any]:
    """A sound session: a task, calls with results, an answer."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": prose(random, 12)}]
    for step in range(steps or random.randint(1, 8)):
        name = random.choice(["read", "search", "run"])
        arguments = {"path": prose(random, 2), "step": step}
        calls = [{"id": f"c{step}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]
        messages.append({"role": "assistant", "content": None, "tool_calls": calls})
        messages.append({"role": "tool", "tool_call_id": f"c{step}", "content": prose(random, random.randint(5, 200))})
    answer = prose(random, 20)
    messages.append(
        {"role": "assistant", "content": f"<think>\n{prose(random, 9)}\n</think>\n\n{answer}" if thought else answer}
    )
    return {"messages": messages}


def rates(found: set[int], planted: set[int], count: int) -> tuple[float, float]:
    """Recall, and false alarms as a share of the clean examples."""
    return len(found & planted) / len(planted), len(found - planted) / (count - len(planted))
