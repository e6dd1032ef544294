"""Signatures in a file that datasketch reads: an index that other programs load and query.

Parquet with two columns: `id`, and `signature`, 128 unsigned 32-bit numbers, the hash values of
`datasketch.MinHash(num_perm=128, seed=1, scheme="affine32")` over the shingles of the full text.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import ANYONE
from curator.data.text import VIEWS
from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import Corpus, assemble
from curator.duplicates.minhash.signatures import PERMUTATIONS, permutations
from curator.duplicates.minhash.signing import signatures_of
from curator.duplicates.text.shingles import FULL_TEXT
from curator.errors import UsageError

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

FORM = {"form": "curator-index-1", "scheme": "affine32", "seed": "1", "view": "whole"}
"""Metadata of the file."""

_AT_ONCE = 20_000  # examples whose signatures are held in memory


def save_index(corpus: Corpus, ids: pl.Series, path: Path, allowed: int = ANYONE) -> int:
    """Write the signature of every example that has words; the file appears whole.

    Args:
        corpus: the set.
        ids: of its examples.
        path: of the file; one that is there is replaced.
        allowed: permissions of a new file at most; see `curator.data.files.permissions`.

    Returns: how many signatures were written.
    """
    kind = pa.list_(pa.uint32(), PERMUTATIONS)
    schema = pa.schema([("id", pa.string()), ("signature", kind)], metadata=FORM)
    worded = np.flatnonzero(corpus.sizes[:, 0] > 0)
    with (
        atomic_file(path, allowed) as unfinished,
        pq.ParquetWriter(unfinished, schema, compression="zstd") as writer,
    ):
        for at in range(0, len(worded), _AT_ONCE):
            chosen = worded[at : at + _AT_ONCE]
            values = pa.array(signatures_of(corpus, chosen, FULL_TEXT).reshape(-1))
            columns = [pa.array(ids.gather(chosen).to_list(), pa.string())]
            writer.write_table(pa.table([*columns, pa.FixedSizeListArray.from_arrays(values, type=kind)], schema))
    return len(worded)


def load_index(path: Path, threshold: float = 0.7) -> "MinHashLSH":
    """The index as datasketch has it, banded as datasketch bands for `threshold`; its keys are the ids.

    Raises:
        UsageError: the file is no index of this program.
    """
    from datasketch import MinHashLSH

    with pq.ParquetFile(path) as file:
        if (file.schema_arrow.metadata or {}).get(b"form") != FORM["form"].encode():
            raise UsageError(f"{path} is no index that `curator duplicates --index` wrote.")
        lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        for batch in file.iter_batches(_AT_ONCE):
            values = batch.column("signature").flatten().to_numpy().reshape(-1, PERMUTATIONS)
            for id_, signature in zip(batch.column("id").to_pylist(), values, strict=True):
                lsh.insert(id_, as_minhash(signature))
    return lsh


def minhash_of(prompt: str, answer: str) -> "MinHash":
    """What to query an index with: the signature of the full text of an example that is not in it."""
    views = pl.DataFrame([(prompt, answer, 0, 0, 0, not prompt)], schema=VIEWS, orient="row")
    return as_minhash(signatures_of(assemble([block_features(views)]), np.zeros(1, dtype=np.int64), FULL_TEXT)[0])


def as_minhash(signature: npt.NDArray[np.uint32]) -> "MinHash":
    """A signature of ours, uint32 [128], as datasketch has it."""
    from datasketch import MinHash

    return MinHash(scheme="affine32", hashvalues=signature, permutations=permutations())
