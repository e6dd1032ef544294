"""One audit result, drawn as terminal text, JSON, Markdown and HTML."""

__all__ = [
    "bars",
    "certificate",
    "html",
    "markdown",
    "model",
    "next_steps",
    "programs",
    "readiness",
    "schemas",
    "terminal",
    "verdict",
    "wording",
    "writing",
]
