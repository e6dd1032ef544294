"""One audit result, drawn as terminal text, JSON, Markdown and HTML."""

__all__ = [
    "certificate",
    "html",
    "json_report",
    "markdown",
    "model",
    "next_steps",
    "readiness",
    "schemas",
    "terminal",
    "verdict",
    "wording",
    "writing",
]
