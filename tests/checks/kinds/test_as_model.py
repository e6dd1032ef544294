"""What a model sees of an example, and the thinking that its template drops."""

import json
from pathlib import Path

import pytest

from curator.cli.boundary import run

TINY = str(Path(__file__).parents[3] / "sample_data" / "tiny-llama")
THINKING = {"role": "assistant", "content": "Four.", "reasoning": "Two and two."}
VALUES = [
    {"messages": [{"role": "user", "content": "2+2?"}, THINKING]},
    {"messages": [{"role": "user", "content": "3+3?"}, {"role": "assistant", "content": "Six."}]},
    {"messages": [{"role": "user", "content": "4+4?"}]},
]


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(value) + "\n" for value in VALUES))
    return "d.jsonl"


def test_an_example_is_printed_as_the_template_renders_it_token_for_token(data, capfdbinary):
    from transformers import AutoTokenizer

    assert run(["show", data, "--as", TINY, "--json", "--quiet"]) == 0
    rendered = [json.loads(line)["rendered"] for line in capfdbinary.readouterr().out.splitlines()]
    tokenizer = AutoTokenizer.from_pretrained(TINY)
    turns = VALUES[1]["messages"]
    assert rendered[1]["ids"] == tokenizer.apply_chat_template(turns, tokenize=True, return_dict=False)
    assert "".join(stretch["text"] for stretch in rendered[1]["stretches"]) == tokenizer.apply_chat_template(
        turns, tokenize=False
    )
    trained = "".join(stretch["text"] for stretch in rendered[1]["stretches"] if stretch["weight"])
    assert trained.startswith("Six.")
    assert "3+3" not in trained
    assert [one["lost"] for one in rendered] == [["reasoning"], [], []]
    assert rendered[2]["refused"]


def test_trained_tokens_are_marked_and_lost_thinking_is_said(data, capfd):
    assert run(["show", data, "--as", TINY, "--quiet", "--no-colour", "--limit", "1"]) == 0
    said = capfd.readouterr().out
    assert "⟦Four." in said
    assert "thinking-lost" in said
    assert "Two and two" not in said


def test_an_audit_for_a_model_reports_thinking_that_its_template_drops(data, tmp_path):
    assert run(["audit", data, "--model", TINY, "--quiet", "--findings", "f.jsonl", "--select", "thinking-lost"]) == 0
    found = [json.loads(line) for line in (tmp_path / "f.jsonl").open()]
    assert [(one["check"], one["line"]) for one in found] == [("thinking-lost", 1)]


def test_a_model_that_is_not_here_ends_with_three(data, capfd):
    assert run(["show", data, "--as", "no/such-model", "--quiet"]) == 3
    assert "neither a folder nor in the local cache" in capfd.readouterr().err
