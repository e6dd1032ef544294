"""The folder beside the data: what was decided, and what was derived and can be derived again."""

__all__ = [
    "app_log",
    "cache",
    "decisions.decision",
    "decisions.journal",
    "decisions.log",
    "decisions.policies",
    "decisions.times",
    "folder",
    "jobs.job",
    "jobs.run_files",
    "lock",
    "opening",
    "refusals",
    "saved_split",
]
