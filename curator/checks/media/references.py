"""The files that examples name as pictures, sounds and videos, and whether they are there."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import polars as pl

from curator.data.frames import Batch, found
from curator.data.media import is_media_key
from curator.data.safe_text import visible

REFERENCES = pl.Schema({"row": pl.UInt32(), "file": pl.String()})
_NOT_A_FILE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:|[A-Za-z0-9+/=\s]{200,}\Z")
"""An address, data, or base64 without a sign of what it is."""
_ENDING = re.compile(r"\.[A-Za-z0-9]{2,5}\Z")
_HEADS = {
    (".png",): (b"\x89PNG\r\n\x1a\n",),
    (".jpg", ".jpeg"): (b"\xff\xd8\xff",),
    (".gif",): (b"GIF8",),
    (".bmp",): (b"BM",),
    (".webp", ".wav"): (b"RIFF",),
    (".flac",): (b"fLaC",),
    (".tif", ".tiff"): (b"II*\x00", b"MM\x00*"),
}
"""How files with these endings begin; some are another picture under a wrong name, which every reader takes."""


def references(batch: Batch) -> pl.DataFrame:
    """`REFERENCES`: what each example names that looks like a file's name."""
    examples = batch.examples.filter(pl.col("media").is_not_null())
    rows: list[tuple[int, str]] = []
    for row, extra in examples.select("row", "extra").iter_rows():
        fields = msgspec.json.decode(extra) if extra else {}
        rows += [(row, name) for key, held in fields.items() if is_media_key(key) for name in names_in(held)]
    with_parts = batch.messages.filter(pl.col("parts").is_not_null())
    for row, parts in with_parts.select("row", "parts").iter_rows():
        others = [part for part in msgspec.json.decode(parts) if part.get("type") != "text"]
        rows += [(row, name) for name in names_in([{k: v for k, v in one.items() if k != "type"} for one in others])]
    return pl.DataFrame(rows, schema=REFERENCES, orient="row").unique(maintain_order=True)


def names_in(held: Any) -> Iterator[str]:
    """What looks like the name of a file in a field or a part for media."""
    if isinstance(held, str):
        if held and not _NOT_A_FILE.match(held) and _ENDING.search(held):
            yield held
    elif isinstance(held, dict):
        for key in ("url", "path", "image", "video", "audio", "image_url", "video_url", "audio_url", "file"):
            yield from names_in(held.get(key))
    elif isinstance(held, list):
        for one in held:
            yield from names_in(one)


def place_of(name: str, folder: Path) -> Path | None:
    """Where a named file is: in `folder` or below it; None: elsewhere, which is not looked at."""
    if PurePosixPath(name).is_absolute() or "\x00" in name:
        return None
    place = (folder / name).resolve()
    return place if place.is_relative_to(folder.resolve()) else None


def fault_of(name: str, folder: Path) -> str | None:
    """What is wrong with a named file; None: nothing, or it is not looked at."""
    place = place_of(name, folder)
    shown = f"'{visible(name[:120], one_line=True)}'"
    if place is None:
        return f"{shown} is outside the folder of the data, so it is not looked at."
    try:
        with place.open("rb") as stream:
            head = stream.read(16)
    except (OSError, ValueError):
        return f"{shown} is not there or cannot be read."
    if not head:
        return f"{shown} is empty."
    known = [sign for signs in _HEADS.values() for sign in signs]
    ending = place.suffix.lower()
    if any(ending in endings for endings in _HEADS) and not head.startswith(tuple(known)):
        return f"{shown} is no file of its kind: its first bytes are those of something else."
    return None


def missing_files(named: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """`FOUND` of `REFERENCES` whose files are beside `folder`'s data."""
    faults = {name: fault_of(name, folder) for name in named["file"].unique(maintain_order=True)}
    sentences = pl.Series("message", [faults[name] for name in named["file"]], dtype=pl.String)
    is_elsewhere = pl.when(pl.col("message").str.contains("outside the folder", literal=True)).then(pl.lit("info"))
    listed = named.with_columns(sentences).drop_nulls("message").with_columns(is_elsewhere.alias("severity"))
    return found("media-missing", listed)
