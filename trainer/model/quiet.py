"""Keep library chatter off the user's screen; it would hide what matters."""

from __future__ import annotations

import logging
import os
import warnings


def quieten_libraries() -> None:
    """Call before torch, transformers or bitsandbytes are imported; again is harmless.

    bitsandbytes warns at import that an optional CPU kernel could not be fetched. It is not needed: training never
    takes that path (see `repair_cpu_layers`).
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    # peft still calls transformers by its older names.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers|peft")
    warnings.filterwarnings("ignore", category=UserWarning, module="peft")


def yield_idle_threads() -> None:
    """Let threads that wait for one another sleep: call before torch is imported; an own OMP_WAIT_POLICY wins.

    Spinning threads starve each other on a busy machine: a small model trained four times as fast with this while three
    other programs ran on its two cores.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def stay_offline() -> None:
    """No request leaves the machine: call before huggingface_hub is imported, unless downloads were allowed."""
    os.environ["HF_HUB_OFFLINE"] = "1"
