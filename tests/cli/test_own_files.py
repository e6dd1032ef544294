"""A person's own files: no command writes over what it reads, and nobody else may read what it writes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from curator.cli.boundary import run
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")
LINES = (SAMPLES / "support_desk.jsonl").read_bytes().splitlines(keepends=True)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with data of three kinds, an export, and a note in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CURATOR_CHECK_SELECT", "empty-content,secret-key")
    for name, lines in (("d.jsonl", LINES[:12]), ("exam.jsonl", LINES[12:16]), ("other.jsonl", LINES[16:24])):
        (tmp_path / name).write_bytes(b"".join(lines))
    (tmp_path / "curator.toml").write_text("[review]\n")
    (tmp_path / "link.jsonl").symlink_to("d.jsonl")
    os.link("d.jsonl", "hard.jsonl")
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "cache" not in path.parts}


def export(*more):
    return run(["export", "d.jsonl", "--target", "huggingface", "--skip-invalid", "--quiet", *more])


def test_a_folder_with_a_source_and_any_manifest_is_not_replaced(desk, capsys):
    (desk / "w").mkdir()
    shutil.copy("d.jsonl", "w/d.jsonl")
    (desk / "w/manifest.json").write_text("{}")
    code = run(["export", str(desk / "w/d.jsonl"), "--target", "huggingface", "--out", str(desk / "w"), "--replace"])
    assert code == 2
    assert "d.jsonl, d.jsonl.curator, manifest.json" in capsys.readouterr().err
    assert (desk / "w/d.jsonl").read_bytes() == (desk / "d.jsonl").read_bytes()


def test_decisions_on_an_export_and_notes_beside_it_stay(desk, capsys):
    assert export("--out", "exp") == 0
    assert export("--out", "exp", "--replace") == 0
    assert run(["decide", "exp/train.jsonl", "--where", "role:user", "--keep", "--quiet"]) == 0
    (desk / "exp/NOTES.md").write_text("years of work")
    before = contents(desk / "exp")
    assert export("--out", "exp", "--replace") == 2
    assert "NOTES.md, train.jsonl.curator. Move that away, or name another folder." in capsys.readouterr().err
    assert contents(desk / "exp") == before


@pytest.mark.parametrize("place", ["d.jsonl.curator", "d.jsonl.curator/runs/mine", "x.jsonl.curator", "d.jsonl"])
def test_an_export_goes_into_no_project_but_below_its_exports(desk, place, capsys):
    assert run(["audit", "d.jsonl", "--quiet"]) == 0
    for more in ((), ("--replace",)):
        assert export("--out", place, *more) == 2
    assert export("--out", "d.jsonl.curator/exports/one") == 0
    assert {path.stat().st_mode & 0o777 for path in Path("d.jsonl.curator/exports/one").iterdir()} == {0o600}


def test_a_source_that_an_export_itself_once_wrote_is_not_replaced(desk, capsys):
    assert export("--out", "exp") == 0
    words = ["export", "exp/train.jsonl", "--project", "elsewhere", "--target", "mlx", "--out", "exp", "--replace"]
    assert run(words) == 2
    assert "exp holds train.jsonl, a source of this command" in capsys.readouterr().err


COMMANDS = [
    ["audit", "d.jsonl", "--against", "exam.jsonl", "--html"],
    ["audit", "d.jsonl", "--against", "exam.jsonl", "--findings"],
    ["audit", "d.jsonl", "--against", "exam.jsonl", "--pairs"],
    ["audit", "d.jsonl", "--against", "exam.jsonl", "--report"],
    ["audit", "d.jsonl", "--against", "exam.jsonl", "--markdown"],
    ["duplicates", "d.jsonl", "--pairs"],
    ["duplicates", "d.jsonl", "--index"],
    ["duplicates", "d.jsonl", "--calibrate", "--answers"],
    ["split", "d.jsonl", "--out"],
    ["leaks", "d.jsonl", "exam.jsonl", "--out"],
    ["decisions", "export", "d.jsonl"],
    ["validate", "d.jsonl", "--against", "exam.jsonl", "--target", "openai", "--fix", "--out"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: f"{words[0]} {words[-1]}")
def test_no_output_takes_the_place_of_a_source_or_of_a_file_of_a_project(desk, command, capsys):
    assert run(["audit", "d.jsonl", "--quiet"]) == 0
    assert run(["audit", "other.jsonl", "--quiet"]) == 0
    (desk / "d.jsonl.curator/runs/note.txt").write_text("mine")
    before = contents(desk)
    locations = ["d.jsonl", "./d.jsonl", str(desk / "d.jsonl"), "link.jsonl", "hard.jsonl"]
    locations += ["exam.jsonl"] if "exam.jsonl" in command else []
    locations += [
        "d.jsonl.curator/project.db",
        "d.jsonl.curator/runs/note.txt",
        "other.jsonl.curator/new.html",
    ]
    if command[0] not in ("leaks", "validate"):
        locations += ["other.jsonl", "curator.toml"]
    for place in locations:
        assert run([*command, place]) == 2, place
        assert place in capsys.readouterr().err
    after = contents(desk)
    assert {path: after.get(path) for path in before if path.suffix != ".db"} == {
        path: data for path, data in before.items() if path.suffix != ".db"
    }


def test_two_outputs_of_one_name_are_refused(desk, capsys):
    assert run(["audit", "d.jsonl", "--html", "r", "--findings", "./r"]) == 2
    assert "named twice" in capsys.readouterr().err
    assert run(["audit", "d.jsonl", "--quiet", "--html", "/dev/null", "--findings", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_project_is_its_owners_alone_and_what_is_made_of_private_data_too(desk, mask):
    (desk / "d.jsonl").chmod(0o600)
    commands = [
        ["audit", "d.jsonl", "--quiet", "--html", "r.html", "--findings", "f.jsonl"],
        ["decide", "d.jsonl", "--where", "role:user", "--keep", "--quiet"],
        ["split", "d.jsonl", "--quiet"],
        ["export", "d.jsonl", "--target", "huggingface", "--out", "exp", "--quiet"],
        ["decisions", "export", "d.jsonl", "j.jsonl", "--quiet"],
        ["duplicates", "d.jsonl", "--quiet", "--pairs", "p.jsonl", "--index", "i.parquet"],
    ]
    before = os.umask(mask)
    try:
        for words in commands:
            assert run(words) == 0, words
    finally:
        os.umask(before)
    made = [path for place in ("d.jsonl.curator", "exp") for path in (desk / place, *(desk / place).rglob("*"))]
    made += [desk / name for name in ("r.html", "f.jsonl", "j.jsonl", "p.jsonl", "i.parquet")]
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_file()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_dir()} == {"0o700"}


def test_data_that_others_may_read_give_exports_that_they_may_read_in_a_project_that_they_may_not(desk):
    before = os.umask(0o022)
    try:
        assert export("--out", "exp") == 0
    finally:
        os.umask(before)
    assert (desk / "exp/train.jsonl").stat().st_mode & 0o777 == 0o644
    assert (desk / "d.jsonl.curator").stat().st_mode & 0o777 == 0o700


def test_a_project_that_an_earlier_version_left_open_is_closed_and_a_folder_of_ones_own_stays_as_it_is(desk):
    assert run(["audit", "d.jsonl", "--quiet"]) == 0
    for path in (desk / "d.jsonl.curator", *(desk / "d.jsonl.curator").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert run(["undo", "d.jsonl"]) == 0
    assert not [path for path in (desk / "d.jsonl.curator").rglob("*") if path.stat().st_mode & 0o077]
    desk.chmod(0o755)
    for _ in range(2):
        assert run(["audit", "d.jsonl", "--project", ".", "--quiet"]) == 0
        assert desk.stat().st_mode & 0o777 == 0o755
        assert (desk / "exam.jsonl").stat().st_mode & 0o044
        assert (desk / "project.db").stat().st_mode & 0o777 == 0o600


def test_a_report_keeps_the_mode_that_a_person_gave_it(desk):
    (desk / "r.html").touch(mode=0o600)
    assert run(["audit", "d.jsonl", "--quiet", "--html", "r.html"]) == 0
    assert (desk / "r.html").stat().st_mode & 0o777 == 0o600


def piped(folder, temporary, *words, stdin, kill=False):
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "curator", *words]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as one:
        one.stdin.write(stdin)
        one.stdin.flush()
        if kill:
            while not list(temporary.glob("curator-stdin-*")):
                pass
            one.send_signal(signal.SIGKILL)
    return one.returncode


def test_nothing_of_standard_input_stays_after_a_command_or_a_killed_one(desk):
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        assert piped(desk, temporary, "audit", "-", "--quiet", stdin=b"".join(LINES[:12])) == 0
        assert list(temporary.iterdir()) == []
        assert piped(desk, temporary, "audit", "-", "--quiet", stdin=b"\0\1\2 no text" * 3) == 2
        assert list(temporary.iterdir()) == []
        assert piped(desk, temporary, "audit", "-", stdin=b"".join(LINES[:12]), kill=True) == -signal.SIGKILL
        assert list(temporary.iterdir()) != []
        assert piped(desk, temporary, "validate", "-", "--target", "openai", stdin=b"".join(LINES[:12])) == 0
        assert list(temporary.iterdir()) == []


def test_decisions_about_standard_input_stay_and_nothing_else_of_it(desk):
    with tempfile.TemporaryDirectory() as name:
        words = ("decide", "-", "--where", "role:user", "--keep", "--quiet")
        assert piped(desk, Path(name), *words, stdin=b"".join(LINES[:12])) == 0
        [project] = Path(name).iterdir()
        assert (project / "project.db").exists()
        assert not (project / "cache").exists()


def test_a_text_that_was_deleted_from_the_data_is_not_in_the_cache_after_the_next_audit(desk):
    secret = "Zanzibar-4711-is-my-password"
    line = {
        "messages": [{"role": "user", "content": "What is it?"}, {"role": "assistant", "content": f"It is {secret}"}]
    }
    whole = (desk / "d.jsonl").read_bytes()
    (desk / "d.jsonl").write_bytes(whole + json.dumps(line).encode() + b"\n")
    with opened("d.jsonl") as data:
        data.audited(lambda *_: None, texts=True)
    for target in ("openai", "together", "mistral"):
        run(["audit", "d.jsonl", "--quiet", "--target", target])
    assert holds(desk, secret)
    (desk / "d.jsonl").write_bytes(whole)
    assert run(["audit", "d.jsonl", "--quiet"]) == 0
    assert not holds(desk, secret)


def opened(name):
    from curator.audit.open_data import open_data
    from curator.settings.request import DataRequest

    return open_data(DataRequest(data=(name,)))


def holds(folder, text):
    return [path for path in folder.rglob("*.curator/**/*") if path.is_file() and text.encode() in path.read_bytes()]


def size(folder):
    return sum(path.stat().st_size for path in (folder / "d.jsonl.curator/cache").rglob("*") if path.is_file())


def test_the_cache_of_data_that_change_does_not_grow(desk):
    sizes = []
    for number in range(6):
        lines = [*LINES[:11], LINES[11].replace(b'"role"', b'"role" ' + b" " * number, 1)]
        (desk / "d.jsonl").write_bytes(b"".join(lines))
        assert run(["audit", "d.jsonl", "--quiet"]) == 0
        sizes.append(size(desk))
    assert max(sizes) < 1.2 * sizes[0]


def test_audits_under_several_settings_in_turn_and_the_review_find_their_entries_again(desk):
    with opened("d.jsonl") as data:
        data.audited(lambda *_: None, texts=True)
    for target in ("openai", None, "together", None):
        assert run(["audit", "d.jsonl", "--quiet", *(["--target", target] if target else [])]) == 0
    assert run(["duplicates", "d.jsonl", "--quiet", "--threshold", "0.4"]) == 0
    with opened("d.jsonl") as data:
        audit = data.saved_audit()
        assert audit is not None
        assert all(data.project.cache.entry(placed.texts_key) for placed in audit.loaded.placed)
        before = {path.name for path in data.project.cache.folder.rglob("*-compared.*")}
    assert run(["audit", "d.jsonl", "--quiet", "--target", "openai"]) == 0
    assert before <= {path.name for path in (desk / "d.jsonl.curator/cache").rglob("*-compared.*")}


def test_clearing_the_cache_says_how_much_and_keeps_every_decision(desk, capsys):
    assert run(["cache", "clear", "d.jsonl"]) == 0
    assert capsys.readouterr().out.startswith("0 bytes in 0 files")
    assert not (desk / "d.jsonl.curator").exists()
    assert run(["decide", "d.jsonl", "--where", "role:user", "--keep", "--quiet"]) == 0
    (desk / "d.jsonl.curator/cache/mine.txt").write_text("not ours")
    before = size(desk) - len("not ours")
    capsys.readouterr()
    assert run(["cache", "clear", "d.jsonl"]) == 0
    assert capsys.readouterr().out.startswith(f"{before:,} bytes in ")
    assert size(desk) == len("not ours")
    assert run(["decisions", "export", "d.jsonl", "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 12
