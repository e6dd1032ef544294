"""Training examples whose answers stayed more improbable than their words explain: the likeliest label errors.

The loss of an answer has two parts: how hard its text is whatever was asked (its length, rare words, names, numbers),
and how badly it fits its question. Only the second speaks of a label error, and it is the smaller one: ranked by loss
alone, or by low confidence or high variability, swapped answers come out no better than by chance. So the first part is
estimated and taken away: a ridge regression on the answer's words and its length says which loss such a text usually
has, for each example learned from the others alone. What remains is the suspicion.
`benchmarks/trainer/label_errors.py` measures it.
"""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.last_training.failures import finding_frame
from curator.data.content import spoken
from curator.data.frames import FOUND
from curator.project.jobs.run_files import lines_of
from trainer.contract import DYNAMICS_FILE, TRAIN_FILE

HARD_SHARE = 0.05
"""Of the training examples, those of the greatest suspicion. A place to look, not a verdict."""
FEWEST_EPOCHS = 2
"""Epochs below which nothing had time to be learned."""
FEWEST_EXAMPLES = 20
"""Examples below which there is no telling what is usual."""
FOLDS = 10
LEARNED_FROM = 20_000
"""Examples that a regression learns from at most; more would only take longer."""
PENALTY = 0.3
"""Of the ridge regression on text vectors of length 1; from 0.1 to 1 the ranking of swapped answers is as good."""

Floats = npt.NDArray[np.float64]


def hard_findings(folder: Path, rows: dict[str, int]) -> pl.DataFrame:
    """`FOUND` of `hard-to-learn`, the likeliest label errors first by score; `rows` gives a position by id."""
    ranked = learning(folder)
    if ranked is None:
        return pl.DataFrame(schema=FOUND)
    ranked = ranked.filter(pl.col("example").is_in(list(rows)))
    count = max(1, round(HARD_SHARE * len(ranked)))
    lines = ranked.sort("suspicion", descending=True).head(count).to_dicts()
    return finding_frame(
        "hard-to-learn",
        lines,
        rows,
        lambda line: (
            f"After {line['epochs']} epochs its answer is still improbable: loss {line['last_loss']:.2f} where "
            f"answers of such words and length have {line['usual_loss']:.2f}. It may not fit what was asked."
        ),
        score="suspicion",
    )


def learning(folder: Path) -> pl.DataFrame | None:
    """How each training example was learned; None where the run has too few epochs or examples to say.

    Returns:
        columns example, epochs, last_loss (mean over the later half of the epochs, nats a token), usual_loss (of such a
        text), suspicion (their difference, in robust standard deviations), confidence, variability, forgetting.
    """
    path = folder / DYNAMICS_FILE
    if not path.is_file():
        return None
    frame = pl.read_parquet(path).filter(pl.col("losses").list.len() >= FEWEST_EPOCHS)
    if len(frame) < FEWEST_EXAMPLES:
        return None
    half = ((pl.col("losses").list.len() + 1) // 2).cast(pl.Int64)
    later = frame.select(pl.col("losses").list.tail(half).list.mean()).to_series().to_numpy().astype(np.float64)
    answers = {line["id"]: _answer(line) for line in lines_of(folder / TRAIN_FILE) if "id" in line}
    texts = [answers.get(id_, "") for id_ in frame["example"]]
    usual = usual_losses(texts, frame["trained_tokens"].to_numpy(), later)
    excess = later - usual
    spread = 1.4826 * float(np.median(np.abs(excess - np.median(excess)))) or 1.0
    return frame.select(
        "example",
        pl.col("losses").list.len().alias("epochs"),
        pl.Series("last_loss", later),
        pl.Series("usual_loss", usual),
        pl.Series("suspicion", excess / spread),
        "confidence",
        "variability",
        "forgetting",
    )


def usual_losses(texts: list[str], tokens: npt.NDArray[np.int64], losses: Floats) -> Floats:
    """The loss that answers of such words and length have, for each example by a regression that did not see it.

    Args:
        texts: the last answer of each example.
        tokens: trained tokens of each.
        losses: nats a token of each.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    words = vectorizer.fit_transform([text if re.search(r"\w", text) else "empty" for text in texts])
    lengths = np.log(np.maximum(1, tokens))
    centred = (lengths - lengths.mean()) / (lengths.std() or 1.0)
    described = hstack([words, csr_matrix(centred[:, None])]).tocsr()
    usual = np.empty(len(losses))
    for others, apart in KFold(min(FOLDS, len(losses)), shuffle=True, random_state=0).split(losses):
        chosen = others[:: -(-len(others) // LEARNED_FROM)]
        fitted = Ridge(alpha=PENALTY, solver="lsqr").fit(described[chosen], losses[chosen])
        usual[apart] = fitted.predict(described[apart])
    return usual


def _answer(line: dict[str, object]) -> str:
    """The last answer of a training line, tool calls included."""
    messages = line.get("messages")
    said = [message for message in messages if message["role"] == "assistant"] if isinstance(messages, list) else []
    return spoken(said[-1]) if said else ""
