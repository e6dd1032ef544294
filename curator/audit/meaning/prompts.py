"""The prompts of a set, or of texts beside it, for what asks the same in other words: always by the default encoder."""

from dataclasses import dataclass

import polars as pl

from curator.audit.loading.load import Loaded, Progress
from curator.audit.meaning.cached_vectors import embedded
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import words_of
from curator.embedding.paraphrases import Prompts
from curator.project.cache import Cache


@dataclass(frozen=True)
class LoadedPrompts:
    """The prompts of a set by position, and how many examples of which scripts the encoder does not read."""

    prompts: Prompts
    unread: dict[str, int]


def prompts_of(loaded: Loaded, cache: Cache, progress: Progress) -> LoadedPrompts:
    """The prompts of a set; the vectors are kept in the cache.

    Raises:
        MissingDependency: the default encoder is not here.
        WorkFailed: the disk is full, or a source was changed.
    """
    known = embedded(loaded, encoder_named(), cache, progress)
    return LoadedPrompts(Prompts.of(known.vectors, known.words), known.unread)


def prompts_of_views(views: pl.DataFrame) -> Prompts:
    """The prompts of `VIEWS`.

    Raises:
        MissingDependency: the default encoder is not here.
    """
    return Prompts.of(encode_views(views, encoder_named()), words_of(views))
