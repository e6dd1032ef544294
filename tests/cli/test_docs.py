"""Every command that README.md and docs/*.md show exists with its options, and does what it says on data like yours."""

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from curator.checks.catalogue import CHECKS
from curator.cli.boundary import run
from curator.cli.commands import COMMANDS, curator
from curator.data.dialects.dialect import DIALECTS
from curator.review.filter.language import KEYS
from curator.targets.registry import TARGETS
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
STANDS_FOR = {"DATA": "chats.jsonl", "FILE": "train.jsonl", "FILE.jsonl": "journal.jsonl", "TRAIN": "train.jsonl"}
STANDS_FOR |= {"DIR": "."}
STANDS_FOR |= {"VALIDATION": "validation.jsonl", "EXAM.jsonl": "exam.jsonl", "CHECK": "refusal"}
ELSEWHERE = ("train", "review", "compare", "ablate", "runs", "label", "score")
"""Commands that need a service, a terminal or a training; they have tests of their own."""


def shown(page):
    """The commands that a page shows, in blocks and within sentences."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    within = re.findall(r"`(curator [^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line for line in (*lines, *within) if line.startswith("curator ")]


def words_of(command, page):
    """Its words, with files of the folder for the names that stand for yours."""
    words = [STANDS_FOR.get(word, word) for word in shlex.split(command)[1:]]
    words = [word.replace("check:CHECK", "check:refusal") for word in words]
    before = {"--policy": "recommended", "--target": "huggingface", "--model": "gpt-4.1-mini", "explain": "refusal"}
    return [
        before.get(previous, word) if word == "NAME" else word
        for previous, word in zip(["", *words], words, strict=False)
    ]


EVERY = [(page.relative_to(ROOT), command) for page in PAGES for command in shown(page) if "…" not in command]


@pytest.mark.parametrize(("page", "command"), EVERY, ids=lambda value: str(value))
def test_a_command_that_is_shown_exists_with_its_options(page, command):
    group, words = curator, words_of(command, page)
    while words and isinstance(group, click.Group) and not words[0].startswith("-"):
        inner = group.get_command(click.Context(group), words.pop(0))
        assert inner is not None, command
        group = inner
    if words:
        group.make_parser(click.Context(group)).parse_args(words)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    lines = (SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:70]
    for name in ("chats.jsonl", "desk.jsonl"):
        (tmp_path / name).write_bytes(b"".join(lines))
    sound = (SAMPLES / "support_desk.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "train.jsonl").write_bytes(b"".join(sound[:60]))
    (tmp_path / "validation.jsonl").write_bytes(b"".join(sound[60:80]))
    for name in ("exam.jsonl", "gsm8k_test.jsonl"):
        shutil.copy(SAMPLES / "benchmark.jsonl", tmp_path / name)
    for name in ("answers.csv", "our_exam.csv"):
        (tmp_path / name).write_text("ask,reply,persona,prompt,completion\nWho?,Me.,You are calm.,Who?,Me.\n")
    (tmp_path / "curator.toml").write_text("[split]\nseed = 0\n")
    page = (ROOT / "docs" / "own-checks.md").read_text(encoding="utf-8")
    (tmp_path / "my_checks.py").write_text(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_can_be_done_in_its_order(page, folder, capsys, monkeypatch):
    if page.stem == "meaning":
        monkeypatch.delenv("CURATOR_MEANING_EMBEDDER")
    for command in shown(page):
        words = words_of(command, page)
        is_whole = len(words) > 1 or words[0] in ("checks", "info")
        if "<(" in command:
            continue  # for a shell; pipes have tests of their own
        if "…" in command or not is_whole or words[0] in ELSEWHERE:
            continue
        if "--out" in words:
            shutil.rmtree(words[words.index("--out") + 1], ignore_errors=True)
        if words[0] == "select":
            words.append("--mask-secrets")
        if words[:2] == ["export", "chats.jsonl"] and "--skip-invalid" not in words:
            words.append("--skip-invalid")  # the samples hold what a target refuses, and secrets
            words += [] if "--allow-secrets" in words or "--mask-secrets" in words else ["--mask-secrets"]
        outcome = run(words)
        reports = words[0] in ("audit", "validate", "leaks", "duplicates")
        assert outcome in ((0, 1) if reports else (0,)), (command, capsys.readouterr().err)


def test_every_command_check_target_form_and_filter_key_is_written_about():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = [f"curator {name}" for name in COMMANDS] + [f"`{check.name}`" for check in CHECKS]
    names += [f"`{target.name}`" for target in TARGETS] + [f"`{dialect.name}`" for dialect in DIALECTS]
    names += [f"`{key}:" for key in KEYS if key != "similar"]
    assert [name for name in names if name not in text] == []
