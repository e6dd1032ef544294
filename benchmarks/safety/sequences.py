"""Random sequences of commands on a folder; no file may go or change that the command was not told to write.

Told to: the project of the data, the files named as outputs unless they are sources or in a project, and of an export
that is replaced what its own manifest lists with the hash that it lists.
"""

import contextlib
import io
import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.safety.world import FILES, FOLDERS, INSIDE, SOURCES, TARGETS, decisions, listed, listing, person
from curator.cli.boundary import run

MOST = 6
"""Commands in a sequence at most; 1 at least."""

QUICK = {"CURATOR_MEANING_EMBEDDER": "none", "CURATOR_CHECK_SELECT": "empty-content"}
"""Settings: which checks run has no part in which files are written."""


@dataclass
class Step:
    """A command: its words, the data it is about, the files it is told to write, the folder it exports to."""

    words: list[str]
    data: str
    files: list[str] = field(default_factory=list)
    folder: str | None = None
    replaces: bool = False
    reads: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What sequences came to."""

    sequences: int = 0
    commands: int = 0
    codes: dict[int, int] = field(default_factory=dict)
    replaced: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.sequences += other.sequences
        self.commands += other.commands
        self.replaced += other.replaced
        self.faults += other.faults
        for code, count in other.codes.items():
            self.codes[code] = self.codes.get(code, 0) + count


def chosen(chance: random.Random, folder: Path) -> Step:
    """A command drawn at random."""
    there = [name for name in (*SOURCES, "w/d.jsonl", "exp/train.jsonl", "s.jsonl") if (folder / name).exists()]
    data, quiet = chance.choice(there), "--quiet"
    named = [chance.choice((*FILES, *SOURCES, *INSIDE)) for _ in range(2)]
    verb = chance.choice(
        ("export",) * 6 + ("audit", "audit", "decide", "undo", "split", "journal", "pairs", "leaks", "clear", "fix")
    )
    if verb == "export":
        out = chance.choice(FOLDERS)
        words = ["export", data, "--target", chance.choice(TARGETS), "--out", out, "--skip-invalid", quiet]
        replaces = chance.random() < 0.7
        return Step([*words, *(["--replace"] if replaces else [])], data, folder=out, replaces=replaces)
    if verb == "audit":
        options = chance.sample(("--html", "--findings", "--markdown", "--pairs"), 2)
        return Step(["audit", data, quiet, options[0], named[0], options[1], named[1]], data, named)
    if verb == "leaks":
        other = chance.choice(SOURCES)
        return Step(["leaks", data, other, quiet, "--out", named[0]], data, named[:1], reads=[other])
    return {
        "decide": Step(
            ["decide", data, "--where", "role:user", chance.choice(("--keep", "--drop", "--flag")), quiet], data
        ),
        "undo": Step(["undo", data, quiet], data),
        "split": Step(["split", data, quiet, "--out", named[0]], data, named[:1]),
        "journal": Step(["decisions", "export", data, named[0], quiet], data, named[:1]),
        "pairs": Step(["duplicates", data, quiet, "--pairs", named[0], "--index", named[1]], data, named),
        "clear": Step(["cache", "clear", data], data),
        "fix": Step(["validate", data, "--target", "openai", "--fix", "--out", named[0]], data, named[:1]),
    }[verb]


def allowed(step: Step, name: str, before: dict[str, str], folder: Path, manifests: dict[str, dict[str, str]]) -> bool:
    """Whether a command may change or remove a file that was there before."""
    path, data = folder / name, (folder / step.data).resolve()
    if path.is_relative_to(data.with_name(f"{data.name}.curator")):
        return step.words[0] != "leaks" and name.rpartition("/")[2] not in ("notes.md", "decided.txt")
    sources = {data, *((folder / read).resolve() for read in step.reads)}
    if step.words[:2] != ["cache", "clear"] and step.words[0] != "validate":
        for file in step.files:
            if (folder / file).resolve() == path and path not in sources and ".curator/" not in name:
                return True
    place, _, file = name.rpartition("/")
    return step.folder is not None and file in manifests.get(place, {}) and manifests[place][file] == before[name]


def manifests_of(step: Step, folder: Path) -> dict[str, dict[str, str]]:
    """What may be replaced, by folder: the named one, and one that a killed export set aside."""
    if step.folder is None:
        return {}
    place = (folder / step.folder).resolve()
    aside = list(place.parent.glob(f".{place.name}.*.old"))
    return {path.relative_to(folder).as_posix(): listed(path) for path in (*([place] if step.replaces else []), *aside)}


def checked(step: Step, folder: Path, outcome: Outcome, told: str) -> None:
    """Do one command and compare the folder with what it was."""
    before, were, manifests = listing(folder), decisions(folder), manifests_of(step, folder)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        code = run(step.words)
    after, now = listing(folder), decisions(folder)
    outcome.commands += 1
    outcome.codes[code] = outcome.codes.get(code, 0) + 1
    outcome.replaced += bool(step.replaces and code == 0 and any(manifests.values()))
    gone = [name for name, digest in before.items() if after.get(name) != digest]
    restored = _restored(step, folder, before, after)
    for name in gone:
        if name not in restored and not allowed(step, name, before, folder, manifests):
            outcome.faults.append(f"{told}: {' '.join(step.words)} ({code}): {name}")
    for database, count in were.items():
        if now.get(database, -1) < count:
            outcome.faults.append(f"{told}: {' '.join(step.words)} ({code}): decisions of {database}")
    if code not in (0, 1, 2):
        outcome.faults.append(f"{told}: {' '.join(step.words)} ended with {code}: {said.getvalue()[-500:]}")


def _restored(step: Step, folder: Path, before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Files that were set aside by a killed export and are in their old place again, or were and went there first."""
    if step.folder is None:
        return set()
    place = (folder / step.folder).resolve()
    where = place.relative_to(folder).as_posix()
    found = set()
    for name, digest in before.items():
        parent, _, file = name.rpartition("/")
        if Path(name).match(f".{place.name}.*.old/*") and after.get(f"{where}/{file}") == digest:
            found.add(name)
        if Path(parent).match(f".{place.name}.*.old/*") and after.get(f"{where}/{Path(parent).name}/{file}") == digest:
            found.add(name)
    return found


def audited(folder: Path) -> Path:
    """The folder of `made` with a project beside every source and two exports, so that sequences begin with them."""
    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()):
        for name in SOURCES:
            assert run(["duplicates", name, "--quiet"]) == 0
        for name, out in (("a.jsonl", "out"), ("sub/b.jsonl", "sub/exp")):
            assert run(["export", name, "--target", "axolotl", "--out", out, "--quiet"]) == 0
    return folder


def sequence(template: Path, place: Path, seed: int) -> Outcome:
    """One sequence, on a copy of the template at `place`, which is gone afterwards."""
    chance, outcome = random.Random(seed), Outcome(sequences=1)
    shutil.copytree(template, place, symlinks=True)
    os.chdir(place)
    try:
        for _ in range(chance.randint(1, MOST)):
            if chance.random() < 0.4:
                person(place, chance)
            checked(chosen(chance, place), place, outcome, f"seed {seed}")
    finally:
        os.chdir(template)
        shutil.rmtree(place)
    return outcome


def some(folder: Path, first: int, count: int) -> Outcome:
    """Sequences by their seeds, on copies of the template in `folder`."""
    outcome = Outcome()
    for seed in range(first, first + count):
        outcome.add(sequence(folder / "template", folder / f"at-{seed}", seed))
    return outcome
