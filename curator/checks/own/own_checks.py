"""Own checks as `Check`s: found in files and entry points, run in a child process that is ended when it hangs."""

import atexit
import hashlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.own.child import write
from curator.data.frames import Batch, found
from curator.data.safe_text import visible
from curator.errors import UnreadableInput, UsageError
from curator.module_path import module_command, safe_environment

_LONGEST_START = 60.0
_READ = 1 << 16
_NOTHING = pl.DataFrame(schema={"row": pl.UInt32})


class OwnSource(NamedTuple):
    """Where checks are defined: `file:PATH` or `module:NAME`, and a hash of what it says."""

    place: str
    digest: str


def own_sources(files: Iterable[str]) -> tuple[OwnSource, ...]:
    """The files, and the modules that installed packages name.

    Raises:
        UnreadableInput: a file cannot be read.
    """
    named = []
    for name in files:
        path = Path(name).expanduser().resolve()
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise UnreadableInput(f"The file of checks {name} cannot be read: {error.strerror}.") from None
        named.append(OwnSource(f"file:{path}", digest))
    installed = {
        OwnSource(f"module:{point.module}", f"{point.dist.name} {point.dist.version}" if point.dist else "")
        for point in entry_points(group="curator.checks")
    }
    return (*dict.fromkeys(named), *sorted(installed))


def own_checks(sources: tuple[OwnSource, ...]) -> tuple[Check, ...]:
    """The checks that some sources define; each changes its version with what they say.

    Raises:
        UsageError: a source cannot be run, or is not done within a minute.
    """
    if not sources:
        _end_running()
        return ()
    version = int(hashlib.sha256(repr(sources).encode()).hexdigest()[:12], 16)
    return tuple(
        Check(family="own", version=version, find=partial(_find, sources, one["name"]), **one)
        for one in _process_of(sources).checks
    )


def _find(sources: tuple[OwnSource, ...], name: str, batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    """What an own check finds in a block; where it failed, also a finding about itself."""
    frame, failed = _process_of(sources).ask(name, batch, settings.thresholds.own_check_seconds)
    frames = [found(name, frame)]
    if failed:
        about = {"severity": "warning", "suggestion": "none", "message": visible(failed, one_line=True)}
        frames.append(found(name, pl.DataFrame([about])))
    return pl.concat(frames)


class _OwnProcess:
    """The child process of some sources, started again when it was ended.

    Attributes:
        checks: what the sources define, as `Check` takes it.
        hung: by check, what is said of one that is not asked again.
    """

    def __init__(self, sources: tuple[OwnSource, ...]) -> None:
        self._sources = sources
        self.hung: dict[str, str] = {}
        self.checks: list[dict[str, Any]] = self._start()

    def ask(self, name: str, batch: Batch, seconds: float) -> tuple[pl.DataFrame, str]:
        """What a check finds in a block, and what failed; "" where nothing did."""
        if name in self.hung:
            return _NOTHING, self.hung[name]
        if self._child.poll() is not None:
            self._start()
        try:
            write(self._child.stdin, name.encode(), _ipc(batch.examples), _ipc(batch.messages))  # type: ignore[arg-type]
            failed, frame = self._answers(2, seconds)
        except (_NoAnswer, BrokenPipeError) as problem:
            self.end()
            self.hung[name] = f"{problem}. It was ended and not asked again; the other checks were."
            return _NOTHING, self.hung[name]
        return pl.read_ipc(BytesIO(frame)), failed.decode()

    def _start(self) -> list[dict[str, Any]]:
        command = module_command("curator.checks.own.child", *(source.place for source in self._sources))
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=safe_environment(),
            start_new_session=True,
        )
        try:
            answer = msgspec.json.decode(self._answers(1, _LONGEST_START)[0])
        except _NoAnswer as problem:
            self.end()
            raise UsageError(f"The own checks of {self._named()} could not be read. {problem}.") from None
        if "failed" in answer:
            self.end()
            raise UsageError(visible(answer["failed"], one_line=True))
        checks: list[dict[str, Any]] = answer["checks"]
        return checks

    def _named(self) -> str:
        return ", ".join(source.place.partition(":")[2] for source in self._sources)

    def _answers(self, count: int, seconds: float) -> list[bytes]:
        """Parts of an answer, each after its length.

        Raises:
            _NoAnswer: it was not there in time, or the process ended.
        """
        assert self._child.stdout is not None, "it was asked for"
        descriptor, deadline = self._child.stdout.fileno(), time.monotonic() + seconds
        parts: list[bytes] = []
        waiting = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(parts) < count:
                if len(waiting) >= 8 and len(waiting) >= (end := 8 + int.from_bytes(waiting[:8], "big")):
                    parts.append(bytes(waiting[8:end]))
                    del waiting[:end]
                    continue
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _NoAnswer(f"It was not done with a block after {seconds:g} seconds")
                chunk = os.read(descriptor, _READ)
                if not chunk:
                    raise _NoAnswer("Its process ended while it looked at a block")
                waiting += chunk
        return parts

    def end(self) -> None:
        """End it and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()


class _NoAnswer(Exception):
    """A check that hangs, or took its process with it; the text says which, without a full stop."""


_RUNNING: dict[tuple[OwnSource, ...], _OwnProcess] = {}
"""The process of the sources that were asked last."""


def _process_of(sources: tuple[OwnSource, ...]) -> _OwnProcess:
    if sources not in _RUNNING:
        _end_running()
        _RUNNING[sources] = _OwnProcess(sources)
    return _RUNNING[sources]


@atexit.register
def _end_running() -> None:
    while _RUNNING:
        _RUNNING.popitem()[1].end()


def _ipc(frame: pl.DataFrame) -> bytes:
    stream = BytesIO()
    frame.write_ipc(stream)
    return stream.getvalue()
