"""What a search by meaning found, as lines."""

from collections.abc import Iterable, Iterator

import msgspec
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from curator.audit.engine import Audit
from curator.audit.findings import Locations
from curator.audit.loading.reread import originals_at
from curator.audit.meaning.meaning import views_at
from curator.audit.meaning.meaning_search import Near
from curator.audit.secrets import Policy, passing
from curator.data.safe_text import visible

SHOWN = 300  # characters of a prompt or an answer


def near_lines(audit: Audit, near: Near) -> Iterator[str]:
    """A line of JSON for each: example, file, line, cosine."""
    locations = Locations(audit.loaded)
    for position, cosine in zip(near.positions.tolist(), near.cosines.tolist(), strict=True):
        place = locations.at(position)
        found = {"example": place.example, "file": place.file, "line": place.line, "cosine": round(cosine, 6)}
        yield msgspec.json.encode(found).decode()


def near_texts(audit: Audit, near: Near) -> Iterator[RenderableType]:
    """For a terminal: cosine, place, and the beginnings of prompt and answer, made safe and indented."""
    locations, views = Locations(audit.loaded), views_at(audit.loaded, near.positions.tolist())
    for position, cosine in zip(near.positions.tolist(), near.cosines.tolist(), strict=True):
        place = locations.at(position)
        yield Text(f"── {cosine:.3f}  {visible(place.file, one_line=True)}:{place.line}  {place.example}", "bold")
        for part in filter(None, views[position]):
            shown = part if len(part) <= SHOWN else f"{part[:SHOWN].rstrip()}…"
            yield Padding.indent(Text(visible(shown, one_line=True)), 2)


def original_lines(audit: Audit, positions: Iterable[int], secrets: Policy) -> list[str]:
    """The source's own objects, a line of JSON each, in the order of the source.

    Raises:
        HoldsSecrets: some of them hold a secret, and `secrets` is `stop`.
    """
    names = [read.source.name for read in audit.loaded.sources]
    chosen = originals_at(audit.loaded, positions)
    may_leave = passing(chosen, lambda one: one.value, lambda one: f"{names[one.file]}:{one.line}", secrets)
    return [msgspec.json.encode(original.value).decode() for original, _, _ in may_leave]
