"""Train a QLoRA adapter: a folder in, a folder out."""

__version__ = "0.1.0"
