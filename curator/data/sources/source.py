"""From a file of any format to blocks of JSON elements, in bounded memory."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from glob import glob, has_magic
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from curator.data.blocks import Block, Element, blocks_of, line_blocks
from curator.data.safe_text import as_text
from curator.data.sources.containers import DAMAGED, layers_of, members_of, unpacked, with_first_line
from curator.data.sources.file_kind import is_example, kind_of_file, regrouping_of
from curator.data.sources.pipes import is_pipe, is_regular, refuse_special, spooled, spooled_pipe
from curator.errors import UnreadableInput, did_you_mean

_LOOKED_AT = 1000
"""Names beside one that does not exist among which the nearest is sought."""

_COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
_DATA = frozenset(
    {".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".txt", ".zip", ".tar", ".tgz", *_COMPRESSED}
)
_ABOUT_DATA = frozenset(
    {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "requirements.txt", "license.txt"}
    | {"readme.txt", "config.json", "metadata.json"}
)
"""Files beside data, as `datasets` writes them, that hold no examples."""


@dataclass(frozen=True)
class Source:
    r"""A file to read.

    Attributes:
        path: where it is; for standard input, the temporary copy.
        name: as the user wrote it; bytes that are not UTF-8 as `\xe9`. A member of an archive stands behind a colon.
        format: see `curator.data.sources.file_kind.kind_of_file`.
        layers: the containers around it; see `curator.data.sources.containers.unpacked`.
        is_copy: whether `path` is a temporary copy of standard input or of a pipe.
        regrouping: how examples are made of its elements; "": each is one.
    """

    path: Path
    name: str
    format: str
    layers: tuple[str, ...] = ()
    is_copy: bool = False
    regrouping: str = ""

    @property
    def seekable(self) -> bool:
        """Whether an example's offset and length say where in the file it is."""
        return self.format.startswith("json") and not self.layers and not self.regrouping

    @property
    def container(self) -> str:
        """The format and what is around it, as in `jsonl.gz`."""
        return ".".join((self.format, *(layer.partition(":")[0] for layer in reversed(self.layers))))


def expand(arguments: Iterable[str]) -> list[Source]:
    """The sources that file names, folders and glob patterns name, in order, each once.

    Standard input and pipes are read at once, into files of this process's own.

    Raises:
        UnreadableInput: one is missing, a device, empty or not text, or a folder without data.
    """
    sources: dict[Path, list[Source]] = {}
    for argument in arguments:
        if argument == "-":
            path = spooled(sys.stdin.buffer)
            sources[path] = [replace(source, is_copy=True) for source in sources_in(path, "-")]
            continue
        for name in _names(argument):
            place = Path(os.path.realpath(name))
            if place not in sources:
                sources[place] = _sources(Path(name), name)
    return [source for several in sources.values() for source in several]


def _names(argument: str) -> list[str]:
    """What a pattern finds, less pipes, devices and project folders; a folder's data files; any other name itself."""
    if Path(argument).is_dir():
        return _in_folder(Path(argument))
    if not has_magic(argument) or Path(argument).exists():
        return [argument]
    found = sorted(glob(argument, recursive=True))  # noqa: PTH207 - a pattern may be absolute
    folders = [name for name in found if Path(name).is_dir() and ".curator" not in name]
    names = [name for name in found if is_regular(Path(name))]
    for folder in folders if not names else ():
        names += _in_folder(Path(folder))
    if not names:
        raise UnreadableInput(f"No file matches {argument}.")
    return names


def _in_folder(folder: Path) -> list[str]:
    """The data files in a folder and those below it, in order."""
    names = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part.endswith(".curator") for part in path.relative_to(folder).parts)
        if not hidden and is_regular(path) and is_data(path.name):
            names.append(str(path))
    if not names:
        wanted = ", ".join(sorted(_DATA - set(_COMPRESSED)))
        raise UnreadableInput(f"{folder} is a folder without data files ({wanted}).")
    return names


def is_data(name: str) -> bool:
    """Whether a file of this name is taken for data where a folder is named."""
    return PurePosixPath(name).suffix.lower() in _DATA and PurePosixPath(name).name.lower() not in _ABOUT_DATA


def _sources(path: Path, given: str) -> list[Source]:
    name = as_text(given)
    refuse_special(path, name)
    if not is_pipe(path):
        return sources_in(path, name)
    return [replace(source, is_copy=True) for source in sources_in(spooled_pipe(path), name)]


def inspect(path: Path, name: str) -> Source:
    """The source at `path`, which holds only one.

    Raises:
        UnreadableInput: it is missing, a folder, an archive of several files, empty, or not text.
    """
    if path.is_dir():
        raise UnreadableInput(f"{name} is a directory. Name the files in it, for example {name.rstrip('/')}/*.jsonl.")
    found = sources_in(path, name)
    if len(found) > 1:
        raise UnreadableInput(f"{name} holds {len(found)} files. Unpack it, and name one.")
    return found[0]


