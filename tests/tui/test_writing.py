"""Editing and adding: the difference first, the check at once, the original always there, additions exported."""

import json
import os

from curator.audit.open_data import open_data
from curator.exporting.export import Exclusions, export
from curator.review.new_content import checked_content
from curator.settings.request import DataRequest
from tests.tui.driving import decisions_of, drive, said, screen_text, until


async def find(pilot, app, where):
    app.screen.narrow(where)
    await pilot.pause()


def test_an_edit_shows_its_word_difference_and_is_saved_only_then(desk):
    async def steps(pilot, app):
        await find(pilot, app, "kettle")
        before = app.screen.shown.content
        await pilot.press("e")
        await pilot.press(*"Hello ", "ctrl+s")
        assert "{+Hello" in screen_text(app)
        assert decisions_of(desk) == []
        await pilot.press("y")
        await until(pilot, lambda: app.screen.page_name == "review")
        assert app.screen.shown.decision_state.edited
        assert app.screen.shown.content.messages[-1]["content"].startswith("Hello ")
        await pilot.press("u")
        assert app.screen.shown.content == before

    drive(desk, steps)
    assert [decision.action for decision in decisions_of(desk)] == ["undo", "edit"]


def test_an_edited_example_is_checked_at_once(desk):
    async def steps(pilot, app):
        await find(pilot, app, "kettle")
        position, content = app.screen.shown.position, app.screen.shown.content
        for said_now, is_found in (("TODO: [insert answer here]", True), ("A kettle. Kind regards.", False)):
            messages = [*content.messages[:-1], {"role": "assistant", "content": said_now}]
            await app.save_content(position, content._replace(messages=messages))
            found = {finding.check for finding in app.session.review.edits.findings_at(position)}
            assert ("placeholder-text" in found) == is_found
            assert app.session.review.matching("check:placeholder-text")[position] == is_found

    drive(desk, steps)


def test_a_new_example_is_added_found_by_filters_and_exported(desk, tmp_path):
    async def steps(pilot, app):
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen._fields))
        fields = {index: field for _, index, field in app.screen._fields}
        fields[max(fields) - 1].text = "Do you sell zeppelins?"
        fields[max(fields)].text = "No, we sell things for house and garden."
        await pilot.press("ctrl+s", "y")
        await until(pilot, lambda: app.screen.page_name == "review")
        assert app.screen.shown.decision_state.added
        assert "added" in screen_text(app)
        for where in ("zeppelins", "decided:added", f"id:{app.screen.shown.id}"):
            assert app.session.review.matching(where).nonzero()[0].tolist() == [app.screen.shown.position]
        await pilot.press("x")

    drive(desk, steps)
    with open_data(DataRequest(data=(str(desk),))) as opened:
        opened.project.log.undo(opened.annotator)  # the drop: what is added and not dropped is exported
        audit = opened.saved_audit()
        export(
            opened,
            audit,
            "openai",
            tmp_path / "out",
            exclusions=Exclusions(invalid=True, secrets="mask"),
            replace=False,
        )
    exported = "".join(path.read_text() for path in (tmp_path / "out").glob("*.jsonl"))
    assert "zeppelins" in exported


def test_the_same_example_is_not_added_twice(desk):
    async def steps(pilot, app):
        await app.save_content(None, app.session.review.at(5).content)
        await pilot.pause()
        assert "in the set already" in said(app)

    drive(desk, steps)
    assert decisions_of(desk) == []


def test_a_repair_is_shown_before_it_is_made(desk):
    async def steps(pilot, app):
        await find(pilot, app, "check:mojibake or check:html-residue or check:control-characters")
        findings = {finding.check for finding in app.screen.shown.findings}
        await pilot.press("F")
        assert "Fix it like this?" in screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: app.screen.shown.decision_state.edited)
        left = {finding.check for finding in app.screen.shown.findings}
        assert not left & findings & {"mojibake", "html-residue", "control-characters"}

    drive(desk, steps)


def test_a_draft_outlives_the_app(desk):
    async def begin(pilot, app):
        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen._fields))
        await pilot.press(*"Unfinished ")
        app.screen._keep_draft()

    async def go_on(pilot, app):
        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen._fields))
        assert "Unfinished " in app.screen._fields[-1][2].text
        assert "draft" in said(app)

    drive(desk, begin)
    drive(desk, go_on)


def test_what_is_no_example_is_refused_with_the_reason():
    import pytest

    from curator.errors import UsageError

    for value, reason in (
        ([], "an object with a list of messages"),
        ({"messages": [{"role": 5, "content": "x"}]}, "role"),
        ({"messages": [], "extra": 1}, "extra"),
        ({}, "messages should be"),
    ):
        with pytest.raises(UsageError, match=reason):
            checked_content(value)


def own_editor(monkeypatch, folder, commands):
    """A shell script as the person's editor; `$1` is the file."""
    script = folder / "editor.sh"
    script.write_text(f"#!/bin/sh\n{commands}\n")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    return script


def test_the_editor_gets_json_and_what_it_leaves_is_taken(desk, monkeypatch, tmp_path):
    from contextlib import nullcontext

    own_editor(monkeypatch, tmp_path, "sed -i 's/kettle/teapot/g' \"$1\"")

    async def steps(pilot, app):
        monkeypatch.setattr(app, "suspend", nullcontext)  # a test has no terminal to hand over
        await find(pilot, app, "kettle")
        await pilot.press("E")
        await until(pilot, lambda: "Save this edit?" in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: app.screen.page_name == "review" and app.screen.shown.decision_state.edited)
        assert "teapot" in json.dumps(app.screen.shown.content.messages)

    drive(desk, steps)
    assert os.environ["EDITOR"]


def test_a_text_that_the_editor_left_and_that_is_no_example_is_opened_again(desk, monkeypatch, tmp_path):
    from contextlib import nullcontext

    seen = tmp_path / "seen"
    script = own_editor(monkeypatch, tmp_path, f'cat "$1" >> {seen}\nsed -i \'s/kettle/teapot/g; $ s/}}$//\' "$1"')

    async def steps(pilot, app):
        monkeypatch.setattr(app, "suspend", nullcontext)  # a test has no terminal to hand over
        await find(pilot, app, "kettle")
        await pilot.press("E")
        await until(pilot, lambda: "the same key opens it again" in said(app))
        assert "teapot" not in seen.read_text()
        script.write_text(f'#!/bin/sh\ncat "$1" >> {seen}\necho \'}}\' >> "$1"\n')
        await pilot.press("E")
        await until(pilot, lambda: "Save this edit?" in screen_text(app))
        assert "teapot" in seen.read_text()
        await pilot.press("d")

    drive(desk, steps)
