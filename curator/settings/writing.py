"""Change one setting in a curator.toml; all else in the file stays as it is, comments included."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from curator.errors import UsageError
from curator.reporting.writing import write_report
from curator.settings.fields import Settings, is_list, known_names
from curator.settings.origins import lines_of_keys
from curator.settings.request import DataRequest
from curator.settings.resolve import ShownSetting, explained, project_file, settings_for
from curator.settings.trust import FILE, awaiting, from_file_beside, trust

_KEYS = "keys"
_FREE = ("policies", "labels", "prices", "columns", _KEYS)
"""Sections that are tables of a person's own making; of these only keys are changed here, by action."""


def changed(
    request: DataRequest,
    paths: Sequence[Path],
    name: str,
    typed: str,
    accepts: Callable[[Settings], object] = lambda _: None,
) -> tuple[Path, Settings]:
    """Set `name` to what was typed, in the curator.toml beside the data or that of `--config`; where, and what applies.

    Args:
        request: what was said on the command line.
        paths: the data files.
        name: section and key, `review.theme`.
        typed: the value as TOML has it; quotes and brackets are optional. Empty: the default again.
        accepts: raises UsageError where the settings as a whole are not possible.

    Raises:
        UsageError: there is no such setting, the value is not possible, or something outranks the file. Nothing was
            changed.
        UnreadableInput: the file cannot be read.
        WorkFailed: the disk is full.
    """
    path = _file(request, paths)
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    after = _with(before, name, _value(name, typed), path)
    is_ours = not request.config and not (before and awaiting(from_file_beside(path)))
    write_report(after, str(path))
    try:
        if is_ours and awaiting(from_file_beside(path)):
            trust(path.parent)  # nothing waited for it before, so it is this person who asks for it now
        settings = settings_for(request, paths)
        accepts(settings)
        _see_that_it_counts(request, paths, name, path, is_set=bool(typed.strip()))
    except UsageError:
        if before:
            write_report(before, str(path))
        else:
            path.unlink()
        raise
    return path, settings


def changeable(request: DataRequest, paths: Sequence[Path]) -> list[ShownSetting]:
    """The settings that `changed` can set, with value and origin."""
    return [shown for shown in explained(request, paths) if shown.name.partition(".")[0] not in _FREE]


def _file(request: DataRequest, paths: Sequence[Path]) -> Path:
    if request.config:
        return Path(request.config)
    if not paths:
        raise UsageError("Settings are kept beside the data: name the data, or a settings file with --config.")
    return project_file(paths) or paths[0].resolve().parent / FILE


def _value(name: str, typed: str) -> Any:
    """What was typed as a value; None: the default."""
    text = typed.strip()
    if not text:
        return None
    if name.startswith(f"{_KEYS}."):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        if text.startswith("["):
            raise UsageError(f"{name}: the list {text} is not sound TOML: {error}.") from None
        return [part.strip() for part in text.split(",") if part.strip()] if is_list(name) else text


def _with(text: str, name: str, value: Any, path: Path) -> str:
    """The text of a settings file with one setting changed.

    Raises:
        UsageError: it stands in a form that only an editor can change.
    """
    if not name.startswith(f"{_KEYS}.") and (name not in known_names() or name.partition(".")[0] in _FREE):
        raise UsageError(f"There is no setting '{name}' that can be set like this. `curator config show` lists them.")
    section, _, key = name.rpartition(".")
    lines, lines_by_key = text.split("\n"), lines_of_keys(text)
    entry = [] if value is None else [f"{key} = {as_toml(value)}"]
    found = next((number for keys, number in lines_by_key.items() if _is(keys, name)), None)
    if found is not None:
        end = _end_of(lines, found - 1)
        comment = _comment(lines[end - 1])
        lines[found - 1 : end] = [f"{line}{comment}" for line in entry]
    elif value is not None and tuple(section.split(".")) in lines_by_key:
        lines.insert(lines_by_key[tuple(section.split("."))], entry[0])
    elif value is not None:
        lines = [*text.rstrip("\n").split("\n"), "", f"[{section}]", entry[0], ""]
    after = "\n".join(lines).lstrip("\n") if not text else "\n".join(lines)
    expected = {known: set_to for known, set_to in _values(text).items() if not _is(tuple(known.split(".")), name)}
    expected |= {} if value is None else {name: value}
    if _values(after) != expected:
        raise UsageError(f"{name} stands in a form in {path} that only an editor can change. Nothing was changed.")
    return after


def as_toml(value: Any) -> str:
    """A value as TOML has it; a string, a number or a list of them is written there as in JSON, but for DEL."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _is(keys: tuple[str, ...], name: str) -> bool:
    return ".".join(keys).replace("-", "_") == name


def _end_of(lines: list[str], begin: int) -> int:
    """Where the value that begins in a line ends: a list may have several lines."""
    for end in range(begin + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return begin + 1


def _comment(line: str) -> str:
    """The comment at the end of a line, with space before it."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote and line[place - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            return "  " + line[place:]
    return ""


def _values(text: str) -> dict[str, Any]:
    """All values by name, in a form that compares."""
    try:
        return dict(_flat(tomllib.loads(text), ""))
    except tomllib.TOMLDecodeError:
        return {"": text}


def _flat(table: Mapping[str, Any], above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{above}{key}".replace("-", "_")
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return found


def _see_that_it_counts(request: DataRequest, paths: Sequence[Path], name: str, path: Path, *, is_set: bool) -> None:
    """See that nothing outranks what was written.

    Raises:
        UsageError: something does; the sentence names it.
    """
    listed = _KEYS if name.startswith(f"{_KEYS}.") else name
    origin = next((shown.origin for shown in explained(request, paths) if shown.name == listed), "")
    if is_set and not origin.startswith(str(path)):
        raise UsageError(f"{name} is set by {origin}, which outranks {path}. Nothing was changed.")
