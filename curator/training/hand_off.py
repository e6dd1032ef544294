"""Train here: hand over what is kept as a run's folder, look before starting, start a process of its own."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator.audit.engine import Audit
from curator.audit.open_data import Opened
from curator.errors import UsageError
from curator.exporting.export import NOTHING, Exclusions, about_split, kept_examples, origins
from curator.module_path import module_command
from curator.project.jobs.job import Job, start
from curator.project.lock import only_one
from curator.splitting.members import Members
from curator.splitting.saved import Splitting, make_split
from curator.targets.conversion import ExportExample, judge_example
from curator.targets.engines.built_in import BUILT_IN
from curator.training.objective import as_handed, kinds_of, with_objective
from curator.training.runs.listed import runs_in
from curator.training.runs.run_toml import given_settings, run_settings, with_files
from curator.training.runs.snapshot import Handed, Snapshot, changed_files, hand_over, read_snapshot
from curator.training.trainer_process import ask_trainer
from trainer.contract import RESULT_FILE

READY = 100
"""Kept examples below which a set is not ready (OpenAI: improvements from 50 to 100 well-made examples)."""


@dataclass(frozen=True)
class Ready:
    """A run that can be started.

    Attributes:
        folder: its folder, complete.
        snapshot: what is in it.
        plan: the trainer's own plan: steps, tokens, memory, disk, seconds, device, settings with their origins, and
            `page`, the plan as text with an example's trained tokens marked.
        leaking: held-out examples of which a similar one is trained on.
        claims: what the split's certificate claims, a sentence for each held-out set.
        dropped: examples that were decided against.
        undecided: examples with an undecided finding.
        notices: sentences that a person should read before.
    """

    folder: Path
    snapshot: Snapshot
    plan: dict[str, Any]
    leaking: int
    claims: list[str]
    dropped: int
    undecided: int
    notices: list[str]

    def command(self) -> str:
        """The equal command line."""
        return f"trainer run {self.folder}"


def prepare_run(
    opened: Opened,
    audit: Audit,
    model: str,
    *,
    settings: tuple[str, ...] = (),
    use: str | None = None,
    allow_download: bool = False,
    trust_remote_code: bool = False,
    allow_leaks: bool = False,
    exclusions: Exclusions = NOTHING,
) -> Ready:
    """Write the run's folder and ask the trainer what it would do; nothing is started.

    Args:
        opened: the data.
        audit: of the data.
        model: a folder, or a name in the local cache; a name on the hub with `allow_download`.
        settings: `section.name=value` each, for `run.toml`.
        use: "chosen" to train on the preferred answers of preference data.
        allow_download: fetch the model where it is not here.
        trust_remote_code: run code that comes with the model.
        exclusions: of the kept examples.
        allow_leaks: train although held-out examples have similar ones on the training side.

    Raises:
        UsageError: too little is kept, the split leaks, or the trainer refuses data or settings.
        HoldsSecrets: kept examples hold a secret, and nothing was said about that.
        MissingDependency: the model or a device is not here.
        WorkFailed: the disk is full.
    """
    settings, files = with_files(settings)
    run_settings(_place(model), settings)  # refused before the split is made
    splitting = make_split(opened, audit, {})
    leaking = sum(one.certificate.leaking for one in splitting.certificates)
    if leaking and not allow_leaks:
        raise UsageError(_leaks(leaking))
    settings, handed = _handed(opened, audit, splitting, settings, use, exclusions)
    with only_one(opened.project, "a hand-off"):
        folder, snapshot = hand_over(
            opened.project.folder.runs,
            handed,
            run_settings(_place(model), settings),
            model=_place(model),
            sources=origins(audit),
            decisions=opened.project.log.position(),
            split=about_split(splitting),
            files=files,
            secrets=exclusions.secrets,
        )
    try:
        plan = _planned(folder, _allowed(allow_download, trust_remote_code))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    claims = [f"{one.side}: {one.certificate.claim()}" for one in splitting.certificates]
    return Ready(folder, snapshot, plan, leaking, claims, *_undecided(opened, audit), _notices(snapshot, plan, leaking))


def _handed(
    opened: Opened,
    audit: Audit,
    splitting: Splitting,
    settings: tuple[str, ...],
    use: str | None,
    exclusions: Exclusions,
) -> tuple[tuple[str, ...], Iterator[Handed]]:
    """The settings with the objective that the data ask for, and the examples that are trained on."""
    rejected = unusable(audit, splitting.members)
    if rejected and not exclusions.invalid:
        raise UsageError(_refused(audit, rejected))
    settings = with_objective(settings, use, kinds_of(audit, splitting.members, rejected))
    kept = kept_examples(opened, audit, splitting.splits(), exclusions)
    return settings, trainable((one for one in kept if one.id not in rejected), use, skip=exclusions.invalid)


def _leaks(leaking: int) -> str:
    return (
        f"{leaking} held-out examples have a similar one on the training side: the evaluation would flatter. Split "
        "anew with `curator split DATA --anew`, or allow it with --allow-leaks."
    )


def _undecided(opened: Opened, audit: Audit) -> tuple[int, int]:
    """How many examples are dropped, and how many have a finding and no decision."""
    state = opened.state()
    found = set(audit.findings["id"].drop_nulls().to_list())
    decided = set(state.filter(state["status"].is_in(["keep", "drop"]))["id"].to_list())
    return int((state["status"] == "drop").sum()), len(found - decided)


def last_settings(opened: Opened) -> tuple[str, tuple[str, ...]]:
    """Model and settings of the newest run, as `prepare_run` takes them.

    Raises:
        UsageError: there was none.
    """
    runs = runs_in(opened.project.folder.runs)
    if not runs:
        raise UsageError("Nothing was trained on this data yet: there are no last settings. Choose a model first.")
    return given_settings(runs[-1].folder)


def start_run(folder: Path, *, allow_download: bool = False, trust_remote_code: bool = False) -> Job:
    """Start, or after an interruption continue, a run as a process of its own.

    Raises:
        UsageError: it is finished, or its files are no longer what was handed over.
        DecisionConflict: it is running.
        WorkFailed: the process could not be started.
    """
    snapshot = read_snapshot(folder)
    if snapshot is None:
        raise UsageError(f"{folder} is no run: it has no snapshot. `curator runs DATA` lists the runs.")
    if (folder / RESULT_FILE).is_file():
        raise UsageError(f"The run {folder.name} is finished. `curator compare {folder}` shows what came out.")
    if changed := changed_files(folder, snapshot):
        raise UsageError(
            f"{', '.join(changed)} in {folder} changed since the hand-off: the run would not be what its snapshot "
            "says. Start a new one with `curator train`."
        )
    began = (folder / "checkpoints").is_dir() and any((folder / "checkpoints").glob("checkpoint-*"))
    allowed = _allowed(allow_download, trust_remote_code)
    return start(folder, module_command("trainer", "resume" if began else "run", str(folder), *allowed))


def baseline(
    folder: Path, answers: int, *, allow_download: bool = False, trust_remote_code: bool = False
) -> dict[str, Any]:
    """What the untuned model reaches on the held-out examples with a good prompt: see `trainer evaluate --untuned`.

    Raises:
        CuratorError: the trainer could not do it.
    """
    allowed = _allowed(allow_download, trust_remote_code)
    arguments = ["evaluate", str(folder), "--untuned", "--answers", str(answers), *allowed]
    found: dict[str, Any] = json.loads(ask_trainer(*arguments))
    return found


def worth(figures: dict[str, Any]) -> str:
    """Is tuning worth it? A sentence on what the untuned model leaves to gain."""
    primary = figures["primary"]
    score = figures["measures"][primary]
    reached = f"The untuned model with a good prompt reaches {primary} {score['value']:.2f} "
    reached += f"({score['low']:.2f} to {score['high']:.2f}) on {figures['examples']} held-out examples. "
    if score["low"] >= LITTLE_LEFT:
        return reached + (
            "Little is left to gain: try the prompt alone first, or retrieval; new facts are retrieval's job, not "
            "fine-tuning's."
        )
    return reached + "There is room for tuning to show."


def trainable(kept: Iterable[ExportExample], use: str | None, *, skip: bool) -> Iterator[Handed]:
    """Those that the trainer accepts. Raises `UsageError` once all were seen, unless the others are to be skipped."""
    refused: list[str] = []
    count = 0
    for one in kept:
        content = as_handed(one.content, use)
        if not (errors := judge_example(content, {}, BUILT_IN)):
            yield Handed(one.id, content, one.split, response_format(one.extra), one.has_secret)
            continue
        count += 1
        if len(refused) < LISTED:
            refused.append(f"{one.file}:{one.line}: {errors[0].message}")
    if count and not skip:
        raise UsageError(_cannot(count, " ".join(refused)))


LISTED = 5
"""Examples named in a refusal."""
LITTLE_LEFT = 0.9
"""Lower end of the interval from which a tuning can hardly show: a tenth of the scale is left at most."""


def unusable(audit: Audit, members: Members) -> set[str]:
    """Ids of the kept examples that no trainer would accept or learn from."""
    return set(failing(audit)["id"].to_list()) & set(members.ids.to_list())


def failing(audit: Audit) -> pl.DataFrame:
    """The error findings of examples."""
    return audit.findings.filter((pl.col("severity") == "error") & pl.col("id").is_not_null())


def _refused(audit: Audit, rejected: set[str]) -> str:
    found = failing(audit).filter(pl.col("id").is_in(list(rejected))).unique("id", maintain_order=True)
    names = [read.source.name for read in audit.loaded.sources]
    rows = found.head(LISTED).select("file", "line", "check").iter_rows()
    listed = "; ".join(f"{names[file]}:{line} {check}" for file, line, check in rows)
    return _cannot(len(rejected), f"{listed}.")


def _cannot(count: int, listed: str) -> str:
    which = f", the first {LISTED} of them" if count > LISTED else ""
    return (
        f"{count} kept examples cannot be trained on{which}: {listed} Drop or correct them, or skip them with "
        "--skip-invalid."
    )


def _notices(snapshot: Snapshot, plan: dict[str, Any], leaking: int) -> list[str]:
    notices = [str(sentence) for sentence in plan.get("warnings", ())]
    total = sum(side.examples for side in snapshot.files.values())
    if total < READY:
        notices.append(f"Only {total} examples are kept. Fewer than {READY} seldom teach more than a good prompt does.")
    if snapshot.secrets is not None and snapshot.secrets["examples"]:
        became = "[SECRET] stands in its place" if snapshot.secrets["policy"] == "mask" else "the model learns it"
        notices.append(f"Examples that hold a secret: {snapshot.secrets['examples']:,}; {became}.")
    if leaking:
        notices.append(f"{leaking} held-out examples have a similar one on the training side: losses will flatter.")
    return notices


def response_format(extra: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form that the example's own request asked for; an evaluation measures whether answers have it."""
    found = extra.get("response_format")
    return found if isinstance(found, dict) else None


def _place(model: str) -> str:
    """A folder by its full path, so that the run can be started from anywhere; a name as it is."""
    return str(Path(model).resolve()) if Path(model).is_dir() else model


def _planned(folder: Path, allowed: list[str]) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(ask_trainer("plan", str(folder), "--json", *allowed))
    return plan


def _allowed(download: bool, code: bool) -> list[str]:
    """What a person allows the trainer, as its options."""
    return [*(["--allow-download"] if download else []), *(["--trust-remote-code"] if code else [])]
