"""What the folder of a model must not hold: a model is data here, and nothing that lies with it is ever run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curator.errors import UsageError

_LIBRARY = "sentence_transformers."
_MODULES = ("modules.json", "router_config.json")
_PICKLED = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"})
"""Formats whose reading can run what the file says."""


def refuse_code(folder: Path) -> None:
    """See that a model is made of the library's own modules, and has its weights as safetensors.

    Raises:
        UsageError: it names a module of its own or of another package, or its weights are pickled.
    """
    for file in sorted(path for name in _MODULES for path in folder.rglob(name)):
        for module in _modules(file):
            if not module.startswith(_LIBRARY):
                raise UsageError(
                    f"{file} names the module {module!r}, which is not part of sentence-transformers. Code that comes "
                    "with a model is never run: use another model, or the default encoder."
                )
    for file in sorted(path for path in folder.rglob("*") if path.suffix in _PICKLED):
        if not any(file.parent.glob("*.safetensors")):
            raise UsageError(
                f"{file} holds pickled weights, which could run code when they are read, and there are no safetensors "
                "beside it. Save the model again with sentence-transformers, which writes those, or use another one."
            )


def _modules(file: Path) -> Iterator[str]:
    """The classes that a file of modules names: a list of modules, or a router's types by name."""
    try:
        found: Any = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read as JSON ({error}), so the model cannot be loaded.") from None
    if isinstance(found, list):
        yield from (str(module.get("type")) for module in found if isinstance(module, dict))
    elif isinstance(found, dict) and isinstance(found.get("types"), dict):
        yield from map(str, found["types"].values())
