"""The recipe: read top to bottom in `recipe.py`."""

__all__ = ["arguments", "checkpoints", "recipe"]
