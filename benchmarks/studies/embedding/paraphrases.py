"""Rephrased questions against their originals: how many are found, what is found wrongly, and what a split leaves.

    python -m benchmarks.studies.embedding.paraphrases first GSM8K_TRAIN ALPACA ROLE_PLAY what thresholds were chosen on
    python -m benchmarks.studies.embedding.paraphrases second GSM8K_TEST ALPACA ROLE_PLAY  what they are measured on
    python -m benchmarks.studies.embedding.paraphrases sentences STS.tsv ...  pairs scored by people
    python -m benchmarks.studies.embedding.paraphrases clean FILE FILE ...  each file against those before it

`first` and `second` take other examples of a file, and other replacements (`rephrased.py`). A found paraphrase is right
where it is the question that was rephrased. Of scored pairs those from 4.5 up are paraphrases, and a found one is right
from 3 up ("roughly equivalent").
"""

import csv
import random
import sys
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.studies.embedding.rephrased import rephrased
from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import words_of
from curator.embedding.paraphrases import Prompts, paraphrase_pairs, paraphrases_of
from curator.project.saved_split import TRAIN, VALIDATION
from curator.splitting.components import components
from curator.splitting.split import split

MOST, SEED = 4_000, 0


def prompts_of(texts: list[str]) -> Prompts:
    views = pl.DataFrame({"prompt": texts}).with_columns(answer=pl.lit(""), context=pl.lit(0, pl.UInt64))
    return Prompts.of(encode_views(views, encoder_named()), words_of(views))


def distinct_prompts(path: Path) -> list[str]:
    texts = list(dict.fromkeys(filter(None, views_of(path)["prompt"].to_list())))
    random.Random(SEED).shuffle(texts)
    return texts


def row(name: str, texts: list[str], others: list[str]) -> None:
    known, held = prompts_of(texts), prompts_of(others)
    nearest, _ = paraphrases_of(known, held)
    found, right = nearest >= 0, nearest == np.arange(len(texts))
    sizes = np.minimum(known.sizes, held.sizes)
    bands = (sizes < 12, (sizes >= 12) & (sizes < 24), sizes >= 24)
    parts = [found[some].mean() if some.any() else float("nan") for some in bands]
    together = known.followed_by(held)
    ids = pl.Series([f"{random.Random(at).getrandbits(64):016x}" for at in range(len(together))])
    none = np.empty((0, 2), dtype=np.int64)
    left = []
    for edges in (none, paraphrase_pairs(together)):
        result = split(ids, components(len(together), edges, none), validation=0.1)
        twin = np.roll(result.splits, len(texts))
        held_out = result.splits == VALIDATION
        left.append(f"{(twin[held_out] == TRAIN).mean():.1%} of {held_out.sum()}")
    print(
        f"| {name} | {len(texts):,} | {np.median(sizes):.0f} | {(found & right).mean():.3f} | "
        f"{right[found].mean():.4f} | "
        f"{parts[0]:.2f}, {parts[1]:.2f}, {parts[2]:.2f} | {left[0]} | {left[1]} |",
        flush=True,
    )


def sentences(path: Path) -> None:
    rows = [
        line
        for line in csv.reader(path.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
        if line[0].strip()
    ]
    score = np.array([float(line[0]) for line in rows])
    known, held = (prompts_of([line[side] for line in rows]) for side in (1, 2))
    nearest, _ = paraphrases_of(known, held)
    own = nearest == np.arange(len(rows))
    same = score >= 4.5
    print(
        f"| {path.name} | {len(rows):,} | {np.median(held.sizes):.0f} | {same.sum()} | {own[same].mean():.3f} | "
        f"{(score[own] >= 3).mean():.3f} of {own.sum()} |"
    )


def main() -> None:
    what, paths = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    if what == "sentences":
        print("| pairs | pairs scored | subwords, median | from 4.5 | found | of found ones right |\n|" + " --- |" * 6)
        for path in paths:
            sentences(path)
        return
    if what == "clean":
        print("| set | against | found |\n| --- | --- | --- |")
        before: list[str] = []
        for path in paths:
            texts = distinct_prompts(path)
            if before:
                nearest, _ = paraphrases_of(prompts_of(before), prompts_of(texts))
                print(
                    f"| {path.name} | {len(before):,} prompts | {(nearest >= 0).sum()} of {len(texts):,} |", flush=True
                )
            before += texts
        return
    print("| set | questions | subwords, median | recall | precision | recall below 12, 24, and above | ", end="")
    print("of validation in training: at random | kept together |")
    print("|" + " --- |" * 8)
    for path in paths:
        texts = distinct_prompts(path)
        half = texts[: len(texts) // 2] if what == "first" else texts[len(texts) // 2 :]
        half = half[:MOST]
        row(path.name, half, [rephrased(text, what.upper(), SEED) for text in half])


if __name__ == "__main__":
    main()
