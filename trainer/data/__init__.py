"""From a JSONL file to the token batches of every step."""

__all__ = ["batches", "find_template", "paired_examples", "read", "template", "tokens", "truncation", "untrainable"]
