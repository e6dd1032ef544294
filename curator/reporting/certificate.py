"""What a split came to, and its certificate: as JSON for programs, as Markdown for people."""

from pydantic import BaseModel, ConfigDict, Field

from curator.data.finding import Place
from curator.reporting.markdown import escaped, fenced
from curator.reporting.wording import count, joined, share

SCHEMA_VERSION = 1
_BINS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


class Nearest(BaseModel):
    """A held-out example and what is most like it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    example: Place
    nearest: Place | None = Field(description="the most similar example; null: none is as similar as `floor`")
    similarity: float | None = Field(description="of the whole texts")
    same_prompt: Place | None = Field(description="the first example with an equal prompt; null: none")
    paraphrase: Place | None = Field(
        None, description="where nothing else leaks, an example that asks the same in other words; null: none"
    )
    cosine: float | None = Field(None, description="of the prompts of the two")
    leaks: bool

    @property
    def other(self) -> Place | None:
        """The example that it is shown beside; None: there is none."""
        return self.paraphrase or self.nearest or self.same_prompt

    def how(self) -> list[str]:
        """In which ways it is like that one."""
        if self.paraphrase:
            return [f"the same question in other words, cosine {self.cosine:.2f}"]
        likeness = [] if self.similarity is None else [f"similarity {self.similarity:.3f}"]
        return [*(["the same prompt"] if self.same_prompt else []), *likeness]


class LeakSpecimen(BaseModel):
    """The texts of a close pair."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nearest: Nearest
    held_text: str
    other_text: str


class HeldOutFigures(BaseModel):
    """A held-out set, and what of it is found again in what comes before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: str
    against: list[str]
    examples: int
    checked: int = Field(description="fewer than examples where a random sample was checked")
    leaking: int = Field(description="of the checked ones")
    same_prompt: int = Field(description="of the checked ones, those with an equal prompt elsewhere")
    reworded: int | None = Field(
        None, description="of the leaking ones, those found by meaning alone; null: meaning was not compared"
    )
    taken_apart: int = Field(description="of the leaking ones, those within a component too large to keep together")
    unproven: int = Field(description="checked ones for which the search was broken off")
    floor: float = Field(description="similarity from which the nearest is named")
    claim: str
    nearest: list[Nearest]


class SplitReport(BaseModel):
    """A split and its certificate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = SCHEMA_VERSION
    program_version: str
    created: str
    sources: list[str]
    threshold: float
    seed: int
    group_by: str | None
    stratify: str | None
    encoder: str | None = Field(description="whose semantic duplicates stay on one side; null: meaning did not count")
    unread: str = Field("", description="a sentence on examples that the encoder does not read; empty for none")
    examples: dict[str, int]
    asked: dict[str, float]
    reached: dict[str, float]
    components: int
    largest_component: int
    taken_apart: int = Field(description="examples in components of more than a fifth of all")
    moved: list[str] = Field(description="ids of examples that moved to the training set")
    held_out: list[HeldOutFigures]


def certificate_markdown(report: SplitReport, specimens: list[LeakSpecimen]) -> str:
    """The certificate as a page: figures, how similar the nearest are, and the closest pairs with their texts."""
    files = joined([escaped(name) for name in report.sources])
    lines = [f"# Split of {files}", "", f"Made by curator {report.program_version}, {report.created}.", ""]
    lines += ["| | examples | asked | reached |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {name} | {report.examples[name]:,} | {share(report.asked[name])} | {share(report.reached[name])} |"
        for name in report.examples
    ]
    lines += ["", _how(report)]
    for held in report.held_out:
        lines += ["", f"## {held.side.capitalize()} against {joined(held.against)}", "", f"**{held.claim}**", ""]
        if held.taken_apart:
            lines += [
                f"{count(held.taken_apart, 'example')} of these leak by similarity alone within a component that was "
                f"too large to be kept on one side; without those: {held.leaking - held.taken_apart:,}.",
                "",
            ]
        lines += ["| the most similar example is similar by | examples |", "| --- | ---: |", *_histogram(held)]
    if not report.held_out:
        lines += ["", "Nothing is held out, so nothing can leak."]
    for specimen in specimens:
        lines += ["", *_pair(specimen)]
    return "\n".join(lines) + "\n"


def _how(report: SplitReport) -> str:
    parts = [f"{count(report.components, 'component')} of examples that belong together"]
    parts.append(f"the largest of {count(report.largest_component, 'example')}")
    parts.append(f"similar from {report.threshold:g} on")
    parts.append(f"seed {report.seed}")
    parts.append(
        f"semantic duplicates by {report.encoder}, and prompts that ask the same in other words"
        if report.encoder
        else "without regard to meaning"
    )
    if report.group_by:
        parts.append(f"grouped by {escaped(report.group_by)}")
    if report.stratify:
        parts.append(f"shares kept for each {escaped(report.stratify)}")
    return " ".join(filter(None, (", ".join(parts) + ".", report.unread)))


def _histogram(held: HeldOutFigures) -> list[str]:
    values = [nearest.similarity or 0.0 for nearest in held.nearest]
    edges = [edge for edge in _BINS if edge >= held.floor]
    rows, above = [], float("inf")
    for edge in edges:
        number = sum(edge <= value < above for value in values)
        rows.append(f"| {edge:.1f} {'exactly' if edge == 1 else f'to {above:.1f}'} | {number:,} |")
        above = edge
    return [*rows, f"| below {above:.1f}, or none from {held.floor:g} on | {sum(v < above for v in values):,} |"]


def _pair(specimen: LeakSpecimen) -> list[str]:
    nearest = specimen.nearest
    other = nearest.other
    assert other is not None, "a specimen shows two examples"
    locations = [f"{escaped(place.file)}:{place.line}" for place in (nearest.example, other)]
    verdict = "a leak" if nearest.leaks else "no leak"
    return [
        f"### {locations[0]} and {locations[1]}: {joined(nearest.how())}, {verdict}",
        "",
        fenced(specimen.held_text),
        "",
        fenced(specimen.other_text),
    ]
