"""Marks such as `<image>` against the pictures of an example."""

import re
from collections import Counter
from typing import Any

import msgspec
import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found, nothing_found
from curator.data.media import is_media_key

_KINDS = {"image": "picture", "video": "video", "audio": "sound"}
_MARK = re.compile(r"<(image|video|audio)>")
_IN_KEY = {"image": "image", "img": "image", "picture": "image", "photo": "image", "screenshot": "image",
           "video": "video", "audio": "audio", "sound": "audio"}  # fmt: skip


def _counts(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    """Examples whose marks are not as many as their pictures; without any mark, trainers put them first."""
    examples = batch.examples.filter(pl.col("media").is_not_null()).select("row", "extra")
    if examples.is_empty():
        return nothing_found()
    messages = batch.messages.filter(pl.col("part") != "rejected").join(
        examples, on="row", how="semi", maintain_order="left"
    )
    marks: dict[int, Counter[str]] = {}
    media: dict[int, Counter[str]] = {}
    for row, content, parts in messages.select("row", "content", "parts").iter_rows():
        marks.setdefault(row, Counter()).update(_MARK.findall(content or ""))
        for kind, has_source in _parts(parts):
            (media if has_source else marks).setdefault(row, Counter())[kind] += 1
    rows: list[tuple[int, str]] = []
    for row, extra in examples.iter_rows():
        held = media.get(row, Counter()) + _in_fields(extra)
        marked = marks.get(row, Counter())
        rows += [
            (row, _sentence(kind, marked[kind], held[kind]))
            for kind in _KINDS
            if marked[kind] and marked[kind] != held[kind]
        ]
    return found("media-count", pl.DataFrame(rows, schema={"row": pl.UInt32, "message": pl.String}, orient="row"))


def _parts(text: str | None) -> list[tuple[str, bool]]:
    """Kind of each part that is no text, and whether it says where its picture is."""
    if text is None:
        return []
    found_parts = []
    for part in msgspec.json.decode(text):
        kind = str(part.get("type")).removeprefix("input_").partition("_")[0]
        if kind in _KINDS:
            others = {
                key: held for key, held in part.items() if key not in ("type", "text", "detail") and held is not None
            }
            found_parts.append((kind, bool(others)))
    return found_parts


def _in_fields(extra: str | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    for key, held in (msgspec.json.decode(extra) if extra else {}).items():
        kind = next((kind for word, kind in _IN_KEY.items() if word in key.lower()), None)
        if kind is not None and is_media_key(key):
            counts[kind] += _count(held)
    return counts


def _count(held: Any) -> int:
    if isinstance(held, list):
        return sum(_count(one) for one in held)
    return int(held is not None and held != "" and not isinstance(held, bool))


def _sentence(kind: str, marks: int, media: int) -> str:
    has = _times(media, _KINDS[kind])
    return f"The messages have {_times(marks, 'mark')} for a {_KINDS[kind]}, and the example has {has}."


def _times(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


MEDIA_CHECKS = (
    Check(
        name="media-count",
        family="media",
        severity="error",
        suggestion="fix",
        version=1,
        title="as many marks as pictures are wanted",
        find=_counts,
    ),
    Check(
        name="media-missing",
        family="media",
        severity="error",
        suggestion="fix",
        version=1,
        title="a file that an example names is not there",
    ),
)
