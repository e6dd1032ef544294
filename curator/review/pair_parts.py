"""Prompt and answer of an example, as two examples are compared by them and shown beside each other."""

from dataclasses import dataclass

from curator.data.content import Content, Message, spoken

_CONTEXT = ("system", "developer")


@dataclass(frozen=True)
class Parts:
    """The texts by which two examples are compared, and where the example is."""

    prompt: str
    answer: str
    place: str = ""


def parts_of(content: Content, place: str = "") -> Parts:
    """Prompt and answer as the duplicate engine reads them; see `curator.data.text`."""
    messages = [*content.messages, *(content.chosen or ())]
    said = [message for message in messages if message["role"] not in _CONTEXT]
    last = max((at for at, message in enumerate(said) if message["role"] == "assistant"), default=-1)
    return Parts(_joined(said[:last] + said[last + 1 :] if last >= 0 else said), _joined(said[last : last + 1]), place)


def _joined(messages: list[Message]) -> str:
    return "\n".join(spoken(message) for message in messages)
