"""Sample sets of every kind, each with faults of its own, made from a seed."""

import csv
import io
import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).parents[2] / "sample_data"
WORDS = (
    *("lamp", "kettle", "parcel", "order", "garden", "window", "winter", "letter", "table", "bridge", "violin"),
    *("paper", "river", "market", "candle", "harbour", "engine", "meadow", "pepper", "tunnel", "basket", "copper"),
    *("island", "mirror", "orchard", "pencil", "quarry", "ribbon", "saddle", "timber"),
)
GERMAN = (
    *("Lampe", "Kessel", "Paket", "Garten", "Fenster", "Winter", "Brief", "Tisch", "Brücke", "Geige", "Papier"),
    *("Fluss", "Markt", "Kerze", "Hafen", "Wiese"),
)
CHINESE = (
    *("灯", "水壶", "包裹", "订单", "花园", "窗户", "冬天", "信件", "桌子", "大桥", "提琴", "纸张", "河流"),
    *("市场", "蜡烛", "港口"),
)
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
TOOL = {"type": "function", "function": {"name": "stock", "parameters": {"type": "object", "properties": {}}}}


class SampleSet(NamedTuple):
    """A file and how it is audited first.

    Attributes:
        name: of the file.
        content: its bytes.
        options: words of the first `curator audit`.
    """

    name: str
    content: bytes
    options: tuple[str, ...] = ()


def texts(number: int, seed: int, words: Iterable[str] = WORDS) -> Iterator[tuple[str, str]]:
    """Questions and answers, each of its own."""
    chance, words = random.Random(seed), list(words)
    for index in range(number):
        asked, said = (" ".join(chance.choices(words, k=12)) for _ in range(2))
        yield f"{index}: {asked}?", f"{said} {index}."


def chat(*turns: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    """An example of roles and contents."""
    return {"messages": [{"role": role, "content": content} for role, content in turns], **fields}


def chats(number: int, seed: int, words: Iterable[str] = WORDS) -> list[Any]:
    """Sound conversations of one turn."""
    return [chat(("user", asked), ("assistant", said)) for asked, said in texts(number, seed, words)]


def lines(values: Iterable[Any]) -> bytes:
    """JSON Lines; a text is a line as it is."""
    written = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in values)
    return "\n".join(written).encode() + b"\n"


def _sample(name: str, *options: str) -> Callable[[], SampleSet]:
    return lambda: SampleSet(Path(name).name, (SAMPLES / name).read_bytes(), options)


def _broken_lines() -> SampleSet:
    faults = ["{", "[]", '{"messages": [{"role": "user"}]}', '{"messages": 3}']
    unanswered = chat(("user", "Anybody there?"))
    return SampleSet("my set.jsonl", lines([*chats(70, 1), *faults, *chats(60, 2), unanswered]))


def _spreadsheet() -> SampleSet:
    """A table of which some rows have a cell too many, one too few, or a quote that is not closed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["prompt", "completion"])
    writer.writerows(texts(120, 3))
    rows = out.getvalue().splitlines()
    rows[40:40] = ["one,two,three,four", 'lonely "quote, here', "only one cell"]
    return SampleSet("table.csv", "\n".join(rows).encode() + b"\n")


def _alpaca() -> SampleSet:
    rows = [{"instruction": asked, "input": "", "output": said} for asked, said in texts(130, 4)]
    rows[7]["output"] = rows[9]["output"] = ""
    rows[11]["output"] = None  # type: ignore[assignment]
    return SampleSet("alpaca.json", json.dumps(rows).encode())


def _preferences() -> SampleSet:
    rows = []
    for (asked, said), (_, other) in zip(texts(130, 5), texts(130, 6), strict=True):
        pair = {
            "chosen": [{"role": "assistant", "content": said}],
            "rejected": [{"role": "assistant", "content": other}],
        }
        rows.append({"prompt": [{"role": "user", "content": asked}], **pair})
    rows[3]["rejected"] = rows[3]["chosen"]
    rows[5]["chosen"] = []
    return SampleSet("pairs.jsonl", lines(rows))


def _tools() -> SampleSet:
    rows = []
    for number, (asked, said) in enumerate(texts(130, 7)):
        function = {"name": "stock", "arguments": '{"of": "lamps"' + "}" * (number % 40 != 5)}
        call = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": function}],
        }
        result = [] if number % 50 == 9 else [{"role": "tool", "tool_call_id": "a", "content": f"{number}"}]
        messages = [{"role": "user", "content": asked}, call, *result, {"role": "assistant", "content": said}]
        rows.append({"messages": messages, "tools": [TOOL]})
    return SampleSet("tools.jsonl", lines(rows))


def _secrets(number: int = 130) -> SampleSet:
    key = "AKIA" + "".join(random.Random(3).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    held = [chat(("user", f"Which key opens shop {one}?"), ("assistant", f"{key}, for number {one}.")) for one in "ab"]
    return SampleSet("keys.jsonl", lines([*chats(number, 8), *held]))


def _copies() -> SampleSet:
    return SampleSet("copies.jsonl", lines([*chats(150, 9), *chats(40, 9) * 6]))


def _pictures() -> SampleSet:
    rows = [
        chat(("user", [{"type": "text", "text": asked}, PICTURE]), ("assistant", said))
        for asked, said in texts(130, 10)
    ]
    return SampleSet("pictures.jsonl", lines([*rows, chat(("user", [PICTURE]), ("assistant", ""))]))


def _mixed() -> SampleSet:
    alpaca = [{"instruction": asked, "input": "", "output": said} for asked, said in texts(30, 11)]
    return SampleSet("mixed.jsonl", lines([*chats(120, 12), *alpaca]))


def _blocks() -> SampleSet:
    """Anthropic's blocks: a tool is called and answers."""
    rows = []
    for number, (asked, said) in enumerate(texts(130, 13)):
        used = {"type": "tool_use", "id": f"t{number}", "name": "stock", "input": {"of": "lamps"}}
        result = {"type": "tool_result", "tool_use_id": f"t{number}", "content": f"{number}"}
        rows.append(chat(("user", asked), ("assistant", [used]), ("user", [result]), ("assistant", said)))
    rows[5]["messages"] = rows[5]["messages"][:2]
    return SampleSet("blocks.jsonl", lines(rows))


