"""What `curator duplicates` prints: counts, groups, and what was learnt by judging pairs."""

from typing import TYPE_CHECKING

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from curator.audit.findings import Locations
from curator.audit.loading.reread import originals_at
from curator.data.safe_text import visible
from curator.reporting.wording import count, share
from curator.review.duplicate_listing import RELATIONS, DuplicateListing
from curator.review.pair_parts import Parts, parts_of

if TYPE_CHECKING:
    from curator.review.calibration import Calibrated

_MEANING = {
    "copy": "prompt and answer are similar: candidates for dropping",
    "same-prompt": "asked alike, answered differently",
    "same-answer": "answered alike, asked differently",
    "template": "only share a template; no duplicates",
}
_MEMBERS = 5
"""Members shown of a group."""

_WORDS = 60
"""Characters shown of a keeper."""


def report_of(listing: DuplicateListing, most_groups: int | None) -> RenderableType:
    """Counts by relation, then the largest groups."""
    duplicates, groups = listing.duplicates, listing.groups
    found = share(duplicates.recall)
    head = (
        f"{count(len(listing.corpus), 'example')}. Similar from {groups.threshold:g} on: word 5-grams, compared "
        f"exactly; {found} of the pairs at {duplicates.threshold:g} are expected to be found."
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(justify="right")
    counted = dict(groups.pairs.group_by(pl.col("relation").cast(pl.String)).len().iter_rows())
    for relation in RELATIONS[:3]:
        table.add_row(count(counted.get(relation, 0)), relation, Text(_MEANING[relation], "dim"))
    if len(duplicates.templates):
        examples = count(int(duplicates.templates["examples"].sum()), "example")
        forms = f"{count(len(duplicates.templates), 'template')} of {examples}"
        table.add_row(count(counted.get("template", 0)), "template", Text(f"{forms}: {_MEANING['template']}", "dim"))
    members = listing.members()
    parts: list[RenderableType] = [Text(head), Text("Pairs", "bold"), table, _sentence(members)]
    parts += [Text(f"! {sentence}", "yellow") for sentence in duplicates.incomplete]
    if "copy" in listing.relations and len(members):
        parts.append(_groups(listing, members, most_groups))
    return Group(*parts)


def _sentence(members: pl.DataFrame) -> Text:
    if not len(members):
        return Text("No example is a copy of another.")
    exact, plain = int(members["exact"].sum()), int(members["plain"].sum())
    return Text(
        f"{count(members['keeper'].n_unique(), 'group')}: {count(len(members), 'example')} beside the keepers, of "
        f"which {count(exact, 'exact duplicate')}, {count(plain - exact, 'plain copy', 'plain copies')} and "
        f"{len(members) - plain:,} to look at."
    )


def _groups(listing: DuplicateListing, members: pl.DataFrame, most: int | None) -> Text:
    sizes = members.group_by("keeper").len().sort("len", "keeper", descending=[True, False])
    shown = sizes if most is None else sizes.head(most)
    keepers = shown["keeper"].to_list()
    parts = {original.position: parts_of(original.content) for original in originals_at(listing.loaded, keepers)}
    locations = Locations(listing.loaded)
    text = Text("\n")
    for keeper, size in shown.iter_rows():
        place = locations.at(keeper)
        text.append(f"── {visible(place.file, one_line=True)}:{place.line}  {place.example}  kept", style="bold")
        text.append(f"  {_words(parts[keeper], from_template=bool(listing.duplicates.template_key[keeper]))}\n")
        for member, exact, similarity, plain in (
            members.filter(keeper=keeper).head(_MEMBERS).select("member", "exact", "similarity", "plain").iter_rows()
        ):
            there = locations.at(member)
            how = "exact" if exact else f"{int(similarity * 100)} %" + ("" if plain else ", look at it")
            text.append(f"   {visible(there.file, one_line=True)}:{there.line}  {there.example}  {how}\n")
        if size > _MEMBERS:
            text.append(f"   and {size - _MEMBERS:,} more\n", style="dim")
    if len(sizes) > len(shown):
        text.append(f"{len(sizes) - len(shown):,} more groups; --limit 0 shows all.\n", style="dim")
    return text


def _words(parts: Parts, *, from_template: bool) -> str:
    """What tells an example from others: how its prompt begins; how it ends, where it begins with a template."""
    words = visible(parts.prompt or parts.answer, one_line=True)
    if len(words) <= _WORDS:
        return words
    return f"…{words[-_WORDS:]}" if from_template else f"{words[:_WORDS]}…"


def calibration_report(result: "Calibrated") -> RenderableType:
    """Precision by band, and the recommended threshold."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("similarity", "pairs", "judged", "copies", "precision", "95 % interval"):
        table.add_column(name, justify="right")
    for band in result.bands:
        low, high = band.interval()
        figures = (
            (share(band.copies / band.answered), f"{share(low)} to {share(high)}") if band.answered else ("–", "–")
        )
        table.add_row(
            f"{band.low:.2f} – {band.high:.2f}", count(band.pairs), count(band.answered), count(band.copies), *figures
        )
    best = result.recommended
    if best is None:
        sentence = "The answers do not show a threshold from which most pairs are copies. Judge more pairs."
    else:
        sentence = (
            f"Recommended: --threshold {best.threshold:g}. Of the pairs from there up {share(best.precision)} are "
            f"copies (95 % interval: {share(best.low)} to {share(best.high)})."
        )
    return Group(table, Text(sentence))
