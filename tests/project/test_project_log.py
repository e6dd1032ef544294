"""Deciding, taking back, taking back what was taken back: nothing is ever lost."""

import sqlite3

import pytest

from curator.errors import DecisionConflict, UsageError
from curator.project.decisions import log as log_module
from curator.project.decisions.decision import Proposed, label_value
from curator.project.opening import open_project

A, B, C = "a" * 16, "b" * 16, "c" * 16 + "-2"


def status(project, example):
    rows = project.states.of([example])
    return rows["status"].item() if len(rows) else None


def test_a_decision_is_there_after_reopening(data):
    with open_project([data]) as project:
        project.log.append([Proposed(A, "drop", None, "a refusal")], "anna")
    with open_project([data]) as project:
        [kept] = project.log.of_example(A)
        assert (kept.action, kept.reason, kept.annotator, kept.policy) == ("drop", "a refusal", "anna", None)
        assert status(project, A) == "drop"


def test_the_latest_decision_of_an_annotator_counts(project):
    for action in ("keep", "drop", "flag"):
        project.log.append([Proposed(A, action)], "anna")
        assert status(project, A) == action
    project.log.append([Proposed(A, "clear")], "anna")
    assert status(project, A) == "pending"


def test_undo_and_redo_walk_back_and_forth_without_end(project):
    for action in ("keep", "drop", "flag"):
        project.log.append([Proposed(A, action)], "anna")
    last_position = [status(project, A)]
    while project.log.undo("anna"):
        last_position.append(status(project, A))
    assert last_position == ["flag", "drop", "keep", "pending"]
    assert project.log.undo("anna") is None
    while project.log.redo("anna"):
        last_position.append(status(project, A))
    assert last_position == ["flag", "drop", "keep", "pending", "keep", "drop", "flag"]
    project.log.undo("anna")
    project.log.undo("anna")
    project.log.redo("anna")
    assert status(project, A) == "drop"
    assert len(project.log.latest(100)) == 3 + 9


def test_there_is_nothing_to_redo_once_something_new_was_decided(project):
    project.log.append([Proposed(A, "keep")], "anna")
    project.log.undo("anna")
    project.log.append([Proposed(B, "keep")], "anna")
    assert project.log.redo("anna") is None


def test_a_policy_is_undone_as_one_and_says_what_it_was(project):
    examples = [f"{number:016x}" for number in range(250)]
    project.log.append([Proposed(A, "keep")], "anna")
    project.log.append([Proposed(example, "drop") for example in examples], "anna", policy="safe")
    undone = project.log.undo("anna")
    assert (undone.decisions, undone.action, undone.policy) == (250, "drop", "safe")
    assert project.states.of(examples)["status"].unique().to_list() == ["pending"]
    assert status(project, A) == "keep"


def test_undo_takes_back_ones_own_decisions_only(project):
    project.log.append([Proposed(A, "keep")], "anna")
    project.log.append([Proposed(A, "keep")], "bert")
    project.log.undo("anna")
    assert status(project, A) == "keep"
    assert project.log.undo("anna") is None
    project.log.undo("bert")
    assert status(project, A) == "pending"


def test_an_edit_can_be_taken_back_and_the_original_returned_to(project):
    project.log.append([Proposed(A, "edit", '{"messages":[]}')], "anna")
    assert project.states.of([A]).select("edited", "content").row(0) == (True, '{"messages":[]}')
    project.log.append([Proposed(A, "edit", None)], "anna")
    assert project.states.of([A]).select("edited", "content").row(0) == (False, None)
    project.log.undo("anna")
    assert project.states.of([A])["edited"].item()


def test_a_clock_that_goes_back_does_not_make_a_later_decision_count_less(project, monkeypatch):
    project.log.append([Proposed(A, "keep")], "anna")
    monkeypatch.setattr(log_module, "now", lambda: 5)
    project.log.append([Proposed(A, "drop")], "anna")
    assert status(project, A) == "drop"
    project.log.undo("anna")
    assert status(project, A) == "keep"


def test_ids_are_unique_and_sort_in_the_order_of_deciding(project):
    made = [project.log.append([Proposed(A, "keep")] * 3, "anna") for _ in range(20)]
    ids = [decision.id for unit in made for decision in unit]
    assert ids == sorted(set(ids))


def test_what_was_shown_and_is_out_of_date_is_not_decided(project):
    shown = project.log.position()
    project.log.append([Proposed(A, "keep")], "bert")
    with pytest.raises(DecisionConflict, match=r"decided .* meanwhile.*look again"):
        project.log.append([Proposed(A, "drop")], "anna", last_position=shown)
    assert status(project, A) == "keep"


def test_nobody_can_change_or_remove_a_decision(project):
    project.log.append([Proposed(A, "keep")], "anna")
    for query in ("UPDATE decision SET action = 'drop'", "DELETE FROM decision"):
        with pytest.raises(sqlite3.IntegrityError, match="never"), project.database.transaction() as connection:
            connection.execute(query)
    assert status(project, A) == "keep"


@pytest.mark.parametrize(
    ("proposed", "sentence"),
    [
        (Proposed("not an id", "keep"), "not an id"),
        (Proposed(A, "drop", '"x"'), "takes no value"),
        (Proposed(A, "keep", '"x"'), "not a list of findings"),
        (Proposed(A, "accept"), "needs a value"),
        (Proposed(A, "add"), "needs a value"),
        (Proposed(A, "edit", "{"), "not JSON"),
        (Proposed(A, "edit", '{"turns": []}'), "not an example's content"),
        (Proposed(A, "edit", '{"messages": [], "note": 1}'), "'note'"),
        (Proposed(A, "label", '{"name": "tone"}'), "not a label"),
        (Proposed(A, "label", '{"name": "tone", "value": true}'), "a text, a number"),
        (Proposed(A, "shrug"), "no action 'shrug'"),
        (Proposed(A, "undo"), "names what it undoes"),
        (Proposed(A, "drop", None, "half a pair: \ud83d"), "not sound text"),
    ],
)
def test_an_unsound_decision_is_refused_in_a_sentence_and_nothing_is_decided(project, proposed, sentence):
    with pytest.raises(UsageError, match=sentence):
        project.log.append([Proposed(B, "keep"), proposed], "anna")
    assert project.log.position() == 0


@pytest.mark.parametrize("name", ["", " anna", "an\x1bna", "x" * 201])
def test_an_annotator_has_a_name_that_can_be_shown(project, name):
    with pytest.raises(UsageError, match="annotator"):
        project.log.append([Proposed(A, "keep")], name)


def test_labels_are_kept_per_annotator_and_name(project):
    def label(name, value, annotator="anna"):
        project.log.append([Proposed(C, "label", label_value(name, value))], annotator)

    label("tone", "warm")
    label("tone", "cold")
    label("rating", 4)
    label("topics", ["bills", "refunds"], "bert")
    label("note", "odd", "bert")
    label("note", None, "bert")
    assert project.states.of([C])["labels"].to_list() == [["bills", "cold", "rating=4", "refunds"]]
    assert project.states.labels().select("annotator", "name", "value").rows() == [
        ("anna", "rating", "4"),
        ("anna", "tone", '"cold"'),
        ("bert", "topics", '["bills","refunds"]'),
    ]
    assert project.states.of([C])["annotators"].to_list() == [["anna", "bert"]]
