"""A static encoder: a vector per token, their mean per text. No network of layers, no torch, no download."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from curator.embedding.encoders.encoder import DEFAULT_ENCODER, MODEL_FOLDER
from curator.embedding.encoders.scripts import script_of
from curator.embedding.vectors import Floats, unit
from curator.errors import MissingDependency

THRESHOLD = 0.9
"""Of the default encoder; see `curator.embedding.encoders.encoder.Encoder`."""

SUSPECT = 0.1
"""Share of a text's words that are unknown, or one letter beyond ASCII, from which its script is looked at: where most
letters are not Latin the encoder does not read it. On the same 1,190 questions in twelve languages the median share is
0 to 0.09 in English, German, Spanish, Romanian, Turkish and Vietnamese, and 0.93 to 1 in Greek, Russian, Arabic, Hindi,
Thai and Chinese."""

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
        self._kinds = _kinds(vocabulary["vocab"], self.unknown)
        self.table = _table(weights)
        self.dimensions = self.table.shape[1]

    def tokens(self, texts: list[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Token ids of all texts, one text after the other, and where each begins (and the last ends)."""
        ids, begins = self.tokenizer.encode_batch_flat(texts)
        return np.frombuffer(ids, dtype="<u4").astype(np.int32), np.frombuffer(begins, dtype="<u8").astype(np.int64)

    def encode(self, texts: list[str]) -> Floats:
        """Unit vectors, float32 [texts, dimensions]; zeros for a text without tokens."""
        from curator.embedding.encoders.pooling import summed

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _STEP):
            ids, begins = self.tokens(texts[start : start + _STEP])
            end = start + len(begins) - 1
            vectors[start:end] = unit(summed(self.table, ids, begins))
            vectors[start:end][self.unread(texts[start:end], ids, begins)] = 0
        return vectors

    def unread(
        self, texts: list[str], ids: npt.NDArray[np.int32], begins: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Which of the texts are in a script that the vocabulary does not hold, from their `tokens`; bool [texts]."""
        kinds = self._kinds[:, ids]
        sums = np.concatenate([np.zeros((2, 1), np.int64), np.cumsum(kinds, axis=1, dtype=np.int64)], axis=1)
        foreign, words = sums[:, begins[1:]] - sums[:, begins[:-1]]
        suspects = np.flatnonzero((foreign > 0) & (foreign >= SUSPECT * words))
        found = np.zeros(len(begins) - 1, dtype=np.bool_)
        found[[at for at in suspects.tolist() if script_of(texts[at]) not in ("", "Latin")]] = True
        return found


def _kinds(vocabulary: dict[str, int], unknown: int) -> npt.NDArray[np.bool_]:
    """Of each token whether it is unknown or a letter beyond ASCII, and whether it is that or a word; [2, tokens]."""
    kinds = np.zeros((2, max(vocabulary.values(), default=0) + 1), dtype=np.bool_)
    for token, number in vocabulary.items():
        letters = token.removeprefix("##")
        kinds[0, number] = number == unknown or (len(letters) == 1 and letters.isalpha() and not letters.isascii())
        kinds[1, number] = kinds[0, number] or letters.isalpha()
    return kinds


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
