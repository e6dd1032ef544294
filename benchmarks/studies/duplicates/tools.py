"""One tool, one run, in a process of its own: `python -m benchmarks.studies.duplicates.tools TOOL FILE`.

FILE holds a JSON list of [prompt, answer]. Printed is one line of JSON: wall and processor seconds from texts in memory
to duplicates (shingling counted, imports and reading not), the seconds of each stage, and which examples were marked.
Each tool is used as its README says, for a similarity of 0.7, 128 permutations and word 5-grams where it has those.
"""

import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Examples = list[tuple[str, str]]
Outcome = tuple[dict[str, float], list[int]]
"""Seconds by stage, and the positions of examples that were found to be copies of others."""

WORDS = re.compile(r"\w+")
MODEL = Path(__file__).parents[3] / "curator" / "embedding" / "encoders" / "model"


class Stages:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def texts_of(examples: Examples) -> list[str]:
    return [f"{prompt}\n{answer}" for prompt, answer in examples]


def shingles(text: str) -> list[str]:
    words = WORDS.findall(text.lower())
    return [" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))]


def datasketch(examples: Examples) -> Callable[[], Outcome]:
    from datasketch import MinHash, MinHashLSH

    texts = texts_of(examples)

    def run() -> Outcome:
        stages, lsh, marked = Stages(), MinHashLSH(threshold=0.7, num_perm=128), []
        sets = [{shingle.encode() for shingle in shingles(text)} for text in texts]
        stages.lap("shingle")
        minhashes = MinHash.bulk(sets, num_perm=128)
        stages.lap("sign")
        for number, minhash in enumerate(minhashes):
            if lsh.query(minhash):
                marked.append(number)
            lsh.insert(number, minhash)
        stages.lap("insert and query")
        return stages.seconds, marked

    return run


def rensa(examples: Examples) -> Callable[[], Outcome]:
    from rensa import RMinHashDeduplicator

    texts = texts_of(examples)

    def run() -> Outcome:
        stages = Stages()
        sets = [shingles(text) for text in texts]
        stages.lap("shingle")
        keep = RMinHashDeduplicator(threshold=0.7, num_perm=128, use_lsh=True).add_pairs(
            (str(number), shingled) for number, shingled in enumerate(sets)
        )
        stages.lap("sign, insert and query")
        return stages.seconds, [number for number, kept in enumerate(keep) if not kept]

    return run


def semhash(examples: Examples) -> Callable[[], Outcome]:
    import numpy as np
    from model2vec import StaticModel
    from safetensors.numpy import load_file
    from semhash import SemHash
    from tokenizers import Tokenizer

    texts = texts_of(examples)
    vectors = load_file(MODEL / "model.safetensors")["embedding.weight"].astype(np.float32)
    model = StaticModel(vectors, Tokenizer.from_file(str(MODEL / "tokenizer.json")))

    def run() -> Outcome:
        stages = Stages()
        index = SemHash.from_records(records=texts, model=model)
        stages.lap("embed and index")
        kept = set(index.self_deduplicate().selected)
        stages.lap("query")
        return stages.seconds, [number for number, text in enumerate(texts) if text not in kept]

    return run


def text_dedup(examples: Examples) -> Callable[[], Outcome]:
    """Its command; loading and saving files are not counted, and of its processes it has as many as there are cores."""
    from datasets import Dataset
    from text_dedup import minhash
    from text_dedup.utils import Timer

    folder = tempfile.TemporaryDirectory()
    texts = texts_of(examples)
    Dataset.from_dict({"text": texts, "number": list(range(len(texts)))}).save_to_disk(f"{folder.name}/in")
    taken: dict[str, float] = {}

    def report(self: Any, **_: Any) -> None:
        taken.update(self.elapsed_times)

    Timer.report = report
    arguments = ["--path", f"{folder.name}/in", "--local", "--output", f"{folder.name}/out", "--column", "text"]
    arguments += ["--threshold", "0.7", "--num_perm", "128", "--hash_func", "xxh3", "--batch_size", "10000"]

    def run() -> Outcome:
        minhash.main(arguments, standalone_mode=False)
        from datasets import load_from_disk

        kept = set(load_from_disk(f"{folder.name}/out")["number"])
        stages = {name: taken[name] for name in ("MinHashing", "Clustering", "Filtering")}
        marked = [number for number in range(len(texts)) if number not in kept]
        folder.cleanup()
        return stages, marked

    return run


def curator(examples: Examples, views: tuple[str, ...]) -> Callable[[], Outcome]:
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np
    import polars as pl

    from curator.duplicates.block_features import block_features
    from curator.duplicates.corpus import assemble
    from curator.duplicates.groups import default_rank, group
    from curator.duplicates.search import find

    prompts, answers = [prompt for prompt, _ in examples], [answer for _, answer in examples]
    if views == ("whole",):
        prompts, answers = [""] * len(examples), texts_of(examples)

    def frame(prompts: list[str], answers: list[str]) -> pl.DataFrame:
        texts = pl.DataFrame({"prompt": prompts, "answer": answers})
        return texts.with_columns(
            context=pl.lit(0, pl.UInt64),
            exact=pl.col("prompt").hash(1) ^ pl.col("answer").hash(2),
            text_only=pl.lit(views == ("whole",)),
        )

    few = assemble([block_features(frame(prompts[:200], answers[:200]))])
    group(few, find(few, views=views), default_rank(few))  # take the kernels from disk

    def run() -> Outcome:
        stages = Stages()
        parts = [slice(at, at + 10_000) for at in range(0, len(prompts), 10_000)]
        with ThreadPoolExecutor(2) as pool:
            blocks = list(pool.map(lambda part: block_features(frame(prompts[part], answers[part])), parts))
        stages.lap("to Arrow, words, shingles, signatures")
        corpus = assemble(blocks)
        duplicates = find(corpus, views=views)
        stages.lap("candidates and verification")
        groups = group(corpus, duplicates, default_rank(corpus))
        stages.lap("relations and groups")
        return stages.seconds, np.flatnonzero(groups.keeper != np.arange(len(corpus))).tolist()

    return run


TOOLS: dict[str, Callable[[Examples], Callable[[], Outcome]]] = {
    "curator, whole": lambda examples: curator(examples, ("whole",)),
    "curator, three views": lambda examples: curator(examples, ("whole", "prompt", "answer")),
    "datasketch": datasketch,
    "rensa": rensa,
    "semhash": semhash,
    "text-dedup": text_dedup,
}


def processor_seconds() -> float:
    """Of this process and those it started; of text-dedup its loading and saving are among them."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    tool, file = sys.argv[1:]
    run = TOOLS[tool](json.loads(Path(file).read_text(encoding="utf-8")))
    processor = processor_seconds()
    stages, marked = run()
    outcome = {"wall": sum(stages.values()), "processor": processor_seconds() - processor}
    print(json.dumps({**outcome, "stages": stages, "marked": marked}))


if __name__ == "__main__":
    main()
