"""The folder beside the data: what was decided, and what was derived and can be derived again."""
