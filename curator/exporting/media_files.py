"""The pictures, sounds and videos that examples name, copied beside the data: an export can be moved as a whole."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from curator.checks.media.references import names_in, place_of
from curator.data.content import Message
from curator.data.media import is_media_key
from curator.targets.conversion import ExportExample

MEDIA = "media"
"""The folder of the copies within an export."""


class MediaFiles:
    """The files that the written examples name.

    Attributes:
        copied: files, each once.
        missing: names of files beside the data that are not there; outside the folder of the data none is looked for.
    """

    def __init__(self, folder: Path) -> None:
        self.copied = 0
        self.missing: set[str] = set()
        self._folder = folder / MEDIA
        self._names: dict[Path, str] = {}
        self._sources: dict[str, Path] = {}
        self._taken: set[str] = set()

    def renamed(self, example: ExportExample) -> ExportExample:
        """The example with the names that the copies of its files will have."""
        if example.folder is None:
            return example
        found = {name: place_of(name, example.folder) for name in _names_of(example)}
        there = {name: place for name, place in found.items() if place is not None and place.is_file()}
        self.missing |= {name for name, place in found.items() if place is not None and name not in there}
        names = {name: self._name_of(place) for name, place in there.items()}
        return _with_names(example, names) if names else example

    def copy(self, line: Any) -> None:
        """Copy the files that a written line names, those that are not there yet."""
        for name in _strings(line) & self._sources.keys():
            target = self._folder.parent / name
            if not target.exists():
                self._folder.mkdir(exist_ok=True)
                shutil.copyfile(self._sources[name], target)
                self.copied += 1

    def _name_of(self, place: Path) -> str:
        if place not in self._names:
            name, number = place.name, 2
            while name.casefold() in self._taken:
                name, number = f"{place.stem}-{number}{place.suffix}", number + 1
            self._taken.add(name.casefold())
            self._names[place] = f"{MEDIA}/{name}"
            self._sources[self._names[place]] = place
        return self._names[place]


def _names_of(example: ExportExample) -> set[str]:
    content = example.content
    held: list[Any] = [value for key, value in example.extra.items() if is_media_key(key)]
    held += (content.media or {}).values()
    for messages in (content.messages, content.chosen, content.rejected):
        for message in messages or ():
            parts = message.get("content")
            others = (part for part in parts if part.get("type") != "text") if isinstance(parts, list) else ()
            held += ({key: value for key, value in part.items() if key != "type"} for part in others)
    return set(names_in(held))


def _with_names(example: ExportExample, names: dict[str, str]) -> ExportExample:
    content = example.content
    extra = {key: _named(held, names) if is_media_key(key) else held for key, held in example.extra.items()}
    parts = {part: _messages(getattr(content, part), names) for part in ("messages", "chosen", "rejected")}
    renamed = content._replace(media=_named(content.media, names), **parts)  # type: ignore[arg-type]
    return replace(example, content=renamed, extra=extra)


def _messages(messages: list[Message] | None, names: dict[str, str]) -> list[Message] | None:
    if messages is None:
        return None
    return [
        {**message, "content": [part if part.get("type") == "text" else _named(part, names) for part in parts]}
        if isinstance(parts := message.get("content"), list)
        else message
        for message in messages
    ]


def _named(held: Any, names: dict[str, str]) -> Any:
    """`held` with other names of files in it."""
    if isinstance(held, str):
        return names.get(held, held)
    if isinstance(held, list):
        return [_named(one, names) for one in held]
    if isinstance(held, dict):
        return {key: _named(one, names) for key, one in held.items()}
    return held


def _strings(held: Any) -> set[str]:
    if isinstance(held, dict | list):
        return set().union(*map(_strings, held.values() if isinstance(held, dict) else held))
    return {held} if isinstance(held, str) else set()
