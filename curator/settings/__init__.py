"""What can be set, where each value comes from, and how it is changed."""

__all__ = ["fields", "request", "resolve", "skeleton", "trust", "writing"]
