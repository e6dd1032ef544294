"""Write what was kept, in a target's form: a folder that appears whole, or not at all."""

import glob
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import DISK_FULL, UsageError, WorkFailed
from curator.exporting.card import card_text
from curator.exporting.companions import companion_files
from curator.exporting.lines import ExportExample
from curator.exporting.manifest import MANIFEST, Origin, manifest_of
from curator.exporting.outputs import Outputs, parquet_entries
from curator.exporting.rejected import TargetRejects
from curator.exporting.split_file import SplitFile
from curator.exporting.targets import target_named
from curator.exporting.targets.target import Target

CARD = "README.md"


@dataclass(frozen=True)
class ExportResult:
    """What an export holds.

    Attributes:
        folder: where it is.
        target: the target's name.
        counts: examples by file name.
        skipped: examples that the target rejects, left out.
        lost: examples of which something could not be carried.
        losses: by what was lost, without its place (`messages.weight`), how often.
        warnings: by rule, how often the target only warns.
        notices: sentences that a person should read.
        secrets: examples that hold a secret, or held one that was masked.
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
) -> ExportResult:
    """Write `examples` to `folder` as `target` wants them.

    The examples are read once and never held; some 200 bytes an example stay in memory to find lines that occur twice.

    Args:
        examples: what was kept, in the order in which it is written.
        target: see `targets.TARGETS`.
        folder: appears whole, under this name, at the end.
        skip_invalid: leave out examples that the target rejects, into `skipped.jsonl`, instead of stopping.
        replace: put the export in the place of an earlier one.
        model: the model to be trained, for its limit of tokens and its price.
        epochs: asked for; None: the provider's rule.
        settings: of a run (`run.toml` as a dict), for the configuration files beside the data.
        own_prices: the user's table, see `estimate.prices`.
        origin: what the examples were made of, for the manifest.

    Raises:
        TargetRejects: kept examples, or the set as a whole, break the target's rules.
        UsageError: there is no such target, or the folder is there already.
        WorkFailed: the disk is full.
    """
    chosen = target_named(target)
    origin = origin or Origin()
    _refuse_existing(folder, replace=replace)
    with _temporary_folder(folder, replace=replace) as temporary:
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
        notices=[*([chosen.notice] if chosen.notice else []), *([origin.split] if origin.split else [])],
        manifest=manifest,
    )


def _stop_if_rejected(target: Target, files: dict[str, SplitFile], outputs: Outputs, *, skip_invalid: bool) -> None:
    whole = []
    for file in files.values():
        for violation in file.end():
            if violation.severity == "error":
                whole.append((file.name, violation))
            else:
                outputs.warnings[violation.rule] += 1
    count = 0 if skip_invalid else outputs.rejected
    if count:
        whole = []  # with the rejected examples away the files are not what they would be
    if count or whole:
        raise TargetRejects(target.title, outputs.rejections if count else [], count, whole)


def _write_rest(folder: Path, target: Target, manifest: dict[str, Any], settings: dict[str, Any] | None) -> None:
    """Everything beside the data; the manifest last."""
    for name, text in companion_files(target, manifest, settings).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / CARD).write_text(card_text(target, manifest), encoding="utf-8")
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _refuse_existing(folder: Path, *, replace: bool) -> None:
    if folder.is_dir():
        if not any(folder.iterdir()) or (replace and (folder / MANIFEST).is_file()):
            return
        if replace:
            raise UsageError(f"{folder} holds something that is no export, so it is not replaced. Name another folder.")
        raise UsageError(f"{folder} is there already. Name another folder, or replace the export in it with --replace.")
    if folder.exists():
        raise UsageError(f"{folder} is a file. Name a folder.")


@contextmanager
def _temporary_folder(folder: Path, *, replace: bool) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its name when all went well and is gone when not."""
    temporary = folder.parent / f".{folder.name}.{os.getpid()}.partial"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        temporary.mkdir()
        yield temporary
        _put_in_place(temporary, folder, replace=replace)
    except OSError as problem:
        if problem.errno in DISK_FULL:
            raise WorkFailed(f"The disk that holds {folder} is full. Make room and export again.") from problem
        raise UsageError(f"{folder} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what exports to the same folder left behind when they were killed."""
    import psutil

    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*.partial"):
        process = left.name.split(".")[-2]
        if process.isdecimal() and (int(process) == os.getpid() or not psutil.pid_exists(int(process))):
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(temporary: Path, folder: Path, *, replace: bool) -> None:
    old = folder.parent / f".{folder.name}.{os.getpid()}.old"
    if replace and folder.is_dir():
        folder.rename(old)
    temporary.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
