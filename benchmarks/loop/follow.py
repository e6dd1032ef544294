"""Do what the reports of a set say, and nothing else, until it is ready or a report says why it cannot be."""

import io
import json
import shlex
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.loop.sets import SampleSet
from curator.cli.boundary import run
from curator.reporting.readiness import ENOUGH

ROUNDS = 6


class Followed(NamedTuple):
    """What became of a set.

    Attributes:
        ready: what the last report says.
        commands: typed, the audits among them.
        steps: that reports offered, and that were checked.
        wrong: what does not hold of them.
        end: the last headline.
    """

    ready: bool
    commands: int
    steps: int
    wrong: list[str]
    end: str


def typed(*words: str) -> tuple[int, str]:
    """Run a command: its exit code and what it prints, on stderr where it prints nothing on stdout."""
    out, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(said):
        code = run(list(words))
    printed, complaint = (stream.detach().getvalue().decode() for stream in (out, said))  # type: ignore[attr-defined]
    return code, printed or complaint


def follow(sample: SampleSet, folder: Path) -> Followed:
    """Write the set into `folder`, the working folder, and follow what its reports say."""
    (folder / sample.name).write_bytes(sample.content)
    audit, wrong, steps, commands = ["audit", sample.name, *sample.options], [], 0, 0
    verdict: dict[str, Any] = {}
    for _ in range(ROUNDS):
        code, printed = typed(*audit, "--json", "--quiet")
        commands += 1
        if code == 2:
            return Followed(ready=False, commands=commands, steps=steps, wrong=wrong, end=printed.strip())
        report = json.loads(printed)
        verdict = report["verdict"]
        wrong += contradictions(code, report)
        for step in verdict["next_steps"]:
            steps += 1
            wrong += _finds_something_else(step)
        todo = [step for step in verdict["next_steps"] if step["command"]]
        if verdict["ready"] or _is_dead_end(verdict, report, todo):
            break
        for step in todo:
            commands += 1
            words = shlex.split(_prepared(step["command"]))[1:]
            if (outcome := typed(*words))[0] != 0 and words[0] != "audit":
                wrong.append(f"{step['command']} ends with {outcome[0]}: {outcome[1]}")
            audit = words if words[0] == "audit" else audit
    else:
        wrong.append(f"after {ROUNDS} rounds: {verdict}")
    if verdict["ready"]:
        commands += len(todo)
        wrong += _ends(todo)
    return Followed(verdict["ready"], commands, steps, wrong, verdict["headline"])


def contradictions(code: int, report: dict[str, Any]) -> list[str]:
    """Where exit code, verdict, figures and steps of a report say different things."""
    verdict, severities = report["verdict"], report["severities"]
    open_by_check = sum(check["open"].get("error", 0) for check in report["checks"])
    said = {
        "ready and exit 1": verdict["ready"] and code != 0,
        "ready and open errors": verdict["ready"] and severities.get("error", 0),
        "open errors and exit 0": code == 0 and severities.get("error", 0),
        "exit 1 without open errors": code == 1 and not severities.get("error", 0),
        "errors in the table and none in the sum": bool(open_by_check) != bool(severities.get("error", 0)),
        "not ready without a reason": not verdict["ready"] and not verdict["reasons"],
        "not ready and no step": not verdict["ready"] and not verdict["next_steps"],
        "ready with too few": verdict["ready"] and report["distinct"] < ENOUGH,
        "a step for nothing": any(step["count"] == 0 for step in verdict["next_steps"]),
    }
    return [f"{what}: {verdict}" for what, is_so in said.items() if is_so]


def _prepared(command: str) -> str:
    """The part of a command that is ours; what another program does before it is done."""
    before, both, ours = command.rpartition(" && ")
    if both:
        subprocess.run(before, shell=True, check=True)
    return ours


def _is_dead_end(verdict: dict[str, Any], report: dict[str, Any], todo: list[dict[str, Any]]) -> bool:
    """Whether only a person can continue from here, and the reason is true."""
    if any(" show " not in step["command"] for step in todo):
        return False
    last = verdict["next_steps"][-1]["sentence"]
    if last.startswith("Write at least "):
        return f"Write at least {ENOUGH - report['distinct']:,} more" in last
    return last.startswith("Name the format of its examples")


def _finds_something_else(step: dict[str, Any]) -> list[str]:
    """Where a step's filter does not find exactly what its sentence counts, or its policy would do something else."""
    if step["command"] is None:
        return []
    words = shlex.split(step["command"].rpartition(" && ")[2])[1:]
    if step["filter"] is not None:
        options = [word for word in words[1:] if word not in ("--drop",)]
        if "--reason" in options:
            at = options.index("--reason")
            del options[at : at + 2]
        code, printed = typed("show", *options, "--json", "--limit", "0", "--quiet")
        found = len(printed.splitlines())
        if code or found != step["count"] or step["filter"] not in words:
            return [f"{step['sentence']} ({step['command']}) finds {found}: exit {code}"]
    elif words[0] == "decide":
        code, printed = typed(*words, "--dry-run", "--json", "--quiet")
        found = sum(one["examples"] for one in json.loads(printed)["counts"] if one["action"] in ("drop", "edit"))
        if found != step["count"]:
            return [f"{step['sentence']} decides {found}"]
    return []


def _ends(steps: list[dict[str, Any]]) -> list[str]:
    """Follow the steps of a set that is ready: its export is one that the target takes."""
    wrong = []
    for step in steps:
        words = shlex.split(step["command"])[1:]
        if words[0] == "export":
            shutil.rmtree("curated", ignore_errors=True)
        if (outcome := typed(*words))[0]:
            wrong.append(f"{step['command']} ends with {outcome[0]}: {outcome[1]}")
        elif words[0] == "export":
            target = words[words.index("--target") + 1]
            for name in ("train", "validation"):
                outcome = typed("validate", f"curated/{name}.jsonl", "--target", target)
                wrong += [f"validate {name}.jsonl: {outcome[1]}"] if outcome[0] else []
    return wrong
