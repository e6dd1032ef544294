"""The text of `run.toml` for a hand-off: the model, and what a person set."""

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from curator.errors import UsageError
from trainer.contract import SETTINGS_FILE
from trainer.contract.errors import SettingsError
from trainer.contract.settings import RunSettings, worded


def run_settings(model: str, settings: tuple[str, ...] = ()) -> str:
    """`run.toml` with the model's name and `section.name=value` settings.

    Raises:
        UsageError: a setting has not that form, or the trainer does not know it.
    """
    tables: dict[str, dict[str, Any]] = {"model": {"name": model}}
    for setting in settings:
        name, equals, value = setting.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (equals and dot):
            raise UsageError(f"'{setting}' is no setting. Write section.name=value, for example training.epochs=2.")
        tables.setdefault(section, {})[key] = _value(value.strip())
    try:
        RunSettings.model_validate(tables)
    except ValidationError as problem:
        raise UsageError(f"The trainer refuses these settings: {worded(problem)}") from problem
    except SettingsError as problem:
        raise UsageError(f"The trainer refuses these settings: {problem}") from problem
    return (
        "\n\n".join(
            "\n".join([f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())])
            for section, table in tables.items()
        )
        + "\n"
    )


NAMED_FILES = {"model.chat_template": "chat_template.jinja", "evaluation.answer_schema": "answer_schema.json"}
"""Settings that name a file, and what it is called in the run's folder: the trainer reads none that lies elsewhere."""


def with_files(settings: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, Path]]:
    """Settings in which the files that a person named are those of the run's folder, and what to copy there from where.

    Raises:
        UsageError: there is no such file.
    """
    kept, files = [], dict[str, Path]()
    for setting in settings:
        name, _, value = setting.partition("=")
        called = NAMED_FILES.get(name.strip())
        if called is None:
            kept.append(setting)
            continue
        files[called] = Path(str(_value(value.strip()))).expanduser()
        if not files[called].is_file():
            raise UsageError(f"{name.strip()}: there is no file {files[called]}.")
        kept.append(f"{name}={called}")
    return tuple(kept), files


def given_settings(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The model's name in a run's `run.toml`, and what a person set, as `run_settings` takes them."""
    tables = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
    model = str(tables["model"].pop("name"))
    for setting in NAMED_FILES:
        section, _, key = setting.partition(".")
        if key in tables.get(section, {}):
            tables[section][key] = str((folder / tables[section][key]).resolve())
    return model, tuple(
        f"{section}.{key}={json.dumps(value)}" for section, table in tables.items() for key, value in table.items()
    )


def _value(text: str) -> Any:
    """A TOML value as JSON writes it; anything else is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
