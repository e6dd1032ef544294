"""Audit, validation, export, reading back and training asked about the same lines: where do two of them disagree?

python -m benchmarks.targets.agreement [--lines N] [--seed N]
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from benchmarks.targets.random_lines import KINDS, Lines
from curator.audit.engine import Audit
from curator.audit.loading.reread import originals
from curator.audit.open_data import Opened, open_data
from curator.checks.structure import STRUCTURE_CHECKS
from curator.data.batches import read_example
from curator.data.content import Content
from curator.data.dialects.recognition import recognise
from curator.data.identity import example_key
from curator.exporting.export import Exclusions, export, kept_examples
from curator.exporting.rejected import TargetRejects
from curator.settings.request import DataRequest
from curator.splitting.saved import make_split
from curator.targets.capabilities import parsed_arguments
from curator.targets.file_validation import validate
from curator.targets.registry import TARGETS
from curator.targets.target import Target
from curator.training.hand_off import trainable
from curator.training.runs.snapshot import hand_over
from trainer.contract import TEST_FILE, TRAIN_FILE, VALIDATION_FILE
from trainer.data.read import read_conversations

TEACHES_NOTHING = ("no-assistant-message", "nothing-to-learn", "empty-content")
"""Errors of an audit, whatever a target says."""
OF_THE_FILE = {"duplicate-example", "split-overlap", "mixed-formats", "too-few-examples"}
"""Rules about a line among others."""
ASKED = tuple(check.name for check in STRUCTURE_CHECKS)


JUDGES: tuple[Target | None, ...] = (None, *TARGETS)
"""Whom the lines are for: the built-in trainer, and the targets."""


def disagreements(
    folder: Path, kind: str, lines: list[bytes], judges: tuple[Target | None, ...] = JUDGES
) -> Iterator[str]:
    """A sentence for each, of lines of one kind."""
    path = folder / f"{kind}.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    for target in judges:
        name = None if target is None else target.name
        request = DataRequest(
            data=(str(path),),
            format_name=kind,
            select=ASKED,
            embedder="none",
            target=name,
            project=str(folder / f"{kind}.project"),
        )
        with open_data(request) as opened:
            audit = opened.audited(lambda *_: None, compare=True)
            found = (
                _of_training(opened, audit, folder)
                if target is None
                else _of_target(opened, audit, target, folder, path)
            )
            for sentence in found:
                yield f"{kind}, {name or 'trainer'}: {sentence}"


def _errors(audit: Audit, *, but: tuple[str, ...] = ()) -> set[int]:
    """Lines of examples with an error."""
    found = audit.findings.filter((pl.col("severity") == "error") & pl.col("id").is_not_null())
    return set(found.filter(~pl.col("check").is_in(but))["line"])


def _messages(audit: Audit, line: int) -> list[str]:
    """What the audit has against a line."""
    found = audit.findings.filter((pl.col("line") == line) & (pl.col("severity") == "error"))
    return [f"{check}: {message}" for check, message in found.select("check", "message").iter_rows()]


def _of_training(opened: Opened, audit: Audit, folder: Path) -> Iterator[str]:
    kept = list(
        kept_examples(opened, audit, make_split(opened, audit, {}).splits(), Exclusions(invalid=True, secrets="allow"))
    )
    handed = list(trainable(kept, "chosen", skip=True))
    refused = {one.line for one in kept} - {one.line for one in kept if one.id in {example.id for example in handed}}
    yield from (
        f"line {line} is refused by the trainer, and the audit says nothing" for line in refused - _errors(audit)
    )
    handed = [one._replace(side="validation" if number % 5 == 0 else "train") for number, one in enumerate(handed)]
    if len(handed) < 10:
        return
    run, _ = hand_over(folder / "runs", handed, "", model="m", sources=[], decisions=0, split="")
    read = sum(
        len(read_conversations(run / name))
        for name in (TRAIN_FILE, VALIDATION_FILE, TEST_FILE)
        if (run / name).exists()
    )
    if read != len(handed):
        yield f"{len(handed)} examples were handed over and {read} read"


def _of_target(opened: Opened, audit: Audit, target: Target, folder: Path, path: Path) -> Iterator[str]:
    all_errors, errors = _errors(audit), _errors(audit, but=TEACHES_NOTHING)
    every = list(originals(audit.loaded))
    out = folder / "out"
    try:
        export(opened, audit, target.name, out, exclusions=Exclusions(invalid=True, secrets="allow"), replace=True)
        skipped, absent = _skipped(out)
    except TargetRejects:
        skipped = absent = {original.line for original in every}
        out = folder / "nothing"
    yield from (f"line {line} is refused by the export, and the audit says nothing" for line in skipped - all_errors)
    yield from (f"line {line} has an error in the audit, and is exported" for line in errors - absent)
    if not out.is_dir():
        return
    if _form(out / target.files["train"]) == audit.loaded.sources[0].recognised.dialect.name:
        yield from _valid_as_it_is(audit, target, path, errors)
    yield from _read_back(
        out, target, {original.line: original.content for original in every if original.line not in absent}
    )


def _form(path: Path) -> str:
    """The dialect in which a file that was exported is read."""
    lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    return recognise(map(msgspec.json.decode, lines), path.name).dialect.name


def _valid_as_it_is(audit: Audit, target: Target, path: Path, errors: set[int]) -> Iterator[str]:
    """Lines in the target's own form that a validation accepts and the audit does not."""
    found = (one for one in validate(path, target.name) if one.severity == "error" and one.rule not in OF_THE_FILE)
    lines = path.read_bytes().splitlines()
    for line in errors - {one.line for one in found}:
        yield f"line {line} is valid as it is, and the audit refuses it: {_messages(audit, line)} {lines[line - 1]!r}"


