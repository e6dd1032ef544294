"""Did the cleaning help? The same recipe on the data before any decision and after all of them, by several seeds.

Both versions are scored on the same held-out examples, those of the split of what is kept. An example that was dropped
counts as training data of the version before, unless it resembles a held-out one: that would flatter it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.reread import originals_at
from curator.audit.open_data import Opened
from curator.audit.secrets import Policy, passing
from curator.data.content import Content
from curator.errors import UsageError, WorkFailed
from curator.exporting.export import Exclusions, about_split, kept_examples, origins
from curator.project.jobs.job import attach
from curator.splitting.members import Members, must_link_of
from curator.splitting.saved import Splitting, make_split
from curator.training.hand_off import failing, response_format, start_run, unusable
from curator.training.runs.listed import runs_in
from curator.training.runs.run_toml import run_settings, with_files
from curator.training.runs.snapshot import Handed, hand_over
from curator.training.trainer_process import ask_trainer
from trainer.contract import RESULT_FILE

FOLDER = "ablations"
VERSIONS = ("before", "after")


def prepare_ablation(
    opened: Opened, audit: Audit, model: str, settings: tuple[str, ...], seeds: int, secrets: Policy = "stop"
) -> Path:
    """Write two run folders for each seed; nothing is started.

    Args:
        opened: the data.
        audit: of the data, for comparison.
        model: name or path.
        settings: `section.name=value` each; the seed is set here.
        seeds: how often each version is trained.
        secrets: what becomes of kept examples that hold a secret. Where the version before any decision has more of
            them, they are masked unless all may pass.

    Returns:
        the folder that holds them, `before/` and `after/`.

    Raises:
        UsageError: nothing was decided, so there are no two versions; or too little is kept.
        HoldsSecrets: kept examples hold a secret, and nothing was said about that.
    """
    splitting = make_split(opened, audit, {})
    untrainable = unusable(audit, splitting.members)
    after = [
        Handed(one.id, one.content, one.split, response_format(one.extra), one.has_secret)
        for one in kept_examples(opened, audit, splitting.splits(), Exclusions(secrets=secrets))
        if one.id not in untrainable
    ]
    policies: dict[str, Policy] = {"before": "allow" if secrets == "allow" else "mask", "after": secrets}
    undecided = _undecided(audit, splitting)
    screened = passing(undecided, lambda one: one.content.identity(), lambda one: one.id, policies["before"])
    before = [
        *_held_out(after),
        *(one._replace(content=Content(**value), has_secret=held) for one, value, held in screened),
    ]
    if _contents(before) == _contents(after):
        raise UsageError("Nothing was dropped, edited or added yet: there are no two versions of the data to compare.")
    folder = opened.project.folder.path / FOLDER / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    place = str(Path(model).resolve()) if Path(model).is_dir() else model
    settings, files = with_files(settings)
    for seed in range(seeds):
        text = run_settings(place, (*settings, f"training.seed={seed}"))
        for version, examples in zip(VERSIONS, (before, after), strict=True):
            hand_over(
                folder / version,
                examples,
                text,
                model=place,
                sources=origins(audit),
                decisions=opened.project.log.position() if version == "after" else 0,
                split=about_split(splitting),
                files=files,
                secrets=policies[version],
            )
    return folder


def ablation_named(opened: Opened, name: str) -> Path:
    """The folder of an ablation that was begun.

    Raises:
        UsageError: there is none of that name.
    """
    folder = opened.project.folder.path / FOLDER / name
    if not folder.is_dir():
        raise UsageError(f"There is no ablation '{name}' in {folder.parent}.")
    return folder


def train_versions(folder: Path, *, allow_download: bool = False) -> Iterator[str]:
    """Train every run that is not finished yet, one after the other; a sentence before each.

    Raises:
        WorkFailed: a training ended midway; the next call resumes it.
    """
    runs = [run.folder for version in VERSIONS for run in runs_in(folder / version)]
    for number, run in enumerate(runs, start=1):
        if (run / RESULT_FILE).is_file():
            continue
        yield f"Training {number} of {len(runs)}: the data {run.parent.name}, {run}."
        job = attach(run)
        if job is None or not job.is_running():
            job = start_run(run, allow_download=allow_download)
        try:
            for _ in job.follow():
                continue
        except KeyboardInterrupt:
            job.cancel()
            raise
        if job.state() != "finished":
            raise WorkFailed(
                f"The training in {run} ended midway ({job.state()}): {job.log_tail().strip().splitlines()[-1:]}. "
                f"Continue with --run {folder.name}."
            )


def ablation_outcome(folder: Path) -> dict[str, Any]:
    """After against before, over all seeds; see `trainer.evaluate.versions`."""
    arguments = [
        part for version in VERSIONS for run in runs_in(folder / version) for part in (f"--{version}", str(run.folder))
    ]
    found: dict[str, Any] = json.loads(ask_trainer("versions", *arguments))
    return found


def _held_out(examples: list[Handed]) -> list[Handed]:
    return [one for one in examples if one.side != "train"]


def _contents(examples: list[Handed]) -> dict[str, Any]:
    return {one.id: one.content for one in examples}


def _undecided(audit: Audit, splitting: Splitting) -> Iterator[Handed]:
    """The training side as it would be without decisions: what a trainer accepts, in its original words."""
    members = splitting.members
    splits = splitting.splits()
    failed = set(failing(audit)["id"].to_list())
    every = len(audit.loaded.facts)
    resembling = _resembling(members, splitting)
    ids = ids_of(audit.loaded).to_list()
    wanted = [
        position
        for position in range(every)
        if ids[position] not in failed and splits.get(ids[position], "train") == "train" and position not in resembling
    ]
    for original in originals_at(audit.loaded, wanted):
        yield Handed(ids[original.position], original.content, "train")


def _resembling(members: Members, splitting: Splitting) -> set[int]:
    """Positions in the files of texts that resemble a held-out example."""
    held = set(members.texts[np.asarray(splitting.split.splits) > 0].tolist())
    must_link, close = must_link_of(members.comparison)
    found: set[int] = set()
    for left, right in np.concatenate([must_link, close]).tolist():
        if left in held:
            found.add(right)
        if right in held:
            found.add(left)
    return found
