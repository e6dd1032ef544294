"""What Python hands over as data: names of files, frames, datasets, or records in memory."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any, TypedDict

import msgspec
import polars as pl

from curator.data.sources.pipes import spooled_lines
from curator.data.sources.source import Source, expand, sources_in
from curator.errors import UsageError
from curator.settings.request import DataRequest

Name = str | os.PathLike[str]
Data = Name | Iterable[Any]
"""A file name, folder or glob pattern, or several; a polars or pandas frame; a `datasets` object; records.

Records are dicts, or lists of messages. A dict of such things by name, as a `DatasetDict` is, is one source each: what
is called train, validation or test is that split.
"""


class DataOptions(TypedDict, total=False):
    """What every verb on data understands, as the command line does; what is not given, `curator.toml` decides.

    Attributes:
        project: folder of the decisions; default: beside the data.
        format: form of the examples; default: recognised.
        columns: prompt, answer and perhaps system keys, by role.
        select: names of checks to run.
        ignore: names of checks not to run.
        checks: files of checks of your own.
        embedder: what sees meaning: default, none, or a model's name or folder.
        map: pca or umap.
        allow_download: a model that is not on this machine may be fetched.
        target: provider or trainer whose limits apply.
        tokenizer: name of a vocabulary, or a local model folder.
        max_tokens: limit of one example.
        config: settings file.
        annotator: whose decisions are made.
        against: evaluation files whose items must not be in the data.
    """

    project: Name
    format: str
    columns: dict[str, str]
    select: Iterable[str]
    ignore: Iterable[str]
    checks: Iterable[Name]
    embedder: str
    map: str
    allow_download: bool
    target: str
    tokenizer: str
    max_tokens: int
    config: Name
    annotator: str
    against: Iterable[Name]


_LISTS = ("select", "ignore", "against", "checks")
_PATHS = ("project", "config")


def request_of(names: Iterable[str], options: DataOptions) -> DataRequest:
    """The request that the command line would make of the same options.

    Raises:
        UsageError: there is no such option; the sentence names the nearest.
    """
    known = {field.name: field.name for field in fields(DataRequest)} | {"format": "format_name"}
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name not in known or name in ("data", "format_name"):
            near = get_close_matches(name, known, n=1)
            raise UsageError(f"There is no option '{name}'.{f' Did you mean {near[0]!r}?' if near else ''}")
        if name in _LISTS:
            value = tuple(os.fspath(one) for one in _listed(value))
        given[known[name]] = os.fspath(value) if name in _PATHS else value  # type: ignore[call-overload]
    return DataRequest(data=tuple(names), **given)


def _listed(value: Any) -> Iterable[Any]:
    return [value] if isinstance(value, str | os.PathLike) else value


@dataclass(frozen=True)
class GivenData:
    """Data as it was given: the names of files, or the sources that records became."""

    names: tuple[str, ...]
    sources: list[Source] | None

    def expanded(self) -> list[Source]:
        """The sources.

        Raises:
            UnreadableInput: a file cannot be read.
        """
        return expand(self.names) if self.sources is None else self.sources

    def forget(self) -> None:
        """Remove the copies that were made of records."""
        for source in self.sources or ():
            source.path.unlink(missing_ok=True)


def given(data: Data) -> GivenData:
    """Data as files: names as they are, anything else as JSON Lines in temporary files that only this user can read.

    Raises:
        UsageError: it is nothing that holds records.
        UnreadableInput: there are no records.
    """
    if isinstance(data, str | os.PathLike):
        return GivenData((os.fspath(data),), None)
    if isinstance(data, list | tuple) and data and all(isinstance(one, str | os.PathLike) for one in data):
        return GivenData(tuple(os.fspath(one) for one in data), None)
    if isinstance(data, Mapping):
        sources = [source for name, records in data.items() for source in _spooled(records, str(name))]
    else:
        sources = _spooled(data, "records")
    return GivenData(tuple(source.name for source in sources), sources)


def _spooled(records: Any, name: str) -> list[Source]:
    lines = (msgspec.json.encode(record, enc_hook=_plain) + b"\n" for record in _records(records))
    path = spooled_lines(lines)
    return [replace(source, is_copy=True) for source in sources_in(path, f"{name}.jsonl")]


def _records(data: Any) -> Iterator[Any]:
    if isinstance(data, pl.LazyFrame):
        data = data.collect()
    if isinstance(data, pl.DataFrame):
        return data.iter_rows(named=True)
    if type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "to_dict"):
        return iter(data.to_dict("records"))
    if not isinstance(data, Iterable) or isinstance(data, str | bytes):
        raise UsageError(_what(data))
    records = iter(data)
    first = next(records, None)
    if first is not None and not isinstance(first, Mapping | list):
        raise UsageError(_what(data))
    return chain([first] if first is not None else [], records)


def _what(data: Any) -> str:
    return (
        f"A {type(data).__name__} is no data. Give names of files, a polars or pandas frame, a `datasets` object, or "
        "an iterable of dicts."
    )


def _plain(value: Any) -> Any:
    """What JSON has no word for: arrays as lists, mappings as objects, anything else as its text."""
    if isinstance(value, Mapping):
        return dict(value)
    return value.tolist() if hasattr(value, "tolist") else str(value)
