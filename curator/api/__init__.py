"""The Python API: the same verbs as the command line, over files, frames, datasets and records."""

__all__ = ["audited", "project", "verbs"]
