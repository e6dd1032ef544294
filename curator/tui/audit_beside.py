"""The audit that runs beside the app while its first examples are read: how far it is, and how it ended."""

import time
from typing import Literal

from curator.project.jobs.job import Job
from trainer.contract.events import EventReader

_SURE_AFTER = 2.0
"""Seconds of a stage after which its pace tells how long it will take."""

Outcome = Literal["running", "finished", "ended"]


class AuditBeside:
    """A job that is looked at now and then.

    Attributes:
        progress: its stage, how far it is in it, and how long that will take.
        sentence: why it ended without being finished.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.progress = "checking"
        self.sentence = ""
        self._events = EventReader(job.events, job.record.events_from)
        self._stage = ""
        self._begun = (0.0, 0)
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
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun = stage, (now, step)
        seconds, done = now - self._begun[0], step - self._begun[1]
        left = f", {seconds * (steps - step) / done:.0f} s left" if seconds > _SURE_AFTER and done > 0 else ""
        self.progress = f"checking: {stage} {step / steps:.0%}{left}"
