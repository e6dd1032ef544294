"""What a target has against a whole file: too few lines, two forms, the same line twice, too many bytes."""

import re
from collections.abc import Iterator

import msgspec
import xxhash

from curator.data.identity import canonical_json
from curator.targets.limits import context_limit, limit
from curator.targets.rules.images import image_count
from curator.targets.target import Target
from curator.targets.violation import Value, Violation, error, warning

LineHashes = dict[int, tuple[str, int]]
"""By the hash of a line's value, the file (or split) and line where it was first seen: some 200 bytes a line."""


class FileJudge:
    """Judges the lines of one file, one after the other, and the file at its end.

    Args:
        target: whose rules.
        name: of the file, as sentences call it.
        known: lines of this and of other files; shared between the splits of one data set.
        model: the model to be trained, for its limit of tokens.
        is_train: whether the minimum number of examples is asked for.
    """

    def __init__(
        self,
        target: Target,
        name: str,
        *,
        known: LineHashes | None = None,
        model: str | None = None,
        is_train: bool = True,
    ) -> None:
        self.target = target
        self.name = name
        self.lines = 0
        self._known: LineHashes = {} if known is None else known
        self._form: tuple[str, int] | None = None
        self._with_images = 0
        self._validated: tuple[Value, int] | None = None
        self._is_train = is_train
        self._token_limit = limit(target.name, "tokens-per-example")
        figure = context_limit(model) if model else None
        if figure is not None:
            self._token_limit = int(figure.value)

    def line(self, value: Value, number: int, tokens: int | None = None) -> list[Violation]:
        """What is wrong with the value of line `number`, by itself and among the lines before it.

        Args:
            value: of the line.
            number: 1-based.
            tokens: of the example, as the model to be trained counts them; None: its length is not judged.
        """
        if not isinstance(value, dict):
            return [error("unrecognised-example", "The line is not an object.")._replace(line=number)]
        found = list(self.target.violations(value))
        found += self._among_others(value, number)
        if tokens is not None and self._token_limit is not None and tokens > self._token_limit:
            found.append(self._too_long(tokens, self._token_limit))
        return [violation._replace(line=number) for violation in found]

    def accept(self, value: Value, number: int) -> None:
        """Count a line that is in the file; later lines are compared with it."""
        self.lines += 1
        self._known.setdefault(self._key_of(value), (self.name, number))
        if isinstance(value, dict):
            if self._form is None:
                self._form = (self.target.form(value), number)
            messages = value.get("messages")
            self._with_images += isinstance(messages, list) and image_count(messages) > 0

    def _key_of(self, value: Value) -> int:
        """The hash of a line's value; the line that was judged last is the one that is accepted next."""
        if self._validated is None or self._validated[0] is not value:
            self._validated = (value, _key(value))
        return self._validated[1]

    @property
    def form(self) -> str | None:
        """The form of the lines; None before the first."""
        return None if self._form is None else self._form[0]

    def _among_others(self, value: dict[str, Value], number: int) -> Iterator[Violation]:
        rules = self.target.file
        if self._form is not None and rules.mixed:
            form = self.target.form(value)
            if form != self._form[0]:
                sentence = f"The line has the form '{form}', and line {self._form[1]} has '{self._form[0]}'."
                yield Violation("mixed-formats", rules.mixed, f"{sentence} A file is all of one form.")
        if rules.duplicates:
            first = self._known.get(self._key_of(value))
            if first is not None and first[0] == self.name and first[1] != number:
                yield Violation("duplicate-example", rules.duplicates, f"The line is the same as line {first[1]}.")
            elif first is not None and first[0] != self.name:
                sentence = f"The line is also line {first[1]} of {first[0]}; training and validation share no lines."
                yield Violation("split-overlap", rules.duplicates, sentence)

    def _too_long(self, tokens: int, most: int) -> Violation:
        sentence = f"The example has {tokens:,} tokens; what is beyond {most:,} is cut off."
        is_refused = limit(self.target.name, "tokens-per-example") is not None
        return Violation("over-token-limit", "error" if is_refused else "warning", sentence)

    def end(self, size: int) -> Iterator[Violation]:
        """What is wrong with the file as a whole, of `size` bytes."""
        name = self.target.title
        if self._is_train:
            yield from self._too_few(name)
        most = limit(self.target.name, "maximum-examples")
        if not self._is_train:
            most = limit(self.target.name, "validation-examples") or most
        if most is not None and self.lines > most:
            yield error("too-many-examples", f"{self.lines:,} examples; {name} takes at most {most:,}.")
        images = limit(self.target.name, "image-examples")
        if images is not None and self._with_images > images:
            yield error("image-count", f"{self._with_images:,} examples with images; at most {images:,} in a file.")
        yield from size_violations(size, self.target)

    def _too_few(self, name: str) -> Iterator[Violation]:
        least, advised = limit(self.target.name, "minimum-examples"), limit(self.target.name, "advised-examples")
        if not self.lines:
            yield error(
                "too-few-examples", f"There is no example left to train on; {name} needs at least {least or 1}."
            )
        elif least is not None and self.lines < least:
            yield error("too-few-examples", f"{self.lines} examples; {name} needs at least {least}.")
        elif advised is not None and self.lines < advised:
            yield warning("too-few-examples", f"{self.lines} examples; {name} advises at least {advised}.")


def size_violations(size: int, target: Target) -> Iterator[Violation]:
    """What a target has against a file of `size` bytes."""
    most, advised = limit(target.name, "maximum-bytes"), limit(target.name, "advised-bytes")
    if most is not None and size > most:
        yield error("file-size", f"The file has {size / 2**20:,.0f} MiB; the limit is {most / 2**20:,.0f} MiB.")
    elif advised is not None and size > advised:
        sentence = f"The file has {size / 2**20:,.0f} MiB; beyond {advised / 2**20:,.0f} MiB {target.title} takes it"
        yield warning("file-size", f"{sentence} only through its interface for large uploads.")


def name_violations(name: str, target: Target) -> Iterator[Violation]:
    """What a target has against a file of this name."""
    if not name.endswith(target.file.endings):
        wanted = " or ".join(target.file.endings)
        yield error("file-format", f"{target.title} takes files that end in {wanted}.")
    if target.file.names and not re.fullmatch(target.file.names, name):
        yield error("file-name", f"{target.title} takes file names of letters, digits, _, -, / and . only.")


def _key(value: Value) -> int:
    try:
        return xxhash.xxh3_64_intdigest(canonical_json(value))
    except (msgspec.MsgspecError, RecursionError, OverflowError):
        return xxhash.xxh3_64_intdigest(repr(value).encode("utf-8", "surrogatepass"))
