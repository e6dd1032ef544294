"""A chat template's own markers inside the text of a message."""

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import Span, report
from curator.data.frames import Batch
from curator.data.safe_text import visible

_FIRST_LOOK = (
    r"<\||<｜|\[/?INST\]|<</?SYS>>|</?s>|_of_turn>|<[be]os>"
    r"|\[/?(?:TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|SYSTEM_PROMPT)\]"
)
_MARKER = re.compile(
    r"<\|[A-Za-z][A-Za-z0-9_]{1,40}\|>"  # ChatML, Llama 3, Phi, GLM, Harmony: <|im_end|>, <|eot_id|>, <|endoftext|>
    r"|<｜[^\s｜<>]{1,40}｜>"  # DeepSeek
    r"|<(?:start|end)_of_turn>|<[be]os>"  # Gemma
    r"|\[/?INST\]|<</?SYS>>"  # Llama 2, Mistral
    r"|\[/?(?:TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|SYSTEM_PROMPT)\]"  # Mistral
    r"|\A\s*<s>(?!.*</s>)|</s>\s*\Z",  # sentence marks at the very start or end; elsewhere <s> is HTML
    re.DOTALL,
)
_STRUCK = re.compile(r"<s>[^<]*</s>\s*\Z")
"""HTML's struck-out text at the end of a message."""


def _markers(content: str) -> Iterator[Span]:
    for match in _MARKER.finditer(content):
        if match.group().strip() == "</s>" and _STRUCK.search(content):
            continue
        marker = match.group().strip()
        start = match.start() + match.group().index(marker)
        yield Span(_sentence(marker), start, start + len(marker))


@lru_cache(maxsize=1_000)
def _sentence(marker: str) -> str:
    return f"The text contains {visible(marker, one_line=True)}, which chat templates use as a control token."


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    likely = batch.messages.filter(pl.col("content").str.contains(_FIRST_LOOK))
    return report("special-token-in-text", likely, _markers)


SPECIAL_TOKEN_IN_TEXT = Check(
    name="special-token-in-text",
    family="structure",
    severity="warning",
    suggestion="fix",
    version=1,
    title="a chat template's own marker inside a text",
    find=_find,
)
