"""Edited and added examples are checked as the audit checks the rest: by their text as it is now.

What was derived from a text is kept in the cache, so that each text is checked once. Duplicates, meaning, leaks and
benchmarks compare the texts of the source; of an edited one they say nothing until it is exported and audited again.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.audit.decided.edited import Edited
from curator.audit.findings import all_findings
from curator.audit.ids import positions_of
from curator.audit.loading.derive import DerivePlan, derive
from curator.audit.loading.load import Loaded
from curator.checks.catalogue import chosen, of_examples
from curator.data.batches import batch_of
from curator.data.content import Content, content_of
from curator.data.frames import FOUND
from curator.project.cache import Cache, cache_key
from curator.targets.capabilities import kind_of

if TYPE_CHECKING:
    from curator.audit.engine import AuditOptions

_TOGETHER = 1000
"""Texts that are checked at once."""

_COMPARED_WITH = 50_000
"""Examples of the set, evenly spread, that show its habits to the checks that ask for them."""


def check_contents(options: "AuditOptions", loaded: Loaded, contents: dict[str, str], known: Edited) -> Edited:
    """Check edited and added examples of a set; a text that is `known` is not derived again.

    Args:
        options: of the audit, which says what to check and with which tokenizer.
        loaded: the set.
        contents: JSON by id.
        known: what was checked before.
    """
    if not contents:
        return Edited()
    ids = pl.Series(list(contents), dtype=pl.String)
    positions = positions_of(loaded, ids)
    texts = [
        _text_key(text, is_plain=position >= 0 and loaded.facts["kind"][int(position)] == "text")
        for text, position in zip(contents.values(), positions, strict=True)
    ]
    derived = _with_new(known.derived, dict(zip(texts, contents.values(), strict=True)), _plan(options))
    rows = pl.DataFrame({"text": texts}).join(derived, on="text", how="left", maintain_order="left")
    facts = _placed(rows.drop("text", "found"), loaded, ids, positions)
    found = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "found").explode("found")
    found = found.select("row", pl.col("found").struct.unnest()).filter(pl.col("check").is_not_null())
    return Edited(contents, positions, facts, _with_habits(options, loaded, found, facts, positions), derived)


def derived_key(options: "AuditOptions") -> str:
    """Under which the cache keeps what was derived from the texts."""
    return f"{cache_key(_plan(options).made_by('findings'))}-edited"


def read_derived(cache: Cache, options: "AuditOptions") -> Edited:
    """What the cache has of texts that were checked before."""
    path = cache.entry(derived_key(options))
    return Edited() if path is None else Edited(derived=pl.read_ipc(path))


def _plan(options: "AuditOptions") -> DerivePlan:
    names = of_examples(chosen(options.select, options.ignore))
    tokenizer, target = options.tokenizer, options.target
    return DerivePlan("chat", (), names, options.settings, tokenizer, duplicates=False, target=target)


def _with_new(known: pl.DataFrame, texts: Mapping[str, str], plan: DerivePlan) -> pl.DataFrame:
    """What is known of these texts, and what is derived from the others."""
    there = known.filter(pl.col("text").is_in(list(texts))) if len(known) else known
    missing = texts.keys() - set(there["text"]) if len(there) else set(texts)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for key in sorted(missing):
        by_kind["text" if key.startswith("text") else kind_of(content_of(texts[key]))].append(key)
    frames = [there] if len(there) else []
    for kind, keys in by_kind.items():
        for first in range(0, len(keys), _TOGETHER):
            some = keys[first : first + _TOGETHER]
            frames.append(_derived(some, [content_of(texts[key]) for key in some], kind, plan))
    return pl.concat(frames)


def _with_habits(
    options: "AuditOptions", loaded: Loaded, found: pl.DataFrame, facts: pl.DataFrame, positions: npt.NDArray[np.int64]
) -> pl.DataFrame:
    """`FINDINGS` of the edited; what depends on the habits of the set is judged beside the rest of it."""
    checks = chosen(options.select, options.ignore)
    if set(facts.columns) <= set(loaded.facts.columns):
        rest = np.ones(len(loaded.facts), dtype=bool)
        rest[positions[positions >= 0]] = False
        others = np.flatnonzero(rest)
        others = others[:: max(1, len(others) // _COMPARED_WITH)]
        together = pl.concat([facts, loaded.facts[others].select(facts.columns)])
    else:  # a preview of the data has no measures to compare with
        together, checks = facts, tuple(check for check in checks if check.find is not None)
    edited = Loaded(loaded.sources, together, found.with_columns(pl.lit(None, pl.UInt16).alias("file")), [], 0.0, "")
    return all_findings(edited, checks, options.settings).filter(pl.col("row") < len(facts))


def _text_key(text: str, *, is_plain: bool) -> str:
    """Of a text and how it is checked: one from a file of plain texts has no roles."""
    return f"{'text' if is_plain else 'chat'}-{xxhash.xxh3_128_hexdigest(text.encode())}"


def _derived(keys: list[str], contents: list[Content], kind: str, plan: DerivePlan) -> pl.DataFrame:
    """A row per text: its key (text), its facts, and what was found in it alone (a list of `FOUND`)."""
    rejections = plan.rejections(is_text=kind == "text")
    for row, content in enumerate(contents):
        rejections.add(row, content, {})
    outcome = derive(batch_of(contents, kind), plan, rejections)
    found = outcome.findings.with_columns(pl.lit(None, pl.UInt32).alias("line"))
    parts = pl.struct(name for name in FOUND if name != "row")
    lists = found.select("row", parts.alias("found")).group_by("row").agg("found")
    rows = pl.DataFrame({"text": keys}).with_row_index("row")
    facts = outcome.facts.drop("key", "line", "offset", "length")
    together = pl.concat([rows, facts], how="horizontal")
    return together.join(lists, on="row", how="left", maintain_order="left").drop("row")


def _placed(facts: pl.DataFrame, loaded: Loaded, ids: pl.Series, positions: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Facts with the id of each example and its place in the source; one that was added has no place."""
    located = pl.DataFrame({"row": positions}).with_columns(pl.when(pl.col("row") >= 0).then("row").cast(pl.UInt32))
    source = loaded.facts.select("file", "line", "offset", "length").with_row_index("row")
    return facts.with_columns(
        *located.join(source, on="row", how="left", maintain_order="left").drop("row"),
        ids.str.head(16).str.to_integer(base=16, dtype=pl.UInt64).alias("key"),
        ids.str.slice(17).cast(pl.UInt32, strict=False).fill_null(1).alias("occurrence"),
    )
