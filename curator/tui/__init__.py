"""The terminal app: screens, widgets, and the registry of what can be done."""

__all__ = ["actions.keymap", "app", "pauses", "terminal", "web"]
