"""Azure OpenAI: OpenAI's lines in a file that begins with a byte-order mark, with more images.

Source: MicrosoftDocs/azure-ai-docs, includes/fine-tuning-python.md and the preference and vision pages.
"""

from collections.abc import Iterator
from dataclasses import replace

from curator.targets.limits import limit
from curator.targets.rules.policy import ImageRules
from curator.targets.services import openai
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation

RULES = replace(
    openai.RULES,
    target="Azure OpenAI",
    images=ImageRules(most=limit("azure", "images-per-example"), largest=limit("azure", "image-bytes")),
)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    return openai.judge(value, RULES)


TARGET = Target(
    name="azure",
    title="Azure OpenAI",
    carries=openai.CARRIES,
    write=openai.write,
    judge=judge,
    form=openai.form,
    file=FileRules(mark="needed", duplicates="error"),
)
