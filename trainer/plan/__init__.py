"""Everything known before the first step."""

__all__ = ["describe", "memory", "plan", "refused", "rendered"]
