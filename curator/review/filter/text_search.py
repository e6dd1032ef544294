"""Search the texts of a set: in the mapped copy that the cache keeps of them, or in the source again."""

from collections.abc import Collection
from typing import Protocol

import numpy as np
import polars as pl

from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import batches
from curator.data.batches import batch_of
from curator.data.content import content_of
from curator.data.mapped import mapped
from curator.errors import UsageError
from curator.project.cache import Cache

Mask = np.ndarray


class SearchableTexts(Protocol):
    """Something that can be searched."""

    def containing(self, pattern: str) -> Mask:
        """Whether each example has a message in which the regular expression is found, bool, shape (examples,).

        Case is ignored; `^` and `$` are the ends of lines.

        Raises:
            UsageError: the expression has something that this search does not know, such as look-ahead.
        """


class SourceTexts:
    """The source itself, read again from its beginning at every search."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def containing(self, pattern: str) -> Mask:
        """See `SearchableTexts`."""
        found = np.zeros(len(self._loaded.facts), dtype=bool)
        for first, batch in batches(self._loaded):
            rows = batch.messages.filter(_contains(batch.messages["content"], pattern))["row"]
            found[first + rows.to_numpy()] = True
        return found


class StoredTexts:
    """The copy in the cache: a second search of a million examples takes a tenth of a second."""

    def __init__(self, frames: list[pl.DataFrame]) -> None:
        self._texts = pl.concat([frame.select("text") for frame in frames], rechunk=False)["text"]

    @classmethod
    def of(cls, loaded: Loaded, cache: Cache) -> "StoredTexts | None":
        """The stored texts of a set; None while some are not stored."""
        paths = [cache.entry(placed.texts_key) for placed in loaded.placed]
        if any(path is None for path in paths):
            return None
        return cls([mapped(path) for path in paths if path is not None])

    def containing(self, pattern: str) -> Mask:
        """See `SearchableTexts`."""
        return _contains(self._texts, pattern).to_numpy()


class EditedTexts:
    """The texts of examples that were edited or added; `contents` is JSON."""

    def __init__(self, contents: Collection[str]) -> None:
        self._messages = batch_of(map(content_of, contents), "chat").messages
        self._examples = len(contents)

    def containing(self, pattern: str) -> Mask:
        """See `SearchableTexts`."""
        found = np.zeros(self._examples, dtype=bool)
        found[self._messages.filter(_contains(self._messages["content"], pattern))["row"].to_numpy()] = True
        return found


def _contains(texts: pl.Series, pattern: str) -> pl.Series:
    try:
        return texts.str.contains(f"(?im){pattern}").fill_null(value=False)
    except pl.exceptions.ComputeError:
        raise UsageError(f"The regular expression /{pattern}/ is not supported here.") from None
