"""Content parts with a picture, sound or video, in one spelling: OpenAI's.

Others are TRL's and Qwen's (`{"type": "image", "image": ...}`, or without a type), LLaMA-Factory's (`value`),
Anthropic's (`source`) and that of OpenAI's responses (`input_image`). What holds no address or name stays as it is: a
mark such as `{"type": "image"}`, whose picture is in a field, or an object with bytes.
"""

from typing import Any

_KINDS = ("image", "video", "audio")
_TYPES = {
    **{kind: kind for kind in _KINDS},
    **{f"{kind}_url": kind for kind in _KINDS},
    **{f"input_{kind}": kind for kind in ("image", "video")},
}
_KEYS = ("value", "url", "path", "source")
"""Beside the kind and `KIND_url`, keys that hold the reference."""


def with_openai_parts(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a message, each with a type, and media as `{"type": "image_url", "image_url": {"url": ...}}`."""
    return [_part(part) for part in parts]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    kind = part.get("type")
    if kind is None:
        kind = next((key for key in ("text", *_KINDS, *(f"{kind}_url" for kind in _KINDS)) if key in part), None)
        if kind is None:
            return part
        part = {"type": kind, **part}
    media = _TYPES.get(kind)
    if media is None:
        return part
    named = f"{media}_url"
    for key in (named, media, *_KEYS):
        address = _address(part.get(key))
        if address is None:
            continue
        rest = {name: held for name, held in part.items() if name not in ("type", key)}
        if key == named and isinstance(part[key], dict):
            return {"type": named, **{name: held for name, held in part.items() if name != "type"}}
        return {"type": named, named: {"url": address}, **rest}
    return part


def _address(held: Any) -> str | None:
    """The one text that a reference is: an address, a file's name, or data; None where it is none or more."""
    if isinstance(held, str):
        return held
    if not isinstance(held, dict):
        return None
    if held.get("type") == "base64" and isinstance(held.get("data"), str):
        return f"data:{held.get('media_type')};base64,{held['data']}"
    given = {key: inner for key, inner in held.items() if inner is not None and key not in ("type", "detail")}
    address = given.get("url", given.get("path"))
    return address if len(given) == 1 and isinstance(address, str) else None
