"""Pictures, sounds and videos: every reference to one belongs to what an example is.

A reference is a content part that is no text, or a field such as `image`, `images`, `audios`, `video_path` or
`image_1` of the example or of a message: a file name, an address, data, or an object that holds one of these.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import xxhash

from curator.data.content import Content, Message
from curator.data.identity import canonical_json

_KINDS = frozenset(
    f"{kind}{plural}"
    for kind in ("image", "img", "picture", "photo", "screenshot", "audio", "sound", "video")
    for plural in ("", "s")
) | {"media"}
_BESIDE = frozenset(
    f"{word}{plural}" for word in ("path", "url", "uri", "file", "filename", "name", "id") for plural in ("", "s")
) | {"data", "base64", "b64", "bytes", "frames", "input", "output", "source"}
"""Words that a key may have beside the kind: `image_path`, but not `image_width`."""

_WORD = re.compile(r"[A-Z]?[a-z]+(?:64)?|(?<![A-Z])[A-Z]++(?![a-z])")
_NOT_TURNS = frozenset({"tools", "functions"})


@cache
def is_media_key(key: str) -> bool:
    """Whether a field of this name holds pictures, sounds or videos."""
    words = [word.lower() for word in _WORD.findall(key)]
    return any(word in _KINDS for word in words) and all(word in _KINDS or word in _BESIDE for word in words)


def with_media(content: Content, value: dict[str, Any], known: Iterable[str]) -> Content:
    """`content` with what the fields of its original hold.

    Args:
        content: what `value` means.
        value: an example as its source has it.
        known: its keys that have a meaning already; messages are looked for in them.
    """
    media: dict[str, Any] = {}
    for key, held in value.items():
        if key not in known:
            _take(media, key, key, held)
        elif isinstance(held, str):
            continue
        elif isinstance(held, dict) and key not in _NOT_TURNS:
            _take_of(media, key, held)
        elif isinstance(held, list) and key not in _NOT_TURNS:
            for index, turn in enumerate(held):
                if isinstance(turn, dict) and len(turn) > 2:
                    _take_of(media, f"{key}[{index}]", turn)
    return content._replace(media=media) if media else content


def _take_of(media: dict[str, Any], path: str, holder: dict[str, Any]) -> None:
    for key, held in holder.items():
        _take(media, f"{path}.{key}", key, held)


def _take(media: dict[str, Any], path: str, key: str, held: Any) -> None:
    if is_media_key(key) and not isinstance(held, bool) and (said := _without_nulls(held)):
        media[path] = said


def _without_nulls(held: Any) -> Any:
    """`held` without what is null or empty, as a table fills it in; None where nothing is left."""
    if isinstance(held, dict):
        return {key: kept for key, inner in held.items() if (kept := _without_nulls(inner)) is not None} or None
    if isinstance(held, list):
        return [kept for inner in held if (kept := _without_nulls(inner)) is not None] or None
    return None if held == "" else held


def media_key(content: Content) -> int | None:
    """A hash of the fields and of every content part that is no text, with its place; None where there are none."""
    parts = _other_parts("", content.messages)
    for name, messages in (("chosen", content.chosen), ("rejected", content.rejected)):
        if messages:
            parts += _other_parts(name, messages)
    if not parts and not content.media:
        return None
    return xxhash.xxh3_64_intdigest(canonical_json([content.media, parts]))


def _other_parts(name: str, messages: list[Message]) -> list[tuple[str, int, int, dict[str, Any]]]:
    found = []
    for index, message in enumerate(messages):
        held = message.get("content")
        if isinstance(held, list):
            found += [(name, index, at, part) for at, part in enumerate(held) if part.get("type") != "text"]
    return found