def _skipped(out: Path) -> tuple[set[int], set[int]]:
    """Lines that the target refuses for themselves, and those of all that are not in the export."""
    skipped = [json.loads(line) for line in (out / "skipped.jsonl").read_bytes().splitlines()]
    refused = (one for one in skipped if not {reason["rule"] for reason in one["reasons"]} <= OF_THE_FILE)
    return {one["line"] for one in refused}, {one["line"] for one in skipped}


def _read_back(out: Path, target: Target, expected: dict[int, Content]) -> Iterator[str]:
    lost = [json.loads(line) for line in (out / "lost.jsonl").read_bytes().splitlines()]
    by_place = {(one["file"], one["line"]) for one in lost}
    for one in lost:
        expected.pop(one["source_line"], None)
    back: Counter[int] = Counter()
    for name in target.files.values():
        if not (out / name).exists():
            continue
        lines = (out / name).read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
        yield from (
            f"{name}: {found}"
            for found in validate(out / name, target.name)
            if found.severity == "error" and found.line
        )
        dialect = recognise((msgspec.json.decode(line) for line in lines), name).dialect if lines else None
        for number, line in enumerate(lines, 1):
            assert dialect is not None
            read = read_example(line, dialect)
            if isinstance(read, list):
                yield f"{name}:{number} is not read back in {dialect.name}: {read[0].message} {line!r:.300}"
            elif (name, number) not in by_place:
                back[_key(read[1])] += 1
    wanted = Counter(_key(content) for content in expected.values())
    for line, content in expected.items():
        if _key(content) in (wanted - back):
            yield f"line {line} reads back as another example, and lost.jsonl does not name it: {content}"


def _key(content: Content) -> int:
    """Of a content whose arguments are objects: a text and an object of the same arguments are equal."""

    def parsed(messages: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        return messages and [{**message, **_calls(message)} for message in messages]

    ours = content._replace(
        messages=parsed(content.messages) or [], chosen=parsed(content.chosen), rejected=parsed(content.rejected)
    )
    return example_key(ours.identity())


def _calls(message: dict[str, Any]) -> dict[str, Any]:
    calls = message.get("tool_calls")
    if not calls:
        return {}
    functions = [call["function"] for call in calls]
    objects = [{**function, "arguments": parsed_arguments(function["arguments"])} for function in functions]
    return {"tool_calls": [{**call, "function": function} for call, function in zip(calls, objects, strict=True)]}


def main() -> None:
    """Print what disagrees, kind by kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(KINDS))
    asked = parser.parse_args()
    kinds = asked.kinds.split(",")
    start = time.process_time()
    count = 0
    for kind in kinds:
        made = Lines(asked.seed)
        with tempfile.TemporaryDirectory() as folder:
            for sentence in disagreements(
                Path(folder), kind, [made.line(kind) for _ in range(asked.lines // len(kinds))]
            ):
                count += 1
                print(sentence)
    print(f"{asked.lines:,} lines, {count} disagreements, {time.process_time() - start:,.0f} s of processor time")


if __name__ == "__main__":
    main()
