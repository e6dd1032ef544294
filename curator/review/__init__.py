"""Reviewing: the filter language, the queue, label suggestions, undo."""

__all__ = [
    "agreement",
    "bring_back",
    "calibration",
    "decide",
    "difference",
    "duplicate_listing",
    "edits",
    "filter.evaluate",
    "filter.language",
    "filter.query",
    "groups",
    "label_suggestions",
    "labels",
    "listing",
    "pair_parts",
    "session",
    "suggest",
]
