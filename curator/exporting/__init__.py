"""One module per place that people fine-tune at: its rules, its writer, and what it cannot carry."""

__all__ = ["export", "manifest", "output_paths", "validation", "write"]
