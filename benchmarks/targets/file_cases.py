"""Defects of whole files: too few examples, two equal lines, a byte-order mark, a wrong name, too many bytes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.targets.corpus import LINE, MARK, sound_line, write_file
from curator.targets.file_rules import FileJudge, size_violations
from curator.targets.file_validation import validate
from curator.targets.registry import target_named
from curator.targets.violation import Violation

E, W = "error", "warning"
Found = list[tuple[str, str, int | None]]

LEAST = {"openai": (10, E), "azure": (10, E), "fireworks": (3, E), "gemini": (100, W), "bedrock-nova": (100, W)}
DUPLICATES = {"openai": E, "azure": E}
LARGEST = {"openai": 8 << 30, "azure": 8 << 30, "together": 100 << 30, "mistral": 512 << 20, "gemini": 1 << 30}
ADVISED = {"openai": 512 << 20, "azure": 512 << 20, "together": int(50.1 * 2**30)}
MOST = {"fireworks": 3_000_000, "gemini": 1_000_000}
MARKS = {"azure": (E, False), "together": (E, True), "openai": (W, True), "fireworks": (W, True), "gemini": (W, True)}
"""What the mark's absence (False) or presence (True) is."""


@dataclass(frozen=True)
class FileCase:
    """A defect of a whole file.

    Attributes:
        name: what is broken.
        rule: that must be found.
        severity: with which.
        line: on which line; None: of the file.
        broken: makes the file in a folder and says what was found.
        neighbour: the same for the nearest sound file.
    """

    name: str
    rule: str
    severity: str
    line: int | None
    broken: Callable[[Path], Found]
    neighbour: Callable[[Path], Found]

    def is_found(self, folder: Path) -> bool:
        return (self.rule, self.severity, self.line) in self.broken(folder)

    def is_accepted(self, folder: Path) -> bool:
        found = self.neighbour(folder)
        return not any(rule == self.rule or severity == E for rule, severity, _ in found)


def _short(violations: Iterator[Violation] | list[Violation]) -> Found:
    return [(found.rule, found.severity, found.line) for found in violations]


def file_cases(target: str) -> Iterator[FileCase]:
    yield duplicate_case(target)
    yield overlap_case(target)
    if target in LEAST:
        least, severity = LEAST[target]
        yield count_case(target, least, severity)
    if target in MARKS:
        yield mark_case(target)
    if target in LARGEST:
        yield size_case(target, LARGEST[target], E)
    if target in ADVISED:
        yield size_case(target, ADVISED[target], W)
    if target in MOST:
        yield most_case(target)
    yield name_case(target)


def duplicate_case(target: str) -> FileCase:
    sound = json.dumps(sound_line(target, 3)).encode()

    def judged(line: bytes) -> Callable[[Path], Found]:
        return lambda folder: _short(validate(write_file(folder / "a.jsonl", target, line), target))

    severity = DUPLICATES.get(target, W)
    return FileCase(
        "a line twice", "duplicate-example", severity, LINE, judged(sound), judged(sound.replace(b"3", b"33"))
    )


def overlap_case(target: str) -> FileCase:
    def judged(shared: int) -> Callable[[Path], Found]:
        def run(folder: Path) -> Found:
            train = write_file(folder / "train.jsonl", target, None, count=12)
            validation = folder / "validation.jsonl"
            numbers = [number + 100 for number in range(1, 13)]
            numbers[LINE - 1] = shared
            lines = [json.dumps(sound_line(target, number)).encode() for number in numbers]
            validation.write_bytes((MARK if target == "azure" else b"") + b"\n".join(lines))
            return _short(validate(validation, target, against=train))

        return run

    return FileCase(
        "a line of training in validation", "split-overlap", DUPLICATES.get(target, W), LINE, judged(5), judged(500)
    )


def count_case(target: str, least: int, severity: str) -> FileCase:
    def judged(count: int) -> Callable[[Path], Found]:
        return lambda folder: _short(validate(write_file(folder / "a.jsonl", target, None, count=count), target))

    exactly = 50 if target in ("openai", "azure") else least  # below 50 OpenAI advises more, by the same name
    return FileCase(f"{least - 1} examples", "too-few-examples", severity, None, judged(least - 1), judged(exactly))


def mark_case(target: str) -> FileCase:
    severity, is_presence = MARKS[target]

    def judged(*, marked: bool) -> Callable[[Path], Found]:
        def run(folder: Path) -> Found:
            path = write_file(folder / "a.jsonl", target, None)
            path.write_bytes((MARK if marked else b"") + path.read_bytes().removeprefix(MARK))
            return _short(validate(path, target))

        return run

    name = "with a byte-order mark" if is_presence else "without a byte-order mark"
    return FileCase(name, "byte-order-mark", severity, 1, judged(marked=is_presence), judged(marked=not is_presence))


def size_case(target: str, most: int, severity: str) -> FileCase:
    """A file of this size is not made: the rule is asked by the number."""

    def judged(size: int) -> Callable[[Path], Found]:
        return lambda _: _short(list(size_violations(size, target_named(target))))

    accepted = most if severity == W or target not in ADVISED else ADVISED[target]
    return FileCase(f"{most / 2**30:g} GiB and a byte", "file-size", severity, None, judged(most + 1), judged(accepted))


def most_case(target: str) -> FileCase:
    def judged(count: int) -> Callable[[Path], Found]:
        def run(_: Path) -> Found:
            judge = FileJudge(target_named(target), "train.jsonl")
            judge.lines = count
            return _short(list(judge.end(1000)))

        return run

    return FileCase(
        "one example too many", "too-many-examples", E, None, judged(MOST[target] + 1), judged(MOST[target])
    )


def name_case(target: str) -> FileCase:
    def judged(name: str) -> Callable[[Path], Found]:
        return lambda folder: _short(validate(write_file(folder / name, target, None), target))

    if target == "bedrock-nova":
        return FileCase("a space in the name", "file-name", E, None, judged("my data.jsonl"), judged("my_data-1.jsonl"))
    return FileCase("a name in .txt", "file-format", E, None, judged("a.txt"), judged("a.jsonl"))
