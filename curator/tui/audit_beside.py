"""The audit that runs beside the app while its first examples are read: how far it is, and how it ended."""

from typing import Literal

from curator.audit.work import Work
from curator.project.jobs.job import Job
from trainer.contract.events import EventReader

Outcome = Literal["running", "finished", "ended"]


class AuditBeside:
    """A job that is looked at now and then.

    Attributes:
        progress: its stage, the share of all that is done, examples, their rate, and the time left.
        sentence: why it ended without being finished.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.progress = "checking"
        self.sentence = ""
        self._events = EventReader(job.events, job.record.events_from)
        self._work = Work()
        self._stopped = False

    def stop(self) -> None:
        """End it at once; what it has finished is kept."""
        self._stopped = True
        self.job.cancel(at_once=True)

    def look(self) -> Outcome:
        """Read what it told since the last look."""
        running = self.job.is_running()  # asked before reading, so that nothing is missed that it wrote at its end
        for event in self._events.new():
            if event["event"] == "progress":
                self._note(event["stage"], event["step"], max(event["steps"], 1))
            elif event["event"] == "finished":
                return "finished"
            elif event["event"] == "failed":
                self.sentence = f"The audit failed: {event['reason']}"
                return "ended"
        if running:
            return "running"
        self.sentence = f"The audit ended without a word. Its log is {self.job.folder / 'log.txt'}."
        if self._stopped:
            self.sentence = "The check was stopped. What it finished is kept: open the data again to resume it."
        return "ended"

    def _note(self, stage: str, step: int, steps: int) -> None:
        share = self._work.share(stage, step, steps)
        self.progress = ", ".join(filter(None, [f"checking: {stage} {share:.0%}", self._work.said(step, steps)]))
