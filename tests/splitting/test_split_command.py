"""`curator split` keeps similar examples on one side, proves it, and is the same tomorrow."""

import json
import random
import re

import pytest

from curator.project.opening import open_project
from curator.project.saved_split import saved_splits
from tests.audit.run import chat, curator, write
from tests.duplicates.material import edited, examples_with_copies, question


def talks(seed, count=60, copies=40):
    return [chat(*example) for example in examples_with_copies(seed, count, copies)]


def plain(count, seed=0, **extra):
    generator = random.Random(seed)
    return [chat(*question(generator), **extra) for _ in range(count)]


def figures(folder, *arguments):
    outcome = curator(folder, "split", *arguments, "--quiet", "--json")
    assert outcome.code in (0, 1), outcome.err
    return json.loads(outcome.out)


def splits(folder, name):
    with open_project([folder / name]) as project:
        return dict(saved_splits(project.database).iter_rows())


def test_a_split_has_its_share_no_leak_and_a_certificate_for_people_and_programs(tmp_path):
    name = write(tmp_path / "a.jsonl", talks(1))
    outcome = curator(tmp_path, "split", name, "--validation", "0.2", "--test", "0.1")
    assert outcome.code == 0, outcome.err
    assert "0 of" in outcome.out
    folder = tmp_path / "a.jsonl.curator" / "split"
    report = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    assert sum(report["examples"].values()) == 100
    assert [(held["side"], held["leaking"]) for held in report["held_out"]] == [("validation", 0), ("test", 0)]
    assert len(report["held_out"][0]["nearest"]) == report["examples"]["validation"]
    page = (folder / "certificate.md").read_text(encoding="utf-8")
    assert "**0 of" in page
    assert "user: " in page


def test_examples_keep_their_side_when_others_are_added_and_when_lines_are_reordered(tmp_path):
    examples = plain(80)
    name = write(tmp_path / "a.jsonl", examples[:60])
    figures(tmp_path, name)
    first = splits(tmp_path, name)
    random.Random(3).shuffle(examples)
    write(tmp_path / name, examples)
    report = figures(tmp_path, name)
    second = splits(tmp_path, name)
    assert len(second) == 80
    assert first.items() <= second.items()
    assert report["reached"]["validation"] == pytest.approx(0.1)


def test_order_decides_nothing_and_the_seed_does(tmp_path):
    examples = talks(5)
    name = write(tmp_path / "a.jsonl", examples)
    figures(tmp_path, name)
    other = write(tmp_path / "b.jsonl", examples[::-1])
    figures(tmp_path, other)
    assert splits(tmp_path, name) == splits(tmp_path, other)
    figures(tmp_path, name, "--anew", "--seed", "9")
    assert splits(tmp_path, name) != splits(tmp_path, other)


def test_a_new_example_that_joins_both_sides_takes_them_to_train_and_is_told(tmp_path):
    generator = random.Random(8)
    long = " ".join(question(generator)[1] for _ in range(8))
    examples = [*plain(40), chat("Tell the left half.", long), chat("Tell the right half.", long[::-1])]
    name = write(tmp_path / "a.jsonl", examples)
    figures(tmp_path, name, "--validation", "0.5")
    before = splits(tmp_path, name)
    held = next(id_ for id_, side in before.items() if side == 1)
    shown = json.loads(curator(tmp_path, "show", name, "--where", f"id:{held}", "--json", "--quiet").out)
    trained = next(id_ for id_, side in before.items() if side == 0)
    other = json.loads(curator(tmp_path, "show", name, "--where", f"id:{trained}", "--json", "--quiet").out)
    bridge = chat(other["messages"][0]["content"], shown["messages"][1]["content"])
    write(tmp_path / name, [*examples, bridge])
    outcome = curator(tmp_path, "split", name)
    assert outcome.code == 0
    assert splits(tmp_path, name)[held] == 0
    assert "1 examples moved to the training set" in outcome.err


