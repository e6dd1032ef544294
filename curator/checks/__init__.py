"""One module per family of checks. A check is pure: a frame of examples in, a frame of findings out."""

__all__ = [
    "catalogue",
    "check",
    "found_elsewhere",
    "kind_measures",
    "languages.open_tasks",
    "measures",
    "media.references",
    "own.decorator",
    "own.own_checks",
    "preference.bias",
    "privacy.secret_keys",
    "spans",
    "speakers",
    "text.fixes",
    "thresholds",
]
