"""Checks of pairs to choose between, and of rated answers."""

from curator.checks.check import Check
from curator.checks.preference.bias import BIAS_CHECKS
from curator.checks.preference.pairs import PAIR_CHECKS, SET_CHECKS

PREFERENCE_CHECKS: tuple[Check, ...] = (*PAIR_CHECKS, *SET_CHECKS, *BIAS_CHECKS)
