"""Train a QLoRA adapter: a folder in, a folder out."""
