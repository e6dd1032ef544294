"""From a JSONL file to the token batches of every step."""

__all__ = ["batches", "read", "template", "tokens", "truncation"]
