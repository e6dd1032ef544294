"""What is kept of a block of examples: everything that finding duplicates needs later, in compact arrays."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from curator.data.mapped import release
from curator.duplicates.intrinsics import eight_bytes
from curator.duplicates.minhash.signatures import PERMUTATIONS, Banding, band_hashes, permutations, sign_views
from curator.duplicates.text.characters import Characters
from curator.duplicates.text.normalise import NormalisedTexts, as_texts
from curator.duplicates.text.shingles import count_views, sorted_set, tagged_shingles
from curator.duplicates.text.words import Hashes, Read, carried, mix, read_words
from curator.duplicates.verify.bitmap import BITMAP_WORDS, flip_all
from curator.duplicates.versions import FEATURES
from curator.errors import UnreadableInput
from curator.jit import grown, inner_kernel, kernel, signed

THRESHOLD = 0.7
"""The similarity from which two texts are near-duplicates."""

_ONE = np.uint64(1)
_BYTES_A_SHINGLE = 5  # at first; more room is made where words are shorter

VIEW_NAMES = ("whole", "prompt", "answer")


@dataclass(frozen=True)
class BlockFeatures:
    """A block of `n` examples, in file order.

    Attributes:
        ends: int64 [n + 1], where the shingles of each example begin; the last is where the last ends.
        shingles: uint64, sorted within an example; see shingles.py.
        sizes: uint32 [n, 3], shingles of the whole, the prompt and the answer.
        words: uint32 [n, 2], words of the prompt and the answer.
        equal_words: uint64 [n, 2], equal where the words of prompt, of answer are.
        equal_text: uint64 [n, 2], equal where prompt, answer are the same text but for outer white space.
        bitmaps: uint64 [n, `BITMAP_WORDS`], see parities.py.
        numbers: uint64 [n], equal where both parts have the same numbers in the same order.
        symbols: uint64 [n], equal where both parts have the same symbols in the same order.
        equal_prompt: uint64 [n], equal where the prompts have the same words and symbols in the same order, or, without
            a word, the same text; 0 where there is no prompt.
        context: uint64 [n], equal where system and developer text, tools, media, reasoning and rejected answer are.
        weights: uint64 [n], equal where weights and label are.
        exact: uint64 [n], equal for exact duplicates.
        text_only: bool [n], examples without a prompt by kind.
        bands: uint32 [3 x bands, n], band hashes of the whole, the prompt and the answer; 0 where a view has no words.
        banding: int32 [2], bands and rows of `bands`.
    """

    ends: npt.NDArray[np.int64]
    shingles: Hashes
    sizes: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    equal_words: Hashes
    equal_text: Hashes
    bitmaps: Hashes
    numbers: Hashes
    symbols: Hashes
    equal_prompt: Hashes
    context: Hashes
    weights: Hashes
    exact: Hashes
    text_only: npt.NDArray[np.bool_]
    bands: npt.NDArray[np.uint32]
    banding: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Examples in the block."""
        return len(self.exact)

    def save(self, path: Path) -> None:
        """Write one Arrow file of one row, a list per array; the caller makes it appear whole."""
        columns = {}
        for field in fields(self):
            values = getattr(self, field.name)
            flat = values.view(np.uint8) if values.dtype == np.bool_ else values
            columns[field.name] = pa.LargeListArray.from_arrays(np.array([0, flat.size]), pa.array(flat.reshape(-1)))
        table = pa.table(columns).replace_schema_metadata({"version": str(FEATURES)})
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def load(cls, path: Path) -> "BlockFeatures":
        """Map a file that `save` wrote into memory; nothing is read before it is used.

        Raises:
            UnreadableInput: the file is cut off, or of another version.
        """
        try:
            with pa.memory_map(str(path)) as source:
                table = pa.ipc.open_file(source).read_all()
                source.seek(0)
                begin = source.read_buffer().address
        except (pa.ArrowInvalid, OSError) as problem:
            raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
        if (table.schema.metadata or {}).get(b"version") != str(FEATURES).encode():
            raise UnreadableInput(f"{path} was written by another version. Delete it: it will be made again.")
        arrays: dict[str, Any] = {
            name: table.column(name).chunk(0).values.to_numpy(zero_copy_only=True) for name in table.column_names
        }
        n = len(arrays["exact"])
        arrays["text_only"] = arrays["text_only"].view(np.bool_)
        for name, width in (
            ("sizes", 3),
            ("words", 2),
            ("equal_words", 2),
            ("equal_text", 2),
            ("bitmaps", BITMAP_WORDS),
        ):
            arrays[name] = arrays[name].reshape(n, width)
        if n:  # in a mapping of their own, which `release_bands` can empty
            at = arrays["bands"].ctypes.data - begin
            arrays["bands"] = np.memmap(path, np.uint32, "r", at, arrays["bands"].shape)
        arrays["bands"] = arrays["bands"].reshape(3 * int(arrays["banding"][0]), n)
        return cls(**arrays)

    def release_bands(self) -> None:
        """Give the memory of band hashes that are mapped back to the system: they were copied, and can be read again.

        They are the larger half of a block: 366 MiB of a million examples.
        """
        release(self.bands)


