"""What Gemini tuning has against the value of a line."""

from collections.abc import Iterator

from curator.data.safe_text import visible
from curator.targets.violation import Value, Violation, error, warning

KEYS = frozenset({"systemInstruction", "contents", "tools", "generationConfig", "labels"})
_TURN_KEYS = frozenset({"role", "parts"})
_PART_KEYS = frozenset({"text", "fileData", "inlineData", "functionCall", "functionResponse"})
_IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
_ROLES = frozenset({"user", "model", "function"})


def contents_violations(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with the system instruction and the turns."""
    system = value.get("systemInstruction")
    if system is not None:
        yield from _system_violations(system)
    turns = value.get("contents")
    if not isinstance(turns, list) or not turns:
        yield error("unrecognised-example", "There is no list of contents with a turn in it.", "contents")
        return
    for position, turn in enumerate(turns):
        yield from _turn_violations(turn, f"contents[{position}]")
    roles = [turn.get("role") if isinstance(turn, dict) else None for turn in turns]
    yield from _order_violations(roles)
    yield from _call_violations(turns)


def _system_violations(system: Value) -> Iterator[Violation]:
    parts = system.get("parts") if isinstance(system, dict) else None
    if not isinstance(parts, list) or not all(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in parts
    ):
        yield error("missing-content", "The system instruction is not parts of text.", "systemInstruction")


def _turn_violations(turn: Value, path: str) -> Iterator[Violation]:
    if not isinstance(turn, dict):
        yield error("unrecognised-example", "The turn is not an object.", path)
        return
    role = turn.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        shown = visible(role[:40], one_line=True) if isinstance(role, str) else "nothing"
        yield error("unknown-role", f"'{shown}' is no role of Gemini's (user, model).", f"{path}.role")
    for key in sorted(turn.keys() - _TURN_KEYS):
        name = visible(key, one_line=True)[:60]
        yield error("unexpected-key", f"Gemini does not know the key '{name}' of a turn.", f"{path}.{name}")
    parts = turn.get("parts")
    if not isinstance(parts, list) or not parts:
        yield error("missing-content", "The turn has no parts.", f"{path}.parts")
        return
    for position, part in enumerate(parts):
        yield from _part_violations(part, role, f"{path}.parts[{position}]")
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    is_text_only = len(texts) == len(parts)
    if role == "model" and is_text_only and not "".join(texts).strip():
        yield warning("empty-content", "The answer is empty: the model would learn to say nothing.", path)


def _part_violations(part: Value, role: Value, path: str) -> Iterator[Violation]:
    kinds = part.keys() & _PART_KEYS if isinstance(part, dict) else frozenset()
    if len(kinds) != 1:
        yield error("missing-content", "A part is exactly one of text, fileData, functionCall, functionResponse.", path)
        return
    kind = next(iter(kinds))
    held = part[kind]
    if kind == "text":
        if not isinstance(held, str):
            yield error("missing-content", "The text of the part is not text.", path)
    elif kind in ("fileData", "inlineData"):
        yield from _file_violations(held, role, path)
    elif not isinstance(held, dict) or not isinstance(held.get("name"), str):
        yield error("invalid-tool-call", f"The {kind} has no name.", path)
    elif kind == "functionCall" and not isinstance(held.get("args", {}), dict):
        yield error("tool-arguments", "The args are not an object.", f"{path}.functionCall.args")
    elif kind == "functionResponse" and not isinstance(held.get("response"), dict):
        yield error("invalid-tool-call", "The response is not an object.", f"{path}.functionResponse.response")


def _file_violations(held: Value, role: Value, path: str) -> Iterator[Violation]:
    kind = held.get("mimeType") if isinstance(held, dict) else None
    if role == "model":
        yield error("image-place", "Gemini takes files in user turns only.", path)
    if not isinstance(kind, str):
        yield error("image-type", "The file has no mimeType.", path)
    elif kind.startswith("image/") and kind not in _IMAGE_TYPES:
        yield error("image-type", f"The image is {visible(kind[:30])}; it is JPEG, PNG or WEBP.", path)
    if isinstance(held, dict) and "data" not in held:
        address = held.get("fileUri")
        if not isinstance(address, str) or not address.startswith(("gs://", "https://")):
            yield error("image-type", "The file's fileUri is not in Cloud Storage (gs://).", path)


def _order_violations(roles: list[Value]) -> Iterator[Violation]:
    if "model" not in roles:
        yield error("no-assistant-message", "There is no turn of the model, so nothing to learn from.", "contents")
    elif roles[-1] != "model":
        place = f"contents[{len(roles) - 1}]"
        yield error("last-message-not-assistant", "The last turn is not the model's.", place)
    if roles[0] != "user":
        yield error("opening-role", "A conversation for Gemini opens with the user.", "contents[0]")
    for position in range(1, len(roles)):
        if roles[position] == roles[position - 1] and roles[position] != "function":
            sentence = f"Two turns of {visible(str(roles[position])[:20])} in a row; user and model take turns."
            yield warning("role-order", sentence, f"contents[{position}]")


def _call_violations(turns: list[Value]) -> Iterator[Violation]:
    """Every call but the last turn's has a response of the same name before the next turn of the model."""
    waiting: list[tuple[str, str]] = []
    for position, turn in enumerate(turns):
        parts = turn.get("parts") if isinstance(turn, dict) else None
        for part in parts if isinstance(parts, list) else ():
            held = part.get("functionResponse") if isinstance(part, dict) else None
            name = held.get("name") if isinstance(held, dict) else None
            if held is None:
                continue
            match = next((call for call in waiting if call[0] == name), None)
            if match is None:
                sentence = "The response answers a call that was not made."
                yield error("unanswered-tool-call", sentence, f"contents[{position}]")
            else:
                waiting.remove(match)
        if isinstance(turn, dict) and turn.get("role") == "model":
            for _, place in waiting:
                yield error("unanswered-tool-call", "The call has no response before the next turn.", place)
            waiting = [
                (part["functionCall"]["name"], f"contents[{position}]")
                for part in (parts if isinstance(parts, list) else ())
                if isinstance(part, dict)
                and isinstance(part.get("functionCall"), dict)
                and isinstance(part["functionCall"].get("name"), str)
            ]
