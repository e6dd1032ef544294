"""Change one setting in a curator.toml; all else in the file stays as it is, comments included."""

import tomllib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from curator.errors import UsageError, did_you_mean
from curator.reporting.writing import write_report
from curator.settings.fields import Settings, is_list, known_names
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
        UsageError: there is no such setting, or the file is not sound.
    """
    if not name.startswith(f"{_KEYS}.") and (name not in known_names() or name.partition(".")[0] in _FREE):
        hint = did_you_mean(name, known_names())
        raise UsageError(
            f"There is no setting '{name}' that can be set like this.{hint} `curator config show` lists them."
        )
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UsageError(f"{path} is not sound TOML: {error}. Nothing was changed.") from None
    *sections, key = name.split(".")
    table: MutableMapping[str, Any] = document
    for section in sections:
        spelled = _spelled(table, section)
        if spelled not in table:
            if value is None:
                return text
            table[spelled] = tomlkit.table()
        table = table[spelled]
        if not isinstance(table, MutableMapping):
            raise UsageError(f"{section} in {path} is no table. Nothing was changed.")
    if value is not None:
        table[_spelled(table, key)] = value
    else:
        table.pop(_spelled(table, key), None)
    return tomlkit.dumps(document)


def _spelled(table: Mapping[str, Any], name: str) -> str:
    """The key as the file spells it: with hyphens or with underscores."""
    return next((key for key in table if key.replace("-", "_") == name), name)


def as_toml(value: Any) -> str:
    """A value as TOML has it; a string, a number or a list of them is written there as in JSON, but for DEL."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _see_that_it_counts(request: DataRequest, paths: Sequence[Path], name: str, path: Path, *, is_set: bool) -> None:
    """See that nothing outranks what was written.

    Raises:
        UsageError: something does; the sentence names it.
    """
    listed = _KEYS if name.startswith(f"{_KEYS}.") else name
    origin = next((shown.origin for shown in explained(request, paths) if shown.name == listed), "")
    if is_set and not origin.startswith(str(path)):
        raise UsageError(f"{name} is set by {origin}, which outranks {path}. Nothing was changed.")
