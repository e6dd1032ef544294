"""A run at a service on this machine, ready to be worked on."""

import hashlib
import json
import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from curator.training.service.api_keys import VARIABLES
from curator.training.service.service_request import REQUEST, Method, Request, SentFile, read_remote, write_request
from curator.training.service.work import Pace, work
from trainer.contract.events import EventReader

PACE = Pace(poll=0.01, patience=0.2)
MODELS = {"openai": "gpt-4.1-mini", "together": "meta-llama/Llama-3.1-8B", "fireworks": "accounts/fireworks/models/l"}


_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([f"curator.training.service.{provider}" for provider in VARIABLES])


def _work(folder: Path, key: str) -> None:
    os.environ |= dict.fromkeys(VARIABLES.values(), key)
    work(folder, PACE)


class Run:
    """A run's folder and what became of it."""

    def __init__(self, folder: Path, provider: str, address: str, method: Method = "supervised", **settings: Any):
        folder.mkdir(parents=True)
        self.folder = folder
        files = [_file(folder, "train", 12, method), _file(folder, "validation", 4, method)]
        account = "an-account" if provider == "fireworks" else None
        if provider == "fireworks" and method == "preference":
            files = files[:1]
        self.request = Request(provider, address, account, MODELS[provider], method, settings, files)
        write_request(folder / REQUEST, self.request)

    def work(self, *, cancelling: bool = False, pace: Pace = PACE) -> int:
        return work(self.folder, pace, cancelling=cancelling)

    def process(self) -> BaseProcess:
        """The same, as a process that can be killed; forked from one that has the packages imported."""
        process = _PROCESSES.Process(target=_work, args=(self.folder, os.environ[VARIABLES[self.request.provider]]))
        process.start()
        return process

    @property
    def events(self) -> list[dict[str, Any]]:
        return EventReader(self.folder / "events.jsonl").new()

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]

    @property
    def remote(self) -> Any:
        return read_remote(self.folder)

    def edits(self) -> bytes:
        """Everything in the folder."""
        return b"\n".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


def _file(folder: Path, split: Any, examples: int, method: Method) -> SentFile:
    lines = "".join(json.dumps(_example(f"{split} {number}", method)) + "\n" for number in range(examples))
    (folder / f"{split}.jsonl").write_text(lines)
    return SentFile(split, f"{split}.jsonl", len(lines.encode()), hashlib.sha256(lines.encode()).hexdigest())


def _example(text: str, method: Method) -> Any:
    asked, answered = (
        {"role": "user", "content": f"Question {text}"},
        {"role": "assistant", "content": f"Answer {text}"},
    )
    if method == "supervised":
        return {"messages": [asked, answered]}
    worse = answered | {"content": "No idea."}
    return {"input": {"messages": [asked]}, "preferred_output": [answered], "non_preferred_output": [worse]}
