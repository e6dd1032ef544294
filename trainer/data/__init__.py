"""From a JSONL file to the token batches of every step."""
