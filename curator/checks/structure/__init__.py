"""Checks of form: can the line be read, and does the conversation have the parts that training needs."""

from curator.checks.check import Check
from curator.checks.found_elsewhere import READING_CHECKS
from curator.checks.structure.content import CONTENT_CHECKS
from curator.checks.structure.keys import UNEXPECTED_KEY
from curator.checks.structure.learning import LEARNING_CHECKS
from curator.checks.structure.markers import SPECIAL_TOKEN_IN_TEXT
from curator.checks.structure.roles import ROLE_CHECKS
from curator.checks.structure.system_text import INCONSISTENT_SYSTEM_MESSAGE
from curator.checks.structure.tool_calls import INVALID_TOOL_CALL
from curator.checks.structure.tool_results import UNANSWERED_TOOL_CALL

STRUCTURE_CHECKS: tuple[Check, ...] = (
    *READING_CHECKS,
    *ROLE_CHECKS,
    *CONTENT_CHECKS,
    UNEXPECTED_KEY,
    INVALID_TOOL_CALL,
    UNANSWERED_TOOL_CALL,
    *LEARNING_CHECKS,
    SPECIAL_TOKEN_IN_TEXT,
    INCONSISTENT_SYSTEM_MESSAGE,
)
