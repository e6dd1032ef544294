"""Checks of what a model thinks before it answers."""

from curator.checks.check import Check
from curator.checks.found_elsewhere import THINKING_LOST
from curator.checks.reasoning.thinking import THINKING_CHECKS

REASONING_CHECKS: tuple[Check, ...] = (*THINKING_CHECKS, THINKING_LOST)
