"""Foreign text planted in real sets: does it stand out, and does clean data stay clean?

    python -m benchmarks.studies.embedding.outliers gsm8k_train.jsonl alpaca_52k.jsonl.gz

Needs what foreign_text.py reads, and cleanlab and scikit-learn for the comparison (the extra "bench"). Cleanlab gets
the whole examples' vectors, and finds its neighbours by itself.
"""

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import rankdata

from benchmarks.studies.embedding.foreign_text import foreign_examples
from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import words_of
from curator.embedding.outliers.detection import outliers, surprisal
from curator.embedding.vectors import Vectors

SHARE, SEED = 0.01, 0


def auroc(score: np.ndarray, planted: np.ndarray) -> float:
    """Chance that a planted example scores above another one."""
    ranks, positives = rankdata(np.nan_to_num(score, nan=-np.inf)), planted.sum()
    return (ranks[planted].sum() - positives * (positives + 1) / 2) / (positives * (~planted).sum())


def cleanlab_scores(vectors: Vectors) -> np.ndarray:
    from cleanlab.outlier import OutOfDistribution

    return 1 - OutOfDistribution().fit_score(features=vectors.full_text[:], verbose=False)


def main() -> None:
    encoder = encoder_named()
    print("| set | examples | flagged clean | AUROC | AUROC of cleanlab | found | of the flagged, planted | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for path in map(Path, sys.argv[1:]):
        clean = views_of(path).select("prompt", "answer", "context")
        foreign = foreign_examples(round(SHARE * len(clean)), SEED)
        added = pl.DataFrame([(*pair, 0) for _, pair in foreign], clean.schema, orient="row")
        vectors = encode_views(clean, encoder)
        unspoiled = len(outliers(vectors, surprisal(words_of(clean))).flagged) / len(clean)
        views = pl.concat([clean, added])
        vectors = Vectors(np.concatenate([vectors.parts, encode_views(added, encoder).parts]))
        planted = np.arange(len(views)) >= len(clean)
        began = time.perf_counter()
        judged = outliers(vectors, surprisal(words_of(views)))
        seconds = time.perf_counter() - began
        found = planted[judged.flagged]
        theirs = auroc(cleanlab_scores(vectors), planted)
        print(
            f"| {path.name} | {len(clean):,} | {unspoiled:.2%} | {auroc(judged.score, planted):.3f} | {theirs:.3f} | "
            f"{found.sum() / planted.sum():.0%} | {found.mean():.0%} | {seconds:.1f} |",
            flush=True,
        )
        kinds = np.array([""] * len(clean) + [kind for kind, _ in foreign])
        for kind in sorted(set(kinds[planted])):
            some = ~planted | (kinds == kind)
            print(f"|   {kind} | | | {auroc(judged.score[some], planted[some]):.3f} | | | | |")
    noise = np.random.default_rng(SEED).normal(size=(50_000, 2, encoder.dimensions))
    noise = (noise / np.linalg.norm(noise, axis=2, keepdims=True)).astype(np.float16)
    print(f"| random vectors | 50,000 | {len(outliers(Vectors(noise)).flagged) / 50_000:.2%} | | | | | |")


if __name__ == "__main__":
    main()
