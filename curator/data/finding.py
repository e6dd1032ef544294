"""A finding and a pair as they are published: one JSON object each, with a schema."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["error", "warning", "info"]
Suggestion = Literal["drop", "fix", "review", "none"]


class Place(BaseModel):
    """Where an example is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="the source as it was named")
    line: int = Field(ge=1, description="1-based physical line, or element number")
    example: str | None = Field(description="the example's id; null when the line could not be read as one")


class Finding(BaseModel):
    """What one check reports about one example."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(description="name of the check")
    severity: Severity
    example: str | None = Field(description="the example's id; null when the line could not be read as one")
    file: str | None = Field(description="the source as it was named; null for a finding about the whole set")
    line: int | None = Field(ge=1, description="1-based physical line, or element number")
    message: str = Field(description="a sentence; secrets and personal data are masked")
    message_index: int | None = Field(default=None, description="0-based message the finding is in")
    start: int | None = Field(default=None, description="first character of the place in that message's text")
    end: int | None = Field(default=None, description="character after the place")
    score: float | None = Field(default=None, description="the measure the check decided by, where it has one")
    group: str | None = Field(default=None, description="id of the keeper, for duplicates")
    related: list[Place] = Field(default_factory=list, max_length=6, description="the keeper, then at most five others")
    suggestion: Suggestion = "review"


class Pair(BaseModel):
    """Two similar examples."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: Place
    right: Place
    kind: Literal["exact", "lexical", "semantic"]
    relation: str = Field(description="copy, same-prompt, same-answer, template or semantic")
    similarity: float = Field(ge=0, le=1, description="of the whole texts")
    prompt_similarity: float | None = Field(default=None, ge=0, le=1)
    answer_similarity: float | None = Field(default=None, ge=0, le=1)
    context_differs: bool = Field(description="the system text, tools, media, reasoning or rejected answer differ")
