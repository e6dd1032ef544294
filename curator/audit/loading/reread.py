"""Read examples again from their source: all in order, or some by position."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from curator.audit.loading.load import Loaded
from curator.data.batches import read_batch, read_example
from curator.data.blocks import Block
from curator.data.content import Content
from curator.data.dialects.dialect import Dialect
from curator.data.frames import Batch
from curator.data.sources.source import blocks
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
                raise WorkFailed(f"{read.source.name} was changed while it was in use. Run the command again.")
            yield number, block


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
    """The examples at these positions, in ascending order; blocks without one are not parsed."""
    wanted = sorted(set(positions))
    if not wanted:
        return
    first_rows = _first_positions(loaded)
    index = 0
    for (number, block), (first, count) in zip(source_blocks(loaded), first_rows, strict=True):
        here = set()
        while index < len(wanted) and wanted[index] < first + count:
            here.add(wanted[index])
            index += 1
        if here:
            yield from _from_block(loaded, number, block, here)
        if index == len(wanted):
            return


def _from_block(loaded: Loaded, number: int, block: Block, wanted: set[int]) -> Iterator[Original]:
    dialect = loaded.sources[number].recognised.dialect
    lines = loaded.facts["line"]
    by_line = {int(lines[position]): position for position in wanted}
    for line, raw, _ in block.elements():
        position = by_line.get(line)
        if position is not None:
            outcome = read_example(raw, dialect)
            assert not isinstance(outcome, list), "a line that was an example is one still: the block is the same"
            yield Original(position, number, line, *outcome)


def _first_positions(loaded: Loaded) -> list[tuple[int, int]]:
    """First position and number of examples of each block."""
    result, position = [], 0
    for placed in loaded.placed:
        result.append((position, placed.examples))
        position += placed.examples
    return result


def batches(loaded: Loaded) -> Iterator[tuple[int, Batch]]:
    """Every block as a batch, with the position of its first example."""
    position = 0
    for number, block in source_blocks(loaded):
        batch = read_batch(block, loaded.sources[number].recognised.dialect)
        yield position, batch
        position += len(batch.examples)
