"""Keys that nothing reads."""

import re
from difflib import get_close_matches

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.content import MESSAGE_KEYS
from curator.data.frames import Batch, found
from curator.data.safe_text import visible

_TOP_LEVEL = ("messages", "tools", "conversations", "prompt", "completion", "instruction", "input", "output", "system")
_OWN = frozenset({*_TOP_LEVEL, "id", "ids", "ID", "uuid"})
"""Parts of names of fields that are not a known key misspelled."""
_CLOSE = 0.8
"""Ratio of `difflib` from which a key counts as a known one misspelled: one wrong letter in five."""
_SHOWN = 5


def _unexpected(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    in_messages = (
        batch.messages.drop_nulls("extra_keys")
        .group_by("row", maintain_order=True)
        .agg(pl.col("index").first().alias("message_index"), pl.col("extra_keys").unique(maintain_order=True))
    )
    known = {
        keys: _message_sentence(list(keys)) for keys in {tuple(keys) for keys in in_messages["extra_keys"].to_list()}
    }
    sentences = [known[tuple(keys)] for keys in in_messages["extra_keys"].to_list()]
    ours = found("unexpected-key", in_messages.with_columns(pl.Series("message", sentences, dtype=pl.String)))
    return pl.concat([ours, _misspelled(batch)])


def _message_sentence(keys: list[str]) -> str:
    names = sorted({name for several in keys for name in several.split("\n")})
    shown = ", ".join(f"'{visible(name[:40], one_line=True)}'" for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    word = "key" if len(names) == 1 else "keys"
    return f"A message has the {word} {shown}{more}, which no format knows.{_hint(names, MESSAGE_KEYS)}"


def _hint(names: list[str], known: frozenset[str] | tuple[str, ...]) -> str:
    for name in names:
        if near := get_close_matches(name.lower(), known, n=1, cutoff=_CLOSE):
            return f" Was '{near[0]}' meant?"
    return ""


def _misspelled(batch: Batch) -> pl.DataFrame:
    """Top-level keys are the user's own (ids, categories) unless they look like a known key misspelled."""
    keyed = batch.examples.drop_nulls("extra_keys").select("row", "extra_keys")
    sentences: dict[str, str | None] = {keys: _top_sentence(keys) for keys in keyed["extra_keys"].unique()}
    messages = pl.Series("message", [sentences[keys] for keys in keyed["extra_keys"]], dtype=pl.String)
    return found("unexpected-key", keyed.with_columns(messages).drop_nulls("message"))


def _top_sentence(keys: str) -> str | None:
    for name in keys.split("\n"):
        if not _OWN.isdisjoint(re.split(r"[\W_]+", name)):
            continue  # a field of the user's own beside the example: prompt, conversation_id
        near = get_close_matches(name.lower(), _TOP_LEVEL, n=1, cutoff=_CLOSE)
        if near:
            shown = visible(name[:40], one_line=True)
            return f"The example has the key '{shown}', which is not read. Was '{near[0]}' meant?"
    return None


UNEXPECTED_KEY = Check(
    name="unexpected-key",
    family="structure",
    severity="warning",
    suggestion="fix",
    version=3,
    title="a key that no format knows",
    find=_unexpected,
)
