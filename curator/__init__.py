"""Curate fine-tuning data: see what is wrong, decide, split, export, train."""
