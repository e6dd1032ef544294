"""A rubric: what a judge looks at, the scale with a meaning for every level, and what it must ignore."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import xxhash
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from curator.errors import UnreadableInput, UsageError

NAMES = ("helpful-and-correct", "follows-instruction", "house-style", "tool-use", "reasoning", "translation")
"""The rubrics that come with the program."""
_NAME = r"^[a-z][a-z0-9-]{0,39}$"


class Level(BaseModel):
    """What one level of the scale means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meaning: str = Field(min_length=1, description="What an answer of this level is like.")
    examples: tuple[str, ...] = Field(default=(), description="Answers of this level, or what they look like.")


class Rubric(BaseModel):
    """How answers are rated.

    The levels are whole numbers of one digit without a gap: a level is one token, so that its probability can be read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=_NAME, description="Lower-case letters, digits and hyphens.")
    question: str = Field(min_length=1, description="What is asked about the answer.")
    criteria: tuple[str, ...] = Field(min_length=1, description="What to look at.")
    ignore: tuple[str, ...] = Field(default=(), description="What must not change the score.")
    scale: tuple[int, int] = Field(description="The lowest and the highest level.")
    enough: int = Field(description="The lowest level that is good enough.")
    levels: Mapping[int, Level] = Field(description="What each level means.")

    @field_validator("levels", mode="before")
    @classmethod
    def _numbers(cls, given: Any) -> Any:
        """TOML's keys are texts."""
        if not isinstance(given, Mapping):
            return given
        if wrong := [key for key in given if not (isinstance(key, str) and key.isascii() and key.isdigit())]:
            raise ValueError(f"'{wrong[0]}' is no level: levels are whole numbers, such as [levels.1]")
        return {int(key): level for key, level in given.items()}

    @model_validator(mode="after")
    def _complete(self) -> "Rubric":
        lowest, highest = self.scale
        if not 0 <= lowest < highest <= 9:
            raise ValueError("a scale goes up from one digit to another, such as [1, 5]")
        wanted = range(lowest, highest + 1)
        if missing := [level for level in wanted if level not in self.levels]:
            raise ValueError(
                f"the scale goes from {lowest} to {highest}, and level {missing[0]} is missing: add "
                f"[levels.{missing[0]}]"
            )
        if extra := [level for level in self.levels if level not in wanted]:
            raise ValueError(f"level {extra[0]} is not on the scale from {lowest} to {highest}")
        if not lowest < self.enough <= highest:
            raise ValueError(f"enough = {self.enough} must be a level above the lowest")
        return self

    @cached_property
    def version(self) -> str:
        """Eight hexadecimal digits of all that it says; scores of another version are other scores."""
        return xxhash.xxh3_128_hexdigest(msgspec.json.encode(self.model_dump(mode="json"), order="sorted"))[:8]

    @property
    def span(self) -> int:
        """From the lowest to the highest level."""
        return self.scale[1] - self.scale[0]


def rubric_named(name: str) -> Rubric:
    """A rubric that comes with the program, by name, or that of a TOML file.

    Raises:
        UsageError: there is no such rubric, or it is not complete; the sentence says what is missing.
        UnreadableInput: the file cannot be read or is not TOML.
    """
    if name in NAMES:
        text = files("curator.scoring").joinpath("rubrics", f"{name}.toml").read_text(encoding="utf-8")
        return Rubric.model_validate({"name": name, **tomllib.loads(text)})
    path = Path(name)
    if not path.suffix and not path.exists():
        near = get_close_matches(name, NAMES, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" There are {', '.join(NAMES)}; or name a TOML file."
        raise UsageError(f"There is no rubric '{name}'.{hint}")
    return _read(path)


def _read(path: Path) -> Rubric:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UnreadableInput(f"The rubric {path} does not exist.") from None
    except OSError as error:
        raise UnreadableInput(f"The rubric {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The rubric {path} is not sound TOML: {error}.") from None
    values.setdefault("name", path.stem.lower().replace("_", "-").replace(" ", "-"))
    if values["name"] in NAMES:
        raise UsageError(f"The rubric {path} is named as one that comes with the program. Give it another name.")
    try:
        return Rubric.model_validate(values)
    except ValidationError as error:
        raise UsageError(f"The rubric {path} is not complete: {_sentence(error)}") from None


def _sentence(error: ValidationError) -> str:
    """The first fault, with the setting that it is about."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(map(str, fault["loc"]))
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"it has '{place}', which a rubric does not have."
    if fault["type"] == "missing":
        return f"'{place}' is missing."
    return f"{place}: {message}." if place and fault["type"] != "value_error" else f"{message}."
