"""Export what was kept, edits and additions included, in a target's form."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from curator.audit.decided.open_findings import findings_of_added, open_findings
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.reread import Original, originals
from curator.audit.open_data import Opened
from curator.audit.scores import score_summaries
from curator.audit.secrets import Policy, passing
from curator.checks.privacy.secret_keys import without_secrets
from curator.data.batches import unread_message_keys
from curator.data.content import Content, content_of
from curator.data.dialects.dialect import Dialect
from curator.data.files.permissions import OWNER
from curator.exporting.manifest import Origin
from curator.exporting.write import ExportResult, write_export
from curator.splitting.saved import Splitting, make_split
from curator.targets.conversion import ExportExample


@dataclass(frozen=True)
class Exclusions:
    """Kept examples that do not go into what is written, and secrets that do not.

    Attributes:
        invalid: those that the target or the trainer rejects; otherwise one of them stops the work.
        unreviewed: those that no person decided to keep.
        secrets: what becomes of those that hold a secret.
    """

    invalid: bool = False
    unreviewed: bool = False
    secrets: Policy = "stop"


NOTHING = Exclusions()
_BESIDE = "beside the messages"


def export(
    opened: Opened,
    audit: Audit,
    target: str,
    folder: Path,
    *,
    exclusions: Exclusions = NOTHING,
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
        exclusions: of the kept examples.
        replace: put it in the place of an earlier export, of which nothing was changed.
        model: to be trained, for its limit and price.
        epochs: asked for; None: the target's rule.

    Raises:
        TargetRejects: kept examples break the target's rules.
        HoldsSecrets: kept examples hold a secret, and nothing was said about that.
        UsageError: there is no such target, or the folder is in the way.
        WorkFailed: the disk is full, or the data changed meanwhile.
    """
    splitting = make_split(opened, audit, {})
    origin = Origin(
        sources=origins(audit),
        decisions={"position": opened.project.log.position()},
        tokenizer=audit.options.tokenizer,
        split=about_split(splitting),
        facts={
            "certificate": {one.side: one.figures() for one in splitting.certificates},
            "scores": [one.model_dump() for one in score_summaries(opened.project)],
        },
        secrets=exclusions.secrets,
    )
    kept = kept_examples(opened, audit, splitting.splits(), exclusions)
    return write_export(
        kept,
        target,
        folder,
        skip_invalid=exclusions.invalid,
        replace=replace,
        model=model,
        epochs=epochs,
        own_prices=opened.own_prices,
        origin=origin,
        allowed=OWNER if _is_in_project(folder, opened) else opened.allowed,
    )


def _is_in_project(folder: Path, opened: Opened) -> bool:
    return folder.resolve().is_relative_to(opened.project.folder.path.resolve())


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
    opened: Opened, audit: Audit, splits: dict[str, str], exclusions: Exclusions = NOTHING
) -> Iterator[ExportExample]:
    """What is kept, edits applied and additions included, in the order of the files; whatever is written passes here.

    Raises:
        HoldsSecrets: some of it holds a secret, and `exclusions` does not say what becomes of it; once all were seen.
    """
    kept = _kept(opened, audit, splits, only_reviewed=exclusions.unreviewed)
    for example, value, has_secret in passing(kept, _value, _place, exclusions.secrets):
        if not has_secret:
            yield example
        elif exclusions.secrets == "mask":
            yield _masked(example, value)
        else:
            yield replace(example, has_secret=True)


def _masked(example: ExportExample, value: dict[str, Any]) -> ExportExample:
    """The example as its value is now, in which every secret was masked."""
    extra = value.pop(_BESIDE)
    parts = example.prompt_parts and (
        without_secrets(example.prompt_parts[0])[0],
        without_secrets(example.prompt_parts[1])[0],
    )
    is_open = tuple(name for name in example.findings if name != "secret-key/warning")
    content = Content(**value)
    return replace(example, content=content, extra=extra, prompt_parts=parts, has_secret=True, findings=is_open)


def _value(example: ExportExample) -> dict[str, Any]:
    """All that may be written of an example."""
    return {**example.content.identity(), _BESIDE: example.extra}


def _place(example: ExportExample) -> str:
    return f"{example.id} (added)" if example.file == "added" else f"{example.file}:{example.line} ({example.id})"


def _kept(opened: Opened, audit: Audit, splits: dict[str, str], *, only_reviewed: bool) -> Iterator[ExportExample]:
    state = {row["id"]: row for row in opened.state().iter_rows(named=True)}
    loaded = audit.loaded
    ids, tokens = ids_of(loaded), loaded.facts["tokens"]
    rewritten = {
        id_: row["content"]
        for id_, row in state.items()
        if row["content"] is not None and _is_kept(row, only_reviewed=only_reviewed)
    }
    audit = opened.as_edited(audit)
    for original, found in zip(originals(loaded), open_findings(audit, opened.state()), strict=True):
        id_ = ids[original.position]
        known = state.get(id_)
        if not _is_kept(known, only_reviewed=only_reviewed):
            continue
        read = loaded.sources[original.file]
        edited = id_ in rewritten
        is_accepted = known is not None and known["status"] == "keep" and known["by_person"]
        content = content_of(rewritten[id_]) if edited else original.content
        yield ExportExample(
            id=id_,
            content=content,
            extra=_extra(original, content, read.recognised.dialect),
            split=splits[id_],  # type: ignore[arg-type]
            file=read.source.name,
            line=original.line,
            text_only=read.recognised.dialect.kind == "text",
            tokens=None if edited else tokens[original.position],
            findings=() if is_accepted and not edited else found,
            prompt_parts=read.recognised.dialect.prompt_parts(original.value),
            unread=() if edited else unread_message_keys(original.value, read.recognised.dialect),
            folder=None if read.source.is_copy else read.source.path.parent,
        )
    found_in_added = findings_of_added(audit)
    for id_, text in rewritten.items():
        if state[id_]["added"]:
            added = content_of(text)
            yield ExportExample(
                id=id_,
                content=added,
                extra=_fields(added),
                split=splits[id_],  # type: ignore[arg-type]
                file="added",
                line=1,
                findings=found_in_added.get(id_, ()),
            )


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
