"""What can be set, with defaults and descriptions, and what each setting is called in curator.toml."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from curator.checks.thresholds import Thresholds
from curator.embedding.encoders.encoder import DEFAULT_ENCODER
from curator.project.decisions.policies import Policy
from curator.tokens import TOKENIZERS


class SplitSettings(BaseModel):
    """How the set is split."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    validation: float = Field(default=0.1, ge=0, lt=1, description="Share of the examples for validation.")
    test: float = Field(default=0.0, ge=0, lt=1, description="Share of the examples for a test set.")
    seed: int = Field(default=0, ge=0, description="Another seed, another split.")
    group_by: str | None = Field(default=None, description="Field whose equal values stay on one side.")
    stratify: str | None = Field(default=None, description="Field whose values keep their shares on each side.")


class Price(BaseModel):
    """What a provider takes for training a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(ge=0, description="US dollars per million training tokens.")
    source: str = Field(default="your own table", description="Where it was read.")
    read: str = Field(default="", description="When it was read.")

    @model_validator(mode="before")
    @classmethod
    def _number(cls, given: Any) -> Any:
        """A plain number is the price."""
        return given if isinstance(given, Mapping) else {"value": given}


class LabelQuestion(BaseModel):
    """One question that annotators answer about an example."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["choice", "choices", "rating", "note"] = Field(
        default="choice", description="One of the values, several of them, 1 to 5, or free text."
    )
    values: tuple[str, ...] = Field(default=(), max_length=9, description="What can be chosen, digits 1 to 9 in order.")
    question: str | None = Field(default=None, description="What is asked; default: the label's name.")


class ReviewSettings(BaseModel):
    """How the app reviews."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reasons: tuple[str, ...] = Field(
        default=("wrong or untrue", "poor style", "incomplete", "off topic", "unsafe", "private", "too long"),
        max_length=9,
        description="Why an example is dropped, on the digits 1 to 9 in order.",
    )
    repeat_guard: int = Field(
        default=150,
        ge=0,
        description="Milliseconds for which a new example ignores the key that decided the one before, held down.",
    )
    blind: bool = Field(
        default=True,
        description="Hide what others answered to a question of labels until you have answered it yourself.",
    )
    theme: str = Field(
        default="textual-dark",
        description="Colours: textual-dark, textual-light, or ansi-dark and ansi-light for the terminal's own.",
    )


class ScoringSettings(BaseModel):
    """Who scores, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    judge: str | None = Field(
        default=None, description="Address of an OpenAI-compatible endpoint, such as https://host/v1, or local:FOLDER."
    )
    model: str | None = Field(default=None, description="The judge's name at that address.")
    rubric: str | None = Field(default=None, description="Name of a rubric, or a TOML file.")


class Settings(BaseModel):
    """What applies; `FIELD_OF_KEY` says where each field stands in curator.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str | None = Field(default=None, description="Form of the examples; default: recognised.")
    columns: dict[Literal["prompt", "answer", "system"], str] = Field(
        default_factory=dict, description="Which field is the prompt, the answer and the system text."
    )
    select: tuple[str, ...] = Field(default=(), description="Run only these checks; default: all.")
    ignore: tuple[str, ...] = Field(default=(), description="Do not run these checks.")
    check_files: tuple[str, ...] = Field(default=(), description="Files of checks of your own; see docs/own-checks.md.")
    fail_on: str = Field(
        default="error",
        description="When `audit` ends with 1: error, warning, info, never, or rules such as near-duplicate>1%.",
    )
    thresholds: Thresholds = Field(default_factory=Thresholds)
    tokenizer: str = Field(default="o200k_base", description="Vocabulary to count with, or a local model folder.")
    max_tokens: int | None = Field(default=None, ge=1, description="Limit of one example, in tokens.")
    target: str | None = Field(default=None, description="Provider or trainer whose limits apply.")
    prices: dict[str, dict[str, Price]] = Field(
        default_factory=dict, description="Your own prices, by target and model; they outrank the program's table."
    )
    embedder: str = Field(
        default="default", description="What sees meaning: default, none, or a model's name or folder."
    )
    map: Literal["pca", "umap"] = Field(default="pca", description="How examples are laid out on the map of meaning.")
    split: SplitSettings = Field(default_factory=SplitSettings)
    policies: dict[str, Policy] = Field(default_factory=dict)
    labels: dict[str, LabelQuestion] = Field(default_factory=dict)
    review: ReviewSettings = Field(default_factory=ReviewSettings)
    scoring: ScoringSettings = Field(default_factory=ScoringSettings)
    keys: dict[str, dict[str, str]] = Field(default_factory=dict, description="Keys of the app by screen and action.")
    annotator: str | None = Field(default=None, description="Whose decisions are made; default: the user's name.")


FIELD_OF_KEY: Mapping[str, str] = {
    "read.format": "format",
    "columns": "columns",
    "check.select": "select",
    "check.ignore": "ignore",
    "check.files": "check_files",
    "check.fail_on": "fail_on",
    "check.thresholds": "thresholds",
    "tokens.tokenizer": "tokenizer",
    "tokens.max_tokens": "max_tokens",
    "tokens.target": "target",
    "prices": "prices",
    "meaning.embedder": "embedder",
    "meaning.map": "map",
    "split": "split",
    "policies": "policies",
    "labels": "labels",
    "review": "review",
    "scoring": "scoring",
    "keys": "keys",
    "annotator.name": "annotator",
}
"""Name in curator.toml to field, in the order of the file."""

NAMES_OR_FOLDERS = ("tokens.tokenizer", "meaning.embedder")
"""Settings that take a folder in place of a name."""
KNOWN_NAMES = frozenset({DEFAULT_ENCODER, "none", *(tokenizer.name for tokenizer in TOKENIZERS)})
"""What is taken literally there, whatever folders there are."""

ANY_NAME = "*"
_INSIDE: Mapping[str, tuple[str, ...]] = {
    "columns": ("prompt", "answer", "system"),
    "thresholds": tuple(Thresholds.model_fields),
    "split": tuple(SplitSettings.model_fields),
    "policies": tuple(f"{ANY_NAME}.{key}" for key in Policy.model_fields),
    "labels": tuple(f"{ANY_NAME}.{key}" for key in LabelQuestion.model_fields),
    "review": tuple(ReviewSettings.model_fields),
    "scoring": tuple(ScoringSettings.model_fields),
}


def known_names() -> Iterator[str]:
    """The name of every setting; `*` is a name that the user gives."""
    for place, field in FIELD_OF_KEY.items():
        inside = _INSIDE.get(field)
        if inside is None:
            yield place
        else:
            yield from (f"{place}.{key}" for key in inside)


def is_list(name: str) -> bool:
    """Whether a setting is a list of names."""
    return name in ("check.select", "check.ignore", "check.files", "review.reasons")


def description_of(name: str) -> str:
    """What a setting means, as a sentence; "" for one that a person named."""
    place = next(
        (place for place in sorted(FIELD_OF_KEY, key=len, reverse=True) if f"{name}.".startswith(f"{place}.")), ""
    )
    if not place:
        return ""
    field, inside = FIELD_OF_KEY[place], name.removeprefix(place).lstrip(".")
    model = type(getattr(Settings(), field)) if inside else Settings
    fields = getattr(model, "model_fields", {})
    return (fields[inside or field].description or "") if (inside or field) in fields else ""
