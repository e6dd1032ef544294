"""Search by meaning, and a subset that represents the set."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.load import Loaded, Progress
from curator.audit.meaning.cached_vectors import Embedded, embedded
from curator.audit.meaning.meaning import VERSION
from curator.audit.meaning.meaning_findings import NO_EMBEDDER, MeaningOptions
from curator.checks.spans import quoted
from curator.data.frames import read_frame
from curator.embedding.encoders.encoder import Encoder, encoder_named
from curator.errors import MissingDependency, UsageError
from curator.project.cache import Cache, cache_key
from curator.reporting.wording import said_unread

if TYPE_CHECKING:
    from curator.embedding.paraphrases import Prompts

_UNREAD = (
    "{} has no word that the encoder '{}' reads: it is empty, or in a script that it does not know. "
    "Another encoder may read it: --embedder, or meaning.embedder in the settings."
)


@dataclass(frozen=True)
class Near:
    """What is near to a text or an example: positions, nearest first, and cosines; which examples were not compared."""

    positions: npt.NDArray[np.int64]
    cosines: npt.NDArray[np.float32]
    unread: str = ""


@dataclass(frozen=True)
class SemanticPairs:
    """What must stay on one side of a split for its meaning.

    Attributes:
        edges: int64 [pairs, 2], left < right: semantic duplicates, and prompts that ask the same in other words.
        encoder: the name of the one that found the duplicates.
        unread: a sentence on the examples that are not read; "" where there are none.
        prompts: of the examples, and after them of what was written since.
    """

    edges: npt.NDArray[np.int64]
    encoder: str
    unread: str
    prompts: "Prompts"


def semantic_must_link(
    audit: Audit, cache: Cache, progress: Progress, rewritten: pl.DataFrame | None = None
) -> SemanticPairs | None:
    """What must stay on one side for its meaning: what the audit knows of that, else of vectors alone.

    None where meaning is not to be looked at, or the encoder was not asked for and is not on this machine.

    Args:
        audit: of the data.
        cache: where vectors and pairs are kept.
        progress: is told how far it is.
        rewritten: `VIEWS` of examples that were edited or added, which come after those of the files.

    Raises:
        MissingDependency: the encoder that a person asked for is not on this machine.
    """
    from curator.audit.meaning.prompts import prompts_of, prompts_of_views

    options = audit.options.meaning
    if options.embedder == NO_EMBEDDER:
        return None
    try:
        pairs, encoder, unread = _semantic_edges(audit, cache, progress)
        known = prompts_of(audit.loaded, cache, progress)
    except MissingDependency:
        if options.demanded:
            raise
        return None
    prompts = known.prompts
    if rewritten is not None and len(rewritten):
        prompts = prompts.followed_by(prompts_of_views(rewritten))
    edges = np.concatenate([pairs, _paraphrase_edges(prompts, cache, progress)])
    return SemanticPairs(edges, encoder, said_unread(unread), prompts)


def _semantic_edges(
    audit: Audit, cache: Cache, progress: Progress
) -> tuple[npt.NDArray[np.int64], str, dict[str, int]]:
    """Semantic duplicates, the encoder's name, and how many examples of which scripts it does not read."""
    from curator.audit.runners.local import cores
    from curator.embedding.semantic_duplicates import semantic_pairs

    if audit.meaning is not None:
        return _ends(audit.meaning.pairs), audit.meaning.encoder, audit.meaning.unread
    encoder, embedded_set = known_vectors(audit.loaded, cache, audit.options.meaning, progress)
    key = f"{embedded_set.key}-same-meaning-{VERSION}"
    path = cache.entry(key)
    if path is None:
        progress("comparing meaning", 0, 1)
        words = embedded_set.words.numbers
        pairs, _ = semantic_pairs(embedded_set.vectors, words, encoder.threshold, cores())
        path = cache.store(key, pairs.select("left", "right").write_ipc)
    return _ends(read_frame(path)), encoder.name, embedded_set.unread


def _paraphrase_edges(prompts: "Prompts", cache: Cache, progress: Progress) -> npt.NDArray[np.int64]:
    from curator.audit.runners.local import cores
    from curator.embedding.paraphrases import VERSION as PARAPHRASES
    from curator.embedding.paraphrases import paraphrase_pairs

    key = f"{cache_key(PARAPHRASES, prompts.asked, prompts.begins, prompts.subwords)}-paraphrases"
    path = cache.entry(key)
    if path is None:
        progress("comparing prompts", 0, 1)
        pairs = paraphrase_pairs(prompts, threads=cores())
        path = cache.store(key, pl.DataFrame(pairs, schema=["left", "right"], orient="row").write_ipc)
    return _ends(read_frame(path))


def _ends(pairs: pl.DataFrame) -> npt.NDArray[np.int64]:
    return pairs.select("left", "right").to_numpy().astype(np.int64)


def near_text(audit: Audit, cache: Cache, text: str, count: int, progress: Progress) -> Near:
    """The `count` examples whose prompt, answer or whole is nearest to `text`.

    Raises:
        MissingDependency: the encoder is not on this machine.
        UsageError: meaning is not to be looked at, or the encoder does not read the text.
    """
    from curator.embedding.selection import query_vector, similar

    encoder, embedded_set = known_vectors(audit.loaded, cache, audit.options.meaning, progress)
    query = query_vector(text, encoder)
    if not query.any():
        raise UsageError(_UNREAD.format(f"The text {quoted(text)}", encoder.name))
    return Near(*similar(embedded_set.vectors, query, count), said_unread(embedded_set.unread))


def near_example(audit: Audit, cache: Cache, example: str, count: int, progress: Progress) -> Near:
    """The `count` examples nearest to the one of that id, without itself.

    Raises:
        MissingDependency: the encoder is not on this machine.
        UsageError: there is no such example, the encoder does not read it, or meaning is not to be looked at.
    """
    from curator.embedding.selection import similar

    coordinates = (ids_of(audit.loaded) == example).arg_true()
    if not len(coordinates):
        raise UsageError(f"There is no example '{example}' in this data. `curator show` prints ids.")
    encoder, embedded_set = known_vectors(audit.loaded, cache, audit.options.meaning, progress)
    at = int(coordinates[0])
    if not embedded_set.vectors.with_text[at]:
        raise UsageError(_UNREAD.format(f"The example '{example}'", encoder.name))
    return Near(*similar(embedded_set.vectors, at, count), said_unread(embedded_set.unread))


def known_vectors(
    loaded: Loaded, cache: Cache, options: MeaningOptions, progress: Progress
) -> tuple[Encoder, Embedded]:
    """The encoder that was asked for, and the set as it sees it.

    Raises:
        MissingDependency: the encoder is not on this machine.
        UsageError: meaning is not to be looked at.
    """
    if options.embedder == NO_EMBEDDER:
        raise UsageError("This looks at meaning, and the embedder is set to none. Name one with --embedder.")
    encoder = encoder_named(options.embedder, allow_download=options.allow_download)
    return encoder, embedded(loaded, encoder, cache, progress)
