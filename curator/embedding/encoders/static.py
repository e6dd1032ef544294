"""A static encoder: a vector per token, their mean per text. No network of layers, no torch, no download."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from curator.embedding.encoders.encoder import DEFAULT_ENCODER, MODEL_FOLDER
from curator.embedding.vectors import Floats, unit
from curator.errors import MissingDependency

THRESHOLD = 0.9
"""Of the default encoder; see `curator.embedding.encoders.encoder.Encoder`."""

_STEP = 16_384  # texts whose tokens are held at a time


class StaticEncoder:
    """Reads a folder as sentence-transformers' `StaticEmbedding` writes it, and gives the same vectors.

    Each text's vector depends on that text alone, to the last bit: not on the batch, not on the number of threads.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Read the model.

        Raises:
            MissingDependency: a file of the model, or splintr, is not here.
        """
        try:
            tokenizer, weights = (folder / "tokenizer.json").read_bytes(), (folder / "model.safetensors").read_bytes()
        except OSError as problem:
            raise MissingDependency(
                f"The encoder's files are not in {folder} ({problem.strerror}). Install the package again."
            ) from None
        try:
            import splintr
        except ImportError:
            raise MissingDependency(
                "Texts are cut into tokens by splintr-rs, which is not installed: pip install splintr-rs."
            ) from None
        self.name = name
        self.threshold = THRESHOLD
        self.key = f"static-{xxhash.xxh3_64_hexdigest(tokenizer + weights)}"
        self.tokenizer: Any = splintr.from_json_bytes(tokenizer)
        vocabulary = json.loads(tokenizer)["model"]
        self.unknown: int = vocabulary["vocab"].get(vocabulary.get("unk_token"), -1)
        self.table = _table(weights)
        self.dimensions = self.table.shape[1]

    def tokens(self, texts: list[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Token ids of all texts, one text after the other, and where each begins (and the last ends)."""
        ids, begins = self.tokenizer.encode_batch_flat(texts)
        return np.frombuffer(ids, dtype="<u4").astype(np.int32), np.frombuffer(begins, dtype="<u8").astype(np.int64)

    def encode(self, texts: list[str]) -> Floats:
        """Unit vectors, float32 [texts, dimensions]; zeros for a text without tokens."""
        from scipy.sparse import csr_matrix

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _STEP):
            ids, begins = self.tokens(texts[start : start + _STEP])
            shape = (len(begins) - 1, len(self.table))
            counted = csr_matrix((np.ones(len(ids), dtype=np.float32), ids, begins), shape=shape)
            vectors[start : start + shape[0]] = unit(counted @ self.table)
        return vectors


def _table(weights: bytes) -> Floats:
    """The only tensor of a safetensors file: eight bytes that say how long the description is, that, then the data."""
    length = int.from_bytes(weights[:8], "little")
    description = json.loads(weights[8 : 8 + length])["embedding.weight"]
    if description["dtype"] != "F16":
        raise MissingDependency("The encoder's weights are not float16 numbers. Install the package again.")
    first, last = description["data_offsets"]
    values = np.frombuffer(weights, dtype="<f2", count=(last - first) // 2, offset=8 + length + first)
    return values.reshape(description["shape"]).astype(np.float32)


@cache
def default_encoder() -> StaticEncoder:
    """The encoder that comes with the package, read once a process (30 MB).

    Raises:
        MissingDependency: a file of it, or splintr, is not here.
    """
    return StaticEncoder(MODEL_FOLDER, DEFAULT_ENCODER)