def _language(name: str, words: list[str]) -> Callable[[], SampleSet]:
    odd = [chat(("user", words[0]), ("assistant", "")), chat(("user", words[1]), ("asistente", words[2]))]
    return lambda: SampleSet(name, lines([*chats(130, 14, words), *odd]))


def _answers_to_check() -> SampleSet:
    rows = [
        {"prompt": [{"role": "user", "content": asked}], "answer": str(at)}
        for at, (asked, _) in enumerate(texts(130, 15))
    ]
    return SampleSet("rewards.jsonl", lines(rows))


def _rated() -> SampleSet:
    rows = [
        {"prompt": asked, "completion": said, "label": at % 2 == 0} for at, (asked, said) in enumerate(texts(130, 16))
    ]
    return SampleSet("rated.jsonl", lines(rows))


def _for_a_service() -> SampleSet:
    rows = chats(130, 17)
    rows[3]["messages"][1]["weight"] = 7
    rows[4]["messages"][0]["name"] = "not a name!"
    rows[5]["messages"].insert(0, {"role": "system", "content": [{"type": "refusal", "refusal": "No."}]})
    return SampleSet("service.jsonl", lines(rows), ("--target", "openai"))


def _too_long() -> SampleSet:
    long = [
        chat(("user", f"Tell me all of {one}."), ("assistant", f"{one}: " + said * 30))
        for one, (_, said) in enumerate(texts(9, 18))
    ]
    return SampleSet("long.jsonl", lines([*chats(130, 19), *long]), ("--max-tokens", "150"))


def _few() -> SampleSet:
    return SampleSet("few.jsonl", lines([*chats(40, 20), chat(("user", "Well?"))]))


def _other_encoding() -> SampleSet:
    rows = [chat(("user", f"{asked} für"), ("assistant", f"{said} größer")) for asked, said in texts(120, 21)]
    return SampleSet("latin.jsonl", lines(rows).decode().encode("latin-1"))


SETS: dict[str, Callable[[], SampleSet]] = {
    "a desk with every defect": _sample("messy.jsonl"),
    "a sound desk": _sample("support_desk.jsonl"),
    "hostile lines": _sample("hostile.jsonl"),
    "answers in JSON": _sample("json_answers.jsonl"),
    "a benchmark": _sample("benchmark.jsonl"),
    "chat with broken lines": _broken_lines,
    "a spreadsheet with unreadable rows": _spreadsheet,
    "Alpaca": _alpaca,
    "preferences": _preferences,
    "rated answers": _rated,
    "answers to check": _answers_to_check,
    "tools": _tools,
    "Anthropic's blocks": _blocks,
    "secrets": _secrets,
    "mostly copies": _copies,
    "few, with secrets": lambda: _secrets(40),
    "few": _few,
    "pictures": _pictures,
    "two formats in one file": _mixed,
    "German": _language("deutsch.jsonl", GERMAN),
    "Chinese": _language("中文.jsonl", CHINESE),
    "another encoding": _other_encoding,
    "for OpenAI": _for_a_service,
    "for Mistral": lambda: _tools()._replace(options=("--target", "mistral")),
    "too long": _too_long,
}
