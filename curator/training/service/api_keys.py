"""Keys: from the environment or the system's keyring; never written, logged or shown."""

import os

from curator.errors import MissingDependency
from curator.scoring.address import Key

KEYRING_SERVICE = "curator"
VARIABLES = {"openai": "OPENAI_API_KEY", "together": "TOGETHER_API_KEY", "fireworks": "FIREWORKS_API_KEY"}


def key_for(provider: str) -> Key:
    """The key of a provider.

    Raises:
        MissingDependency: there is none.
    """
    variable = VARIABLES[provider]
    if value := os.environ.get(variable, "").strip():
        return Key(value, f"the environment variable {variable}")
    if stored := _from_keyring(provider):
        return Key(stored, "the system's keyring")
    raise MissingDependency(
        f"There is no key for {provider}. Set the environment variable {variable}, or store one with "
        f"`keyring set {KEYRING_SERVICE} {provider}`."
    )


def _from_keyring(provider: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        return None
    try:
        return keyring.get_password(KEYRING_SERVICE, provider)
    except KeyringError:  # no keyring on this machine, or it is locked
        return None
