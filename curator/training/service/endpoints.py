"""Where each service is, and which package speaks to it."""

import os
from collections.abc import Mapping
from importlib import import_module

from curator.errors import UsageError, require
from curator.scoring.address import require_encryption
from curator.training.service.api_keys import key_for
from curator.training.service.service import Service
from curator.training.service.service_request import Request

_ADDRESSES: Mapping[str, tuple[str, str]] = {
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
    "together": ("TOGETHER_BASE_URL", "https://api.together.ai"),
    "fireworks": ("FIREWORKS_BASE_URL", "https://api.fireworks.ai"),
}
"""By provider the environment variable that its SDK reads too, and the SDK's own address."""
_SERVICES: Mapping[str, tuple[str, str]] = {
    "openai": ("OpenAIService", "openai"),
    "together": ("TogetherService", "together"),
    "fireworks": ("FireworksService", "fireworks"),
}
"""By provider the class in the module of its name, and the package that it needs, as it is imported."""


def address_of(provider: str) -> str:
    """Where data and key will go.

    Raises:
        UsageError: the address is not encrypted, and not on this machine.
    """
    variable, usual = _ADDRESSES[provider]
    address = (os.environ.get(variable, "").strip() or usual).rstrip("/")
    if provider == "together":
        address = address.removesuffix("/v1")  # which older versions of its SDK want and newer ones add
    require_encryption(address, variable)
    return address


def account_of(provider: str) -> str | None:
    """The account in the service's addresses; only Fireworks has one.

    Raises:
        UsageError: it is not known.
    """
    if provider != "fireworks":
        return None
    if account := os.environ.get("FIREWORKS_ACCOUNT_ID", "").strip():
        return account
    raise UsageError("Fireworks needs the name of your account: set the environment variable FIREWORKS_ACCOUNT_ID.")


def require_own_address(request: Request) -> None:
    """See that a request that lies in a run's folder goes where this user sends it: the folder may have come with data.

    Raises:
        UsageError: it names another address; data and key would go there.
    """
    if request.address != (address := address_of(request.provider)):
        raise UsageError(
            f"This run was begun at {request.address}, and {request.provider} is at {address} for you. If that address "
            f"is yours, set the environment variable {_ADDRESSES[request.provider][0]} to it; nothing was sent."
        )


def service_for(request: Request) -> Service:
    """A client for a request.

    Raises:
        MissingDependency: the service's package or key is not here.
    """
    require_package(request.provider)
    module = import_module(f"curator.training.service.{request.provider}")
    service: Service = getattr(module, _SERVICES[request.provider][0])(request, key_for(request.provider))
    return service


def require_package(provider: str) -> None:
    """See to it that the provider's package is here.

    Raises:
        MissingDependency: it is not.
    """
    require(_SERVICES[provider][1], f"Training at {provider}")
