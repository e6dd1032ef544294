"""Checks of length: against a limit of tokens, and against the other examples of the set."""

from curator.checks.check import Check
from curator.checks.length.habit import HABIT_CHECKS
from curator.checks.length.limit import LIMIT_CHECKS

LENGTH_CHECKS: tuple[Check, ...] = (*LIMIT_CHECKS, *HABIT_CHECKS)
