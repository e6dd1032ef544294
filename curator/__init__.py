"""Curate fine-tuning data: see what is wrong, decide, split, export, train. docs/python.md is the manual.

Nothing is imported before it is used. `audit` and `duplicates` are rooms of the program too; as functions they do what
`curator.api.verbs` says.
"""

import sys
from types import ModuleType

TYPE_CHECKING = False  # what a type checker takes for true; typing itself is half of the time that an import takes
if TYPE_CHECKING:
    from curator.api.audited import AuditResult as Audit
    from curator.api.project import OpenProject as Project
    from curator.api.verbs import audit, duplicates, leaks, open, validate  # noqa: A004
    from curator.checks.own.decorator import check
    from curator.errors import CuratorError

__version__ = "0.1.0"
__all__ = ["Audit", "CuratorError", "Project", "audit", "check", "duplicates", "leaks", "open", "validate"]

_LOCATIONS = {
    "Audit": ("curator.api.audited", "AuditResult"),
    "check": ("curator.checks.own.decorator", "check"),
    "CuratorError": ("curator.errors", "CuratorError"),
    "Project": ("curator.api.project", "OpenProject"),
    **{name: ("curator.api.verbs", name) for name in ("leaks", "open", "validate")},
}
_ROOMS_TOO = ("audit", "duplicates")


class _CallableRoom(ModuleType):
    """A room whose name is a verb: called, it does what the verb says."""

    def __call__(self, *arguments: object, **options: object) -> object:
        from importlib import import_module

        return getattr(import_module("curator.api.verbs"), self.__name__.rpartition(".")[2])(*arguments, **options)


class _Package(ModuleType):
    """This package, which makes rooms of verbs' names callable when they are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _ROOMS_TOO and isinstance(value, ModuleType):
            value.__class__ = _CallableRoom
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _ROOMS_TOO:
        return import_module(f"curator.{name}")
    if name not in _LOCATIONS:
        raise AttributeError(f"module 'curator' has no attribute '{name}'")
    module, there = _LOCATIONS[name]
    return getattr(import_module(module), there)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
