"""The rules of content parts: which there may be, where, and what an image may be."""

import base64
import binascii
import re
from collections.abc import Iterator

from curator.data.safe_text import visible
from curator.targets.rules.policy import ChatRules, ImageRules
from curator.targets.violation import Value, Violation, error, warning

_DATA_URI = re.compile(r"data:image/([a-zA-Z0-9.+-]+);base64,", re.ASCII)
_SIGNATURES = {"jpeg": b"\xff\xd8\xff", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF"}
_MEDIA = frozenset(f"{kind}{form}" for kind in ("image", "video", "audio") for form in ("", "_url"))
_HEAD = 64
"""Characters of base64 that hold the first 48 bytes of a picture."""


def image_violations(parts: list[Value], message: dict[str, Value], path: str, rules: ChatRules) -> Iterator[Violation]:
    """What is wrong with the parts of one message."""
    if not parts:
        yield error("missing-content", "The list of content parts is empty.", path)
    for position, part in enumerate(parts):
        place = f"{path}[{position}]"
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            if not isinstance(part.get("text"), str):
                yield error("missing-content", "The text part has no text.", place)
        elif kind == "image_url" and rules.images is not None:
            yield from _image(part, message, place, rules.target, rules.images)
        elif kind in _MEDIA and rules.images is not None and rules.images.files:
            if message.get("role") != "user":
                yield error("image-place", f"{rules.target} takes {kind} parts in user messages only.", place)
        elif kind == "refusal" and message.get("role") == "assistant" and "refusal" in rules.message_keys:
            continue
        elif kind == "image_url":
            yield error("image-place", f"{rules.target} takes text only; this is an image.", place)
        else:
            name = f"'{visible(kind[:40], one_line=True)}'" if isinstance(kind, str) else "none"
            yield error("missing-content", f"{rules.target} knows no content part of type {name}.", place)


def _image(
    part: dict[str, Value], message: dict[str, Value], path: str, target: str, images: ImageRules
) -> Iterator[Violation]:
    if message.get("role") != "user":
        yield error("image-place", f"{target} takes images in user messages only.", path)
    if not images.trained_beside and message.get("weight") == 1:
        yield error("invalid-weight", "A message with an image cannot have weight 1.", path)
    holder = part.get("image_url")
    address = holder.get("url") if isinstance(holder, dict) else holder
    if not isinstance(address, str):
        yield error("image-type", "The image part has no image_url.url.", path)
        return
    match = _DATA_URI.match(address)
    if match is None:
        if not images.files and not (images.addresses and address.startswith(("https://", "http://"))):
            wanted = "a data URI in base64" + (" or a web address" if images.addresses else "")
            yield error("image-type", f"The image is not {wanted}.", path)
        return
    yield from _data_image(address, match, path, images)


def _data_image(address: str, match: re.Match[str], path: str, images: ImageRules) -> Iterator[Violation]:
    subtype = match[1].lower()
    body = len(address) - match.end()
    size = body // 4 * 3 - address[-2:].count("=")
    if subtype not in images.types:
        known = ", ".join(sorted(images.types - {"jpg"}))
        yield error("image-type", f"The image is {visible(subtype[:20])}; it is one of {known}.", path)
        return
    if images.largest is not None and size > images.largest:
        sentence = f"The image has {size / 2**20:.1f} MiB; the limit is {images.largest / 2**20:g} MiB."
        yield error("image-size", sentence, path)
    try:
        head = base64.b64decode(address[match.end() : match.end() + _HEAD], validate=True)
    except (binascii.Error, ValueError):
        yield error("image-type", "The image's data is not base64.", path)
        return
    if not head.startswith(_SIGNATURES[subtype]):
        yield warning("image-type", f"The data does not begin as a {subtype} picture does.", path)


def image_count(messages: list[Value]) -> int:
    """Images in all messages."""
    return sum(
        isinstance(part, dict) and part.get("type") in ("image_url", "image")
        for message in messages
        if isinstance(message, dict) and isinstance(message.get("content"), list)
        for part in message["content"]
    )
