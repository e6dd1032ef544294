"""The recipe: read top to bottom in `recipe.py`."""
