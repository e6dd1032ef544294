"""The sets that the monkey works on: chats, preferences, broken lines, nothing, and one example."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "sample_data" / "messy.jsonl"
QUESTIONS = (
    '[labels.tone]\nkind = "choice"\nvalues = ["warm", "cold"]\n'
    '[labels.marks]\nkind = "choices"\nvalues = ["a", "b", "c"]\n'
    '[labels.why]\nkind = "note"\n[review]\nreasons = ["wrong", "rude"]\n'
)


def _chat() -> bytes:
    return b"\n".join(SAMPLE.read_bytes().split(b"\n")[:90]) + b"\n" + _hostile()


def _hostile() -> bytes:
    texts = (
        "\x1b]52;c;AA\x07\x1b[2J",
        "[/red] [b]x[/b] [/",
        "\u202egnp\u200b\x85\x9b31m",
        "中文 " * 400,
        "a\u0301" * 99,
    )
    rows = [_chat_row(f"{number} {text}", text) for number, text in enumerate(texts)]
    rows.append(_chat_row("many turns", "yes", turns=120))
    return "\n".join(rows).encode() + b"\n"


def _chat_row(question: str, answer: str, turns: int = 1) -> str:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}] * turns
    return json.dumps({"messages": messages})


def _preferences() -> bytes:
    rows = [
        {
            "prompt": [{"role": "user", "content": f"Name a city of country {number % 9}."}],
            "chosen": [{"role": "assistant", "content": f"City {number} lies in the north of it."}],
            "rejected": [{"role": "assistant", "content": f"City {number} is in the south" + " of it" * (number % 3)}],
        }
        for number in range(40)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _broken() -> bytes:
    sound = [_chat_row(f"What is {number} plus {number}?", f"It is {2 * number}.") for number in range(20)]
    bad = ['{"messages": [', '{"messages": "no"}', "\x00\x01", '{"a": 1}', '{"messages": []}', "[1, 2", '"text"']
    return "\n".join([*bad, *sound, *bad]).encode() + b"\n\xff\xfe\xfa\n"


SETS: Mapping[str, Callable[[], bytes]] = {
    "chat": _chat,
    "preference": _preferences,
    "broken": _broken,
    "empty": lambda: b"",
    "one": lambda: (_chat_row("Only one?", "Yes, only this one.") + "\n").encode(),
}
"""The bytes of each set."""


def made(name: str, folder: Path) -> Path:
    """A set as a file in a folder, with questions to answer about it."""
    path = folder / "data.jsonl"
    path.write_bytes(SETS[name]())
    (folder / "curator.toml").write_text(QUESTIONS, encoding="utf-8")
    return path
