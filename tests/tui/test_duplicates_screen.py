"""Duplicates: group by group, side by side, at a similarity that is changed at once."""

import json

import numpy as np
import pytest

from curator.audit.open_data import open_data
from curator.review.groups import RELATIONS, grouped
from curator.settings.request import DataRequest
from tests.tui.driving import decisions_of, drive, said, screen_text, until

SENTENCE = "the kettle boils water in four minutes and switches itself off when it is done or when it is empty"


def example(prompt: str, answer: str) -> dict:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """Three groups: an exact copy twice, a plain copy, and one that is a copy at 0.7 and none at 0.85."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")
    long = " ".join(f"{word}{number}" for number in range(6) for word in SENTENCE.split())
    loose = long.replace("boils2", "heats2").replace("empty4", "dry4")
    exact = example("What does the desk lamp cost this week?", "It costs twelve pounds, as it did last week.")
    data = [
        exact,
        example("How does it work, the new kettle that I have just bought from you?", long),
        exact,
        exact,
        example("How does it work, the new kettle that I have just bought from you?", long + " indeed"),
        example("Why is my order late when it was promised for last Monday already?", "Snow. " + long[:300]),
        example("Why is my order late when it was promised for last Monday already?", "Snow. " + loose[:260] + " so."),
    ]
    path = tmp_path / "copies.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in data))
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return path


async def duplicates(pilot, app):
    await pilot.press("d")
    await until(pilot, lambda: app.screen.page_name == "duplicates" and app.screen.grouping is not None)
    await until(pilot, lambda: "★ keeper" in screen_text(app))
    return app.screen


def test_a_group_stands_side_by_side_with_its_keeper_marked_and_the_relation_named(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        shown = screen_text(app)
        assert f"group 1 of {len(screen.grouping)}" in shown
        assert "★ KEEPER" in shown
        assert "exact" in shown
        assert "desk lamp" in shown
        assert "│" in shown

    drive(copies, steps, size=(120, 40))


def test_dropping_the_copies_leaves_the_keeper_and_goes_on(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        group = screen._group
        await pilot.press("x")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == len(group.members))
        assert app.session.review.decisions.status[group.keeper] == 0
        await until(pilot, lambda: screen._group.keeper != group.keeper)
        await pilot.press("u")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == 0)

    drive(copies, steps)
    undo, *drops = decisions_of(copies)
    assert undo.action == "undo"
    assert len({drop.unit for drop in drops}) == 1
    assert drops[0].reason.startswith("copy of ")


def test_another_member_becomes_the_keeper_at_one_key(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        before = screen._group
        await pilot.press("j", "h")
        chosen = before.members[1].position
        await until(pilot, lambda: screen._group.keeper == chosen)
        assert {member.position for member in screen._group.members} == {
            before.keeper,
            before.members[0].position,
        }
        first = before.keeper
        await pilot.press("j", "h")
        await until(pilot, lambda: screen._group.keeper != chosen)
        assert app.session.review.decisions.state_of(app.session.review.positions.id_at(chosen)).status == "pending"
        assert first in (screen._group.keeper, *(member.position for member in screen._group.members))

    drive(copies, steps)


def test_the_threshold_regroups_at_once_and_stops_at_what_was_sought(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        await pilot.press("minus")
        await until(pilot, lambda: "Pairs were searched for from 0.70 up" in said(app))
        at_first = screen.grouping.copies
        for _ in range(30):
            await pilot.press("plus")
        await until(pilot, lambda: screen.grouping.threshold == 1.0)
        assert 2 <= screen.grouping.copies < at_first
        for _ in range(30):
            await pilot.press("minus")
        await until(pilot, lambda: screen.grouping.threshold == 0.7)
        assert screen.grouping.copies == at_first

    drive(copies, steps)


def test_all_plain_copies_are_dropped_after_the_count_was_confirmed(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        plain = screen.grouping.plain()
        await pilot.press("P")
        assert f"Drop all {len(plain)} plain copies" in screen_text(app)
        await pilot.press("P", "enter")
        assert app.session.review.decisions.counts()["drop"] == 0
        await pilot.press("y")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == len(plain))
        assert set(np.flatnonzero(app.session.review.decisions.status == 2)) == set(plain.tolist())

    drive(copies, steps)


def test_groups_of_other_relations_are_named_and_empty_ones_say_so(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        for relation in (*RELATIONS[1:], RELATIONS[0]):
            await pilot.press("R")
            await until(pilot, lambda relation=relation: screen.grouping.relation == relation)
            if not len(screen.grouping):
                await until(pilot, lambda relation=relation: f"No {relation}" in screen_text(app))

    drive(copies, steps)


def test_what_says_the_same_in_other_words_is_side_by_side_with_its_cosine(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "words.jsonl"
    one = example(
        "Please tell me what the biggest planet of all planets is called", "Jupiter is the largest of them all"
    )
    same = example(
        "Is called what please: of all planets the biggest planet, tell me", "Largest of them all is the Jupiter"
    )
    path.write_text(
        json.dumps(one) + "\n" + json.dumps(same) + "\n" + json.dumps(example("Eggs?", "Boil them.")) + "\n"
    )
    with open_data(DataRequest(data=(str(path),))) as opened:
        audit = opened.audited(lambda *_: None, texts=True)
    assert len(grouped(audit, [], "copy", 0.7)) == 0
    (found,) = grouped(audit, [], "semantic", audit.meaning.threshold).group(0).members

    async def steps(pilot, app):
        await pilot.press("d", "R", "R", "R")
        await until(pilot, lambda: getattr(app.screen.grouping, "relation", "") == "semantic")
        await until(pilot, lambda: "planet" in screen_text(app))
        assert f"cosine {found.similarity:.2f}" in screen_text(app)
        assert "the same in other words" in screen_text(app)
        await pilot.press("x")
        await until(pilot, lambda: "These are no copies" in screen_text(app))

    drive(path, steps, size=(100, 30))


def test_what_is_no_copy_is_not_called_one_and_is_dropped_only_after_a_question(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "answers.jsonl"
    prompts = ("How long does the kettle take until I can pour my tea?", "Will your boiler stop before it runs dry?")
    path.write_text("".join(json.dumps(example(prompt, SENTENCE)) + "\n" for prompt in prompts))
    with open_data(DataRequest(data=(str(path),))) as opened:
        audit = opened.audited(lambda *_: None, texts=True)
    assert len(grouped(audit, [], "same-answer", 0.7)) == 1

    async def steps(pilot, app):
        await pilot.press("d")
        await until(pilot, lambda: app.screen.page_name == "duplicates" and app.screen.grouping is not None)
        assert "x Drop copies" in screen_text(app)
        await pilot.press("R", "R")
        await until(pilot, lambda: app.screen.grouping.relation == "same-answer" and len(app.screen.grouping) > 0)
        assert "x Drop others" in screen_text(app)
        await pilot.press("x")
        assert "These are no copies (same answer, another prompt)." in screen_text(app)
        await pilot.press("enter", "n")

    drive(path, steps, size=(120, 40))
    assert decisions_of(path) == []


def test_keeping_all_of_a_group_settles_it(copies):
    async def steps(pilot, app):
        screen = await duplicates(pilot, app)
        members = screen.grouping.positions(0)
        await pilot.press("a")
        await until(pilot, lambda: (app.session.review.decisions.status[members] == 1).all())

    drive(copies, steps)


def test_without_duplicates_the_screen_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(example("Who are you?", "The desk.")) + "\n")
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)

    async def steps(pilot, app):
        await pilot.press("d")
        await until(pilot, lambda: "No copy at a similarity of 0.70" in screen_text(app))
        await pilot.press("x", "h", "a", "P", "space", "j", "plus", "right_square_bracket")

    drive(path, steps)
    assert decisions_of(path) == []


def test_groups_agree_with_the_audit_and_every_copy_resembles_its_keeper(copies):
    with open_data(DataRequest(data=(str(copies),))) as opened:
        audit = opened.audited(lambda *_: None)
        grouping = grouped(audit, [], "copy", 0.7)
        for number in range(len(grouping)):
            group = grouping.group(number)
            for member in group.members:
                assert audit.similar.keeper[member.position] == group.keeper
                assert member.relation == "exact" or member.answer >= 0.7
                assert grouping.number_of(member.position) == number
            assert grouping.number_of(group.keeper) == number
        assert grouping.copies == (audit.similar.keeper != np.arange(len(audit.similar.keeper))).sum()