_characters = Characters()


def block_features(views: pl.DataFrame, threshold: float = THRESHOLD) -> BlockFeatures:
    """Read, shingle and sign the `VIEWS` of a block. Uses one core and holds no interpreter lock while it works.

    Args:
        views: the frame of `curator.data.text.view_texts`.
        threshold: for which similarity band hashes are made; `find` makes others itself where it is asked to.
    """
    prompts, answers = as_texts(views["prompt"], _characters), as_texts(views["answer"], _characters)
    with _characters.learning:
        tables = (_characters.kinds, _characters.actions, _characters.starts, _characters.sequences)
    banding = Banding.for_threshold(threshold)
    # made here and not by the kernel, because numpy takes large pages, and what stays 0 is never touched
    room = np.empty(max(1024, (prompts.data.size + answers.data.size) // _BYTES_A_SHINGLE), dtype=np.uint64)
    bands = np.zeros((3 * banding.bands, len(views)), dtype=np.uint32)
    ends, shingles, sizes, words, equal_words, equal_text, bitmaps, numbers, symbols, equal_prompt = _prepare(
        _flat(prompts), _flat(answers), tables, permutations(), banding.rows, room, bands
    )
    return BlockFeatures(
        ends,
        shingles[: ends[-1]] if 4 * ends[-1] >= 3 * len(shingles) else shingles[: ends[-1]].copy(),
        sizes,
        words,
        equal_words,
        equal_text,
        bitmaps,
        numbers,
        symbols,
        equal_prompt,
        context=views["context"].to_numpy(),
        weights=views["weights"].to_numpy(),
        exact=views["exact"].to_numpy(),
        text_only=views["text_only"].to_numpy(),
        bands=bands,
        banding=np.array([banding.bands, banding.rows], dtype=np.int32),
    )


def _flat(texts: NormalisedTexts) -> tuple[Any, ...]:
    return texts.data, texts.offsets, texts.instead, texts.normal, texts.normal_offsets


@inner_kernel
def _bytes_of(texts: Any, example: int) -> int:
    """Bytes of one text, as it is or normalised, whichever is more."""
    length = signed(texts[1][example + 1] - texts[1][example])
    number = texts[2][example]
    return length if number < 0 else max(length, signed(texts[4][number + 1] - texts[4][number]))


@inner_kernel
def _room(prompts: Any, answers: Any) -> int:
    """Bytes of the longest example."""
    longest = signed(0)
    for example in range(prompts[1].size - 1):
        longest = max(longest, _bytes_of(prompts, example) + _bytes_of(answers, example))
    return longest


@inner_kernel
def _words_of(texts: Any, example: int, tables: Any, words: Any, before: Read) -> Read:
    """Append the words of one text; see `read_words`."""
    data, offsets, instead, normal, normal_offsets = texts
    number = instead[example]
    is_normal = number >= 0
    if is_normal:
        data, low, high = normal, normal_offsets[number], normal_offsets[number + 1]
    else:
        low, high = offsets[example], offsets[example + 1]
    return read_words(data, low, high, is_normal, tables, words, before)


@inner_kernel
def _text_hash(data: Any, low: int, high: int) -> Any:
    """A hash of a text without the ASCII white space around it."""
    while low < high and (data[low] == 32 or 9 <= data[low] <= 13):
        low += 1
    while low < high and (data[high - 1] == 32 or 9 <= data[high - 1] <= 13):
        high -= 1
    value = np.uint64(high - low)
    while low + 8 <= high:
        value = carried(value, eight_bytes(data, low))
        low += 8
    for at in range(low, high):
        value = carried(value, np.uint64(data[at]))
    return mix(value)


@inner_kernel
def _sequence_hash(words: Any, low: int, high: int) -> Any:
    value = np.uint64(high - low)
    for at in range(low, high):
        value = carried(value, words[at])
    return mix(value)


@kernel
def _prepare(prompts: Any, answers: Any, tables: Any, permutation: Any, rows: int, shingles: Any, hashes: Any) -> Any:
    n = prompts[1].size - 1
    room = 2 * _room(prompts, answers) + 8
    words = np.empty(room, dtype=np.uint64)
    tagged = np.empty(room, dtype=np.uint64)
    table = np.zeros(1 << 12, dtype=np.uint64)
    signatures = np.empty((3, PERMUTATIONS), dtype=np.uint32)
    ends = np.zeros(n + 1, dtype=np.int64)
    sizes = np.zeros((n, 3), dtype=np.uint32)
    word_counts = np.zeros((n, 2), dtype=np.uint32)
    equal_words = np.zeros((n, 2), dtype=np.uint64)
    equal_text = np.zeros((n, 2), dtype=np.uint64)
    bitmaps = np.zeros((n, BITMAP_WORDS), dtype=np.uint64)
    numbers = np.zeros(n, dtype=np.uint64)
    symbols = np.zeros(n, dtype=np.uint64)
    equal_prompt = np.zeros(n, dtype=np.uint64)
    bands = hashes.shape[0] // 3
    own_bands = np.empty(bands, dtype=np.uint32)
    for example in range(n):
        nothing = Read(signed(0), np.uint64(0), np.uint64(0), np.uint64(0))
        asked = _words_of(prompts, example, tables, words, nothing)
        in_prompt = asked.total
        between = Read(in_prompt, mix(asked.numbers + _ONE), mix(asked.symbols + _ONE), np.uint64(0))
        both = _words_of(answers, example, tables, words, between)
        in_both = both.total
        word_counts[example, 0] = in_prompt
        word_counts[example, 1] = in_both - in_prompt
        numbers[example] = both.numbers
        symbols[example] = both.symbols
        equal_words[example, 0] = _sequence_hash(words, signed(0), in_prompt)
        equal_words[example, 1] = _sequence_hash(words, in_prompt, in_both)
        equal_text[example, 0] = _text_hash(prompts[0], prompts[1][example], prompts[1][example + 1])
        equal_text[example, 1] = _text_hash(answers[0], answers[1][example], answers[1][example + 1])
        if in_prompt > 0:
            equal_prompt[example] = mix(equal_words[example, 0] ^ mix(asked.placed))
        elif equal_text[example, 0] != _text_hash(prompts[0], signed(0), signed(0)):
            equal_prompt[example] = equal_text[example, 0]
        count = tagged_shingles(words, in_prompt, in_both - in_prompt, tagged)
        if table.size < 5 * count + 2:
            table = np.zeros(10 * count, dtype=np.uint64)
        low = ends[example]
        while low + count >= shingles.size:
            shingles = grown(shingles)
        high = sorted_set(tagged, count, table, shingles, low)
        ends[example + 1] = high
        sizes[example, 0], sizes[example, 1], sizes[example, 2] = count_views(shingles, low, high)
        if count > 0:
            flip_all(bitmaps[example], shingles, low, high)
            sign_views(shingles, low, high, permutation[0], permutation[1], signatures)
            for view in range(3):
                if sizes[example, view] > 0:
                    band_hashes(signatures[view], rows, own_bands)
                    for band in range(bands):
                        hashes[view * bands + band, example] = own_bands[band]
    return (ends, shingles, sizes, word_counts, equal_words, equal_text, bitmaps, numbers, symbols, equal_prompt)