def sources_in(path: Path, name: str) -> list[Source]:
    """The source at `path`, or those in an archive, told by their first bytes.

    Raises:
        UnreadableInput: it is missing, empty, damaged, or not text.
    """
    try:
        layers, archive, head = layers_of(path, ())
        if not archive:
            return [_source(path, name, PurePosixPath(path.name), layers, head)]
        all_members = members_of(path, layers, archive)
        members = [member for member in all_members if is_data(member)]
        found = []
        for member in members:
            if any(part.startswith((".", "__")) for part in PurePosixPath(member).parts):
                continue
            inside, nested, head = layers_of(path, (*layers, f"{archive}:{member}"))
            if nested:
                raise UnreadableInput(f"{name}:{member} is an archive within an archive. Unpack it first.")
            found.append(_source(path, f"{name}:{as_text(member)}", PurePosixPath(member), inside, head))
    except FileNotFoundError:
        raise UnreadableInput(f"{name} does not exist.{_elsewhere(name)}") from None
    except PermissionError:
        raise UnreadableInput(f"{name} may not be read by this user.") from None
    except (OSError, *DAMAGED) as error:
        raise UnreadableInput(f"{name} cannot be read: {str(error).rstrip('.')}.") from None
    if not found:
        if "[Content_Types].xml" in all_members:
            raise UnreadableInput(f"{name} is an office document. Save the table in it as CSV.")
        raise UnreadableInput(f"{name} is an archive without data files.")
    return found


def _elsewhere(name: str) -> str:
    """What to do where a name is that of a dataset on the Hugging Face hub or an address; else the nearest name."""
    address = re.fullmatch(r"(\w+)://(.+)", name)
    on_hub = re.fullmatch(r"(?:hf://datasets/)?([\w-][\w.-]*/[\w-][\w.-]*)", name)
    if on_hub and (address or not PurePosixPath(name).suffix):
        folder = on_hub[1].partition("/")[2]
        fetch = f"hf download {on_hub[1]} --repo-type dataset --local-dir {folder}"
        hint = "" if address else " If it is a dataset on the Hugging Face hub, fetch"
        return f"{hint or ' Fetch'} it first, and name its folder: {fetch}"
    if address:
        return " Files are read on this machine: fetch it first, and name the file."
    path = Path(name)
    try:
        beside = [as_text(one.name) for one in islice(path.parent.iterdir(), _LOOKED_AT)]
    except OSError:
        return ""
    return did_you_mean(path.name, beside)


def _source(path: Path, name: str, named: PurePosixPath, layers: tuple[str, ...], head: bytes) -> Source:
    if not head:
        raise UnreadableInput(f"{name} is empty.")
    endings = [suffix.lower() for suffix in named.suffixes if suffix.lower() not in _COMPRESSED]
    start, is_complete = with_first_line(path, layers, head)
    kind = kind_of_file(start, name, endings[-1] if endings else "", is_complete=is_complete)
    return Source(path, name, kind, layers, regrouping=regrouping_of(head) if kind != "text" else "")


def blocks(source: Source) -> Iterator[Block]:
    """The blocks of a source, in order.

    Raises:
        UnreadableInput: a container, a table or a Parquet file turns out to be damaged.
    """
    try:
        with unpacked(source.path, source.layers) as stream:
            if source.format == "jsonl" and not source.regrouping:
                yield from line_blocks(stream)
            else:
                yield from blocks_of(_elements(stream, source))
    except (OSError, *DAMAGED) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the system's word on a file or disk, not a library's on the content
        what = str(error).strip().rstrip(".")
        raise UnreadableInput(f"{source.name} is damaged: {what}.") from None


def _elements(stream: IO[bytes], source: Source) -> Iterator[Element]:
    """The examples of a source that is not made of lines."""
    elements = _raw_elements(stream, source)
    if not source.regrouping:
        return elements
    from curator.data.sources.regrouped import regrouped

    return regrouped(elements, source.regrouping)


def _raw_elements(stream: IO[bytes], source: Source) -> Iterator[Element]:
    if source.format == "jsonl":
        for block in line_blocks(stream):
            for position, (number, raw, place) in enumerate(block.elements()):
                yield Element(number, raw, block.faults.get(position), place)
    elif source.format.startswith("json"):
        from curator.data.sources.json_values import JsonValues

        yield from JsonValues(stream, is_example if source.format == "json-object" else None).elements()
    elif source.format in ("csv", "text"):
        from curator.data.sources.csv_rows import CsvRows, text_rows

        if source.format == "text":
            yield from text_rows(stream)
        else:
            yield from CsvRows(stream, source.name, prefers_tabs=".tsv" in source.name.lower()).elements()
    else:
        from curator.data.sources.columnar import columnar_rows

        yield from columnar_rows(stream, source.name, source.format)
