"""Tokens with the tokenizer and the chat template of a model in a local folder, as a trainer will see them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import polars as pl

from curator.data.frames import Batch
from curator.errors import MissingDependency, UsageError, require

_CHATML = (
    "{% for m in messages %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + (m['content'] or '') + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For a model without a template, as the trainer takes it."""

_MOST_CHARACTERS = 100_000
_MOST_TIMES = 20
"""A template that writes more characters than both, and this many times those of the conversation, is broken."""

Turn = dict[str, Any]
_Counts = tuple[int, int, int, bool]
"""Of a message: tokens, head tokens, trained tokens, whether they are exact."""
_Rendered = tuple[str, list[int], list[int]]
"""The text of a conversation, where each message ends in it, and where the opening of each trained answer ends."""


class _Conversation(NamedTuple):
    turns: list[Turn]
    trained: list[bool]
    tools: list[dict[str, Any]] | None


class _Example(NamedTuple):
    """All messages, and each conversation that is made of some of them; none where it is plain text."""

    turns: list[Turn]
    conversations: list[tuple[list[int], _Conversation]]


@cache
def _tokenizer(folder: Path) -> Any:
    require("transformers", "Counting with a local model's tokenizer")
    from transformers import AutoTokenizer

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
        UsageError: the template does not come to an end.
    """
    tokenizer = _tokenizer(folder)
    tools = dict(batch.examples.drop_nulls("tools").select("row", "tools").iter_rows())
    texts = set(batch.examples.filter(pl.col("kind") == "text")["row"])
    examples = []
    for rows in batch.messages.partition_by("row", maintain_order=True):
        row = rows["row"][0]
        examples.append(_example(rows, tools.get(row), row in texts))
    rendered = _all_rendered([one for example in examples for _, one in example.conversations], tokenizer, folder)
    token_offsets = [counts for example in examples for counts in _example_counts(tokenizer, example, rendered)]
    return pl.DataFrame(token_offsets, schema=["tokens", "head_tokens", "trained_tokens", "exact"], orient="row")


def _example(rows: pl.DataFrame, tools: str | None, is_text: bool) -> _Example:
    turns = [_turn(row) for row in rows.iter_rows(named=True)]
    trained = ((rows["role"] == "assistant") & (rows["weight"].fill_null(1) != 0)).to_list()
    if is_text:
        return _Example(turns, [])
    parts = rows["part"].to_list()
    prompt = [index for index, part in enumerate(parts) if part == "messages"]
    answers = [[index for index, part in enumerate(parts) if part == name] for name in ("chosen", "rejected")]
    definitions = msgspec.json.decode(tools) if tools else None
    conversations = []
    for answer in [a for a in answers if a] or [[]]:
        chosen = [*prompt, *answer]
        one = _Conversation([turns[i] for i in chosen], [trained[i] for i in chosen], definitions)
        conversations.append((chosen, one))
    return _Example(turns, conversations)


def _example_counts(tokenizer: Any, example: _Example, rendered: Iterator[_Rendered | None]) -> list[_Counts]:
    """The counts of each message of one example."""
    if not example.conversations:
        return [(n, 0, n, True) for n in _text_tokens(example.turns, tokenizer)]
    counts: dict[int, _Counts] = {}
    for chosen, one in example.conversations:
        counts = {**dict(zip(chosen, _conversation(one, next(rendered), tokenizer), strict=True)), **counts}
    return [counts[index] for index in range(len(example.turns))]


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


def _all_rendered(conversations: list[_Conversation], tokenizer: Any, folder: Path) -> Iterator[_Rendered | None]:
    """Each conversation as the template renders it; None where it refuses it.

    Raises:
        UsageError: the template does not come to an end, or writes far more than it is given.
    """
    from jinja2 import TemplateError

    from trainer.contract.bounded import OutOfBoundsError, in_bounds, renew

    def render(turns: list[Turn], tools: Any, prompt: bool = False) -> str:
        renew()
        text = str(tokenizer.apply_chat_template(turns, tools=tools, tokenize=False, add_generation_prompt=prompt))
        if len(text) > _MOST_CHARACTERS and len(text) > _MOST_TIMES * len(msgspec.json.encode((turns, tools))):
            raise OutOfBoundsError(f"it writes {len(text):,} characters")
        return text

    def rendered(one: _Conversation) -> _Rendered | None:
        try:
            ends = [len(render(one.turns[: n + 1], one.tools)) for n in range(len(one.turns) - 1)]
            heads = [
                len(render(one.turns[:n], one.tools, True)) if is_trained and n else 0
                for n, is_trained in enumerate(one.trained)
            ]
            text = render(one.turns, one.tools)
        except (OverflowError, RecursionError) as problem:
            raise OutOfBoundsError(str(problem).rstrip(".")) from problem
        except (TemplateError, TypeError, LookupError, ValueError, AttributeError, ArithmeticError):
            return None
        return text, [*ends, len(text)], heads

    try:
        yield from in_bounds(rendered, conversations, (OutOfBoundsError,))
    except OutOfBoundsError as problem:
        raise UsageError(
            f"The chat template of the model in {folder} does not come to an end on an example: {problem}."
            " Correct it there, or count with another tokenizer ([tokens] tokenizer)."
        ) from None


def _conversation(one: _Conversation, rendered: _Rendered | None, tokenizer: Any) -> list[_Counts]:
    if rendered is None:
        return _alone(one, tokenizer)
    text, ends, heads = rendered
    starts = [0, *ends[:-1]]
    if any(start > end for start, end in zip(starts, ends, strict=True)) or not _is_prefix_stable(
        text, one.turns, starts, ends
    ):
        return _alone(one, tokenizer)
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    firsts = [start for start, _ in offsets]
    found = []
    for n, (start, end) in enumerate(zip(starts, ends, strict=True)):
        head = max(start, min(heads[n] or start, end))
        inside = [place for place in firsts if start <= place < end]
        answer = [1 for first, last in offsets if head <= first and last <= end and first < last]
        found.append((len(inside), sum(place < head for place in inside), len(answer) if one.trained[n] else 0, True))
    return found


def _is_prefix_stable(text: str, turns: list[Turn], starts: list[int], ends: list[int]) -> bool:
    """Whether each message's text stands where its rendering was found."""
    return all(turn["content"].strip() in text[start:end] for turn, start, end in zip(turns, starts, ends, strict=True))


def _alone(one: _Conversation, tokenizer: Any) -> list[_Counts]:
    counts = zip(_text_tokens(one.turns, tokenizer), one.trained, strict=True)
    return [(n, 0, n if is_trained else 0, False) for n, is_trained in counts]


def _text_tokens(turns: list[Turn], tokenizer: Any) -> list[int]:
    return [len(tokenizer(turn["content"], add_special_tokens=False)["input_ids"]) for turn in turns]
