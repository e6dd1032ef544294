"""What decisions add up to, and that every quick way to it gives what a slow replay gives."""

import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.project.decisions import state_snapshot as states_module
from curator.project.decisions.decision import Proposed, label_value
from curator.project.decisions.journal import import_journal, journal_lines
from curator.project.opening import open_project

EXAMPLES = [letter * 16 for letter in "abcd"]
ANNOTATORS = ("anna", "bert")


def state_of(project, example):
    return project.states.of([example]).row(0, named=True)


def decide(project, action, annotator, policy=None, value=None, example=EXAMPLES[0], reason=None):
    project.log.append([Proposed(example, action, value, reason)], annotator, policy=policy)


def test_annotators_who_disagree_make_an_example_pending_and_disputed(project):
    decide(project, "keep", "anna")
    decide(project, "drop", "bert")
    assert (state_of(project, EXAMPLES[0])["status"], state_of(project, EXAMPLES[0])["disputed"]) == ("pending", True)
    decide(project, "drop", "anna")
    assert (state_of(project, EXAMPLES[0])["status"], state_of(project, EXAMPLES[0])["disputed"]) == ("drop", False)


def test_a_flag_is_no_vote(project):
    decide(project, "flag", "anna")
    assert state_of(project, EXAMPLES[0])["status"] == "flag"
    decide(project, "drop", "bert", reason="a refusal")
    assert (state_of(project, EXAMPLES[0])["status"], state_of(project, EXAMPLES[0])["reason"]) == ("drop", "a refusal")


def test_a_persons_decision_outranks_a_policys_whoever_ran_it_and_whenever(project):
    decide(project, "drop", "anna", policy="safe")
    assert (state_of(project, EXAMPLES[0])["by_person"], state_of(project, EXAMPLES[0])["policy"]) == (False, "safe")
    decide(project, "keep", "bert")
    decide(project, "drop", "carl", policy="safe")
    after = state_of(project, EXAMPLES[0])
    assert (after["status"], after["disputed"], after["by_person"], after["policy"]) == ("keep", False, True, None)


def test_an_added_example_has_its_content(project):
    first, second = (f'{{"messages":[{{"role":"user","content":"{text}"}}]}}' for text in ("Hello", "Hallo"))
    decide(project, "add", "anna", value=first)
    assert state_of(project, EXAMPLES[0])["added"]
    decide(project, "edit", "anna", value=second)
    assert state_of(project, EXAMPLES[0])["content"] == second
    decide(project, "edit", "anna")
    assert state_of(project, EXAMPLES[0])["content"] == first


def test_a_snapshot_is_used_after_reopening_and_only_for_the_log_it_is_of(data, monkeypatch):
    monkeypatch.setattr(states_module, "_WORTH_A_SNAPSHOT", 2)
    with open_project([data]) as project:
        decide(project, "keep", "anna")
        decide(project, "keep", "anna", example=EXAMPLES[1])
        project.states.present()
        decide(project, "drop", "anna")
    with open_project([data]) as project:
        monkeypatch.setattr(states_module, "_MOST_TO_REPLAY", 0)
        asked = []
        chunks = project.database.chunks
        monkeypatch.setattr(project.database, "chunks", lambda *query: asked.append(query) or chunks(*query))
        monkeypatch.setattr(states_module, "_MOST_TO_REPLAY", 10)
        assert project.states.present()["status"].to_list() == ["drop", "keep"]
        assert [json.loads(values[0]) for _, values in asked] == [[EXAMPLES[0]]]
    for file in data.with_name("chats.jsonl.curator").glob("project.db*"):
        file.unlink()
    with open_project([data]) as project:
        decide(project, "flag", "anna", example=EXAMPLES[2])
        decide(project, "flag", "anna", example=EXAMPLES[2])
        assert project.states.present().select("id", "status").rows() == [(EXAMPLES[2], "flag")]


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.lists(
                st.tuples(
                    st.sampled_from(EXAMPLES),
                    st.sampled_from(["keep", "drop", "flag", "clear", "edit", "unedit", "add", "label", "unlabel"]),
                ),
                min_size=1,
                max_size=12,
            ),
            st.sampled_from(ANNOTATORS),
            st.sampled_from([None, "safe"]),
        ),
        st.tuples(st.just("undo"), st.sampled_from(ANNOTATORS)),
        st.tuples(st.just("redo"), st.sampled_from(ANNOTATORS)),
        st.tuples(st.just("look")),
    ),
    max_size=25,
)


def run(project, step, number):
    match step:
        case ("decide", pairs, annotator, policy):
            proposed = [proposal(example, action, number) for example, action in pairs]
            project.log.append(proposed, annotator, policy=policy)
        case ("undo", annotator):
            project.log.undo(annotator)
        case ("redo", annotator):
            project.log.redo(annotator)
        case ("look",):
            project.states.present()


