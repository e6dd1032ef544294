"""Export what was kept, edits and additions included, in a target's form."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator.examples.content import Content, content_of
from curator.examples.dialects import Dialect
from curator.exporting.lines import ExportExample
from curator.exporting.manifest import Origin
from curator.exporting.write import ExportResult, write_export
from curator.workflow.audit import Audit
from curator.workflow.ids import ids_of
from curator.workflow.opening import Opened
from curator.workflow.splitting import Splitting, make_split
from curator.workflow.texts import Original, originals


@dataclass(frozen=True)
class LeftOut:
    """Kept examples that do not go into what is written.

    Attributes:
        invalid: those that the target or the trainer rejects; otherwise one of them stops the work.
        unreviewed: those that no person decided to keep.
    """

    invalid: bool = False
    unreviewed: bool = False


NOTHING = LeftOut()


def export(
    opened: Opened,
    audit: Audit,
    target: str,
    folder: Path,
    *,
    left_out: LeftOut = NOTHING,
    replace: bool,
    model: str | None = None,
    epochs: int | None = None,
) -> ExportResult:
    """Write what was kept to `folder`.

    Args:
        opened: the data.
        audit: of the data, for comparison.
        target: a target's name.
        folder: appears whole at the end.
        left_out: of the kept examples.
        replace: put it in the place of an earlier export.
        model: to be trained, for its limit and price.
        epochs: asked for; None: the target's rule.

    Raises:
        TargetRejects: kept examples break the target's rules.
        UsageError: there is no such target, or the folder is in the way.
        WorkFailed: the disk is full, or the data changed meanwhile.
    """
    splitting = make_split(opened, audit, {})
    origin = Origin(
        sources=origins(audit),
        decisions={"position": opened.project.log.position()},
        tokenizer=audit.options.tokenizer,
        split=about_split(splitting),
        facts={"certificate": {one.side: one.figures() for one in splitting.certificates}},
    )
    kept = kept_examples(opened, audit, splitting.sides(), only_reviewed=left_out.unreviewed)
    return write_export(
        kept,
        target,
        folder,
        skip_invalid=left_out.invalid,
        replace=replace,
        model=model,
        epochs=epochs,
        own_prices=opened.own_prices,
        origin=origin,
    )


def origins(audit: Audit) -> list[dict[str, Any]]:
    """Each source by name, bytes and fingerprint."""
    return [
        {"file": read.source.name, "bytes": read.bytes, "fingerprint": audit.loaded.fingerprint}
        for read in audit.loaded.sources
    ]


def about_split(splitting: Splitting) -> str:
    """Where the split comes from, and what its certificate claims."""
    settings = splitting.settings
    shares = f"{settings.validation:.0%} for validation"
    shares += f", {settings.test:.0%} for testing" if settings.test else ""
    if not splitting.saved_before:
        origin = f"No split was saved, so the default one was made and saved: {shares}, seed {settings.seed}."
    elif splitting.placed:
        origin = f"The saved split, extended by {splitting.placed:,} examples that it did not have."
    else:
        origin = "The saved split."
    claims = [f"{one.side.capitalize()}: {one.certificate.claim()}" for one in splitting.certificates]
    return " ".join([origin, *claims, *splitting.notes])


def kept_examples(
    opened: Opened, audit: Audit, sides: dict[str, str], *, only_reviewed: bool
) -> Iterator[ExportExample]:
    """What is kept, edits applied and additions included, in the order of the files."""
    state = {row["id"]: row for row in opened.state().iter_rows(named=True)}
    loaded = audit.loaded
    ids, tokens = ids_of(loaded), loaded.facts["tokens"]
    for original in originals(loaded):
        id_ = ids[original.position]
        known = state.get(id_)
        if not _is_kept(known, only_reviewed=only_reviewed):
            continue
        read = loaded.sources[original.file]
        edited = known is not None and known["content"] is not None
        content = content_of(known["content"]) if known is not None and edited else original.content
        yield ExportExample(
            id=id_,
            content=content,
            extra=_extra(original, content, read.recognised.dialect),
            split=sides[id_],  # type: ignore[arg-type]
            file=read.source.name,
            line=original.line,
            text_only=read.recognised.dialect.kind == "text",
            tokens=None if edited else tokens[original.position],
        )
    for known in state.values():
        if known["added"] and known["content"] is not None and _is_kept(known, only_reviewed=only_reviewed):
            side = sides[known["id"]]
            added = content_of(known["content"])
            yield ExportExample(known["id"], added, _fields(added), side, "added", 1)  # type: ignore[arg-type]


def _extra(original: Original, content: Content, dialect: Dialect) -> dict[str, Any]:
    """The fields that go with `content`: the original's own, and what an edit made of its media."""
    extra = original.extra(dialect)
    if content.media == original.content.media:
        return extra
    return {key: held for key, held in extra.items() if key not in _fields(original.content)} | _fields(content)


def _fields(content: Content) -> dict[str, Any]:
    """Media in fields of the example, not of its messages."""
    return {key: held for key, held in (content.media or {}).items() if "." not in key}


def _is_kept(known: dict[str, Any] | None, *, only_reviewed: bool) -> bool:
    """All that is not dropped; with `only_reviewed`, all that a person kept."""
    if known is None:
        return not only_reviewed
    if only_reviewed:
        return bool(known["status"] == "keep" and known["by_person"])
    return bool(known["status"] != "drop")


def disputed(opened: Opened) -> int:
    """Examples that annotators disagree about."""
    return int(opened.state().select(pl.col("disputed").sum()).item())
