"""Meaning: encoders, neighbours, topics, outliers, duplicates in other words, selection."""

__all__ = [
    "encoders.encoder",
    "encoders.scripts",
    "encoders.subwords",
    "keepers",
    "neighbors.exact_knn",
    "neighbors.nearest",
    "outliers.detection",
    "paraphrases",
    "projection",
    "selection",
    "semantic_duplicates",
    "semantic_findings",
    "targeted",
    "topics.assignment",
    "topics.titles",
    "vectors",
]
