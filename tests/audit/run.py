"""The command line within this process, in a folder of its own."""

import contextlib
import io
import json
import os
from typing import NamedTuple

from curator.cli.boundary import run


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def curator(folder, *arguments):
    """Run a command as if typed in `folder`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    here = os.getcwd()  # noqa: PTH109 - to go back to
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
    finally:
        os.chdir(here)
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Outcome(code, *texts)


def chat(question, answer, **extra):
    """One example in chat form."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, **extra}


def write(path, examples):
    """A file of lines; its name."""
    path.write_text("".join(json.dumps(example) + "\n" for example in examples), encoding="utf-8")
    return path.name
