"""Prompts with an answer to compare with, from the file to the export and back."""

import json

import pytest

from curator.cli.boundary import run
from curator.data.dialects.dialect import dialect_named
from curator.data.dialects.recognition import recognise
from curator.targets.conversion import to_line
from curator.targets.registry import target_named

pytestmark = pytest.mark.usefixtures("without_meaning")
PROMPT = [{"role": "user", "content": "How many legs have {} spiders?"}]
ROWS = {
    "grpo": {"prompt": PROMPT, "answer": "{}", "level": 3},
    "number": {"prompt": "How many legs have {} spiders?", "answer": 8, "tags": ["a", "b"]},
    "mathematics": {"problem": "How many legs have {} spiders?", "solution": "\\boxed{}", "answer": "{}"},
    "verifiers": {"question": "How many legs have {} spiders?", "answer": "{}", "info": {"unit": "legs"}},
    "verl": {
        "data_source": "spiders", "prompt": PROMPT, "ability": "count",
        "reward_model": {"style": "rule", "ground_truth": "{}"}, "extra_info": {"index": 1, "split": "train"},
    },
    "openai": {"messages": PROMPT, "reference_answer": "{}"},
}  # fmt: skip


@pytest.fixture
def without_meaning(monkeypatch):
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")


def rows(name, count=12):
    return [json.loads(json.dumps(ROWS[name]).replace("{}", str(number))) for number in range(count)]


def shown(path, capfdbinary):
    capfdbinary.readouterr()
    assert run(["show", str(path), "--json", "--limit", "0", "--quiet"]) == 0
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


@pytest.mark.parametrize("target", ["huggingface", "openai", "azure"])
@pytest.mark.parametrize("name", ROWS)
def test_a_line_of_an_export_has_every_column_and_reads_back_as_the_same_example(name, target):
    for value in rows(name, 3):
        dialect = recognise([value], "d.jsonl").dialect
        content = dialect.content(value)
        assert content.answer == str(value.get("answer", value.get("reference_answer", content.answer)))
        extra = {key: held for key, held in value.items() if key not in dialect.known}
        line = to_line(content, extra, target_named(target))
        assert line.losses == []
        assert list(target_named(target).judge(line.value)) == []
        assert {key: line.value[key] for key in extra} == extra
        assert target_named(target).read(line.value).identity() == content.identity()


def test_a_column_that_would_change_what_the_line_means_is_named_as_lost():
    value = {"problem": "How many?", "answer": "8", "completion": "Eight."}
    content = dialect_named("problem").content(value)
    line = to_line(content, {"answer": "8", "completion": "Eight."}, target_named("huggingface"))
    assert [loss.field for loss in line.losses] == ["completion"]
    assert target_named("huggingface").read(line.value).identity() == content.identity()


def test_an_export_writes_the_columns_into_the_files(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    values = rows("verl")
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(value) + "\n" for value in values))
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out", "--quiet"]) == 0
    files = sorted((tmp_path / "out").glob("*[nt].jsonl"))
    written = [json.loads(line) for file in files for line in file.open() if b"prompt" in line.encode()]
    assert sorted(map(json.dumps, (one["reward_model"] for one in written))) == sorted(
        json.dumps(value["reward_model"]) for value in values
    )
    assert (tmp_path / "out" / "lost.jsonl").read_text() == ""


def test_a_target_that_trains_on_answers_alone_says_that_it_has_no_form(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(value) + "\n" for value in rows("grpo")))
    assert run(["export", "d.jsonl", "--target", "mlx", "--out", "out", "--quiet"]) == 1
    assert "a prompt that the model answers itself while it is trained" in capfd.readouterr().err


def test_the_same_prompt_with_another_answer_is_no_copy(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    values = [{"prompt": PROMPT, "answer": str(number)} for number in range(4)]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(value) + "\n" for value in values))
    assert len({example["id"] for example in shown("d.jsonl", capfdbinary)}) == 4
    run(["audit", "d.jsonl", "--quiet", "--findings", "f.jsonl", "--tokenizer", "o200k_base"])
    checks = {json.loads(line)["check"] for line in (tmp_path / "f.jsonl").open()}
    assert "exact-duplicate" not in checks
    assert "conflicting-answers" in checks
    assert not checks & {"no-assistant-message", "last-message-not-assistant"}
