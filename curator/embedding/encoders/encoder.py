"""What an encoder is, and which one a name means."""

from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from curator.embedding.vectors import Floats, Vectors

DEFAULT_ENCODER = "default"
"""The static one that comes with the package."""


class Encoder(Protocol):
    """Turns texts into vectors.

    Attributes:
        name: as a person names it.
        key: changes whenever its vectors could; part of a cache key.
        dimensions: of a vector.
        threshold: cosine from which two examples say the same in nine of ten cases, by a labelled sample
            (benchmarks/studies/embedding/labelled.py).
    """

    name: str
    key: str
    threshold: float

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        ...

    def encode(self, texts: list[str]) -> Floats:
        """Unit vectors, float32 [texts, dimensions]; zeros for a text without tokens, and for one it cannot read."""
        ...


def encoder_named(name: str = DEFAULT_ENCODER, *, device: str | None = None, allow_download: bool = False) -> Encoder:
    """The encoder of this name.

    Args:
        name: "default", a folder, or the name of a sentence-transformers model.
        device: "cpu", "cuda" or "mps"; None: the best that is there. The default encoder needs none.
        allow_download: a model that is not on this machine may be fetched.

    Raises:
        MissingDependency: the default encoder's files are not here. Another model's absence is told when it is to
            encode, as what it encoded once is kept.
    """
    if name == DEFAULT_ENCODER:
        from curator.embedding.encoders.static import default_encoder

        return default_encoder()
    from curator.embedding.encoders.transformer import TransformerEncoder

    return TransformerEncoder(name, device, allow_download)


def encode_views(views: pl.DataFrame, encoder: Encoder) -> Vectors:
    """Vectors of the `VIEWS` of a block, prompts and answers in one pass.

    A blank text gets a zero vector. So do both texts of an example of which the encoder cannot read one: what is left
    of it would be compared as if it were all.
    """
    texts = [*views["prompt"], *views["answer"]]
    vectors = encoder.encode(texts)
    is_blank = np.array([not text or text.isspace() for text in texts], dtype=np.bool_)
    vectors[is_blank] = 0
    is_unread = (~is_blank & ~vectors.any(axis=1)).reshape(2, -1).any(axis=0)
    vectors.reshape(2, len(views), -1)[:, is_unread] = 0
    parts = np.empty((len(views), 2, vectors.shape[1]), dtype=np.float16)
    parts[:, 0], parts[:, 1] = vectors[: len(views)], vectors[len(views) :]
    return Vectors(parts)


MODEL_FOLDER = Path(__file__).parent / "model"
"""The packaged encoder, as sentence-transformers writes it; `benchmarks/studies/embedding/distil.py` made it."""
