"""Reviewing: the filter language, the queue, label suggestions, undo."""

__all__ = [
    "bring_back",
    "calibration",
    "decide",
    "decisions",
    "difference",
    "duplicate_listing",
    "edits",
    "filter.evaluate",
    "filter.language",
    "filter.query",
    "groups",
    "labelling.agreement",
    "labelling.label_suggestions",
    "labelling.labels",
    "labelling.suggest",
    "listing",
    "new_content",
    "pair_parts",
    "positions",
    "session",
]
