"""One module per family of checks. A check is pure: a frame of examples in, a frame of findings out."""

__all__ = [
    "catalogue",
    "check",
    "kind_measures",
    "languages.open_tasks",
    "measures",
    "media.references",
    "own.decorator",
    "own.own_checks",
    "preference.bias",
    "privacy.secret_keys",
    "reasoning.lost",
    "spans",
    "speakers",
    "text.fixes",
    "thresholds",
]
