"""Everything known before the first step."""

__all__ = ["data", "describe", "memory", "plan", "refused", "rendered"]
