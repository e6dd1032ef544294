"""Judge a file by a target's rules, its tokens included; from a file or from standard input."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from curator.audit.secrets import searched
from curator.data.batches import batch_of
from curator.data.content import Content
from curator.data.sources.pipes import is_pipe, refuse_special, spooled, spooled_pipe
from curator.data.sources.source import inspect
from curator.targets.capabilities import kind_of
from curator.targets.file_validation import values
from curator.targets.limits import smallest_token_limit
from curator.targets.registry import target_named
from curator.targets.violation import Violation, error
from curator.tokens import count_tokens, tokenizer_named


def token_counter(tokenizer: str) -> Callable[[Content], int]:
    """Counts the tokens of one example; of one that is short anyway, its bytes, which are never fewer.

    Raises:
        UsageError: there is no such tokenizer.
    """
    tokenizer_named(tokenizer)
    enough = smallest_token_limit()

    def count(content: Content) -> int:
        size = len(msgspec.json.encode(content.identity()))
        if size <= enough:
            return size
        return int(count_tokens(batch_of([content], kind_of(content)), tokenizer)["tokens"][0])

    return count


@contextmanager
def file_or_stdin(name: str) -> Iterator[Path]:
    """The file of that name; for `-` or a pipe what it holds, in a file that is removed afterwards.

    Raises:
        UnreadableInput: it is a device or a socket.
    """
    path = Path(name)
    if name == "-":
        copy = spooled(sys.stdin.buffer)
    elif is_pipe(path):
        copy = spooled_pipe(path)
    else:
        refuse_special(path, name)
        yield path
        return
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def secrets_in(path: Path) -> Iterator[Violation]:
    """Each secret of a file, in the order of its lines; what is no JSON is passed over.

    Raises:
        UnreadableInput: the file is missing, a directory, empty or binary.
    """
    source = inspect(path, str(path))
    if source.format == "csv":
        return
    lines = ((number, value) for number, value, _ in values(source) if isinstance(value, dict | list))
    for (number, _), _, sites in searched(lines, lambda line: line[1]):
        for site in sites:
            for kind in site.kinds:
                sentence = f"The line holds a secret: {kind} in {site.place}."
                yield error("secret-key", sentence, site.place)._replace(line=number)


def notice_of(target: str) -> str | None:
    """What a person must know before choosing a target.

    Raises:
        UsageError: there is no such target.
    """
    return target_named(target).notice
