"""What is wrong with the words themselves."""

from curator.checks.check import Check
from curator.checks.text.boilerplate import ASSISTANT_BOILERPLATE
from curator.checks.text.habits import INCONSISTENT_OUTPUT_FORMAT, TRUNCATED_RESPONSE
from curator.checks.text.invisible import CONTROL_CHARACTERS, INVISIBLE_CHARACTERS
from curator.checks.text.language import LANGUAGE_MISMATCH
from curator.checks.text.markup import HTML_RESIDUE, UNBALANCED_CODE_FENCE
from curator.checks.text.merged_instructions import MERGED_INSTRUCTIONS
from curator.checks.text.missing_attachment import MISSING_ATTACHMENT
from curator.checks.text.mojibake import MOJIBAKE
from curator.checks.text.placeholders import PLACEHOLDER_TEXT
from curator.checks.text.prompt_echo import PROMPT_ECHO
from curator.checks.text.refusal import REFUSAL
from curator.checks.text.repetition import REPETITION
from curator.checks.text.trailing_space import TRAILING_SPACE

TEXT_CHECKS: tuple[Check, ...] = (
    MOJIBAKE,
    CONTROL_CHARACTERS,
    INVISIBLE_CHARACTERS,
    TRAILING_SPACE,
    HTML_RESIDUE,
    REPETITION,
    TRUNCATED_RESPONSE,
    UNBALANCED_CODE_FENCE,
    PLACEHOLDER_TEXT,
    REFUSAL,
    ASSISTANT_BOILERPLATE,
    PROMPT_ECHO,
    MERGED_INSTRUCTIONS,
    MISSING_ATTACHMENT,
    LANGUAGE_MISMATCH,
    INCONSISTENT_OUTPUT_FORMAT,
)
