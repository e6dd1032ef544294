"""The writes of a training one after the other, and what a run leaves behind."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MACHINE = {"time", "seq", "memory", "disk", "pid", "seconds", "first_loss_seconds", "peak_memory_bytes"}
"""What two runs over the same data may differ in: clock and machine."""
OF_A_PROCESS = {"started", "resumed", "progress", "stopped", "failed"}


class WritePoints:
    """Counts the writes below a folder, and calls `before` with number and label of each before it is made."""

    def __init__(self, folder: Path, before: Callable[[int, str], None] = lambda *_: None) -> None:
        self.folder, self.before = folder.resolve(), before
        self.labels: list[str] = []
        self.written: tuple[Path, int] | None = None
        """The file that the write before this one put something into, and its size before that."""

    def watch(self) -> None:
        """From now on, for as long as this process lives."""
        import pyarrow.parquet
        import safetensors.torch
        import torch

        from trainer.contract.events import EventLog

        write, sync = EventLog.write, os.fsync

        def write_event(log: Any, event: Any, **fields: Any) -> None:
            if event != "progress":  # that one comes by the clock
                about = [event, *(str(fields[name]) for name in ("split", "step") if name in fields)]
                self._point(" ".join(about), self.folder / "events.jsonl", grows=True)
            write(log, event, **fields)

        def sync_file(descriptor: int) -> None:
            self._point("flush", Path(f"/proc/self/fd/{descriptor}").readlink())
            sync(descriptor)

        EventLog.write = write_event  # type: ignore[method-assign]
        os.fsync = sync_file  # type: ignore[assignment]
        # Written by native code, which Python's audit events do not tell of.
        safetensors.torch.serialize_file = self._told(safetensors.torch.serialize_file)
        torch.save = self._told(torch.save)
        pyarrow.parquet.write_table = self._told(pyarrow.parquet.write_table)
        sys.addaudithook(self._heard)

    def _told(self, writer: Callable[..., Any]) -> Callable[..., Any]:
        def write(what: Any, where: Any, *given: Any, **options: Any) -> Any:
            if isinstance(where, (str, Path)):
                self._point("write", Path(where).resolve(), grows=False)
            return writer(what, where, *given, **options)

        return write

    def _heard(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], (str, bytes)) and given[2] & (os.O_WRONLY | os.O_RDWR):
            self._point("open", Path(os.fsdecode(given[0])).absolute(), grows=bool(given[2] & os.O_APPEND))
        elif event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"):
            path, beside = Path(os.fsdecode(given[0])), given[-1]
            if not path.is_absolute() and event in ("os.remove", "os.rmdir") and beside != -1:
                path = Path(f"/proc/self/fd/{beside}").readlink() / path
            self._point(event, path.absolute())

    def _point(self, what: str, path: Path, grows: bool | None = None) -> None:
        """One write; `grows` tells whether it adds to a file or makes it anew, None: it puts nothing into one."""
        if not path.is_relative_to(self.folder):
            return
        self.labels.append(f"{what} {path.relative_to(self.folder)}".replace(str(os.getpid()), "PID"))
        self.before(len(self.labels), self.labels[-1])
        if grows is not None:
            self.written = path, path.stat().st_size if grows and path.is_file() else 0
        elif what != "flush":
            self.written = None


def in_a_process(work: Callable[[], None]) -> int:
    """Do `work` in a forked process, silently; the signal that killed it, or 0."""
    child = os.fork()
    if child == 0:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the run ended with an error")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def outcome(folder: Path) -> dict[str, Any]:
    """All that a run leaves behind but clock and machine, by file; of the checkpoints their names."""
    found: dict[str, Any] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if name.startswith("checkpoints/"):
            found[name] = None
        elif name == "events.jsonl":
            found[name] = _events(path)
        elif name == "result.json":
            found[name] = _without_machine(json.loads(path.read_text()))
        elif name != "log.txt":
            found[name] = path.read_bytes()
    return found


def _events(path: Path) -> dict[str, Any]:
    """Events by what they tell of; of what was done twice the later one counts."""
    found = {}
    for line in path.read_text().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # cut by the kill
        if event["event"] not in OF_A_PROCESS:
            about = [str(event.get(key)) for key in ("event", "step", "split", "example", "file", "message")]
            found[" ".join([*about, *sorted(event)])] = _without_machine(event)
    return found


def _without_machine(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in MACHINE}


def differing(folder: Path, wanted: dict[str, Any]) -> list[str]:
    """The files in which a run differs from another's outcome."""
    found = outcome(folder)
    return [name for name in sorted(found | wanted) if found.get(name, "missing") != wanted.get(name, "missing")]


def on_disk(folder: Path) -> str:
    """A digest of all files but their beats by the clock."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        lines = [line for line in path.read_bytes().splitlines(keepends=True) if b'"event": "progress"' not in line]
        digest.update(repr((str(path.relative_to(folder)), lines)).encode())
    return digest.hexdigest()
