"""Models a person can train on: used before, in the local Hugging Face cache, and the tiny one for a demonstration."""

import os
from dataclasses import dataclass
from pathlib import Path

import curator
from curator.audit.open_data import Opened
from curator.training.runs.listed import runs_in


@dataclass(frozen=True)
class Choice:
    """A model to choose.

    Attributes:
        name: a folder or a name in the cache.
        origin: why it is in the list, for people.
        demo_only: it knows nothing and is never preselected.
    """

    name: str
    origin: str
    demo_only: bool = False


def choices(opened: Opened) -> list[Choice]:
    """The models, the likeliest first; the first one may be preselected unless it is for demonstration only."""
    found: dict[str, Choice] = {}
    for run in reversed(runs_in(opened.project.folder.runs)):
        found.setdefault(run.snapshot.model, Choice(run.snapshot.model, f"used in run {run.name}"))
    for name in cached_models():
        found.setdefault(name, Choice(name, "in the local Hugging Face cache"))
    bundled = bundled_model()
    if bundled is not None:
        found[str(bundled)] = Choice(str(bundled), "bundled, demo only: it knows nothing", demo_only=True)
    return sorted(found.values(), key=lambda choice: choice.demo_only)


def cached_models() -> list[str]:
    """Names of the models in the local Hugging Face cache that have weights; no network, no import of theirs."""
    home = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    folder = Path(home) if home else Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"
    return [
        path.name.removeprefix("models--").replace("--", "/")
        for path in sorted(folder.glob("models--*"))
        if any(path.glob("snapshots/*/*.safetensors")) and any(path.glob("snapshots/*/config.json"))
    ]


def bundled_model() -> Path | None:
    """The tiny model of the repository; None where the program was installed without it."""
    folder = Path(curator.__file__).parent.parent / "sample_data" / "tiny-llama"
    return folder if folder.is_dir() else None
