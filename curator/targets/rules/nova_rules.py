"""What Amazon Nova has against the value of a line."""

from collections.abc import Iterator

from curator.data.safe_text import visible
from curator.targets.limits import limit
from curator.targets.violation import Value, Violation, error, warning

KEYS = frozenset({"schemaVersion", "system", "messages"})
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
"""Words that fail a job wherever they stand (Nova user guide, preparing data for understanding models)."""

_IMAGE_FORMATS = frozenset({"png", "jpeg", "jpg", "gif", "webp"})
_ROLES = ("user", "assistant")


def line_violations(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with the system texts and the messages."""
    if not isinstance(value.get("schemaVersion"), str):
        yield error("unrecognised-example", "There is no schemaVersion (bedrock-conversation-2024).", "schemaVersion")
    system = value.get("system")
    if system is not None:
        if not isinstance(system, list):
            yield error("missing-content", "system is not a list of texts.", "system")
            system = []
        for position, part in enumerate(system):
            yield from _part_violations(part, "system", f"system[{position}]")
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        yield error("unrecognised-example", "There is no list of messages with a message in it.", "messages")
        return
    for position, message in enumerate(messages):
        yield from _message_violations(message, f"messages[{position}]")
    yield from _order_violations([message.get("role") if isinstance(message, dict) else None for message in messages])
    yield from _media_violations(messages)


def _message_violations(message: Value, path: str) -> Iterator[Violation]:
    if not isinstance(message, dict):
        yield error("unrecognised-example", "The message is not an object.", path)
        return
    role = message.get("role")
    if role not in _ROLES:
        shown = visible(role[:40], one_line=True) if isinstance(role, str) else "nothing"
        yield error("unknown-role", f"'{shown}' is no role of Nova's (user, assistant).", f"{path}.role")
    for key in sorted(message.keys() - {"role", "content"}):
        name = visible(key, one_line=True)[:60]
        yield error("unexpected-key", f"Nova does not know the key '{name}' of a message.", f"{path}.{name}")
    parts = message.get("content")
    if not isinstance(parts, list) or not parts:
        yield error("missing-content", "The content is not a list with a part in it.", f"{path}.content")
        return
    for position, part in enumerate(parts):
        yield from _part_violations(part, role, f"{path}.content[{position}]")
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    if role == "assistant" and all(isinstance(text, str) and not text.strip() for text in texts):
        yield warning("empty-content", "The answer is empty: the model would learn to say nothing.", path)


def _part_violations(part: Value, role: Value, path: str) -> Iterator[Violation]:
    kinds = part.keys() & {"text", "image", "video"} if isinstance(part, dict) else set()
    if len(kinds) != 1:
        yield error("missing-content", "A part is exactly one of text, image or video.", path)
        return
    kind = kinds.pop()
    held = part[kind]
    if kind == "text":
        if not isinstance(held, str):
            yield error("missing-content", "The text of the part is not text.", path)
            return
        for word in RESERVED:
            if word in held:
                sentence = f"'{word}' is a reserved word: anywhere in the text it fails the whole job."
                yield error("reserved-word", sentence, path)
        return
    if role != "user":
        yield error("image-place", f"Nova takes a {kind} in user messages only.", path)
    source = held.get("source") if isinstance(held, dict) else None
    place = source.get("s3Location") if isinstance(source, dict) else None
    address = place.get("uri") if isinstance(place, dict) else None
    if not isinstance(address, str) or not address.startswith("s3://"):
        yield error("image-type", f"The {kind} has no source.s3Location.uri in S3.", path)
    if kind == "image" and (not isinstance(held, dict) or held.get("format") not in _IMAGE_FORMATS):
        yield error("image-type", "The image's format is not png, jpeg, gif or webp.", path)


def _order_violations(roles: list[Value]) -> Iterator[Violation]:
    if "assistant" not in roles:
        yield error("no-assistant-message", "There is no assistant message, so nothing to learn from.", "messages")
    elif roles[-1] != "assistant":
        place = f"messages[{len(roles) - 1}]"
        yield error("last-message-not-assistant", "The last message is not the assistant's.", place)
    if roles[0] != "user":
        yield error("opening-role", "A conversation for Nova opens with the user.", "messages[0]")
    for position in range(1, len(roles)):
        if roles[position] == roles[position - 1]:
            sentence = "Two messages of one role in a row; Nova wants user and assistant in turn."
            yield error("role-order", sentence, f"messages[{position}]")


def _media_violations(messages: list[Value]) -> Iterator[Violation]:
    counts = {"image": 0, "video": 0}
    for message in messages:
        parts = message.get("content") if isinstance(message, dict) else None
        for part in parts if isinstance(parts, list) else ():
            for kind in counts:
                counts[kind] += isinstance(part, dict) and kind in part
    most = limit("bedrock-nova", "images-per-example")
    if most is not None and counts["image"] > most:
        yield error("image-count", f"The example has {counts['image']} images; Nova takes at most {most}.", "messages")
    if counts["video"] > 1:
        yield error("image-count", "The example has several videos; Nova takes one.", "messages")
    if counts["image"] and counts["video"]:
        yield error("mixed-content", "The example has images and a video; Nova takes one kind a data set.", "messages")
