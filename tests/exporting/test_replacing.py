"""What `--replace` may take away: an earlier export as it was written, and nothing else, whatever happens meanwhile."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curator.data.content import Content
from curator.errors import UsageError
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample
from curator.targets.registry import TARGETS
from tests.exporting.test_write_export import kept


def listing(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def is_whole(folder):
    """Whether a folder is an export, complete and unchanged, by its own manifest."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    entries = [*manifest["files"], *manifest["other_files"]]
    found = listing(folder)
    del found["manifest.json"]
    return {entry["name"]: entry["sha256"] for entry in entries} == found


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_manifest_lists_every_file_with_its_hash_and_an_export_is_replaced(target, tmp_path):
    bad = ExportExample("bad", Content([{"role": "user", "content": "Hi"}]), {}, "train", "desk.jsonl", 41)
    write_export([*kept(40), bad], target.name, tmp_path / "out", skip_invalid=True)
    assert is_whole(tmp_path / "out")
    write_export(kept(40), target.name, tmp_path / "out", replace=True)
    assert is_whole(tmp_path / "out")
    assert not (tmp_path / "out" / "skipped.jsonl").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def add_note(folder):
    (folder / "NOTES.md").write_text("mine")


def add_project(folder):
    (folder / "train.jsonl.curator").mkdir()
    (folder / "train.jsonl.curator" / "project.db").write_text("decisions")


def add_hidden(folder):
    (folder / ".gitignore").write_text("*")


def add_link(folder):
    (folder / "train.jsonl").rename(folder.parent / "elsewhere.jsonl")
    (folder / "train.jsonl").symlink_to(folder.parent / "elsewhere.jsonl")


def change_card(folder):
    (folder / "README.md").write_text("what I wrote for the hub")


def change_one_byte(folder):
    data = bytearray((folder / "train.jsonl").read_bytes())
    data[-3] ^= 1
    (folder / "train.jsonl").write_bytes(data)


def change_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "reviewed": "by Anna"}))


@pytest.mark.parametrize(
    ("meanwhile", "named"),
    [
        (add_note, r"NOTES\.md"),
        (add_project, r"train\.jsonl\.curator"),
        (add_hidden, r"\.gitignore"),
        (add_link, r"train\.jsonl"),
        (change_card, r"README\.md \(changed since\)"),
        (change_one_byte, r"train\.jsonl \(changed since\)"),
        (change_manifest, r"manifest\.json"),
    ],
)
def test_an_export_that_somebody_worked_on_is_refused_and_named_and_stays(tmp_path, meanwhile, named):
    write_export(kept(40), "axolotl", tmp_path / "out")
    meanwhile(tmp_path / "out")
    before = listing(tmp_path / "out")
    with pytest.raises(UsageError, match=named):
        write_export(kept(40), "axolotl", tmp_path / "out", replace=True)
    assert listing(tmp_path / "out") == before
    assert not list(tmp_path.glob(".out*"))


def test_what_is_put_into_the_export_while_the_next_one_is_written_stays(tmp_path):
    write_export(kept(40), "axolotl", tmp_path / "out")
    before = listing(tmp_path / "out")

    def slowly():
        yield from kept(40)
        add_note(tmp_path / "out")

    with pytest.raises(UsageError, match=r"NOTES\.md"):
        write_export(slowly(), "axolotl", tmp_path / "out", replace=True)
    assert listing(tmp_path / "out") == before | {"NOTES.md": hashlib.sha256(b"mine").hexdigest()}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"files": [{"name": "d.jsonl"}]}', "[" * 100_000])
def test_a_manifest_of_something_else_makes_no_folder_an_export(tmp_path, text):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "d.jsonl").write_text("{}")
    (tmp_path / "w" / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match=r"d\.jsonl"):
        write_export(kept(40), "axolotl", tmp_path / "w", replace=True)
    assert sorted(listing(tmp_path / "w")) == ["d.jsonl", "manifest.json"]


def test_a_file_that_was_removed_from_the_export_is_not_in_the_way(tmp_path):
    write_export(kept(40), "axolotl", tmp_path / "out")
    (tmp_path / "out" / "lost.jsonl").unlink()
    write_export(kept(40), "axolotl", tmp_path / "out", replace=True)
    assert is_whole(tmp_path / "out")


def test_an_export_by_way_of_a_link_replaces_what_the_link_leads_to(tmp_path):
    write_export(kept(40), "axolotl", tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    write_export(kept(40), "together", tmp_path / "link", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real" / "manifest.json").read_bytes())["target"] == "together"


def test_killed_at_any_step_the_old_or_the_new_export_is_whole_and_the_next_one_puts_all_right(tmp_path):
    subprocess.run([sys.executable, "-m", "tests.exporting.killed", str(tmp_path)], check=True, cwd=Path.cwd())
    old = listing(tmp_path / "before" / "exp")
    steps = sorted((path for path in tmp_path.iterdir() if path.name.isdecimal()), key=lambda path: int(path.name))
    assert len(steps) > 20
    set_aside = 0
    for place in steps:
        assert (place / "NOTES.md").read_text() == "years of work"
        folders = [path for path in place.iterdir() if path.is_dir() and (path / "manifest.json").exists()]
        assert any(is_whole(path) for path in folders if not path.name.endswith(".partial"))
        if not (place / "exp").exists():
            set_aside += 1
            with pytest.raises(UsageError, match="is there already"):
                write_export(kept(40), "together", place / "exp")
            assert listing(place / "exp") == old, "what was set aside is back"
        write_export(kept(40), "together", place / "exp", replace=True)
        assert is_whole(place / "exp")
        assert sorted(path.name for path in place.iterdir()) == ["NOTES.md", "exp"]
    assert set_aside, "one of the kills hit between the two renames"


def test_a_folder_that_only_looks_like_a_left_over_stays(tmp_path):
    for name in (".out.4194305.partial", ".out.4194305.old", ".out.mine.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("years of work")
    write_export(kept(40), "axolotl", tmp_path / "out")
    assert all(
        (tmp_path / f".out.{name}" / "thesis.txt").exists() for name in ("4194305.partial", "4194305.old", "mine.old")
    )


def test_an_export_of_private_examples_is_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        write_export(kept(40), "huggingface", tmp_path / "private", allowed=0o600)
        write_export(kept(40), "huggingface", tmp_path / "shared", allowed=0o640)
        write_export(kept(40), "huggingface", tmp_path / "open")
    finally:
        os.umask(before)
    for name, folder, file in (("private", 0o700, 0o600), ("shared", 0o750, 0o640), ("open", 0o777, 0o666)):
        assert (tmp_path / name).stat().st_mode & 0o777 == folder
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / name).iterdir()} == {file}
    shutil.rmtree(tmp_path / "open")
