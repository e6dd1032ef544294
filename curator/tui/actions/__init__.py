"""What a person can do: one table of actions, and their keys."""
