"""One module per place that trains: what it accepts, and how a line is written."""

__all__ = [
    "capabilities",
    "conversion",
    "correction",
    "engines.built_in",
    "file_rules",
    "file_validation",
    "limits",
    "prices",
    "registry",
    "target",
    "violation",
]
