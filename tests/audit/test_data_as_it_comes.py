"""Files as people really have them, from the command line to what it says."""

import csv
import json

import pytest

from tests.audit.run import chat, curator, write

FEW = ("--select", "unexpected-key,unknown-role,no-assistant-message,invalid-json,unrecognised-example", "--quiet")


def found(folder, name, *more):
    outcome = curator(folder, "audit", name, *FEW, "--findings", "found.jsonl", *more)
    assert outcome.code in (0, 1), outcome.err
    return [json.loads(line) for line in (folder / "found.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_key_that_most_messages_have_is_one_finding_on_the_set(tmp_path):
    examples = [chat(f"Say {number}.", f"Here is {number}.") for number in range(40)]
    for example in examples[:30]:
        example["messages"][0]["created_at"] = 1
    examples[35]["messages"][1]["mood"] = "glad"
    on_set, on_line = found(tmp_path, write(tmp_path / "set.jsonl", examples))
    assert on_set["message"].startswith("30 of 40 examples have this in common: A message has the key 'created_at'")
    assert (on_set["line"], on_set["example"], on_line["line"]) == (None, None, 36)


def test_roles_in_another_spelling_are_no_ground_for_dropping(tmp_path):
    turns = [("System", "Be brief."), ("User", "How much is it?"), ("Chatbot", "It is five.")]
    examples = [{"messages": [{"role": role, "content": f"{text} {n}"} for role, text in turns]} for n in range(20)]
    name = write(tmp_path / "set.jsonl", examples)
    assert found(tmp_path, name) == []


def test_own_columns_of_a_table_are_suggested_and_then_read(tmp_path):
    with (tmp_path / "faq.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerows(
            [["nr", "frage", "antwort"], *([n, f"Wo ist Nummer {n}?", f"Dort; Tor {n}."] for n in range(9))]
        )
    refused = curator(tmp_path, "audit", "faq.csv", *FEW)
    assert refused.code == 2
    assert "--columns prompt=frage,answer=antwort" in refused.err
    shown = curator(tmp_path, "show", "faq.csv", "--columns", "prompt=frage,answer=antwort", "--json")
    assert "Dort; Tor 8." in shown.out


def test_faults_are_named_by_physical_line_with_what_was_skipped(tmp_path):
    (tmp_path / "a.csv").write_text(
        'prompt,completion\nA?,"one,\ntwo"\nHow?,Fine, thanks\nB?,"never closed\nC?,three\nD?,four\n', encoding="utf-8"
    )
    findings = found(tmp_path, "a.csv")
    assert [(finding["line"], finding["check"]) for finding in findings] == [(4, "invalid-json"), (5, "invalid-json")]
    assert "18 bytes were skipped" in findings[0]["message"]
    assert "reading continues at line 6" in findings[1]["message"]


@pytest.mark.parametrize(
    "part",
    [{"type": "image_url", "value": "1.png"}, {"type": "image", "image": "1.png"}, {"image": "1.png"}],
    ids=["LLaMA-Factory", "TRL", "Qwen"],
)
def test_a_picture_in_any_spelling_is_exported_as_chat_templates_look_for_it(tmp_path, part):
    examples = [chat([part, {"type": "text", "text": f"What is view {n}?"}], f"A door, {n}.") for n in range(12)]
    name = write(tmp_path / "set.jsonl", examples)
    outcome = curator(tmp_path, "export", name, "--target", "huggingface", "--out", "out")
    assert outcome.code == 0, outcome.err
    line = json.loads((tmp_path / "out" / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert line["messages"][0]["content"][0] == {"type": "image", "image": "1.png"}
    assert not (tmp_path / "out" / "lost.jsonl").exists() or not (tmp_path / "out" / "lost.jsonl").stat().st_size
