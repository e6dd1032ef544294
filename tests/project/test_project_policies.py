"""Policies propose, people decide: what is proposed, what is left alone, and that one undo takes it all back."""

import polars as pl
import pytest

from curator.errors import DecisionConflict, UsageError
from curator.project.decisions.decision import Proposed
from curator.project.decisions.decision_state import STATE
from curator.project.decisions.policies import (
    Policy,
    apply_proposal,
    checks_named,
    policy_named,
    propose,
)

IDS = {name: f"{ord(name):016x}" for name in "abcdefgh"}
NAMES = {id_: name for name, id_ in IDS.items()}
COLUMNS = ("check", "severity", "id", "suggestion", "message", "group")


def findings(*rows):
    """Findings from (check, severity, example, suggestion[, keeper])."""
    return pl.DataFrame(
        [
            (check, severity, IDS.get(example), suggestion, f"what {check} says.", IDS.get(*group) if group else None)
            for check, severity, example, suggestion, *group in rows
        ],
        schema=dict.fromkeys(COLUMNS, pl.String),
        orient="row",
    )


def proposed(name, found, state=None, own=None, **repairs):
    decided = pl.DataFrame(schema=STATE) if state is None else state
    return propose(name, policy_named(name, own or {}), found, decided, **repairs)


def decided(proposal):
    return {NAMES[row["example"]]: row["action"] for row in proposal.decisions.iter_rows(named=True)}


MESSY = findings(
    ("invalid-tool-call", "error", "a", "drop"),
    ("last-message-not-assistant", "error", "b", "review"),
    ("special-token-in-text", "error", "c", "fix"),
    ("exact-duplicate", "warning", "d", "drop", "h"),
    ("near-duplicate", "warning", "e", "drop", "h"),
    ("near-duplicate", "info", "f", "review", "h"),
    ("refusal", "warning", "g", "review"),
    ("invalid-json", "error", None, "drop"),
)


def test_safe_drops_errors_without_a_fix_and_exact_duplicates_only():
    assert decided(proposed("safe", MESSY)) == {"a": "drop", "b": "drop", "d": "drop"}


def test_recommended_also_drops_plain_copies():
    assert decided(proposed("recommended", MESSY)) == {"a": "drop", "b": "drop", "d": "drop", "e": "drop"}


def test_every_drop_says_why_and_the_counts_say_how_many_by_check():
    proposal = proposed("recommended", MESSY)
    reasons = dict(proposal.decisions.select("example", "reason").iter_rows())
    assert reasons[IDS["d"]] == "exact-duplicate: what exact-duplicate says."
    assert sorted(proposal.counts.rows()) == [
        ("drop", "exact-duplicate", 1),
        ("drop", "invalid-tool-call", 1),
        ("drop", "last-message-not-assistant", 1),
        ("drop", "near-duplicate", 1),
    ]


def test_an_example_is_decided_once_however_much_is_found_in_it():
    found = findings(
        ("exact-duplicate", "warning", "a", "drop", "b"),
        ("invalid-tool-call", "error", "a", "drop"),
        ("invalid-weight", "error", "a", "drop"),
    )
    proposal = proposed("safe", found)
    assert proposal.decisions["reason"].to_list() == ["invalid-tool-call: what invalid-tool-call says."]


def test_a_copy_stays_while_its_keeper_goes(project):
    found = findings(
        ("invalid-tool-call", "error", "h", "drop"),
        ("exact-duplicate", "warning", "d", "drop", "h"),
        ("exact-duplicate", "warning", "e", "drop", "g"),
    )
    proposal = proposed("safe", found)
    assert decided(proposal) == {"h": "drop", "e": "drop"}
    assert proposal.without_keeper == 1
    project.log.append([Proposed(IDS["g"], "drop")], "anna")
    proposal = proposed("safe", found, project.states.present())
    assert decided(proposal) == {"h": "drop"}
    assert proposal.without_keeper == 2


