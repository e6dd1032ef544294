"""`curator duplicates`: pairs, groups, thresholds, calibration, an index for datasketch, and its engine."""

import io
import json
import random

import pytest
from datasketch import MinHash, MinHashLSH

from tests.audit.run import chat, curator, write
from tests.duplicates.material import examples_with_copies, question, sentence


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a set of questions, of which some are edited copies, and its project."""
    place = tmp_path_factory.mktemp("duplicates")
    examples = examples_with_copies(5, 120, 60)
    generator = random.Random(5)
    template = sentence(generator, 90)
    labels = [(f"{template} {question(generator)[0]}", generator.choice(["left", "right"])) for _ in range(30)]
    write(place / "set.jsonl", [chat(*example) for example in [*examples, *labels, examples[0]]])
    return place


def pairs_of(folder, *arguments):
    outcome = curator(folder, "duplicates", "set.jsonl", "--pairs", "-", *arguments)
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in outcome.out.splitlines()]


def ends(pairs):
    return {(pair["left"]["line"], pair["right"]["line"]): pair for pair in pairs}


def test_pairs_are_published_with_their_relation_and_templates_only_when_asked_for(folder):
    listed = pairs_of(folder)
    assert {pair["relation"] for pair in listed} <= {"copy", "same-prompt", "same-answer"}
    assert ends(listed)[1, 211]["kind"] == "exact"
    everything = pairs_of(folder, "--relations", "all")
    assert set(ends(listed)) <= set(ends(everything))
    assert [pair for pair in everything if pair["relation"] == "template"]
    assert {pair["relation"] for pair in pairs_of(folder, "--relations", "copy")} == {"copy"}


def test_a_higher_threshold_lists_the_pairs_above_it(folder):
    usual, strict = (
        pairs_of(folder, "--relations", "copy"),
        pairs_of(folder, "--relations", "copy", "--threshold", "0.9"),
    )
    assert 0 < len(strict) < len(usual)
    above = {at for at, pair in ends(usual).items() if min(pair["prompt_similarity"], pair["answer_similarity"]) >= 0.9}
    assert set(ends(strict)) == above
    assert len(pairs_of(folder, "--relations", "copy", "--threshold", "0.5")) > len(usual)


def test_the_report_names_groups_with_their_keepers(folder):
    out = curator(folder, "duplicates", "set.jsonl").out
    assert "211 examples. Similar from 0.7 on" in " ".join(out.split())
    assert " kept " in out
    assert " exact" in out


def test_an_unknown_relation_is_named(folder):
    outcome = curator(folder, "duplicates", "set.jsonl", "--relations", "cousin")
    assert outcome.code == 2
    assert "cousin" in outcome.err


def test_datasketchs_candidates_lead_to_the_same_pairs_where_it_proposes_them(folder):
    ours, theirs = ends(pairs_of(folder)), ends(pairs_of(folder, "--engine", "datasketch"))
    assert set(theirs) <= set(ours)
    assert all(ours[at] == pair for at, pair in theirs.items())
    surely = {at for at, pair in ours.items() if pair["similarity"] >= 0.9}
    assert surely <= set(theirs)


def test_the_index_is_loaded_and_queried_by_datasketch(folder):
    from curator.duplicates.minhash.index import load_index, minhash_of

    outcome = curator(folder, "duplicates", "set.jsonl", "--index", "set.parquet", "--pairs", "pairs.jsonl")
    assert "211 signatures" in outcome.err
    lines = (folder / "pairs.jsonl").read_text().splitlines()
    pair = max((json.loads(line) for line in lines), key=lambda pair: pair["similarity"] * (pair["kind"] != "exact"))
    left, right = pair["left"]["example"], pair["right"]["example"]
    lsh = load_index(folder / "set.parquet")
    assert isinstance(lsh, MinHashLSH)
    record = json.loads((folder / "set.jsonl").read_text().splitlines()[pair["left"]["line"] - 1])
    question, answer = (message["content"] for message in record["messages"])
    query = minhash_of(question, answer)
    assert isinstance(query, MinHash)
    assert {left, right} <= set(lsh.query(query))


def test_a_file_that_is_no_index_is_refused(folder):
    import polars as pl

    from curator.duplicates.minhash.index import load_index
    from curator.errors import UsageError

    pl.DataFrame({"id": ["a"]}).write_parquet(folder / "other.parquet")
    with pytest.raises(UsageError, match="no index"):
        load_index(folder / "other.parquet")


def test_calibration_by_a_file_of_answers_recommends_where_copies_begin(folder):
    first = curator(folder, "duplicates", "set.jsonl", "--calibrate", "--answers", "answers.jsonl", "--per-band", "8")
    assert first.code == 0
    assert "Set copy to true or false" in first.err
    asked = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    assert {"left", "right", "copy", "similarity", "left_text", "right_text"} <= asked[0].keys()
    answered = [{**pair, "copy": pair["similarity"] >= 0.8} for pair in asked]
    (folder / "answers.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in answered))
    second = curator(folder, "duplicates", "set.jsonl", "--calibrate", "--answers", "answers.jsonl", "--per-band", "8")
    assert "Recommended: --threshold 0.8." in second.out
    assert "100.0%" in second.out
    (folder / "bad.jsonl").write_text('{"left": "a", "right": "b", "copy": "perhaps"}\n')
    bad = curator(folder, "duplicates", "set.jsonl", "--calibrate", "--answers", "bad.jsonl")
    assert bad.code == 2
    assert "bad.jsonl:1" in bad.err


def test_questions_are_answered_one_by_one_and_an_early_end_counts_what_was_answered(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\nn\ns\ny\nq\n"))
    outcome = curator(folder, "duplicates", "set.jsonl", "--calibrate", "--per-band", "2")
    assert outcome.code == 0, outcome.err
    judged = [line.split() for line in outcome.out.splitlines() if line.startswith("0.")]
    assert sum(int(row[4]) for row in judged) == 3
    assert sum(int(row[5]) for row in judged) == 2


def test_calibration_without_answers_recommends_nothing(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    outcome = curator(folder, "duplicates", "set.jsonl", "--calibrate", "--per-band", "2")
    assert outcome.code == 0
    assert "do not show a threshold" in outcome.out


def test_an_explanation_shows_what_differs_in_a_pair_of_the_data(folder):
    out = curator(folder, "explain", "near-duplicate", "set.jsonl").out
    assert "set.jsonl:" in out
    assert "[-" in out or "{+" in out


def test_an_explanation_without_data_shows_a_pair_that_the_check_reports(tmp_path):
    out = curator(tmp_path, "explain", "near-duplicate").out
    figures = [int(word) for word in out.partition("For example")[2].split() if word.isdigit()]
    assert min(figures[:2]) >= 70
    assert "[- now-]" in out
    assert "For example" not in curator(tmp_path, "explain", "mojibake").out
