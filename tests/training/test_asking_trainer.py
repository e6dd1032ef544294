"""What the trainer says, or how it died, as this program's errors."""

import os
import signal
import threading
from pathlib import Path

import psutil
import pytest

from curator.errors import UsageError, WorkFailed
from curator.training.trainer_process import ask_trainer


def test_its_refusal_is_ours(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"run\.toml does not exist"):
        ask_trainer("plan", str(tmp_path))


def test_a_trainer_that_is_killed_is_a_sentence_on_what_may_have_killed_it(tmp_path: Path) -> None:
    others = set(psutil.Process().children())

    def kill() -> None:
        while not (children := set(psutil.Process().children()) - others):
            continue
        os.kill(children.pop().pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(WorkFailed, match=r"killed \(SIGKILL\)\. Unless a person did that, memory ran out"):
        ask_trainer("plan", str(tmp_path))
    killer.join()
