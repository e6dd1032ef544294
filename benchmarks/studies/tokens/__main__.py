"""How fast tokens are counted, and whether two libraries agree.

python -m benchmarks.studies.tokens FILE [MEGABYTES]

FILE is any data file that curator reads; its blocks are counted over and over until MEGABYTES (default 200) of text
were counted by each way.
"""

import os
import sys
import time
from collections.abc import Callable
from itertools import cycle

os.environ.setdefault("RAYON_NUM_THREADS", "1")

from benchmarks.measure import machine
from benchmarks.studies.tokens.work import batches, count_one, size
from curator.data.frames import Batch
from curator.tokens import TOKENIZERS
from curator.tokens.vocabularies import openai_encoding, splintr_vocabulary


def enough(read: list[Batch], megabytes: float) -> list[Batch]:
    taken, total = [], 0.0
    for batch in cycle(read):
        taken.append(batch)
        total += size(batch)
        if total >= megabytes:
            return taken
    return taken


def speed(megabytes: float, work: Callable[[], object]) -> float:
    """Megabytes per second of one core's time: other work on the machine counts less than in wall time."""
    start = time.process_time()
    work()
    return megabytes / (time.process_time() - start)


def main() -> None:
    file, megabytes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 200.0
    read = batches(file)
    texts = [text for batch in read for text in batch.messages["content"].drop_nulls()]
    text_size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{machine()}; {file}: {len(texts):,} messages, {text_size:.1f} MB of text\n")
    print("| way | MB/s of one core |")
    print("| --- | --- |")
    tiktoken, splintr = openai_encoding("o200k_base"), splintr_vocabulary("o200k_base")
    one_by_one = speed(text_size, lambda: [tiktoken.encode_ordinary(text) for text in texts])
    print(f"| tiktoken o200k_base, text by text | {one_by_one:.1f} |")
    print(f"| tiktoken o200k_base, its batch method with one thread | "
          f"{speed(text_size, lambda: tiktoken.encode_ordinary_batch(texts, num_threads=1)):.1f} |")  # fmt: skip
    print(f"| splintr o200k_base, text by text | "
          f"{speed(text_size, lambda: [splintr.encode_ordinary(text) for text in texts]):.1f} |")  # fmt: skip
    differing = sum(splintr.encode_ordinary(text) != tiktoken.encode_ordinary(text) for text in texts)
    work = enough(read, megabytes)
    total = sum(map(size, work))
    speeds: dict[str, float] = {}
    for tokenizer in TOKENIZERS:
        count_one(read[0], tokenizer.name)
        speeds[tokenizer.name] = speed(total, lambda name=tokenizer.name: [count_one(batch, name) for batch in work])
        print(f"| count_tokens, {tokenizer.name} | {speeds[tokenizer.name]:.1f} |")
    print(
        f"\ntiktoken and splintr give different tokens for {differing} of {len(texts):,} texts. On two cores, 670 MB"
        f" take {670 / (2 * speeds['o200k_base']):.0f} s with o200k_base."
    )


if __name__ == "__main__":
    main()
