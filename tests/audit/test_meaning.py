"""Meaning in the product: what an audit says about it, search, a subset, the map, and what is encoded again."""

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.audit.meaning.cached_vectors import embedded
from curator.audit.open_data import open_data
from curator.embedding.encoders.encoder import encoder_named
from curator.embedding.vectors import Floats
from curator.settings.request import DataRequest
from tests.audit.run import chat, curator, write
from tests.embedding.examples import FOREIGN, views

SAMPLES = Path(__file__).parents[2] / "sample_data"
HOSTILE = "<script>alert(1)</script>\x1b[31m"
PARAPHRASE = "What is the best way to cook a stew at home?", "How do I best cook a stew at home?"


def silent(*_: object) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four topics, one foreign example with text that must not reach a page as it is, and a paraphrase."""
    place = tmp_path_factory.mktemp("meaning")
    examples = [chat(*row) for row in views(300).select("prompt", "answer").iter_rows()]
    examples.append(chat(FOREIGN + HOSTILE, "Quelle belle journée, mes amis !"))
    examples += [chat(question, "Brown the meat, add stock and simmer it slowly.") for question in PARAPHRASE]
    write(place / "set.jsonl", examples)
    outcome = curator(
        place,
        "audit",
        "set.jsonl",
        "--report",
        "a.json",
        "--html",
        "a.html",
        "--markdown",
        "a.md",
        "--findings",
        "f.jsonl",
        "--pairs",
        "p.jsonl",
        "--fail-on",
        "never",
    )
    assert outcome.code == 0, outcome.err
    return place


def findings(folder, check):
    lines = (folder / "f.jsonl").read_text("utf-8").splitlines()
    return [finding for finding in map(json.loads, lines) if finding["check"] == check]


def test_an_audit_tells_what_stands_alone_and_why(folder):
    found = {finding["line"]: finding for finding in findings(folder, "outlier")}
    assert 301 in found
    assert "words occur in no typical example" in found[301]["message"]
    assert found[301]["suggestion"] == "review"


def test_a_paraphrase_is_a_suggestion_to_review_and_a_pair_of_its_own_kind(folder):
    assert [
        (finding["line"], finding["suggestion"])
        for finding in findings(folder, "semantic-duplicate")
        if finding["line"] > 301
    ] == [(303, "review")]
    pairs = [json.loads(line) for line in (folder / "p.jsonl").read_text("utf-8").splitlines()]
    assert (302, 303, "semantic") in {(pair["left"]["line"], pair["right"]["line"], pair["kind"]) for pair in pairs}


def test_examples_that_ask_for_other_numbers_are_no_paraphrases(folder):
    lines = [json.loads(line) for line in (folder / "set.jsonl").read_text("utf-8").splitlines()]
    for pair in map(json.loads, (folder / "p.jsonl").read_text("utf-8").splitlines()):
        if pair["kind"] == "semantic":
            asked = [lines[pair[end]["line"] - 1]["messages"][0]["content"] for end in ("left", "right")]
            assert re.findall(r"\d+", asked[0]) == re.findall(r"\d+", asked[1])


def test_topics_are_in_every_report(folder):
    topics = json.loads((folder / "a.json").read_text("utf-8"))["meaning"]["topics"]
    assert sum(topic["examples"] for topic in topics) == 303
    title = topics[0]["title"].split(" · ")[0]
    assert title in (folder / "a.md").read_text("utf-8")
    assert title in curator(folder, "audit", "set.jsonl", "--full", "--fail-on", "never").out


def test_the_map_shows_every_example_escaped_and_without_a_script(folder):
    page = (folder / "a.html").read_text("utf-8")
    assert page.count("<circle") == 303
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "\x1b" not in page


def test_a_search_finds_examples_in_other_words(folder):
    outcome = curator(folder, "similar", "set.jsonl", "--to", "railway journey", "--limit", "3")
    assert outcome.code == 0, outcome.err
    assert outcome.out.count("train") >= 3


def test_an_example_finds_its_likes_by_command_and_by_filter(folder):
    listed = curator(folder, "similar", "set.jsonl", "--to", PARAPHRASE[0], "--limit", "1", "--json").out
    example = json.loads(listed)["example"]
    near = [
        json.loads(line)["example"]
        for line in curator(folder, "similar", "set.jsonl", "--example", example, "--json").out.splitlines()
    ]
    assert example not in near
    shown = curator(folder, "show", "set.jsonl", "--where", f"similar:{example}", "--limit", "0").out
    assert all(other in shown for other in near)


def test_an_example_that_is_not_there_ends_with_2(folder):
    outcome = curator(folder, "similar", "set.jsonl", "--example", "nobody")
    assert outcome.code == 2
    assert "There is no example 'nobody'" in outcome.err


def test_a_diverse_subset_covers_more_than_chance_and_leaves_out_what_was_dropped(folder):
    curator(folder, "decide", "set.jsonl", "--where", "cook", "--drop", "--reason", "not to be learned")
    outcome = curator(folder, "select", "set.jsonl", "--n", "12")
    curator(folder, "undo", "set.jsonl")
    chosen = [json.loads(line)["messages"][0]["content"] for line in outcome.out.splitlines()]
    assert len(chosen) == 12
    assert not any("cook" in question for question in chosen)
    ours, chance = map(float, re.findall(r"0\.\d+", outcome.err)[:2])
    assert ours > chance


def test_a_model_that_is_not_here_costs_nothing_but_meaning_and_ends_with_3(folder):
    outcome = curator(
        folder, "audit", "set.jsonl", "--embedder", "nobody/no-such-model", "--report", "b.json", "--fail-on", "never"
    )
    assert outcome.code == 3
    assert "--allow-download" in outcome.err
    report = json.loads((folder / "b.json").read_text("utf-8"))
    assert report["meaning"] is None
    assert report["duplicates"] is not None
    assert {absent["check"] for absent in report["not_run"]} >= {"outlier", "thin-topic", "semantic-duplicate"}


def test_a_map_that_cannot_be_made_ends_with_3(folder):
    try:
        import umap  # noqa: F401
    except ImportError:
        outcome = curator(folder, "audit", "set.jsonl", "--map", "umap", "--fail-on", "never")
        assert outcome.code == 3
        assert "pip install umap-learn" in outcome.err


def test_nobody_looks_at_meaning_who_was_told_not_to(folder):
    outcome = curator(folder, "audit", "set.jsonl", "--no-meaning", "--json", "--fail-on", "never")
    assert json.loads(outcome.out)["meaning"] is None
    assert curator(folder, "similar", "set.jsonl", "--no-meaning", "--to", "a").code == 2


def test_a_set_too_small_to_judge_says_so_and_claims_no_outlier(tmp_path):
    write(tmp_path / "small.jsonl", [chat(*row) for row in rows(60)] * 3)
    outcome = curator(tmp_path, "audit", "small.jsonl", "--json", "--fail-on", "never")
    absent = {entry["check"]: entry["reason"] for entry in json.loads(outcome.out)["not_run"]}
    assert "fewer than 100 different examples" in absent["outlier"]


def test_the_planted_outliers_are_found_and_what_means_the_same_is_known_to_a_split(tmp_path):
    truth = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
    planted = {entry["line"] for entry in truth["planted"] if entry["check"] == "outlier"}
    request = DataRequest((str(SAMPLES / "messy.jsonl"),), project=str(tmp_path / "project"))
    with open_data(request) as opened:
        audit = opened.audited(silent)
    reported = audit.findings.filter(pl.col("check").is_in(["outlier", "semantic-duplicate", "thin-topic"]))
    alone = set(reported.filter(check="outlier")["line"])
    assert planted <= alone <= {entry["line"] for kind in ("planted", "tricky") for entry in truth[kind]}
    assert "error" not in reported["severity"]
    edges = audit.meaning.pairs.select("left", "right").to_numpy()
    assert (edges[:, 0] < edges[:, 1]).all()


class Counting:
    """The default encoder, with a note of every text it is given."""

    def __init__(self) -> None:
        self._real = encoder_named()
        self.name, self.key, self.dimensions = "counting", "counting", self._real.dimensions
        self.threshold = self._real.threshold
        self.texts: list[str] = []

    def encode(self, texts: list[str]) -> Floats:
        """As the default encoder does."""
        self.texts += texts
        return self._real.encode(texts)


@settings(max_examples=5)
@given(st.integers(0, 60), st.randoms(use_true_random=False))
def test_only_what_is_new_is_encoded_and_nothing_hangs_on_what_was_there_before(tmp_path_factory, added, chance):
    place = tmp_path_factory.mktemp("vectors")
    rows = views(150).select("prompt", "answer").rows()
    encoder = Counting()
    for part in (rows[:90], rows[: 90 + added]):
        chance.shuffle(part)
        write(place / "set.jsonl", [chat(*row) for row in part])
        encoder.texts.clear()
        request = DataRequest((str(place / "set.jsonl"),), embedder="none")
        with open_data(request) as opened:
            seen = embedded(opened.examples(silent).loaded, encoder, opened.project.cache, silent)
    known = {row for row in rows[:90]}
    new = [row for row in part if row not in known]
    assert sorted(encoder.texts) == sorted([text for row in new for text in row])
    fresh = Counting()._real.encode([prompt for prompt, _ in part])
    assert np.allclose(seen.vectors.prompt.astype(np.float32), fresh, atol=1e-3)


@pytest.mark.parametrize("count", [30, 2100])
def test_a_slow_encoder_keeps_its_steps_and_encodes_nothing_twice(tmp_path, monkeypatch, count):
    monkeypatch.setattr("curator.audit.meaning.cached_vectors.WORTH_KEEPING", -1.0)
    write(tmp_path / "set.jsonl", [chat(f"{at} {prompt}", answer) for at, (prompt, answer) in enumerate(rows(count))])
    request = DataRequest((str(tmp_path / "set.jsonl"),), embedder="none")
    encoder = Counting()
    with open_data(request) as opened:
        loaded, cache = opened.audited(silent).loaded, opened.project.cache
        first = embedded(loaded, encoder, cache, silent)
        assert len(encoder.texts) == 2 * count
        again = embedded(loaded, encoder, cache, silent)
    assert len(encoder.texts) == 2 * count
    assert (first.vectors.parts == again.vectors.parts).all()


def test_what_the_encoder_cannot_read_is_not_blamed_on_the_project(tmp_path):
    write(tmp_path / "set.jsonl", [chat(*row) for row in rows(30)])

    class Broken(Counting):
        def encode(self, texts: list[str]) -> Floats:
            raise PermissionError(13, "Permission denied", "/models/x/weights.bin")

    with open_data(DataRequest((str(tmp_path / "set.jsonl"),), embedder="none")) as opened:
        loaded, cache = opened.audited(silent).loaded, opened.project.cache
        with pytest.raises(PermissionError, match=r"weights\.bin"):
            embedded(loaded, Broken(), cache, silent)


def test_an_interrupted_encoding_goes_on_where_it_stood(tmp_path, monkeypatch):
    monkeypatch.setattr("curator.audit.meaning.cached_vectors.WORTH_KEEPING", -1.0)
    write(tmp_path / "set.jsonl", [chat(f"{at} {prompt}", answer) for at, (prompt, answer) in enumerate(rows(2100))])
    encoder, done = Counting(), []

    def interrupted(_name, at, _total):
        done.append(at)
        if len(done) == 1:
            raise KeyboardInterrupt

    with open_data(DataRequest((str(tmp_path / "set.jsonl"),), embedder="none")) as opened:
        loaded, cache = opened.audited(silent).loaded, opened.project.cache
        with pytest.raises(KeyboardInterrupt):
            embedded(loaded, encoder, cache, interrupted)
        embedded(loaded, encoder, cache, silent)
    assert done == [2048]
    assert len(encoder.texts) == 2 * 2100


def rows(count):
    return views(count).select("prompt", "answer").rows()


CHINESE = [
    ("治疗感冒吃什么药？", "多喝水，按医生的建议用药，并注意休息。"),
    ("怎样学会游泳？", "先在浅水里练习漂浮，再学换气和划水。"),
    ("电脑打不开怎么办？", "检查电源和线路，再长按开关十秒重启。"),
    ("什么是量子计算？", "它用量子比特来计算，可以同时表示零和一。"),
]
RUSSIAN = ("Как сварить суп?", "Положите овощи в воду и варите час на слабом огне.")


def test_scripts_that_the_encoder_does_not_read_are_counted_and_left_alone(tmp_path):
    write(tmp_path / "mixed.jsonl", [chat(*row) for row in [*CHINESE, RUSSIAN, *rows(40)]])
    outcome = curator(tmp_path, "audit", "mixed.jsonl", "--json", "--fail-on", "never", "--pairs", "pairs.jsonl")
    meaning = json.loads(outcome.out)["meaning"]
    assert meaning["unread"] == {"Han": 4, "Cyrillic": 1}
    pairs = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text("utf-8").splitlines()]
    assert not [pair for pair in pairs if pair["kind"] == "semantic" and pair["left"]["line"] <= 5]
    said = "5 examples are in a script that the encoder does not read (Han 4, Cyrillic 1)"
    near = curator(tmp_path, "similar", "mixed.jsonl", "--to", "a stew")
    assert near.code == 0 and said in near.err
    refused = curator(tmp_path, "similar", "mixed.jsonl", "--to", "感冒吃什么药")
    assert refused.code == 2 and "does not know" in refused.err
    split = curator(tmp_path, "split", "mixed.jsonl", "--validation", "0.2")
    assert said in re.sub(r"\s+", " ", split.out + split.err)
