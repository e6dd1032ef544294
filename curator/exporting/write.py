"""Write what was kept, in a target's form: a folder that appears whole, or not at all."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.data.files.atomic import flush
from curator.data.files.permissions import ANYONE
from curator.exporting.card import card_text
from curator.exporting.engines.companions import companion_files
from curator.exporting.manifest import CARD, MANIFEST, Origin, manifest_of, seal_of
from curator.exporting.outputs import Outputs, parquet_entries
from curator.exporting.rejected import TargetRejects
from curator.exporting.replacing import placed, sha256_of
from curator.exporting.split_file import SplitFile
from curator.targets.conversion import ExportExample
from curator.targets.registry import target_named
from curator.targets.target import Target


@dataclass(frozen=True)
class ExportResult:
    """What an export holds.

    Attributes:
        folder: where it is.
        target: the target's name.
        counts: examples by file name.
        skipped: examples that the target rejects.
        lost: examples of which something could not be carried.
        losses: by what was lost, without its place (`messages.weight`), how often.
        warnings: by rule, how often the target only warns.
        notices: sentences that a person should read.
        secrets: examples that hold a secret, or held one that was masked.
        media: pictures, sounds and videos that were copied into the folder.
        media_missing: how many more the examples name beside the data, where they are not.
        manifest: what `manifest.json` holds.
    """

    folder: Path
    target: str
    counts: dict[str, int]
    skipped: int
    lost: int
    losses: dict[str, int]
    warnings: dict[str, int]
    notices: list[str]
    secrets: int
    media: int
    media_missing: int
    manifest: dict[str, Any]


def write_export(
    examples: Iterable[ExportExample],
    target: str,
    folder: Path,
    *,
    skip_invalid: bool = False,
    replace: bool = False,
    model: str | None = None,
    epochs: int | None = None,
    settings: dict[str, Any] | None = None,
    own_prices: dict[str, Any] | None = None,
    origin: Origin | None = None,
    allowed: int = ANYONE,
) -> ExportResult:
    """Write `examples` to `folder` as `target` wants them.

    The examples are read once and never held; some 200 bytes an example stay in memory to find lines that occur twice.

    Args:
        examples: what was kept, in the order in which it is written.
        target: see `targets.TARGETS`.
        folder: appears whole, under this name, at the end.
        skip_invalid: skip examples that the target rejects, into `skipped.jsonl`, instead of stopping.
        replace: put the export in the place of an earlier one, of which nothing was changed.
        model: the model to be trained, for its limit of tokens and its price.
        epochs: asked for; None: the provider's rule.
        settings: of a run (`run.toml` as a dict), for the configuration files beside the data.
        own_prices: the user's table, see `estimate.prices`.
        origin: what the examples were made of, for the manifest.
        allowed: permissions of the files at most; see `curator.data.files.permissions`.

    Raises:
        TargetRejects: kept examples, or the set as a whole, break the target's rules.
        UsageError: there is no such target, or the folder holds something else than an earlier export.
        WorkFailed: the disk is full.
    """
    chosen = target_named(target)
    origin = origin or Origin()
    with placed(folder.resolve(), replace=replace, allowed=allowed) as temporary:
        with Outputs(temporary, chosen, model=model, skip_invalid=skip_invalid) as outputs:
            for example in examples:
                outputs.add(example)
            files = outputs.finish()
        _stop_if_rejected(chosen, files, outputs, skip_invalid=skip_invalid)
        manifest = manifest_of(
            chosen,
            [file.entry() for file in files.values()] + parquet_entries(temporary),
            {split: file.examples for split, file in files.items()},
            files["train"].form,
            origin,
            model=model,
            epochs=epochs,
            own_prices=own_prices,
            skipped=outputs.rejected,
            lost=outputs.lost,
            losses=dict(outputs.losses.most_common()),
            warnings=dict(outputs.warnings.most_common()),
            secrets=outputs.secrets,
            media=outputs.media.copied,
            findings=outputs.findings,
        )
        _write_rest(temporary, chosen, manifest, settings)
    return ExportResult(
        folder=folder,
        target=chosen.name,
        counts={file.name: file.examples for file in files.values()},
        skipped=outputs.rejected,
        lost=outputs.lost,
        losses=dict(outputs.losses.most_common()),
        warnings=dict(outputs.warnings.most_common()),
        secrets=outputs.secrets,
        media=outputs.media.copied,
        media_missing=len(outputs.media.missing),
        notices=[*([chosen.notice] if chosen.notice else []), *([origin.split] if origin.split else [])],
        manifest=manifest,
    )


def _stop_if_rejected(target: Target, files: dict[str, SplitFile], outputs: Outputs, *, skip_invalid: bool) -> None:
    complete = []
    for file in files.values():
        for violation in file.end():
            if violation.severity == "error":
                complete.append((file.name, violation))
            else:
                outputs.warnings[violation.rule] += 1
    count = 0 if skip_invalid else outputs.rejected
    if count:
        complete = []  # with the rejected examples away the files are not what they would be
    if count or complete:
        raise TargetRejects(target.title, outputs.rejections if count else [], count, complete)


def _write_rest(folder: Path, target: Target, manifest: dict[str, Any], settings: dict[str, Any] | None) -> None:
    """Everything beside the data; the manifest, which lists all of it, last."""
    for name, text in companion_files(target, manifest, settings).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / CARD).write_text(card_text(target, manifest), encoding="utf-8")
    data = {entry["name"] for entry in manifest["files"]}
    names = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    others = {name: path for name, path in names.items() if name not in data}
    manifest["other_files"] = [
        {"name": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)} for name, path in others.items()
    ]
    manifest["seal"] = seal_of(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in (*others.values(), folder / MANIFEST):
        flush(path)
    for held in {path.parent for path in others.values()} | {folder}:
        flush(held)
