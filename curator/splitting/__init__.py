"""Splits that do not leak, with their certificate."""

__all__ = ["leaks_between", "members", "saved", "split_report"]
