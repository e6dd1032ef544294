"""What a curator.toml beside data may set unasked, and which folders a person trusts with the rest.

Such a file may have come with the data. Until `curator trust DIR` nothing in it makes anything run, sends anything, or
reads outside its folder. The command line, the environment and the settings in the user's configuration folder are
the user's own.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import OWNER
from curator.embedding.encoders.encoder import DEFAULT_ENCODER
from curator.errors import UnreadableInput, UsageError
from curator.settings.origins import Given, from_file
from curator.tokens import TOKENIZERS

FILE = "curator.toml"


def _loads_a_model(value: Any, folder: Path) -> str | None:  # noqa: ARG001
    return None if value in (DEFAULT_ENCODER, "none") else "loads a model that the file chose"


def _reads_elsewhere(value: Any, folder: Path) -> str | None:
    """A folder of a tokenizer is data; but only one in the folder of the file lies there with it."""
    if not isinstance(value, str) or value in {tokenizer.name for tokenizer in TOKENIZERS}:
        return None
    place = Path(value).expanduser()
    if not place.is_dir():
        return None
    inside = [place, *(path for path in place.rglob("*") if path.is_symlink())]
    if all(path.resolve().is_relative_to(folder.resolve()) for path in inside):
        return None
    return "reads files outside the folder of the data"


def _sends_examples(value: Any, folder: Path) -> str | None:  # noqa: ARG001
    return "sends examples to a judge that the file chose" if value else None


def _reads_a_rubric(value: Any, folder: Path) -> str | None:
    """The name of a rubric is no file; a file in the folder of the settings lies there with them."""
    place = folder / str(value)
    is_inside = not place.exists() or place.resolve().is_relative_to(folder.resolve())
    return None if is_inside else "reads files outside the folder of the data"


def _runs_code(value: Any, folder: Path) -> str | None:  # noqa: ARG001
    return "runs code that lies beside the data, or where the file says" if value else None


NEEDS_TRUST: Mapping[str, Callable[[Any, Path], str | None]] = {
    "meaning.embedder": _loads_a_model,
    "tokens.tokenizer": _reads_elsewhere,
    "scoring.judge": _sends_examples,
    "scoring.rubric": _reads_a_rubric,
    "check.files": _runs_code,
}
"""Settings with which a file could do more than describe its data: what a value does, or None where it does not."""

HARMLESS = frozenset(
    {
        "read.format",
        "columns",
        "check.select",
        "check.ignore",
        "check.fail_on",
        "check.thresholds",
        "tokens.max_tokens",
        "tokens.target",
        "prices",
        "meaning.map",
        "split",
        "policies",
        "labels",
        "review",
        "scoring.model",
        "keys",
        "annotator.name",
    }
)
"""All other settings, or sections: names of ours, numbers, and texts that are only shown."""


FOR_ONE_COMMAND = frozenset({"scoring.judge", "scoring.rubric"})
"""Settings that one command reads: without trust they do nothing, and only that command is refused."""


class Trust(msgspec.Struct, frozen=True):
    """A folder that a person trusts, with what its curator.toml then said.

    Attributes:
        folder: its real path.
        sha256: of the curator.toml and the files of code that it names.
    """

    folder: str
    sha256: str

    def holds(self) -> bool:
        """Whether the file is still what was trusted."""
        return self.sha256 == _sha256(Path(self.folder) / FILE)


def refuse_untrusted(given: Iterable[Given]) -> None:
    """See that nothing that applies waits for a person's trust.

    Args:
        given: what was given anywhere, the weakest first.

    Raises:
        UsageError: something does; the sentence names it, its line, and how it is allowed.
    """
    for one, does in awaiting({one.name: one for one in given}.values()):
        assert one.beside is not None, "only that needs trust"
        raise UsageError(
            f"{one.origin}: {one.name} = {one.value!r} {does}, and settings beside data may have come with it. "
            f"Look at the file; if you trust it, say `curator trust {one.beside.parent}`. On the command line it needs "
            "no trust."
        )


def without_untrusted(given: list[Given]) -> list[Given]:
    """The settings that apply: those of one command count as not given while they wait for trust."""
    waiting = {one.name for one, _ in awaiting({one.name: one for one in given}.values())} & FOR_ONE_COMMAND
    return [one for one in given if one.name not in waiting or one.beside is None]


def awaiting(given: Iterable[Given]) -> list[tuple[Given, str]]:
    """The settings that need trust and lack it, each with what it does."""
    needing = [(one, does) for one in given if (does := needs_trust(one)) is not None]
    files = {one.beside for one, _ in needing if one.beside is not None}
    trusted = {file for file in files if is_trusted(file)}
    return [(one, does) for one, does in needing if one.beside not in trusted]


def needs_trust(one: Given) -> str | None:
    """What a setting of a file beside data does that needs trust; None where there is nothing."""
    reason = NEEDS_TRUST.get(one.name)
    return None if reason is None or one.beside is None else reason(one.value, one.beside.parent)


def from_file_beside(file: Path) -> list[Given]:
    """The settings of a curator.toml beside data.

    Raises:
        UsageError, UnreadableInput: as `from_file`.
    """
    return [one._replace(beside=file) for one in from_file(file)]


def is_trusted(file: Path) -> bool:
    """Whether a person trusts the folder of a curator.toml with what the file says now."""
    place = str(file.parent.resolve())
    return any(one.folder == place and one.holds() for one in all_trusted())


def all_trusted() -> list[Trust]:
    """Every folder that a person trusts, in order.

    Raises:
        UnreadableInput: the list is damaged.
    """
    try:
        return msgspec.json.decode(_list().read_bytes(), type=list[Trust])
    except FileNotFoundError:
        return []
    except msgspec.MsgspecError as error:
        raise UnreadableInput(f"{_list()} is damaged ({error}). Delete it, and trust your folders again.") from error


def trust(folder: Path) -> list[tuple[Given, str]]:
    """Trust a folder's curator.toml as it is now; the settings that needed it, each with what it does.

    Raises:
        UsageError: there is none, or it has a setting that does not exist.
    """
    file = folder / FILE
    if not file.is_file():
        raise UsageError(f"There is no {FILE} in {folder}, so there is nothing to trust.")
    digest, place = _sha256(file), str(folder.resolve())
    needing = [(one, does) for one in from_file_beside(file) if (does := needs_trust(one)) is not None]
    _store([*(one for one in all_trusted() if one.folder != place), Trust(place, digest)])
    return needing


def distrust(folder: Path) -> None:
    """Trust a folder no longer.

    Raises:
        UsageError: it was not trusted.
    """
    place, before = str(folder.resolve()), all_trusted()
    if all(one.folder != place for one in before):
        raise UsageError(f"{folder} is not trusted. `curator trust --list` shows what is.")
    _store([one for one in before if one.folder != place])


def _list() -> Path:
    return platformdirs.user_state_path("curator") / "trusted.json"


def _store(trusted: list[Trust]) -> None:
    """Replace the list in one step; only its owner may read it."""
    path = _list()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with atomic_file(path, OWNER) as unfinished:
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(trusted), indent=2))


def _sha256(file: Path) -> str:
    """Of a file's bytes, and of those of the files of checks that it names; "" where one cannot be read."""
    try:
        digest = hashlib.sha256(file.read_bytes())
        for one in from_file(file):
            for name in one.value if one.name == "check.files" and isinstance(one.value, list) else ():
                digest.update(Path(name).read_bytes())
    except (OSError, UsageError):
        return ""
    return digest.hexdigest()
