"""Scoring: rubrics, judges at an endpoint or on this machine, their calibration against people."""

__all__ = [
    "address",
    "asking",
    "endpoint",
    "judge_calibration",
    "kept_replies",
    "local_judge",
    "plain_text",
    "prompt",
    "replies",
    "rubric",
    "sampling",
    "score_labels",
]
