"""How a file is packed, by its first bytes and never by its ending: compressed, or a member of an archive."""

import bz2
import gzip
import io
import lzma
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from curator.data.blocks import BYTE_ORDER_MARK, READ_BYTES
from curator.errors import UnreadableInput

HEAD = 1 << 16
"""Bytes by which a file is recognised."""
_LONGEST_FIRST_LINE = 16 << 20
"""Bytes in which the end of a first line is looked for: it tells an example from an object with a list of them."""
ARROW_FILE, ARROW_STREAM, PARQUET = b"ARROW1", b"\xff\xff\xff\xff", b"PAR1"
_COMPRESSED = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257
_MOST_LAYERS = 4
"""Containers within containers that are opened: an archive in a compressed archive has three."""

DAMAGED = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    NotImplementedError,
)
"""What the libraries raise on a container that is not sound, beside an `OSError` without a number."""


def container_of(head: bytes) -> str:
    """`gz`, `zst`, `bz2`, `xz`, `zip` or `tar`; "" where `head` begins none of them."""
    for mark, name in _COMPRESSED.items():
        if head.startswith(mark):
            return name
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if head[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK else ""


@contextmanager
def unpacked(path: Path, layers: tuple[str, ...]) -> Iterator[IO[bytes]]:
    """The bytes of a file below its containers.

    Args:
        path: of the file.
        layers: its containers from the outermost on; of an archive with the member's name, as in `zip:train.jsonl`.
    """
    with path.open("rb") as raw:
        stream: IO[bytes] = raw
        for layer in layers:
            stream = _below(stream, layer)
        yield stream


def _below(stream: IO[bytes], layer: str) -> IO[bytes]:
    kind, _, member = layer.partition(":")
    opened: Any
    match kind:
        case "gz":
            opened = gzip.GzipFile(fileobj=stream, mode="rb")
        case "bz2":
            opened = bz2.BZ2File(stream)
        case "xz":
            opened = lzma.LZMAFile(stream)  # noqa: SIM115 - the caller reads it
        case "zst":
            import pyarrow

            # zstandard's own reader takes the end of a file that was cut off for the end of its data.
            opened = io.BufferedReader(pyarrow.CompressedInputStream(pyarrow.PythonFile(stream, "r"), "zstd"))
        case "zip":
            opened = zipfile.ZipFile(seekable(stream)).open(member)  # noqa: SIM115 - the same
        case _:
            with_members = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115 - the caller reads a member of it
            found = next((entry for entry in with_members if entry.name == member), None)
            opened = None if found is None else with_members.extractfile(found)
            if opened is None:
                raise tarfile.TarError(f"it has no member {member} any more")
    return opened  # type: ignore[no-any-return]


def seekable(stream: IO[bytes]) -> IO[bytes]:
    """The stream where it can be read in any order; else a copy that can, which is gone when nobody has it open."""
    if isinstance(stream, io.BufferedReader) and not isinstance(stream.raw, gzip.GzipFile) and _has_descriptor(stream):
        return stream
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it
    shutil.copyfileobj(stream, copy, READ_BYTES)
    copy.seek(0)
    return copy


def _has_descriptor(stream: IO[bytes]) -> bool:
    return isinstance(getattr(stream, "raw", None), io.FileIO)


def members_of(path: Path, layers: tuple[str, ...], kind: str) -> list[str]:
    """Names of the files in an archive, in its order."""
    with unpacked(path, layers) as stream:
        if kind == "zip":
            with zipfile.ZipFile(seekable(stream)) as archive:
                return [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            return [entry.name for entry in archive if entry.isfile()]


def head_of(path: Path, layers: tuple[str, ...]) -> bytes:
    """The first bytes below the containers."""
    with unpacked(path, layers) as stream:
        return stream.read(HEAD)


def with_first_line(path: Path, layers: tuple[str, ...], head: bytes) -> tuple[bytes, bool]:
    """`head`, longer where an object on the first line is, and whether it is all that the file holds."""
    if len(head) < HEAD or not head.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{") or b"\n" in head.strip():
        return head, len(head) < HEAD
    parts: list[bytes] = []
    with unpacked(path, layers) as stream:
        while len(parts) * READ_BYTES < _LONGEST_FIRST_LINE:
            parts.append(stream.read(READ_BYTES))
            if not parts[-1]:
                return b"".join(parts), True
            if b"\n" in b"".join(parts[-2:]).strip():
                return b"".join(parts), False
    return head, False


def layers_of(path: Path, layers: tuple[str, ...]) -> tuple[tuple[str, ...], str, bytes]:
    """All compressions of a file from `layers` on inwards, the archive below them ("": none), and its first bytes."""
    for _ in range(_MOST_LAYERS):
        head = head_of(path, layers)
        kind = container_of(head)
        if kind in ("", "zip", "tar"):
            return layers, kind, head
        layers = (*layers, kind)
    raise UnreadableInput(f"{path} is packed more than {_MOST_LAYERS} times. Unpack it first.")
