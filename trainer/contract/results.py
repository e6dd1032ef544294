"""What a run found: figures with their intervals, tuned against untuned, and `result.json`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from trainer.contract import SCHEMA_VERSION, VALIDATION_FILE


class Interval(BaseModel):
    """A figure with its interval, of 95 % unless another level was asked for."""

    value: float
    low: float
    high: float


class Measured(BaseModel):
    """A figure of both models on the same examples, and the paired difference (tuned less baseline)."""

    baseline: Interval
    tuned: Interval
    difference: Interval


class Cut(BaseModel):
    """Answers that were not at their end when they had all the tokens they may take."""

    tokens: int
    baseline: int
    tuned: int


class Comparison(BaseModel):
    """Untuned against tuned on the same held-out examples, same precision, same template.

    The first losses are of the bare untuned model. What follows `answered` is of the untuned model with a good prompt:
    the data's own system message and training examples like the question.
    """

    examples: int
    tokens: int
    baseline_loss: Interval
    tuned_loss: Interval
    loss_fall: Interval = Field(description="(baseline - tuned) / baseline, paired by example")
    answered: int
    held_out: str = Field(default=VALIDATION_FILE, description="the file the examples come from")
    caution: str | None = None
    answer_kind: Literal["json", "number", "label", "text"] | None = None
    shots: float | None = Field(default=None, description="training examples shown to the untuned model, on average")
    cut: Cut | None = None
    measures: dict[str, Measured] = Field(default_factory=dict)
    answer_loss: Measured | None = Field(default=None, description="mean loss of the reference answers, by example")
    primary: str | None = Field(default=None, description="the measure that the outcome rests on")
    outcome: Literal["better", "worse", "cannot tell"] | None = None
    sentence: str | None = None
    general_loss: Measured | None = Field(default=None, description="loss on a fixed set of general questions")


class Result(BaseModel):
    """`result.json`, written last: its existence means that everything else is complete."""

    schema_version: int = SCHEMA_VERSION
    run: str
    reason: Literal["finished", "overfitting", "patience"]
    versions: dict[str, str]
    data: dict[str, str] = Field(description="sha256 of each file read")
    model: dict[str, str] = Field(default_factory=dict, description="what tells the base model's files from others")
    settings: dict[str, dict[str, Any]]
    origins: dict[str, str] = Field(description="where each setting came from")
    model_facts: dict[str, Any] = Field(description="layers, quantised layers, trained parameters")
    truncation_report: dict[str, Any]
    steps: int
    best_step: int | None
    train_loss: float
    validation_loss: float | None
    evaluation: Comparison | None
    seconds: float
    first_loss_seconds: float | None = Field(description="from process start to the first logged loss")
    peak_memory_bytes: int
    warnings: list[str]
