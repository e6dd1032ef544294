"""One module per family of checks. A check is pure: a frame of examples in, a frame of findings out."""

__all__ = [
    "catalogue",
    "check",
    "languages.open_tasks",
    "measures",
    "privacy.secret_keys",
    "spans",
    "text.fixes",
    "thresholds",
]
