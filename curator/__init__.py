"""Curate fine-tuning data: see what is wrong, decide, split, export, train."""

__version__ = "0.1.0"
