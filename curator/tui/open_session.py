"""What is open, who writes, and which audit runs: what a front end holds, whatever its screens."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from curator.audit.job import start_audit
from curator.audit.open_data import Opened, open_data
from curator.audit.preview import preview
from curator.errors import CuratorError, UsageError
from curator.project.jobs.job import jobs_in
from curator.reporting.wording import count
from curator.review.session import Review
from curator.settings.fields import Settings
from curator.settings.request import DataRequest
from curator.tui.audit_beside import AuditBeside, Outcome
from curator.tui.recent import note_recent

_Result = TypeVar("_Result")
_LAST_SHOWN = "data as last seen"


class ReadyData(NamedTuple):
    """Data that were opened and are not shown yet; closing `stack` lets go of them."""

    stack: ExitStack
    review: Review
    audit: AuditBeside | None


class Session:
    """The open data, the one thread that writes, and the audit beside.

    Attributes:
        readonly: nothing can be decided.
        review: the review in progress; None: nothing is open.
        write_failed: the last write did not reach the disk; nothing more is decided until one does.
        notes: sentences about the open data that a person has not read yet.
    """

    def __init__(self, *, readonly: bool = False) -> None:
        self.readonly = readonly
        self.review: Review | None = None
        self.write_failed = False
        self.notes: list[str] = []
        self._open = ExitStack()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._writing = 0
        self._audit: AuditBeside | None = None
        self._audit_ended = ""

    # What is open

    def prepare(self, request: DataRequest, check: Callable[[Settings], object]) -> ReadyData:
        """Open data: the latest audit of them, or their first examples and an audit beside.

        It takes a moment, and may be done on another thread; what is open stays open.

        Args:
            request: what the person asked for.
            check: raises where the settings of the data cannot be used.

        Raises:
            CuratorError: they cannot be opened.
        """
        with ExitStack() as stack:
            opened = stack.enter_context(open_data(request, readonly=self.readonly))
            check(opened.settings)
            known = opened.saved_audit()
            review = Review(opened, known or preview(opened), partial=known is None)
            beside = None if known else AuditBeside(start_audit(opened))
            return ReadyData(stack.pop_all(), review, beside)

    def take(self, ready: ReadyData) -> None:
        """Let these data be what is open."""
        self.close()
        self._open, self.review, self._audit = ready
        self.notes = list(ready.review.opened.notes)
        self._note_what_changed()
        self.note_recent()

    def close(self) -> None:
        """Let go of what is open; everything is on the disk already."""
        self._audit, self._audit_ended = None, ""
        if self.review is not None:
            self.review.reader.close()
            self.review = None
        self._open.close()
        self._open = ExitStack()

    @property
    def opened(self) -> Opened | None:
        """The open data."""
        return None if self.review is None else self.review.opened

    @property
    def data_name(self) -> str:
        """What is open, in a word or two."""
        if self.opened is None:
            return ""
        first, *more = (Path(source.name).name for source in self.opened.sources)
        return f"{first} and {len(more)} more" if more else first

    @property
    def log_folder(self) -> Path | None:
        """The project's own, where it may be written."""
        return None if self.opened is None or self.readonly else self.opened.project.folder.logs

    def trainings_at_work(self) -> list[str]:
        """Names of the trainings that are at work on the open data."""
        if self.opened is None:
            return []
        return [job.folder.name for job in jobs_in(self.opened.project.folder.runs) if job.is_running()]

    def note_recent(self) -> None:
        """Keep what is open, and how far it is decided, for the list of the start screen."""
        if self.review is None or self.review.partial:
            return
        paths = tuple(self.review.opened.paths)
        if paths:
            decided = len(self.review) - self.review.decisions.counts()["pending"]
            note_recent(paths, f"{len(self.review):,} examples, {decided:,} decided")

    def _note_what_changed(self) -> None:
        """Note how the data differ from when they were last open; decisions follow the examples by their content."""
        review = self.review
        if review is None or review.partial or self.readonly:
            return
        project, now, examples = review.opened.project, review.audit.loaded.fingerprint, review.positions.in_source
        before = project.recall(_LAST_SHOWN) or {"fingerprint": now, "examples": len(review)}
        if before["fingerprint"] != now:
            gone = count(review.decisions.decided_elsewhere(review.audit.findings), "decided example")
            self.notes.append(
                f"The data changed since they were last open: {before['examples']:,} examples then, {examples:,} now. "
                f"{gone} of then cannot be found any more."
            )
        project.remember(_LAST_SHOWN, {"fingerprint": now, "examples": examples})

    # Who writes

    @property
    def saved_mark(self) -> str:
        """Whether what was decided is on the disk."""
        if self.review is None:
            return ""
        if self.readonly:
            return "read-only"
        if self.write_failed:
            return "NOT SAVED"
        return "saving" if self._writing else "saved"

    async def write(self, work: Callable[[], _Result]) -> _Result:
        """Run what writes, on the one thread that does.

        Raises:
            UsageError: what was asked is wrong, or the data are open read-only.
            CuratorError: it is not on the disk.
        """
        if self.readonly:
            raise UsageError("The data are open read-only: nothing can be decided.")
        self._writing += 1
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(self._writer, work)
        except UsageError:  # what was asked is wrong; the disk is well
            raise
        except Exception:  # said where the action began
            self.write_failed = True
            raise
        finally:
            self._writing -= 1
        self.write_failed = False
        return outcome

    def write_quietly(self, work: Callable[[], object]) -> "asyncio.Future[None]":
        """Write what may be lost without harm, such as where a person is; after what is being written now."""

        def quietly() -> None:
            with suppress(CuratorError):
                work()

        return asyncio.wrap_future(self._writer.submit(quietly))

    def finish_writing(self) -> None:
        """Wait until all that was given to the writer is on the disk; nothing more is taken."""
        self._writer.shutdown(wait=True)

    # Which audit runs

    @property
    def audit_progress(self) -> str:
        """How far the audit is, or how it ended; "": the data are audited."""
        return self._audit_ended if self._audit is None else self._audit.progress

    def stop_audit(self) -> bool:
        """End the audit that runs; whether one did."""
        if self._audit is None:
            return False
        self._audit.stop()
        return True

    def look_at_audit(self) -> Outcome | None:
        """How the audit is; None: none runs. Of one that ended unfinished the reason is among the notes."""
        if self._audit is None:
            return None
        outcome = self._audit.look()
        if outcome == "ended":
            self.notes.append(self._audit.sentence)
            self._audit_ended = "not checked"
        if outcome != "running":
            self._audit = None
        return outcome

    def audited_review(self) -> Review | None:
        """A review of the whole set, whose audit is finished; None: the file changed meanwhile. Takes a moment."""
        opened = self.opened
        assert opened is not None, "what was audited is open"
        known = opened.saved_audit()
        if known is None:
            self._audit_ended = "not checked"
            return None
        return Review(opened, known)

    def replace(self, review: Review) -> bool:
        """Take the review of the whole set in the place of that of the first examples; whether these are still open."""
        before = self.review
        if before is None or before.opened is not review.opened:
            return False
        self.review = review
        before.reader.close()
        self.note_recent()
        self._note_what_changed()
        return True
