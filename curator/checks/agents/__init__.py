"""Checks of sessions: conversations in which an assistant calls tools."""

from curator.checks.agents.calls import CALL_CHECKS
from curator.checks.agents.ends import END_CHECKS
from curator.checks.agents.results import RESULT_CHECKS
from curator.checks.check import Check

AGENT_CHECKS: tuple[Check, ...] = (*RESULT_CHECKS, *CALL_CHECKS, *END_CHECKS)
