"""Read examples again from their source: all in order, or some by position."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from curator.audit.loading.load import Loaded
from curator.data.batches import read_batch, read_example
from curator.data.blocks import Block
from curator.data.content import Content
from curator.data.dialects.dialect import Dialect
from curator.data.frames import Batch
from curator.data.identity import example_key
from curator.data.sources.source import Source, blocks
from curator.errors import WorkFailed


@dataclass(frozen=True)
class Original:
    """An example as its source has it.

    Attributes:
        position: in the whole set.
        file: number of the source.
        line: 1-based physical line, or element number.
        value: the source's own object, unknown fields and all.
        content: what it means.
    """

    position: int
    file: int
    line: int
    value: dict[str, Any]
    content: Content

    def extra(self, dialect: Dialect) -> dict[str, Any]:
        """Top-level fields that the dialect does not know, in their own order."""
        return {key: value for key, value in self.value.items() if key not in dialect.known}


def source_blocks(loaded: Loaded) -> Iterator[tuple[int, Block]]:
    """Every block with the number of its source, in order.

    Raises:
        WorkFailed: a source was changed since it was loaded.
    """
    placed = iter(loaded.placed)
    for number, read in enumerate(loaded.sources):
        for block in blocks(read.source):
            expected = next(placed, None)
            if expected is None or expected.digest != block.digest:
                raise _changed(read.source)
            yield number, block


def _changed(source: Source) -> WorkFailed:
    return WorkFailed(f"{source.name} was changed while it was in use. Run the command again.")


def originals(loaded: Loaded) -> Iterator[Original]:
    """Every example in order."""
    position = 0
    for number, block in source_blocks(loaded):
        dialect = loaded.sources[number].recognised.dialect
        for index, (line, raw, _) in enumerate(block.elements()):
            outcome = [] if index in block.faults else read_example(raw, dialect)
            if not isinstance(outcome, list):
                yield Original(position, number, line, *outcome)
                position += 1


def originals_at(loaded: Loaded, positions: Iterable[int]) -> Iterator[Original]:
    """The examples at these positions, in ascending order: each read at its place, where the source has places.

    Of other sources the blocks without one are not parsed.

    Raises:
        WorkFailed: a source was changed since it was loaded.
    """
    files = loaded.facts["file"]
    for file, wanted in groupby(sorted(set(positions)), lambda position: int(files[position])):
        is_quick = loaded.sources[file].source.seekable
        yield from (_at_offsets if is_quick else _in_blocks)(loaded, file, list(wanted))


def _at_offsets(loaded: Loaded, file: int, wanted: list[int]) -> Iterator[Original]:
    read = loaded.sources[file]
    offsets = loaded.facts[wanted].select("offset", "length", "line", "key").iter_rows()
    with read.source.path.open("rb") as stream:
        for position, (offset, length, line, key) in zip(wanted, offsets, strict=True):
            outcome = read_example(os.pread(stream.fileno(), length, offset), read.recognised.dialect)
            if isinstance(outcome, list) or example_key(outcome[1].identity()) != key:
                raise _changed(read.source)
            yield Original(position, file, line, *outcome)


def _in_blocks(loaded: Loaded, file: int, wanted: list[int]) -> Iterator[Original]:
    ends = accumulate(placed.examples for placed in loaded.placed)
    both = zip(loaded.placed, ends, strict=True)
    own = [(placed, end - placed.examples) for placed, end in both if placed.file == file]
    lines, last = loaded.facts["line"], wanted[-1]
    source, dialect = loaded.sources[file].source, loaded.sources[file].recognised.dialect
    for block, (placed, first) in zip(blocks(source), own, strict=True):
        if block.digest != placed.digest:
            raise _changed(source)
        here = [position for position in wanted if first <= position < first + placed.examples]
        by_line = {int(lines[position]): position for position in here}
        for line, raw, _ in block.elements() if here else ():
            position = by_line.get(line)
            if position is not None:
                outcome = read_example(raw, dialect)
                assert not isinstance(outcome, list), "a line that was an example is one still: the block is the same"
                yield Original(position, file, line, *outcome)
        if last < first + placed.examples:
            return


def batches(loaded: Loaded) -> Iterator[tuple[int, Batch]]:
    """Every block as a batch, with the position of its first example."""
    position = 0
    for number, block in source_blocks(loaded):
        batch = read_batch(block, loaded.sources[number].recognised.dialect)
        yield position, batch
        position += len(batch.examples)
