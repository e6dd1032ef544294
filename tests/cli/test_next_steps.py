"""Next steps do what they say: each finds exactly what it speaks of, and following all of them ends where they say."""

import json
import random
import shlex
import shutil

import pytest

from curator.cli.boundary import run
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

ROUNDS = 4
WORDS = [
    "lamp",
    "kettle",
    "parcel",
    "order",
    "garden",
    "window",
    "winter",
    "letter",
    "table",
    "bridge",
    "violin",
    "paper",
]


def sample(name):
    return lambda: (SAMPLES / name).read_bytes()


def chats(number, seed, answer=None):
    """Examples with prompts and answers of their own."""
    chance = random.Random(seed)
    for index in range(number):
        question, said = (" ".join(chance.choices(WORDS, k=12)) for _ in range(2))
        messages = [{"role": "user", "content": f"{index}: {question}?"}]
        messages.append({"role": "assistant", "content": answer or f"{said}, said {index}."})
        yield json.dumps({"messages": messages})


def with_broken_lines():
    lines = list(chats(130, 1))
    lines[10:10] = ["{", "[]", '{"messages": [{"role": "user"}]}', '{"messages": 3}']
    lines += ['{"messages": [{"role": "user", "content": "Anybody there?"}]}']
    return "\n".join(lines).encode()


def mostly_copies():
    return "\n".join([*chats(150, 2), *list(chats(40, 2)) * 6]).encode()


def with_keys_and_too_few():
    key = "AKIA" + "".join(random.Random(3).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    return "\n".join([*chats(40, 3), *list(chats(2, 4, f"Use the key {key} of the shop, please."))]).encode()


SETS = {
    "messy": sample("messy.jsonl"),
    "desk": sample("support_desk.jsonl"),
    "hostile": sample("hostile.jsonl"),
    "answers": sample("json_answers.jsonl"),
    "exam": sample("benchmark.jsonl"),
    **{path.stem: sample(f"dialects/{path.name}") for path in sorted((SAMPLES / "dialects").glob("*.jsonl"))[:4]},
    "broken lines": with_broken_lines,
    "copies": mostly_copies,
    "keys": with_keys_and_too_few,
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def audit(capsys):
    capsys.readouterr()
    outcome = run(["audit", "my set.jsonl", "--quiet", "--json"])
    return outcome, json.loads(capsys.readouterr().out)


def found(capsys, where):
    """Examples and lines that a filter finds, as `show` prints them."""
    capsys.readouterr()
    assert run(["show", "my set.jsonl", "--where", where, "--json", "--limit", "0", "--quiet"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def follow(capsys, step):
    """Do what a step says; of `decide`, first look at what it would do."""
    words = shlex.split(step["command"])[1:]
    if words[0] == "decide" and step["filter"] is None:
        capsys.readouterr()
        assert run([*words, "--dry-run"]) == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
        assert sum(int(row[1].replace(",", "")) for row in rows if row[0] in ("drop", "edit")) == step["count"]
    if words[0] == "export":
        shutil.rmtree("curated", ignore_errors=True)
    return run(words)


@pytest.mark.parametrize("name", SETS)
def test_every_step_finds_what_it_speaks_of_and_all_of_them_end_as_they_say(name, folder, capsys):
    (folder / "my set.jsonl").write_bytes(SETS[name]())
    for _ in range(ROUNDS):
        outcome, report = audit(capsys)
        verdict = report["verdict"]
        for step in verdict["next_steps"]:
            if step["filter"] is not None:
                assert len(found(capsys, step["filter"])) == step["count"], step
                assert step["filter"] in shlex.split(step["command"])
        if outcome == 0 and (verdict["ready"] or report["distinct"] < 100):
            break
        for step in verdict["next_steps"]:
            if step["command"] and "export" not in step["command"]:
                assert follow(capsys, step) == 0, step
    assert outcome == 0, verdict
    if verdict["ready"]:
        assert follow(capsys, verdict["next_steps"][-1]) == 0
    else:
        assert report["distinct"] < 100
        assert "Write at least" in verdict["next_steps"][-1]["sentence"]


def test_the_step_about_unreadable_lines_finds_them_and_no_example(folder, capsys):
    (folder / "my set.jsonl").write_bytes(with_broken_lines())
    first = audit(capsys)[1]["verdict"]["next_steps"][0]
    assert {line["line"] for line in found(capsys, first["filter"])} == {11, 12, 14}
