"""A folder as a person has it (sources, projects, notes, exports), and what they and the commands may do to it."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

SOURCES = ("a.jsonl", "sub/b.jsonl", "exp/c.jsonl")
FOLDERS = ("out", "out", "out", "sub/exp", "exp", "w", "a.jsonl.curator", "a.jsonl.curator/exports/one", ".", "link")
FILES = (
    "r.html",
    "f.jsonl",
    "NOTES.md",
    "exp/NOTES.md",
    "exp/train.jsonl",
    "exp/manifest.json",
    "s.jsonl",
    "sub/new.json",
)
INSIDE = ("a.jsonl.curator/project.db", "a.jsonl.curator/notes.md", "sub/b.jsonl.curator/lock.db")
TARGETS = ("huggingface", "axolotl", "mlx", "together")


def made(folder: Path) -> Path:
    """The folder at the beginning; links lead to a source and to an export's place."""
    for name in SOURCES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(_line(name, number) for number in range(8)), encoding="utf-8")
    (folder / "a.jsonl").chmod(0o600)
    for name in ("NOTES.md", "sub/NOTES.md", "exp/thesis.txt"):
        (folder / name).write_text(f"years of work: {name}", encoding="utf-8")
    (folder / "w").mkdir()
    (folder / "w/manifest.json").write_text("{}", encoding="utf-8")
    shutil.copy(folder / "a.jsonl", folder / "w/d.jsonl")
    (folder / "s.jsonl").symlink_to("a.jsonl")
    (folder / "link").symlink_to("sub", target_is_directory=True)
    return folder


def _line(name: str, number: int) -> str:
    words = " ".join(hashlib.sha256(f"{name}{number}{at}".encode()).hexdigest()[:6] for at in range(8))
    messages = [{"role": "user", "content": f"What is {words}?"}, {"role": "assistant", "content": f"It is {number}."}]
    return json.dumps({"messages": messages}) + "\n"


def listing(folder: Path) -> dict[str, str]:
    """Every file by name with its hash, every link with its target."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in (*files, *(name for name in folders if Path(place, name).is_symlink())):
            path = Path(place, name)
            key = path.relative_to(folder).as_posix()
            found[key] = f"-> {path.readlink()}" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def decisions(folder: Path) -> dict[str, int]:
    """How many decisions each project holds."""
    counts = {}
    for database in folder.rglob("project.db"):
        with closing(sqlite3.connect(database)) as connection:
            counts[str(database)] = connection.execute("SELECT count(*) FROM decision").fetchone()[0]
    return counts


def listed(folder: Path) -> dict[str, str]:
    """What the manifest of an export lists, by name with hash, and the manifest itself; nothing where it is none."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        entries = [*manifest["files"], *manifest["other_files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {entry["name"]: entry["sha256"] for entry in entries} | {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
    }


def person(folder: Path, chance: random.Random) -> str:
    """Something a person does between two commands; what it was."""
    exports = [path.parent for path in folder.glob("**/manifest.json") if ".curator" not in str(path)]
    place = chance.choice(exports + [place for place in (folder / "exp", folder / "sub") if place.is_dir()])
    what = chance.choice(("note", "change", "touch", "copy", "set aside", "damage", "remove", "project"))
    file = chance.choice(sorted(path for path in place.iterdir() if path.is_file() and not path.is_symlink()) or [None])
    aside = place.parent / f".{place.name}.4194305.old"
    if what == "note" or file is None:
        (place / f"mine-{chance.randrange(3)}.txt").write_text(f"{chance.random()}", encoding="utf-8")
    elif what == "change":
        with file.open("a", encoding="utf-8") as stream:
            stream.write("\n")
    elif what == "touch":
        file.touch()
    elif what == "copy":
        shutil.copy(folder / "a.jsonl", place / "copy.jsonl")
    elif what == "set aside" and place in exports and not aside.exists() and place != folder:
        place.rename(aside)  # as an export does that is killed between its two renames
    elif what == "damage" and (place / "manifest.json").exists():
        (place / "manifest.json").write_text(chance.choice(("{}", "[]", "", '{"files": [], "other_files": []}')))
    elif what == "remove" and file.name not in ("c.jsonl", "b.jsonl"):
        file.unlink()
    elif what == "project":
        (place / "train.jsonl.curator").mkdir(exist_ok=True)
        (place / "train.jsonl.curator" / "decided.txt").write_text("a year of decisions", encoding="utf-8")
    return what
