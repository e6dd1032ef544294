"""Checks of prompts with an answer to compare with."""

from curator.checks.check import Check
from curator.checks.rewards.answers import ANSWER_CHECKS

REWARD_CHECKS: tuple[Check, ...] = ANSWER_CHECKS
