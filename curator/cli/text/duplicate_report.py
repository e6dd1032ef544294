"""What `curator duplicates` prints: counts, groups, and what was learnt by judging pairs."""

from typing import TYPE_CHECKING, Any

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


def figures_of(listing: DuplicateListing, most_groups: int | None) -> dict[str, Any]:
    """Counts by relation, then the largest groups, each with its first members."""
    duplicates, members = listing.duplicates, listing.members()
    counted = dict(listing.groups.pairs.group_by(pl.col("relation").cast(pl.String)).len().iter_rows())
    exact, plain = int(members["exact"].sum()), int(members["plain"].sum())
    sizes = members.group_by("keeper").len().sort("len", "keeper", descending=[True, False])
    figures = {
        "examples": len(listing.corpus),
        "threshold": listing.groups.threshold,
        "searched_from": duplicates.threshold,
        "recall": duplicates.recall,
        "pairs": {relation: counted.get(relation, 0) for relation in RELATIONS},
        "templates": len(duplicates.templates),
        "template_examples": int(duplicates.templates["examples"].sum()),
        "groups": len(sizes),
        "members": len(members),
        "exact": exact,
        "plain": plain - exact,
        "to_review": len(members) - plain,
        "incomplete": list(duplicates.incomplete),
    }
    if "copy" in listing.relations:
        shown = sizes if most_groups is None else sizes.head(most_groups)
        locations = Locations(listing.loaded)
        figures["largest"] = [_group(members, locations, *row) for row in shown.iter_rows()]
    return figures


def _group(members: pl.DataFrame, locations: Locations, keeper: int, size: int) -> dict[str, Any]:
    shown = members.filter(keeper=keeper).head(_MEMBERS).rows(named=True)
    columns = ("exact", "plain", "similarity")
    listed = [{**locations.at(one["member"]).model_dump(), **{name: one[name] for name in columns}} for one in shown]
    return {"keeper": {**locations.at(keeper).model_dump(), "position": keeper}, "size": size, "members": listed}


def report_of(listing: DuplicateListing, most_groups: int | None) -> RenderableType:
    """The same for a terminal."""
    figures = figures_of(listing, most_groups)
    head = (
        f"{count(figures['examples'], 'example')}. Similar from {figures['threshold']:g} on: word 5-grams, compared "
        f"exactly; {share(figures['recall'])} of the pairs at {figures['searched_from']:g} are expected to be found."
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(justify="right")
    for relation in RELATIONS[:3]:
        table.add_row(count(figures["pairs"][relation]), relation, Text(_MEANING[relation], "dim"))
    if figures["templates"]:
        examples = count(figures["template_examples"], "example")
        forms = f"{count(figures['templates'], 'template')} of {examples}"
        table.add_row(count(figures["pairs"]["template"]), "template", Text(f"{forms}: {_MEANING['template']}", "dim"))
    parts: list[RenderableType] = [Text(head), Text("Pairs", "bold"), table, _sentence(figures)]
    parts += [Text(f"! {sentence}", "yellow") for sentence in figures["incomplete"]]
    if figures.get("largest"):
        parts.append(_groups(listing, figures))
    return Group(*parts)


def _sentence(figures: dict[str, Any]) -> Text:
    if not figures["members"]:
        return Text("No example is a copy of another.")
    return Text(
        f"{count(figures['groups'], 'group')}: {count(figures['members'], 'example')} beside the keepers, of "
        f"which {count(figures['exact'], 'exact duplicate')}, {count(figures['plain'], 'plain copy', 'plain copies')} "
        f"and {figures['to_review']:,} to look at."
    )


def _groups(listing: DuplicateListing, figures: dict[str, Any]) -> Text:
    keepers = [group["keeper"]["position"] for group in figures["largest"]]
    parts = {original.position: parts_of(original.content) for original in originals_at(listing.loaded, keepers)}
    text = Text("\n")
    for group in figures["largest"]:
        place, position = group["keeper"], group["keeper"]["position"]
        text.append(
            f"── {visible(place['file'], one_line=True)}:{place['line']}  {place['example']}  kept", style="bold"
        )
        text.append(f"  {_words(parts[position], from_template=bool(listing.duplicates.template_key[position]))}\n")
        for member in group["members"]:
            how = "exact" if member["exact"] else f"{int(member['similarity'] * 100)} %"
            how += "" if member["exact"] or member["plain"] else ", look at it"
            text.append(f"   {visible(member['file'], one_line=True)}:{member['line']}  {member['example']}  {how}\n")
        if group["size"] > len(group["members"]):
            text.append(f"   and {group['size'] - len(group['members']):,} more\n", style="dim")
    if figures["groups"] > len(keepers):
        text.append(f"{figures['groups'] - len(keepers):,} more groups; --limit 0 shows all.\n", style="dim")
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
