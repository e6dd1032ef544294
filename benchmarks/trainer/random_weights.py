"""Checkpoints whose weights are random numbers made when they are read: the shape of a large model without its disk.

`write_checkpoint` leaves a folder that `from_pretrained` takes for a sharded model; within `readable` its tensors come
from one block of random bfloat16 numbers in host memory, one at a time: loading and quantising are the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SHAPES: dict[str, dict[str, int]] = {
    "8b": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
    },
    "70b": {
        "hidden_size": 8192,
        "intermediate_size": 28672,
        "num_hidden_layers": 80,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
    },
    "tiny": {
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 33000,
    },
}
"""Llama 3.1 8B and 70B by their published configurations; `tiny` tries the script out."""


def write_checkpoint(folder: Path, shape: str, tokenizer: Path) -> None:
    """A configuration, a tokenizer, one empty file for the weights, and the shape of every tensor."""
    from accelerate import init_empty_weights
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        **SHAPES[shape],
        max_position_embeddings=8192,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=0,
        dtype="bfloat16",
        architectures=["LlamaForCausalLM"],
    )
    with init_empty_weights():
        shapes = {name: list(tensor.shape) for name, tensor in LlamaForCausalLM(config).state_dict().items()}
    config.save_pretrained(folder)
    AutoTokenizer.from_pretrained(tokenizer).save_pretrained(folder)
    (folder / "shapes.json").write_text(json.dumps(shapes))
    (folder / "model-00001-of-00001.safetensors").write_bytes(b"")
    index = {"metadata": {}, "weight_map": dict.fromkeys(shapes, "model-00001-of-00001.safetensors")}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Let transformers read the checkpoint of `write_checkpoint` in `folder`."""
    import torch
    import transformers.modeling_utils as reading

    shapes = json.loads((folder / "shapes.json").read_text())
    largest = max(torch.Size(shape).numel() for shape in shapes.values())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    block = torch.empty(largest, dtype=torch.bfloat16, device=device).normal_(std=0.02).cpu()
    if device == "cuda":
        torch.cuda.empty_cache()

    class Slice:
        def __init__(self, name: str) -> None:
            self.name, self.shape = name, shapes[name]

        def get_shape(self) -> list[int]:
            return list(self.shape)

        def get_dtype(self) -> str:
            return "BF16"

        def __getitem__(self, _: Any) -> torch.Tensor:
            if len(self.shape) == 1:
                return torch.ones(self.shape, dtype=torch.bfloat16)
            return block[: torch.Size(self.shape).numel()].view(self.shape)

    class Opened:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def __enter__(self) -> Opened:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def keys(self) -> list[str]:
            return list(shapes)

        def metadata(self) -> dict[str, str]:
            return {"format": "pt"}

        def get_slice(self, name: str) -> Slice:
            return Slice(name)

        def get_tensor(self, name: str) -> torch.Tensor:
            return Slice(name)[...]

    usual = reading.safe_open
    reading.safe_open = Opened
    try:
        yield
    finally:
        reading.safe_open = usual
