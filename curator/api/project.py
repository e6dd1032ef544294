"""Open data as an object: look, decide, label, split, export, train."""

import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack
from weakref import finalize

import polars as pl

from curator.api.audited import AuditResult
from curator.api.data import Data, DataOptions, given, request_of
from curator.audit.open_data import Opened, open_data
from curator.errors import UsageError
from curator.review import decide as deciding

if TYPE_CHECKING:
    from curator.audit.engine import Audit
    from curator.exporting.write import ExportResult
    from curator.reporting.certificate import SplitReport

Secrets = Literal["stop", "mask", "allow"]


def _quiet(stage: str, done: int, total: int) -> None:
    """Progress that is not shown."""


class OpenProject:
    """Data that is open, with what was decided about it; a context manager.

    Decisions are on disk when a call returns, beside the data, where the app and the command line find them. Of records
    in memory there is no such place: what is decided about them is kept where `project` says, else until it is closed.
    """

    def __init__(
        self, data: Data, *, readonly: bool = False, trial: bool = False, **options: Unpack[DataOptions]
    ) -> None:
        """Opened by `curator.open`.

        Args:
            data: see `curator.api.data.Data`.
            readonly: nothing is decided, and the project must be there.
            trial: everything happens in a copy of the project that is gone at the end.
            options: as on the command line.
        """
        self._given = given(data)
        with ExitStack() as stack:
            stack.callback(self._given.forget)
            request = request_of(self._given.names, options)
            manager = open_data(request, readonly=readonly, trial=trial, sources=self._given.sources)
            self._opened: Opened | None = stack.enter_context(manager)
            self._close = finalize(self, stack.pop_all().close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it; twice does nothing."""
        self._opened = None
        self._close()

    @property
    def notes(self) -> list[str]:
        """Sentences that a person should read once, such as where the decisions are kept."""
        return list(self._open.notes)

    @property
    def decisions(self) -> pl.DataFrame:
        """What all decisions add up to, a row for each example that anything was decided about.

        Columns: example (id), status (keep, drop, flag or pending), reason, policy, edited, added.
        """
        state = self._open.state().with_columns(pl.col("status").cast(pl.String))
        return state.select(pl.col("id").alias("example"), "status", "reason", "policy", "edited", "added")

    def audit(self) -> AuditResult:
        """Read, check and compare the data, reusing whatever did not change.

        Raises:
            CuratorError: the data cannot be read, or the work failed midway; the sentence says what to do.
        """
        return AuditResult(self, self._open, self._audited())

    def where(self, filter: str) -> pl.DataFrame:  # noqa: A002 - it is what the manual calls it
        """The examples that a filter finds, in the columns of `Audit.examples`; docs/filter.md has the language.

        Raises:
            UsageError: the filter cannot be read.
        """
        from curator.review.filter.query import examples_found

        audit = self._audited()
        mask, _ = examples_found(filter, self._open, audit)
        return AuditResult(self, self._open, audit).examples.filter(pl.Series(mask, dtype=pl.Boolean))

    def decide(
        self,
        where: str | None = None,
        action: Literal["keep", "drop", "flag", "clear"] | None = None,
        *,
        policy: str | None = None,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> int:
        """Decide the same about all that a filter finds, or apply a policy, as one unit; how many decisions.

        Args:
            where: a filter, with `action`.
            action: what to decide.
            policy: safe, recommended, or one of curator.toml; instead of both.
            reason: why, kept with every decision.
            dry_run: only count.

        Raises:
            UsageError: neither or both were given, or the filter or policy cannot be read.
        """
        from curator.audit.decided.proposals import proposal_of

        if (policy is None) == (where is None or action is None):
            raise UsageError("decide() takes either policy=NAME, or a filter and one of keep, drop, flag and clear.")
        opened, audit = self._open, self._audited()
        if policy is not None:
            proposal = proposal_of(opened, audit, policy)
            return len(proposal.decisions) if dry_run else len(deciding.apply_policy(opened, proposal))
        assert where is not None and action is not None, "one of both ways was given"
        found = deciding.found_by(opened, audit, where)
        if dry_run:
            return len(found.ids) + len(found.unreadable)
        return len(deciding.decide(opened, audit, found, action, reason))

    def undo(self, *, redo: bool = False) -> int:
        """Take back the latest decision, or policy as a whole (`redo`: the latest undo); how many decisions that were.

        There is no limit to how often; 0: there was nothing to undo.
        """
        opened = self._open
        undone = opened.project.log.redo(opened.annotator) if redo else opened.project.log.undo(opened.annotator)
        return undone.decisions if undone is not None else 0

    def label(self, where: str, name: str, value: str | None) -> int:
        """Answer a question of curator.toml about all that a filter finds, as one unit; how many examples.

        Args:
            where: a filter.
            name: of the question.
            value: the answer, several choices separated by commas; None takes yours away.

        Raises:
            UsageError: there is no such question, or the answer is none of its values.
        """
        from curator.review.labelling import labels

        opened = self._open
        questions = labels.Labels(opened).questions
        labels.question_named(name, questions)
        answer = None if value is None else labels.checked_value(name, value, questions)
        return len(labels.label(opened, deciding.found_by(opened, self._audited(), where).ids, name, answer))

    def split(self, *, anew: bool = False, **settings: Any) -> "SplitReport":
        """Split what is kept so that nothing leaks, and save it: an example keeps its split when others are added.

        Args:
            anew: forget the saved split.
            settings: validation and test (shares), seed, group_by and stratify (fields); default: curator.toml's.

        Returns:
            how many examples are in each split, and the certificate.

        Raises:
            UsageError: a setting is not possible.
        """
        from curator.splitting.saved import make_split
        from curator.splitting.split_report import write_certificate

        opened = self._open
        audit = opened.examples(_quiet, compare=True)
        return write_certificate(opened, audit, make_split(opened, audit, settings, anew=anew))[0]

    def export(
        self,
        out: str | os.PathLike[str],
        target: str | None = None,
        *,
        skip_invalid: bool = False,
        only_reviewed: bool = False,
        replace: bool = False,
        secrets: Secrets = "stop",
    ) -> "ExportResult":
        """Write what was kept to a folder, in the form that a target wants; the folder appears whole.

        Args:
            out: the folder.
            target: a target's name; None: that of the settings.
            skip_invalid: skip what the target rejects; it goes into skipped.jsonl.
            only_reviewed: only examples that a person decided to keep.
            replace: put it in the place of an earlier export of which nothing was changed.
            secrets: what becomes of keys and passwords: stop the export, mask them, or allow them.

        Returns:
            the examples by file name, and what was skipped or lost.

        Raises:
            CuratorError: a kept example is refused or holds a secret, or the folder is in the way; nothing is written.
        """
        from curator.exporting.export import Exclusions, export
        from curator.exporting.output_paths import check_folder

        opened, folder = self._open, Path(out)
        name = target or opened.settings.target
        if name is None:
            raise UsageError("Name the form, for example export(out, 'openai'). docs/targets.md lists them.")
        check_folder(opened, folder, replace=replace)
        exclusions = Exclusions(skip_invalid, only_reviewed, secrets)
        return export(opened, self._audited(), name, folder, exclusions=exclusions, replace=replace)

    def train(
        self,
        model: str,
        *settings: str,
        wait: bool = True,
        allow_download: bool = False,
        skip_invalid: bool = False,
        secrets: Secrets = "stop",
    ) -> Path:
        """Train a QLoRA adapter on what was kept, in a process of its own on this machine; the run's folder.

        Args:
            model: a folder, or a name in the local cache.
            settings: `section.name=value` each, as for `curator train --set`.
            wait: until it has ended.
            allow_download: fetch the model where it is not here.
            skip_invalid: skip what the trainer rejects.
            secrets: what becomes of keys and passwords: stop, mask them, or allow them.

        Raises:
            CuratorError: the trainer refuses data or settings, the extra `train` is not installed, or the run failed;
                what it finished is kept.
        """
        from curator.errors import WorkFailed
        from curator.exporting.export import Exclusions
        from curator.training.hand_off import prepare_run, start_run

        exclusions = Exclusions(invalid=skip_invalid, secrets=secrets)
        ready = prepare_run(
            self._open, self._audited(), model, settings=settings, allow_download=allow_download, exclusions=exclusions
        )
        job = start_run(ready.folder, allow_download=allow_download)
        for event in job.follow() if wait else ():
            if event["event"] == "failed":
                raise WorkFailed(f"The training in {ready.folder} failed: {event.get('reason')}")
        if wait and job.state() == "died":
            raise WorkFailed(f"The training in {ready.folder} died. The end of its log:\n{job.log_tail()}")
        return ready.folder

    def __repr__(self) -> str:
        state = "closed" if self._opened is None else "open"
        return f"<curator.Project: {', '.join(self._given.names[:3])}, {state}>"

    @property
    def _open(self) -> Opened:
        if self._opened is None:
            raise UsageError("The project is closed. Open the data again with curator.open().")
        return self._opened

    def _audited(self) -> "Audit":
        return self._open.audited(_quiet, compare=True)
