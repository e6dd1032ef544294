"""A target: what it carries, how it writes a line, what it refuses, and what it wants of a whole file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from curator.data.content import Content, Message, Refused
from curator.data.dialects.dialect import DIALECTS, Dialect
from curator.data.validation import judge as refusals
from curator.targets.capabilities import Carries
from curator.targets.violation import Strictness, Value, Violation, error

KIND_NAMES = {
    "preference": "two answers to choose between",
    "kto": "a rated answer",
    "text": "plain text",
    "prompt": "a prompt that the model answers itself while it is trained",
}
CHAT_FILES = {"train": "train.jsonl", "validation": "validation.jsonl", "test": "test.jsonl"}


class CannotCarry(ValueError):
    """The example has no form at this target at all; `violation` says why."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.message)
        self.violation = violation


def text_of(message: Message, place: int) -> str:
    """The text of a message that is nothing else.

    Raises:
        CannotCarry: it has none.
    """
    text = message.get("content")
    if not isinstance(text, str):
        raise CannotCarry(error("missing-content", "The message has no text.", f"messages[{place}].content"))
    return text


@dataclass(frozen=True)
class FileRules:
    """What a target wants of a whole file. The figures stand in `limits.toml`, under the target's name.

    Attributes:
        endings: that a file name may have.
        mark: what a byte-order mark is: `needed`, `refused` or `unwanted` (a warning).
        duplicates: what a line that stands in the file twice, or in two splits, is.
        mixed: what a file with lines of two forms is.
        names: a regular expression that the whole file name fits.
    """

    endings: tuple[str, ...] = (".jsonl",)
    mark: str = "unwanted"
    duplicates: Strictness = "warning"
    mixed: Strictness = "error"
    names: str | None = None


@dataclass(frozen=True)
class Target:
    """A place that people fine-tune at.

    Attributes:
        name: as `--target` takes it.
        title: as sentences name it.
        carries: what it has a place for.
        write: a reduced example as the JSON value of one line. Raises `CannotCarry`.
        judge: what is wrong with the value of one line (an object).
        form: which of the target's forms a line has; a file holds lines of one.
        file: what it wants of a whole file.
        dialects: the forms in which its lines are read again, the first that fits.
        files: file names by split.
        has_parquet: whether a Parquet copy is written beside the lines.
        notice: what a person must know before choosing it.
        remarks: sentences for the dataset card.
        part_prompt: puts instruction and input of the source into a line again, where it has them as one text.
    """

    name: str
    title: str
    carries: Carries
    write: Callable[[Content, str], dict[str, Any]]
    judge: Callable[[dict[str, Value]], Iterator[Violation]]
    form: Callable[[dict[str, Value]], str]
    file: FileRules = FileRules()
    dialects: tuple[Dialect, ...] = DIALECTS
    files: dict[str, str] = field(default_factory=lambda: dict(CHAT_FILES))
    has_parquet: bool = False
    notice: str | None = None
    remarks: tuple[str, ...] = ()
    part_prompt: Callable[[dict[str, Any], str, str], None] | None = None

    def violations(self, value: dict[str, Value]) -> Iterator[Violation]:
        """What is wrong with the value of one line; of a kind that has no form here, only that."""
        dialect = next((dialect for dialect in DIALECTS if dialect.fits(value)), None)
        if dialect is not None and dialect.kind in KIND_NAMES and dialect.kind not in self.carries.kinds:
            yield self.no_form(dialect.kind)
        else:
            yield from self.judge(value)

    def no_form(self, kind: str) -> Violation:
        """The error of an example of a kind that is not carried."""
        sentence = f"There is no format for {KIND_NAMES.get(kind, 'a conversation')}."
        if kind == "prompt":
            sentence += " The targets huggingface and openai have one."
        return error("unsupported-kind", sentence)

    def read(self, value: Value) -> Content | None:
        """The meaning of one line; None where it has none in any form of the target."""
        for dialect in self.dialects:
            if dialect.fits(value):
                try:
                    return None if refusals(value, dialect) else dialect.content(value)
                except Refused:
                    return None
        return None