def test_a_field_keeps_examples_together_and_one_that_names_a_conversation_does_so_unasked(tmp_path):
    examples = [line | {"conversation_id": at // 5, "meta": {"who": at // 4}} for at, line in enumerate(plain(60))]
    name = write(tmp_path / "a.jsonl", examples)

    def together(field, size):
        ids = [
            json.loads(line)["id"]
            for line in curator(tmp_path, "show", name, "--limit", "0", "--json").out.splitlines()
        ]
        saved = splits(tmp_path, name)
        return all(len({saved[id_] for id_ in ids[at : at + size]}) == 1 for at in range(0, 60, size)), field

    assert figures(tmp_path, name, "--validation", "0.3")["group_by"] == "conversation_id"
    assert together("conversation_id", 5)[0]
    figures(tmp_path, name, "--validation", "0.3", "--group-by", "meta.who", "--anew")
    assert together("meta.who", 4)[0]


def test_every_value_of_a_field_gets_its_share(tmp_path):
    examples = [line | {"topic": "abc"[at % 3]} for at, line in enumerate(plain(90))]
    name = write(tmp_path / "a.jsonl", examples)
    figures(tmp_path, name, "--validation", "0.2", "--stratify", "topic")
    lines = [json.loads(line) for line in curator(tmp_path, "show", name, "--limit", "0", "--json").out.splitlines()]
    saved = splits(tmp_path, name)
    counts = [sum(saved[line["id"]] for at, line in enumerate(lines) if at % 3 == topic) for topic in range(3)]
    assert counts == [6, 6, 6]


def test_what_a_person_dropped_has_no_side_and_what_was_edited_counts_as_it_reads_now(tmp_path):
    examples = plain(40)
    name = write(tmp_path / "a.jsonl", examples)
    figures(tmp_path, name, "--validation", "0.3")
    before = splits(tmp_path, name)
    held, trained = (next(id_ for id_, side in before.items() if side == wanted) for wanted in (1, 0))
    shown = json.loads(curator(tmp_path, "show", name, "--where", f"id:{trained}", "--json").out)
    edit = {"messages": [shown["messages"][0], {"role": "assistant", "content": "Another answer."}]}
    decision = {
        "id": "e1",
        "example": held,
        "action": "edit",
        "value": edit,
        "reason": None,
        "policy": None,
        "annotator": "anna",
        "time": "2026-01-01T00:00:00+00:00",
        "undoes": None,
        "version": 1,
    }
    (tmp_path / "log.jsonl").write_text(json.dumps(decision) + "\n", encoding="utf-8")
    imported = curator(tmp_path, "decisions", "import", name, "log.jsonl")
    assert imported.code == 0, imported.err
    report = figures(tmp_path, name)
    assert report["moved"] == [held]
    assert report["held_out"][0]["leaking"] == 0
    curator(tmp_path, "decide", name, "--where", f"id:{held}", "--drop", "--reason", "no")
    assert sum(figures(tmp_path, name)["examples"].values()) == 39


def test_files_that_are_a_split_already_are_repaired(tmp_path):
    generator = random.Random(4)
    train = plain(50, 1)
    question_, answer = (message["content"] for message in train[7]["messages"])
    leak = chat(edited(generator, question_, 0.02), answer)
    write(tmp_path / "train.jsonl", train)
    write(tmp_path / "validation.jsonl", [*plain(10, 2), leak])
    outcome = curator(tmp_path, "split", "train.jsonl", "validation.jsonl")
    assert outcome.code == 0
    assert re.search(r"validation +10 examples", outcome.out)
    assert "1 examples moved" in outcome.err


def test_an_export_makes_the_default_split_says_so_and_carries_the_certificate(tmp_path):
    name = write(tmp_path / "a.jsonl", talks(2))
    outcome = curator(tmp_path, "export", name, "--target", "huggingface", "--out", "out")
    assert outcome.code == 0, outcome.err
    assert "No split was saved, so the default one was made" in outcome.err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["certificate"]["validation"]["leaking"] == 0
    assert manifest["certificate"]["validation"]["examples"] == manifest["examples"]["validation"]
    again = curator(tmp_path, "export", name, "--target", "huggingface", "--out", "two")
    assert "The saved split." in again.err
    for file in ("train.jsonl", "validation.jsonl"):
        assert (tmp_path / "out" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("extra", [[], ["--test", "0.05"]])
def test_one_example_and_all_identical_ones_are_trained_on_and_nothing_is_held_out(tmp_path, extra):
    one = write(tmp_path / "one.jsonl", plain(1))
    same = write(tmp_path / "same.jsonl", plain(1) * 50)
    for name, count in ((one, 1), (same, 50)):
        outcome = curator(tmp_path, "split", name, *extra)
        assert outcome.code == 0
        assert f"{count} examples, 100.0%" in outcome.out


def test_nothing_held_out_is_certified_as_such(tmp_path):
    name = write(tmp_path / "a.jsonl", plain(10))
    assert figures(tmp_path, name, "--validation", "0")["held_out"] == []
    assert "nothing can leak" in (tmp_path / f"{name}.curator" / "split" / "certificate.md").read_text(encoding="utf-8")


def test_examples_that_all_hang_together_are_taken_apart_and_the_certificate_counts_both(tmp_path):
    generator = random.Random(6)
    words = question(generator)[1].split() * 3
    examples = []
    for step in range(60):
        words[(7 * step) % len(words)] = f"new{step}"
        examples.append(chat(f"Question number {step} of many?", " ".join(words)))
    name = write(tmp_path / "a.jsonl", examples)
    outcome = curator(tmp_path, "split", name)
    report = json.loads((tmp_path / f"{name}.curator" / "split" / "certificate.json").read_text(encoding="utf-8"))
    assert report["taken_apart"] == 60
    (held,) = report["held_out"]
    assert (outcome.code, held["leaking"], held["same_prompt"]) == (1, held["taken_apart"], 0)
    assert held["leaking"] > 0
    assert "more than a fifth of all" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--validation", "0.7", "--test", "0.3"], "leave nothing to train on"),
        (["--validation", "1"], "is not in the range"),
        (["--validation", "-0.1"], "is not in the range"),
        (["--seed", "-1"], "is not in the range"),
        (["--group-by", "nobody"], "No example has a field 'nobody'. Their fields are: messages"),
        (["--stratify", "nobody"], "No example has a field 'nobody'"),
    ],
)
def test_what_cannot_be_asked_ends_with_2_and_saves_nothing(tmp_path, arguments, sentence):
    name = write(tmp_path / "a.jsonl", plain(5))
    outcome = curator(tmp_path, "split", name, *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert splits(tmp_path, name) == {}


def test_an_empty_file_ends_with_2(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    outcome = curator(tmp_path, "split", "empty.jsonl")
    assert (outcome.code, "is empty" in outcome.err) == (2, True)


def test_a_side_can_be_asked_for_in_a_filter(tmp_path):
    name = write(tmp_path / "a.jsonl", plain(30))
    assert curator(tmp_path, "show", name, "--where", "split:none", "--limit", "0", "--json").out.count("\n") == 30
    figures(tmp_path, name, "--validation", "0.2")
    assert curator(tmp_path, "show", name, "--where", "split:validation", "--limit", "0", "--json").out.count("\n") == 6
    assert curator(tmp_path, "show", name, "--where", "split:none", "--json").out == ""
    assert "train, validation, test, none" in curator(tmp_path, "show", name, "--where", "split:valid").err
