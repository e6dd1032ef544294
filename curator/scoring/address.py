"""Where a judge is, and the key that it is asked with."""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from curator.errors import MissingDependency, UsageError

KEY_VARIABLE = "JUDGE_API_KEY"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Key:
    """A key and where it was found."""

    value: str = field(repr=False)
    origin: str

    def hidden_in(self, text: str) -> str:
        """`text` without the key, should a service have repeated it."""
        return text.replace(self.value, "[key]")


NO_KEY = Key("no-key-is-needed-here", "nowhere: an endpoint on this machine needs none")


@dataclass(frozen=True)
class JudgeAt:
    """A judge, and that it can be asked.

    Attributes:
        address: of an endpoint that speaks OpenAI's chat completions, ending where `/chat/completions` begins.
        model: its name there.
        key: sent to that address only.
    """

    address: str
    model: str
    key: Key

    def leaves_this_machine(self) -> bool:
        """Whether asking sends data away."""
        return not is_on_this_machine(self.address)


def judge_at(address: str, model: str) -> JudgeAt:
    """See to it that a judge can be asked; nothing is sent.

    Raises:
        UsageError: the address is none, or would carry the data unencrypted.
        MissingDependency: the key is not here.
    """
    address = address.rstrip("/").removesuffix("/chat/completions")
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise UsageError(
            f"--judge takes an address such as https://host/v1 or http://localhost:8000/v1, not '{address}'."
        )
    require_encryption(address, "--judge")
    return JudgeAt(address, model, _key_for(address))


def require_encryption(address: str, named_by: str) -> None:
    """See to it that data and key go over https, or stay on this machine.

    Raises:
        UsageError: they would not; the sentence names the setting that `named_by` names.
    """
    if urlsplit(address).scheme != "https" and not is_on_this_machine(address):
        raise UsageError(f"{named_by} = {address} is not an https address; data and key would go there unencrypted.")


def is_on_this_machine(address: str) -> bool:
    """Whether an address is this machine's own."""
    return urlsplit(address).hostname in _LOOPBACK


def _key_for(address: str) -> Key:
    if value := os.environ.get(KEY_VARIABLE, "").strip():
        return Key(value, f"the environment variable {KEY_VARIABLE}")
    if is_on_this_machine(address):
        return NO_KEY
    raise MissingDependency(f"There is no key for the judge at {address}. Set the environment variable {KEY_VARIABLE}.")
