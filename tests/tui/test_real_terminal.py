"""The app in a real terminal: start, review, resize, `$EDITOR`, quit, through a pseudo-terminal."""

import fcntl
import itertools
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from curator.tui.terminal import HUNG_UP
from tests.tui.driving import decisions_of

REPOSITORY = Path(__file__).parents[2]


class Terminal:
    """A program on a pseudo-terminal; what it printed so far is `printed`.

    `controlling`: whether the system tells the program when the terminal is closed.
    """

    def __init__(self, arguments, columns=80, rows=24, controlling=False, start=("-m", "curator"), **environment):
        self.master, child = pty.openpty()
        self.resize(columns, rows)
        self.printed = b""
        plain = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            [sys.executable, *start, *arguments],
            stdin=child,
            stdout=child,
            stderr=child,
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controlling else None,
            cwd=REPOSITORY,
            env={**plain, "TERM": "xterm-256color", **environment},
        )
        os.close(child)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if hasattr(self, "process"):
            os.killpg(self.process.pid, signal.SIGWINCH)

    def read(self, seconds=0.1):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.printed += os.read(self.master, 1 << 16)
            except OSError:  # the other end is closed
                return False
        return True

    def until(self, text, again=None):
        """Read on until `text` was printed, then forget what came before; `again` is done when nothing more comes."""
        while text not in self.printed:
            before = len(self.printed)
            assert self.read(3 if again else 0.1) or text in self.printed, self.printed[-2000:]
            if again is not None and len(self.printed) == before:
                again()
        self.printed = self.printed.partition(text)[2]

    def type(self, keys):
        os.write(self.master, keys)

    def ended(self):
        while self.process.poll() is None:
            self.read(0.05)
        return self.process.returncode


def test_a_session_in_a_real_terminal(desk, tmp_path):
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/Larkspur/Foxglove/' \"$1\"\n")
    editor.chmod(0o755)
    terminal = Terminal(["review", str(desk)], EDITOR=str(editor), VISUAL=str(editor))
    terminal.until(b"undecided")
    terminal.type(b"a")
    terminal.until(b"keep 1")
    wide = itertools.cycle([(120, 40), (121, 40)])  # a signal may come while the program is not listening
    terminal.resize(*next(wide))
    terminal.until(b"too long", again=lambda: terminal.resize(*next(wide)))
    terminal.type(b"E")
    terminal.until(b"Foxglove")
    terminal.type(b"y")
    terminal.until(b"edited")
    terminal.type(b"o")
    terminal.until(b"Findings")
    terminal.type(b"q")
    terminal.until(b"edited")
    terminal.type(b"q")
    assert terminal.ended() == 0


@pytest.mark.parametrize("controlling", [True, False], ids=["told by SIGHUP", "told by nobody"])
def test_when_the_terminal_is_gone_the_app_ends_and_the_decisions_are_there(desk, controlling):
    terminal = Terminal(["review", str(desk)], controlling=controlling)
    terminal.until(b"undecided")
    terminal.type(b"a")
    terminal.until(b"keep 1")
    terminal.type(b"x")
    terminal.until(b"drop 1")
    os.close(terminal.master)
    assert terminal.process.wait() in ((HUNG_UP, -signal.SIGHUP) if controlling else (HUNG_UP,))
    assert [decision.action for decision in decisions_of(desk)] == ["drop", "keep"]


def test_without_a_terminal_it_says_what_does_the_same_work():
    command = [sys.executable, "-m", "curator"]
    outcome = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, input="", check=False)
    assert outcome.returncode == 2
    assert "needs a terminal" in outcome.stderr


FAULTY = """
import sys
from curator.cli import main
from {module} import {kind}
def fails(*_, **__):
    raise KeyError("no such \x1b[2Jthing")
{kind}.{method} = fails
main()
"""


@pytest.mark.parametrize(
    ("module", "kind", "method"),
    [
        ("curator.tui.screens.reviewing.review", "ReviewScreen", "compose_body"),
        ("curator.tui.screens.reviewing.review", "ReviewScreen", "on_mount"),
        ("curator.tui.widgets.example_view", "ExampleView", "on_resize"),
        ("curator.tui.widgets.key_bar", "KeyBar", "render"),
        ("curator.tui.app", "CuratorApp", "on_mount"),
        ("curator.tui.app", "CuratorApp", "on_unmount"),
    ],
)
def test_what_cannot_go_on_ends_with_70_one_sentence_and_a_log(desk, module, kind, method):
    terminal = Terminal(
        ["review", str(desk)], start=("-c", FAULTY.format(module=module, kind=kind, method=method)), columns=200
    )
    if method == "on_unmount":
        terminal.until(b"undecided")
        terminal.type(b"q")
    assert terminal.ended() == 70
    while select.select([terminal.master], [], [], 0)[0] and terminal.read(0):
        pass
    _, _, after = terminal.printed.rpartition(b"\x1b[?1049l")  # the terminal shows again what it showed before
    log = desk.with_name("desk.jsonl.curator") / "logs" / "app.log"
    assert after.count(b"curator: This is a bug in curator, not in your data: KeyError") == 1
    assert str(log).encode() in after
    assert b"Traceback" not in terminal.printed
    assert b"\x1b[2J" not in after
    assert "in fails" in log.read_text()
