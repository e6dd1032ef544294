"""Tokens with the tokenizer and the chat template of a model in a local folder, as a trainer will see them."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from curator.errors import MissingDependency
from curator.examples.frames import Batch

_CHATML = (
    "{% for m in messages %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + (m['content'] or '') + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For a model without a template, as the trainer takes it."""

Turn = dict[str, Any]


@cache
def _tokenizer(folder: Path) -> Any:
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise MissingDependency(
            "A local model's tokens are counted by transformers, which is not installed: pip install transformers."
        ) from None
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        reason = str(error).split("\n", 1)[0]
        if "trust_remote_code" in str(error):
            reason = "it brings code of its own, and code that comes with a model is never run."
        raise MissingDependency(
            f"The folder {folder} holds no tokenizer that transformers can load: {reason}"
        ) from None
    if not tokenizer.is_fast:
        raise MissingDependency(
            f"The tokenizer in {folder} has no tokenizer.json, without which answers cannot be found among the tokens."
            " Convert it to a fast one."
        )
    tokenizer.chat_template = tokenizer.chat_template or _CHATML
    return tokenizer


def local_message_counts(batch: Batch, folder: Path) -> pl.DataFrame:
    """`MESSAGE_COUNTS`, a row per message of `batch`.

    The whole conversation is rendered and tokenised once. A message's tokens are those from where its rendering
    begins to where the next one's does; an answer's trained tokens are those wholly inside it. Where the template
    refuses a conversation, or renders its beginning differently without its end, its texts are counted alone and
    `exact` is false.

    Raises:
        MissingDependency: transformers is not installed, or the folder holds no fast tokenizer.
    """
    tokenizer = _tokenizer(folder)
    tools = dict(batch.examples.drop_nulls("tools").select("row", "tools").iter_rows())
    texts = set(batch.examples.filter(pl.col("kind") == "text")["row"])
    places: list[tuple[int, int, int, bool]] = []
    for rows in batch.messages.partition_by("row", maintain_order=True):
        row = rows["row"][0]
        places += _example_counts(tokenizer, rows, tools.get(row), row in texts)
    return pl.DataFrame(places, schema=["tokens", "head_tokens", "trained_tokens", "exact"], orient="row")


def _example_counts(
    tokenizer: Any, rows: pl.DataFrame, tools: str | None, is_text: bool
) -> list[tuple[int, int, int, bool]]:
    """Tokens, head tokens, trained tokens and exactness of each message of one example."""
    turns = [_turn(row) for row in rows.iter_rows(named=True)]
    trained = ((rows["role"] == "assistant") & (rows["weight"].fill_null(1) != 0)).to_list()
    if is_text:
        return [(n, 0, n, True) for n in _text_tokens(turns, tokenizer)]
    parts = rows["part"].to_list()
    prompt = [index for index, part in enumerate(parts) if part == "messages"]
    answers = [[index for index, part in enumerate(parts) if part == name] for name in ("chosen", "rejected")]
    counts: dict[int, tuple[int, int, int, bool]] = {}
    for answer in [a for a in answers if a] or [[]]:
        chosen = [*prompt, *answer]
        found = _conversation([turns[i] for i in chosen], [trained[i] for i in chosen], tokenizer, tools)
        counts = {**dict(zip(chosen, found, strict=True)), **counts}
    return [counts[index] for index in range(len(turns))]


def _turn(row: dict[str, Any]) -> Turn:
    turn: Turn = {"role": row["role"], "content": row["content"] or ""}
    if row["tool_calls"] is not None:
        turn["tool_calls"] = [_call(call) for call in msgspec.json.decode(row["tool_calls"])]
    for key, name in (("name", "name"), ("tool_call_id", "tool_call_id"), ("reasoning", "reasoning_content")):
        if row[key] is not None:
            turn[name] = row[key]
    return turn


def _call(call: Turn) -> Turn:
    """Templates take arguments as an object; a text that is none stays as it is."""
    arguments = call["function"]["arguments"]
    if isinstance(arguments, str):
        try:
            arguments = msgspec.json.decode(arguments)
        except msgspec.MsgspecError:
            return call
    return {**call, "function": {**call["function"], "arguments": arguments}}


def _conversation(
    turns: list[Turn], trained: list[bool], tokenizer: Any, tools: str | None
) -> list[tuple[int, int, int, bool]]:
    from jinja2 import TemplateError

    definitions = msgspec.json.decode(tools) if tools else None
    try:
        text = _rendered(tokenizer, turns, definitions)
        ends = [len(_rendered(tokenizer, turns[: n + 1], definitions)) for n in range(len(turns) - 1)] + [len(text)]
        heads = [
            len(_rendered(tokenizer, turns[:n], definitions, True)) if is_trained and n else 0
            for n, is_trained in enumerate(trained)
        ]
    except (TemplateError, TypeError, KeyError, ValueError):
        return _alone(turns, trained, tokenizer)
    starts = [0, *ends[:-1]]
    if any(start > end for start, end in zip(starts, ends, strict=True)) or not _is_prefix_stable(
        text, turns, starts, ends
    ):
        return _alone(turns, trained, tokenizer)
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    firsts = [start for start, _ in offsets]
    found = []
    for n, (start, end) in enumerate(zip(starts, ends, strict=True)):
        head = max(start, min(heads[n] or start, end))
        inside = [place for place in firsts if start <= place < end]
        answer = [1 for first, last in offsets if head <= first and last <= end and first < last] if trained[n] else []
        found.append((len(inside), sum(place < head for place in inside), len(answer), True))
    return found


def _rendered(tokenizer: Any, turns: list[Turn], tools: Any, prompt: bool = False) -> str:
    text = tokenizer.apply_chat_template(turns, tools=tools, tokenize=False, add_generation_prompt=prompt)
    return str(text)


def _is_prefix_stable(text: str, turns: list[Turn], starts: list[int], ends: list[int]) -> bool:
    """Whether each message's text stands where its rendering was found."""
    return all(turn["content"].strip() in text[start:end] for turn, start, end in zip(turns, starts, ends, strict=True))


def _alone(turns: list[Turn], trained: list[bool], tokenizer: Any) -> list[tuple[int, int, int, bool]]:
    counts = zip(_text_tokens(turns, tokenizer), trained, strict=True)
    return [(n, 0, n if is_trained else 0, False) for n, is_trained in counts]


def _text_tokens(turns: list[Turn], tokenizer: Any) -> list[int]:
    return [len(tokenizer(turn["content"], add_special_tokens=False)["input_ids"]) for turn in turns]
