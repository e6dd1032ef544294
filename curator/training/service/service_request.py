"""What is asked of a service, and how far that has come: two files in the run's folder.

`request.json` is written once, before anything is sent; `remote.json` after each step. Neither holds a key.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import as_its_folder
from curator.errors import UnreadableInput

REQUEST, REMOTE = "request.json", "remote.json"

_Kind = TypeVar("_Kind")
Method = Literal["supervised", "preference"]
Split = Literal["train", "validation"]


class SentFile(msgspec.Struct, frozen=True):
    """A file to upload: its place in the run's folder, its size, and what it holds."""

    split: Split
    file: Annotated[str, msgspec.Meta(pattern=r"^[^/\\]+$")]
    bytes: int
    sha256: str

    @property
    def remote_name(self) -> str:
        """Its name at the service; made of its content, so that an upload is found again and never repeated."""
        return f"curator-{self.sha256[:16]}-{self.split}.jsonl"


class Request(msgspec.Struct, frozen=True):
    """One training at a service. Equal requests have equal ids, and a service runs one job for an id."""

    provider: str
    address: str
    account: str | None
    model: str
    method: Method
    settings: dict[str, Any]
    files: list[SentFile]
    attempt: int = 1

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits of all that makes it this request."""
        named = msgspec.to_builtins(self)
        named["files"] = sorted((file.split, file.sha256) for file in self.files)
        return hashlib.sha256(msgspec.json.encode(named, order="sorted")).hexdigest()[:12]

    @property
    def tag(self) -> str:
        """By which the service's job is found again."""
        return f"curator-{self.id}"

    def file(self, split: str) -> SentFile | None:
        """The file of a split."""
        return next((file for file in self.files if file.split == split), None)


class Remote(msgspec.Struct):
    """How far a request has come at the service.

    Attributes:
        uploads: ids of the uploaded files by split.
        asked: whether the job may have been asked for; written before asking.
        job: the job's id.
        state: the last known state, in our words.
        model: the tuned model's name.
    """

    uploads: dict[str, str] = {}
    asked: bool = False
    job: str | None = None
    state: str = "not started"
    model: str | None = None


def read_request(folder: Path) -> Request:
    """The request of a run's folder.

    Raises:
        UnreadableInput: there is none, it is damaged, or a file of it is a link, which could lead anywhere.
    """
    request = _read(folder / REQUEST, Request)
    if links := [file.file for file in request.files if (folder / file.file).is_symlink()]:
        raise UnreadableInput(f"{folder / links[0]} is a link. A run sends only files that lie in its folder.")
    return request


def read_remote(folder: Path) -> Remote:
    """How far it has come; at its beginning where nothing is written."""
    return _read(folder / REMOTE, Remote) if (folder / REMOTE).exists() else Remote()


def write_request(path: Path, value: Request | Remote) -> None:
    """Write as JSON: on the disk when this returns, whole or not at all."""
    with atomic_file(path) as unfinished:
        as_its_folder(unfinished)
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2))


def _read(path: Path, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise UnreadableInput(f"{path.parent} holds no training at a service: {path.name} is missing.") from None
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise UnreadableInput(f"{path} is damaged: {error}.") from error