def proposal(example, action, number):
    content = json.dumps({"messages": [{"role": "user", "content": str(number)}]})
    match action:
        case "edit" | "add":
            return Proposed(example, action, content)
        case "unedit":
            return Proposed(example, "edit")
        case "label" | "unlabel":
            return Proposed(example, "label", label_value("tone", str(number) if action == "label" else None))
    return Proposed(example, action, None, f"because {number}")


def slowly_replayed(lines):
    """Status, dispute, content, edited, added, labels and by_person of each example, from journal lines, one by one."""
    entries = sorted((json.loads(line) for line in lines), key=lambda entry: (entry["time"], entry["id"]))
    gone = set()
    for entry in reversed(entries):
        if entry["action"] == "undo" and entry["id"] not in gone:
            gone.add(entry["undoes"])
    slow = {}
    for example in sorted({entry["example"] for entry in entries if entry["action"] != "undo"}):
        about = [entry for entry in entries if entry.get("example") == example]
        slow[example] = slow_state([entry for entry in about if entry["id"].split(":")[0] not in gone])
    return slow


def slow_state(decision_state):
    own, policys = {}, {}
    edit = addition = edited_by = None
    labels = {}
    for entry in decision_state:
        who, is_own = entry["annotator"], entry.get("policy") is None
        match entry["action"]:
            case "keep" | "drop" | "flag" as action:
                if is_own:
                    own[who] = action
                    policys.pop(who, None)
                else:
                    policys[who] = action
            case "clear":
                if is_own:
                    own.pop(who, None)
                policys.pop(who, None)
            case "edit":
                edit, edited_by = entry.get("value"), is_own
            case "add":
                addition = entry["value"]
            case "label":
                labels[who] = entry["value"]["value"]
    votes = set(own.values() or policys.values())
    disputed = {"keep", "drop"} <= votes
    status = "pending" if disputed or not votes else next(v for v in ("drop", "keep", "flag") if v in votes)
    return {
        "status": status,
        "disputed": disputed,
        "by_person": bool(own) or bool(edited_by),
        "content": edit or addition,
        "edited": edit is not None,
        "added": addition is not None,
        "labels": sorted({text for text in labels.values() if text is not None}),
    }


def quickly(frame: pl.DataFrame):
    rows = frame.select("id", "status", "disputed", "by_person", "content", "edited", "added", "labels")
    return {
        row.pop("id"): row | {"content": None if row["content"] is None else json.loads(row["content"])}
        for row in rows.iter_rows(named=True)
    }


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_state_equals_a_slow_replay_whichever_way_it_is_reached(monkeypatch, steps):
    monkeypatch.setattr(states_module, "_WORTH_A_SNAPSHOT", 5)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "chats.jsonl"
        data.touch()
        with open_project([data]) as project:
            for number, step in enumerate(steps):
                run(project, step, number)
            lines = list(journal_lines(project.log))
            slow = slowly_replayed(lines)
            assert quickly(project.states.present()) == slow
            assert quickly(project.states.of(EXAMPLES)) == slow
        with open_project([data]) as project:
            assert quickly(project.states.present()) == slow
        with open_project([data], readonly=True) as project:
            assert quickly(project.states.present()) == slow


@settings(max_examples=40)
@given(steps, steps, st.randoms(use_true_random=False))
def test_two_peoples_journals_give_one_state_in_whatever_order_they_arrive(first, second, random):
    with tempfile.TemporaryDirectory() as folder:
        journals, outcomes = [], []
        for name, work in (("one", first), ("two", second)):
            with open_project([], Path(folder) / name) as project:
                for number, step in enumerate(work):
                    run(project, step, number)
                journals.append(list(journal_lines(project.log)))
        for name in ("there", "back"):
            with open_project([], Path(folder) / name) as project:
                arriving = [line for journal in journals for line in journal]
                random.shuffle(arriving)
                half = len(arriving) // 2
                import_journal(project.log, arriving[:half], "one.jsonl")
                project.states.present()
                import_journal(project.log, arriving, "both.jsonl")
                outcomes.append(quickly(project.states.present()))
                assert sorted(journal_lines(project.log)) == sorted(arriving)
        assert outcomes[0] == outcomes[1] == slowly_replayed(arriving)


def test_a_read_only_project_refuses_to_decide(data):
    from curator.errors import UsageError

    with open_project([data]) as project:
        decide(project, "keep", "anna")
    with open_project([data], readonly=True) as project:
        assert state_of(project, EXAMPLES[0])["status"] == "keep"
        with pytest.raises(UsageError, match="read-only"):
            decide(project, "drop", "anna")
