"""What a set means, as counts for a report."""

import numpy as np
import polars as pl

from curator.audit.meaning.meaning import Meaning
from curator.reporting.model import MeaningSummary, TopicSummary


def summary_of(meaning: Meaning, facts: pl.DataFrame, findings: pl.DataFrame) -> MeaningSummary:
    """The counts for a report.

    Args:
        meaning: of the set.
        facts: of the set.
        findings: `FINDINGS` of the set.
    """
    count = len(facts)
    rows = findings.filter(pl.col("row").is_not_null())
    about = np.bincount(rows["row"].to_numpy(), minlength=count)
    copies = rows.filter(pl.col("check").is_in(["exact-duplicate", "near-duplicate", "semantic-duplicate"]))
    tokens = facts["tokens"].cast(pl.Float64) if "tokens" in facts.columns else pl.Series(np.zeros(count))
    is_copy = np.bincount(copies["row"].unique().to_numpy(), minlength=count)
    counted = (
        pl.DataFrame({"topic": meaning.examples["topic"], "tokens": tokens, "duplicates": is_copy, "findings": about})
        .group_by("topic")
        .agg(pl.col("tokens").sum(), pl.col("duplicates").sum(), pl.col("findings").sum())
    )
    table = meaning.topics.join(counted, on="topic", how="left", maintain_order="left")
    total = max(float(tokens.sum()), 1.0)
    return MeaningSummary(
        encoder=meaning.encoder,
        threshold=meaning.threshold,
        note=meaning.note,
        unread=meaning.unread,
        pairs=len(meaning.pairs),
        semantic_duplicates=int((rows["check"] == "semantic-duplicate").sum()),
        outliers=int((rows["check"] == "outlier").sum()),
        topics=[
            TopicSummary(
                title=row["title"],
                examples=row["examples"],
                share=row["share"],
                token_share=row["tokens"] / total,
                mean_tokens=row["tokens"] / max(row["examples"], 1),
                duplicates=row["duplicates"],
                findings=row["findings"],
                thin=row["thin"],
                dominant=row["dominant"],
                add=row["add"],
            )
            for row in table.iter_rows(named=True)
        ],
    )
