"""What a shell offers after an option: names of checks, targets, formats, tokenizers and policies, and files."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

Completion = Callable[["click.Context", "click.Parameter", str], "list[CompletionItem]"]


def named(values: Callable[[], Iterable[str]]) -> Completion:
    """Completes to one of some names; of a list with commas, its last one."""

    def completed(_context: "click.Context", _parameter: "click.Parameter", incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + name) for name in values() if name.startswith(last)]

    return completed


def files(_context: "click.Context", _parameter: "click.Parameter", incomplete: str) -> "list[CompletionItem]":
    """Completes to a file, as the shell does."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def checks() -> list[str]:
    """Names of the checks."""
    from curator.checks.catalogue import CHECKS

    return [check.name for check in CHECKS]


def targets() -> list[str]:
    """Names of the targets."""
    from curator.targets.registry import TARGETS

    return [target.name for target in TARGETS]


def formats() -> list[str]:
    """Names of the forms that are read."""
    from curator.data.dialects.dialect import DIALECTS

    return [dialect.name for dialect in DIALECTS]


def tokenizers() -> list[str]:
    """Names of the vocabularies."""
    from curator.tokens.named import TOKENIZERS

    return [tokenizer.name for tokenizer in TOKENIZERS]


def policies_of() -> list[str]:
    """Names of the built-in policies."""
    from curator.project.decisions.policies import BUILT_IN

    return list(BUILT_IN)
