"""Checks that a person writes are checks like any other, and cannot harm an audit."""

import json
import re
import textwrap

import psutil
import pytest

import curator
from curator.cli.boundary import run
from tests.house.product import ROOT

SAMPLES = ROOT / "sample_data"
GREETING = """
    import curator

    @curator.check(name="no-greeting", severity="warning", suggestion="drop")
    def no_greeting(example):
        '''The answer has no greeting.

        Our customers are greeted.
        '''
        if not example["messages"][-1]["content"].startswith("Good day"):
            return {"message": "It begins otherwise.", "message_index": 1, "start": 0, "end": 4}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
    data = tmp_path / "data"
    data.mkdir()
    answers = ["Good day! It is open.", "It is open.", "Good day! We are closed on the holiday."]
    lines = [
        {
            "messages": [{"role": "user", "content": f"Open? {number}"}, {"role": "assistant", "content": answer}],
            "from": "desk",
        }
        for number, answer in enumerate(answers)
    ]
    (data / "chats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.chdir(data)
    return data


def turn(role, content):
    return {"role": role, "content": content}


def checks(folder, text, name="mine.py"):
    (folder / name).write_text(textwrap.dedent(text))


def found(capsys, *words):
    capsys.readouterr()
    code = run(["audit", "chats.jsonl", "--findings", "-", "--fail-on", "never", "-q", *words])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return [json.loads(line) for line in printed.out.splitlines()]


def test_an_own_check_is_in_findings_filters_policies_fail_on_and_explain(folder, capsys):
    checks(folder, GREETING)
    (own,) = [one for one in found(capsys, "--checks", "mine.py") if one["check"] == "no-greeting"]
    assert (own["line"], own["severity"], own["message"], own["end"]) == (2, "warning", "It begins otherwise.", 4)
    assert run(["show", "chats.jsonl", "--checks", "mine.py", "--where", "check:no-greeting", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["line"] == 2
    assert run(["audit", "chats.jsonl", "--checks", "mine.py", "--fail-on", "no-greeting>0"]) == 1
    assert run(["explain", "no-greeting", "--checks", "mine.py"]) == 0
    assert "Our customers are greeted." in capsys.readouterr().out
    (folder / "curator.toml").write_text('[policies.ours]\ndrop = ["check:no-greeting"]\n')
    assert run(["decide", "chats.jsonl", "--checks", "mine.py", "--policy", "ours"]) == 0
    assert "drop         1" in capsys.readouterr().out


def test_a_changed_check_finds_anew_and_an_unchanged_one_is_kept(folder, capsys):
    checks(folder, GREETING)
    assert len([one for one in found(capsys, "--checks", "mine.py") if one["check"] == "no-greeting"]) == 1
    checks(folder, GREETING.replace("Good day", "It is"))
    assert len([one for one in found(capsys, "--checks", "mine.py") if one["check"] == "no-greeting"]) == 2


def test_without_the_file_the_check_is_gone(folder, capsys):
    checks(folder, GREETING)
    found(capsys, "--checks", "mine.py")
    assert "no-greeting" not in {one["check"] for one in found(capsys)}
    assert run(["show", "chats.jsonl", "--where", "check:no-greeting"]) == 2


def test_one_process_runs_the_checks_of_the_data_that_are_open(folder, capsys):
    children = set(psutil.Process().children())
    for number in range(3):
        checks(folder, GREETING, f"mine{number}.py")
        found(capsys, "--checks", f"mine{number}.py")
        assert len(set(psutil.Process().children()) - children) <= 1
    found(capsys)
    assert not set(psutil.Process().children()) - children


def test_a_check_over_a_block_sees_frames(folder, capsys):
    checks(
        folder,
        """
        import curator
        import polars as pl

        @curator.check(name="open", severity="info", of="block")
        def opening(examples, messages):
            "It speaks of being open."
            return messages.filter(pl.col("content").str.contains("is open")).select("row")
        """,
    )
    own = [one for one in found(capsys, "--checks", "mine.py") if one["check"] == "open"]
    assert [(one["line"], one["message"]) for one in own] == [
        (1, "It speaks of being open."),
        (2, "It speaks of being open."),
    ]


HARMFUL = {
    "raises": (
        'return example["nowhere"]',
        "3 examples of a block of 3, first on line 1: KeyError: 'nowhere'",
    ),
    "dies": ("import os; os._exit(0)", "Its process ended"),
    "hangs": ("while True: pass", "not done with a block"),
    "answers": ("return 7", "TypeError"),
    "leaves": ("raise SystemExit(3)", "SystemExit"),
    "louder": ('return {"severity": "fatal"}', "severity is one of error, warning, info"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_check_is_one_finding_about_itself(folder, capsys, name):
    (folder / "curator.toml").write_text("[check.thresholds]\nown_check_seconds = 20\n")
    body, sentence = HARMFUL[name]
    if name == "hangs":
        (folder / "curator.toml").write_text("[check.thresholds]\nown_check_seconds = 0.01\n")
    checks(folder, f"import curator\n@curator.check(name='{name}')\ndef it(example):\n    {body}\n")
    every = found(capsys, "--checks", "mine.py")
    (own,) = [one for one in every if one["check"] == name]
    assert sentence in own["message"]
    assert own["example"] is own["line"] is own["file"] is None
    assert {one["check"] for one in every} > {name}, "the other checks ran"


def test_a_check_that_forks_answers_once(folder, capsys):
    checks(
        folder,
        """
        import curator, os

        @curator.check(name="forks")
        def forks(example):
            child = os.fork()
            if child:
                os.waitpid(child, 0)
            return "said" if child else "said by the fork"
        """,
    )
    own = [one["message"] for one in found(capsys, "--checks", "mine.py") if one["check"] == "forks"]
    assert own == ["said"] * 3


def test_a_check_sees_unknown_fields_of_the_line(folder, capsys):
    checks(folder, "import curator\n@curator.check(name='source')\ndef it(example):\n    return example['from']\n")
    assert {one["message"] for one in found(capsys, "--checks", "mine.py") if one["check"] == "source"} == {"desk"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import curator\nx =\n", "SyntaxError"),
        ("raise ValueError('not today')\n", "ValueError: not today (mine.py, line 1)"),
        ("import curator\n@curator.check(name='refusal')\ndef it(example): ...\n", "a check called 'refusal' already"),
        ("import curator\n@curator.check(name='No Greeting')\ndef it(example): ...\n", "small letters and hyphens"),
        ("import curator\n@curator.check(name='x', severity='bad')\ndef it(example): ...\n", "error, warning, info"),
    ],
)
def test_a_file_that_defines_no_sound_check_ends_with_a_sentence(folder, capsys, text, sentence):
    checks(folder, text)
    assert run(["audit", "chats.jsonl", "--checks", "mine.py"]) == 2
    assert sentence in capsys.readouterr().err


def test_code_beside_data_waits_for_trust_and_again_when_it_changes(folder, capsys):
    trap = folder / "ran"
    checks(folder, f"from pathlib import Path\nPath({str(trap)!r}).touch()\n{textwrap.dedent(GREETING)}")
    (folder / "curator.toml").write_text('[check]\nfiles = ["mine.py"]\n')
    for command in (["audit", "chats.jsonl"], ["show", "chats.jsonl"], ["decide", "chats.jsonl", "--policy", "safe"]):
        assert run(command) == 2
        assert f"curator trust {folder}" in capsys.readouterr().err
        assert not trap.exists()
    assert run(["trust", "."]) == 0
    assert "runs code" in capsys.readouterr().out
    assert "no-greeting" in {one["check"] for one in found(capsys)}
    trap.unlink()
    checks(folder, f"from pathlib import Path\nPath({str(trap)!r}).touch()\n")
    assert run(["audit", "chats.jsonl"]) == 2
    assert not trap.exists()


def test_own_checks_are_a_call_from_python(folder):
    checks(folder, GREETING)
    findings = curator.audit("chats.jsonl", checks=["mine.py"]).findings
    assert findings.filter(check="no-greeting")["line"].to_list() == [2]


def test_the_checks_of_the_manual_run(folder, capsys):
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "own-checks.md").read_text(encoding="utf-8"), re.DOTALL
    )
    for number, block in enumerate(blocks):
        (folder / f"mine{number}.py").write_text(block)
    names = {one["check"] for one in found(capsys, *(f"--checks=mine{number}.py" for number in range(len(blocks))))}
    assert "no-greeting" in names
