"""From which cosine two examples say the same: the threshold that is stored with each encoder.

    python -m benchmarks.studies.embedding.labelled alpaca_52k.jsonl.gz [ENCODER ...]

labelled.tsv holds 164 pairs of Stanford Alpaca by their ids: drawn at random with seed 0 from the pairs of 30 nearest
neighbours by the default encoder, 20 to 26 from each of seven bands of cosine from 0.80 up, without those that the
duplicate engine reports (word 5-grams of prompts or wholes similar at 0.7). One reader saw the beginnings of
prompts and answers and the default encoder's cosine, and asked: is the same asked for, up to wording, style or count,
and is what is answered interchangeable, so that one of the two is enough? 1: yes. Pairs that do the same to another
object ("classify 'software'", "classify 'small'") or with other numbers are no.

The rule is the product's (`curator.embedding.semantic_duplicates`): full text and prompt at or above the threshold, and
the same numbers in both prompts. The threshold is the lowest, in steps of 0.01, from which nine in ten such pairs are
yes.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import words_of

LABELS = Path(__file__).parent / "labelled.tsv"
PRECISE = 0.9


def main() -> None:
    views = views_of(Path(sys.argv[1]))
    rows = list(csv.DictReader(LABELS.open(encoding="utf-8"), delimiter="\t"))
    wanted = sorted({row[end] for row in rows for end in ("left", "right")})
    views = views.filter(pl.col("id").is_in(wanted))
    place = {id_: at for at, id_ in enumerate(views["id"])}
    ends = np.array([[place[row["left"]], place[row["right"]]] for row in rows])
    label = np.array([row["same"] == "1" for row in rows])
    numbers = words_of(views).numbers[ends]
    is_same = numbers[:, 0] == numbers[:, 1]
    for name in sys.argv[2:] or ["default"]:
        vectors = encode_views(views, encoder_named(name))
        full_text, prompt = vectors.full_text[:], vectors.prompt.astype(np.float32)
        cosine, least = (np.einsum("ij,ij->i", part[ends[:, 0]], part[ends[:, 1]]) for part in (full_text, prompt))
        print(f"\n{Path(name).name}: {len(ends)} pairs, {label.mean():.0%} say the same\n")
        print("| from | by the whole alone | precision | by the rule | precision | found of all |")
        print("| --- | --- | --- | --- | --- | --- |")
        lowest = None
        for threshold in np.arange(0.98, 0.69, -0.01).round(2):
            alone, ruled = cosine >= threshold, (np.minimum(cosine, least) >= threshold) & is_same
            if not ruled.any():
                continue
            precision = label[ruled].mean()
            if precision >= PRECISE:
                lowest = threshold
            print(
                f"| {threshold:.2f} | {alone.sum()} | {label[alone].mean():.2f} | {ruled.sum()} | {precision:.2f} | "
                f"{label[ruled].sum() / label.sum():.2f} |"
            )
        print(f"\nLowest with a precision of {PRECISE}: {lowest}")


if __name__ == "__main__":
    main()