def test_what_a_person_decided_is_left_alone(project):
    project.log.append([Proposed(IDS["a"], "keep"), Proposed(IDS["b"], "flag")], "anna")
    project.log.append([Proposed(IDS["d"], "edit", '{"messages":[]}')], "bert")
    proposal = proposed("safe", MESSY, project.states.present())
    assert decided(proposal) == {}
    assert proposal.decided_by_person == 3


def test_applying_is_one_unit_that_one_undo_takes_back_and_doing_it_twice_changes_nothing(project):
    apply_proposal(project.log, proposed("safe", MESSY), "anna")
    state = project.states.present()
    assert dict(state.select("id", "status").iter_rows()) == {IDS[name]: "drop" for name in "abd"}
    assert state["policy"].unique().to_list() == ["safe"]
    again = proposed("safe", MESSY, state)
    assert not len(again.decisions)
    assert apply_proposal(project.log, again, "anna") == []
    project.log.undo("anna")
    assert project.states.present()["status"].unique().to_list() == ["pending"]


def test_a_preview_that_is_out_of_date_is_not_applied(project):
    shown, proposal = project.log.position(), proposed("safe", MESSY)
    project.log.append([Proposed(IDS["a"], "keep")], "bert")
    with pytest.raises(DecisionConflict, match="look again"):
        apply_proposal(project.log, proposal, "anna", last_position=shown)


def test_recommended_repairs_what_stays_and_safe_repairs_nothing(project):
    found = findings(
        ("mojibake", "warning", "a", "fix"),
        ("control-characters", "warning", "b", "fix"),
        ("mojibake", "warning", "c", "fix"),
        ("invalid-tool-call", "error", "c", "drop"),
        ("mojibake", "warning", "d", "fix"),
    )
    project.log.append([Proposed(IDS["d"], "keep")], "anna")
    contents = {IDS[name]: f'{{"messages":[{{"role":"user","content":"{name}"}}]}}' for name in "acd"}
    proposal = proposed("recommended", found, project.states.present(), repaired=contents)
    assert decided(proposal) == {"a": "edit", "c": "drop"}
    apply_proposal(project.log, proposal, "anna")
    assert project.states.of([IDS["a"]])["content"].item() == contents[IDS["a"]]
    again = proposed("recommended", found, project.states.present(), repaired=contents)
    assert not len(again.decisions)
    assert decided(proposed("safe", found, repaired=contents)) == {"c": "drop"}
    spaced = proposed("recommended", findings(), repaired={IDS["a"]: contents[IDS["a"]]})
    assert decided(spaced) == {"a": "edit"}


def test_a_policy_of_ones_own_keeps_drops_and_flags_in_that_order():
    own = {
        "strict": Policy(
            include=("recommended",), keep=("check:exact-duplicate",), drop=("check:refusal",), flag=("severity:info",)
        )
    }
    assert decided(proposed("strict", MESSY, own=own)) == {
        "a": "drop",
        "b": "drop",
        "d": "keep",
        "e": "drop",
        "f": "flag",
        "g": "drop",
    }


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (Policy(drop=("refusal",)), r"'refusal' is not understood: a rule is made of check:NAME"),
        (Policy(drop=("check:",)), r"'check:' is not understood"),
        (Policy(flag=("severity:grave",)), r"a severity is one of error, warning, info"),
        (Policy(keep=("",)), r"an empty rule"),
        (Policy(include=("recomended",)), r"no policy 'recomended'.* Did you mean 'recommended'"),
        (Policy(include=("strict",)), r"include each other"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_in_a_sentence(policy, sentence):
    with pytest.raises(UsageError, match=sentence):
        policy_named("strict", {"strict": policy})


def test_the_built_in_names_stay_what_they_are():
    assert policy_named("safe", {"safe": Policy(drop=("severity:info",))}) == policy_named("safe", {})


def test_the_checks_that_a_policy_names_can_be_looked_up():
    assert checks_named(Policy(drop=("check:refusal severity:error",), keep=("severity:info",))) == {"refusal"}
