"""Reviewing: the filter language, the queue, label suggestions, undo."""
