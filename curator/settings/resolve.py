"""Settings: how the command line, the environment and files come together.

The command line outranks the environment, that the project's curator.toml, that the user's, and that the defaults.
A setting's name is its section and key, `tokens.max_tokens`; in the environment it is CURATOR_TOKENS_MAX_TOKENS.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
from pydantic import BaseModel, ValidationError

from curator.errors import UsageError
from curator.settings.fields import ANY_NAME, FIELD_OF_KEY, Settings, known_names
from curator.settings.origins import Given, from_environment, from_file
from curator.settings.request import DataRequest
from curator.settings.trust import FILE, awaiting, from_file_beside, refuse_untrusted, without_untrusted


class ShownSetting(NamedTuple):
    """A setting for `config show`: its name, its value, and where that comes from."""

    name: str
    value: Any
    origin: str


def settings_for(request: DataRequest, paths: Sequence[Path], given: Mapping[str, Any] | None = None) -> Settings:
    """What applies to a request.

    Args:
        request: what was said on the command line; what was not said is None.
        paths: the data files; curator.toml is looked for beside them.
        given: further settings of the command line by name, such as `split.seed`; None: not said.

    Raises:
        UsageError: a key does not exist, a value is not possible, or a curator.toml beside the data is not trusted
            with what it sets; the sentence says where it stands.
        UnreadableInput: a settings file cannot be read.
    """
    layers = without_untrusted(_all_given(request, paths, given))
    refuse_untrusted(layers)
    return _together(layers)[0]


def require_trust(request: DataRequest, paths: Sequence[Path]) -> None:
    """See that no setting waits for trust, those included that only one command reads.

    Raises:
        UsageError: one does; the sentence says how it is allowed.
    """
    refuse_untrusted(_all_given(request, paths, None))


def explained(
    request: DataRequest, paths: Sequence[Path], given: Mapping[str, Any] | None = None
) -> list[ShownSetting]:
    """Every setting with its origin, in the order of curator.toml; for `config show`.

    Raises:
        UsageError, UnreadableInput: as `settings_for`.
    """
    layers = _all_given(request, paths, given)
    settings, origins = _together(layers)
    origins |= {
        one.name: f"{one.origin}; waits for `curator trust`"
        for one, _ in awaiting(layers)
        if origins[one.name] == one.origin
    }
    names = [name for name in known_names() if ANY_NAME not in name]
    own = [name for name in origins if name not in names]
    return [ShownSetting(name, _value_of(settings, name), origins.get(name, "default")) for name in names + sorted(own)]


def project_file(paths: Sequence[Path]) -> Path | None:
    """The curator.toml beside the data; None when there is none, or the data have no folder in common."""
    folders = {path.resolve().parent for path in paths}
    if not folders:
        return None
    file = Path(os.path.commonpath(folders)) / FILE
    return file if file.is_file() else None


def user_file() -> Path:
    """The user's own curator.toml, whether or not it is there."""
    return platformdirs.user_config_path("curator") / FILE


def _all_given(request: DataRequest, paths: Sequence[Path], given: Mapping[str, Any] | None) -> list[Given]:
    """What was given anywhere, the weakest first."""
    layers: list[Given] = from_file(user_file()) if user_file().is_file() else []
    if request.config:
        layers += from_file(Path(request.config))
    elif (file := project_file(paths)) is not None:
        layers += from_file_beside(file)
    layers += from_environment(os.environ)
    said = {
        "read.format": request.format_name,
        "check.select": request.select,
        "check.ignore": request.ignore,
        "check.files": request.checks or None,
        "tokens.tokenizer": request.tokenizer,
        "tokens.max_tokens": request.max_tokens,
        "tokens.target": request.target,
        "meaning.embedder": request.embedder,
        "meaning.map": request.map,
        "annotator.name": request.annotator,
        **{f"columns.{key}": value for key, value in (request.columns or {}).items()},
        **(given or {}),
    }
    return layers + [Given(name, value, "the command line") for name, value in said.items() if value is not None]


def _together(given: Iterable[Given]) -> tuple[Settings, dict[str, str]]:
    """The settings, and the origin of each that is not a default."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value, origin, _ in given:
        origins[name] = origin
        *tables, last = _path(name)
        table = values
        for key in tables:
            table = table.setdefault(key, {})
        table[last] = value
    try:
        return Settings.model_validate(values), origins
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise UsageError(_sentence(fault["loc"], fault["msg"], fault["input"], origins)) from error


def _path(name: str) -> tuple[str, ...]:
    """From a setting's name to the way to it in `Settings`."""
    for place, field in FIELD_OF_KEY.items():
        if name == place:
            return (field,)
        if name.startswith(f"{place}."):
            rest = name.removeprefix(f"{place}.")
            if field in ("policies", "labels"):
                own, _, key = rest.rpartition(".")
                return field, own, key
            return field, rest
    raise UsageError(f"There is no setting '{name}'. `curator config show --skeleton` lists them all.")


def _sentence(location: tuple[int | str, ...], message: str, value: Any, origins: Mapping[str, str]) -> str:
    for name, origin in origins.items():
        path = _path(name)
        if location[: len(path)] == path or (path[0] == "columns" and location[:1] == ("columns",)):
            full_name = ".".join([name, *map(str, location[len(path) :])])
            return f"{origin}: {full_name} = {value!r} is not possible. {message}."
    return f"The settings do not fit together: {message}."


def _value_of(settings: Settings, name: str) -> Any:
    value: Any = settings
    for key in _path(name):
        value = value.get(key) if isinstance(value, Mapping) else getattr(value, key)
    return value.model_dump() if isinstance(value, BaseModel) else value
