"""Whether installed packages bring checks."""

from functools import cache
from importlib.metadata import entry_points


@cache
def offers_checks() -> bool:
    """Whether any does; found out once, since packages do not change while a process runs."""
    return bool(entry_points(group="curator.checks"))
