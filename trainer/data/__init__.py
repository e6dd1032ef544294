"""From a JSONL file to the token batches of every step."""

__all__ = ["batches", "find_template", "pairs", "read", "template", "tokens", "truncation", "untrainable"]
