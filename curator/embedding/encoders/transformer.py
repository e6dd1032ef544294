"""Any sentence-transformers model, by name or folder, on CPU, CUDA or MPS."""

import logging
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from curator.embedding.encoders.model_files import refuse_code
from curator.embedding.vectors import Floats, unit
from curator.errors import MissingDependency, UsageError, require

_BATCH = 64

THRESHOLD = 0.84
"""Of all-MiniLM-L6-v2, and what any other model is taken with; see `curator.embedding.encoders.encoder.Encoder`."""


class TransformerEncoder:
    """Loads a model when it first encodes: where all vectors are known, nothing waits for it.

    Nothing is downloaded unless that was allowed.
    """

    def __init__(self, name: str, device: str | None = None, allow_download: bool = False) -> None:
        """Name a model; None: the best device that is there."""
        self.name, self.device, self.allow_download = name, device, allow_download
        self.threshold = THRESHOLD
        identity = f"{name}|{_identity(Path(name))}|{device or 'best'}"
        self.key = f"transformer-{xxhash.xxh3_64_hexdigest(identity.encode())}"

    @cached_property
    def model(self) -> Any:
        """The model, on its device.

        Raises:
            MissingDependency: the model, sentence-transformers or the device is not on this machine.
            UsageError: it could only be loaded by running code that comes with it.
        """
        if Path(self.name).is_dir():
            refuse_code(Path(self.name))
        # Imported with transformers; it warns of a faster kernel for 4-bit weights, which no encoder has.
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        require("sentence_transformers", f"The encoder '{self.name}'")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        device = self.device or _best_device(torch)
        if not _is_there(torch, device):
            raise MissingDependency(f"There is no device '{device}' on this machine. Leave the device out, or say cpu.")
        disable_progress_bar()  # of reading weights, which takes a second
        try:
            model = SentenceTransformer(
                self.name,
                device=device,
                local_files_only=not self.allow_download,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as problem:
            if "trust_remote_code" in str(problem):
                raise UsageError(
                    f"The encoder '{self.name}' brings code of its own, and code that comes with a model is never run: "
                    "use another model, or the default encoder."
                ) from None
            raise MissingDependency(_not_here(self.name, self.allow_download, problem)) from None
        if device == "cuda" or (device == "cpu" and torch.backends.cpu.get_cpu_capability() == "AVX512"):
            model = model.bfloat16()  # half the work where the processor multiplies bf16; cosine moves < 0.01
        return model

    @cached_property
    def dimensions(self) -> int:
        """Of a vector; loads the model."""
        return int(self.encode(["a"]).shape[1])

    def encode(self, texts: list[str]) -> Floats:
        """Unit vectors, float32 [texts, dimensions].

        Raises:
            MissingDependency: the model, sentence-transformers or the device is not on this machine.
        """
        vectors = self.model.encode(texts, batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True)
        # Not normalised by the model: in bf16 the lengths would be off by half a percent, and cosines with them.
        return unit(np.asarray(vectors.float().cpu().numpy(), dtype=np.float32))


def _best_device(torch: Any) -> str:
    return next(device for device in ("cuda", "mps", "cpu") if _is_there(torch, device))


def _is_there(torch: Any, device: str) -> bool:
    if device.startswith("cuda"):
        return bool(torch.cuda.is_available())
    return bool(torch.backends.mps.is_available()) if device == "mps" else device == "cpu"


def _not_here(name: str, allow_download: bool, problem: Exception) -> str:
    if allow_download:
        return f"The encoder '{name}' could not be loaded or downloaded: {str(problem).splitlines()[0]}"
    return (
        f"The encoder '{name}' is not on this machine, and nothing is downloaded without being asked. "
        "Add --allow-download, give the folder of a local model, or use the default encoder, which needs none."
    )


def _identity(folder: Path) -> str:
    """Sizes and times of a local model's weights, so that another model in the same folder has another key."""
    if not folder.is_dir():
        return ""
    files = sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.bin"))
    return repr([(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files])
