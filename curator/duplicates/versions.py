"""Versions of what is kept on disk; here, so that who only asks whether it is there loads no kernel."""

FEATURES = 4
"""Of the arrays of a block and of what they hold; part of a cache key."""

RESULT = 4
"""Of the file of a result, and of what `find` finds; part of a cache key."""
