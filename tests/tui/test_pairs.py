"""A pair of answers is compared in two columns, and one key says which is better."""

import json

from curator.tui.widgets.example_view import ExampleView
from tests.tui.driving import decisions_of, drive, screen_lines, screen_text

CHOSEN = "A heron is a wading bird with long legs."
REJECTED = "A heron is a small mammal with long legs."


def pairs(folder):
    data = folder / "pairs.jsonl"
    rows = [
        {
            "prompt": f"What is a heron, in {n} words?",
            "chosen": CHOSEN.replace("wading", f"wading {n}"),
            "rejected": REJECTED,
        }
        for n in range(20, 24)
    ]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return data


def test_the_two_answers_of_a_pair_stand_beside_each_other_below_their_prompt(tmp_path):
    async def steps(pilot, app):
        await pilot.pause()
        lines = screen_lines(app)
        assert any("What is a heron" in line for line in lines)
        assert any("chosen assistant" in line and "rejected assistant" in line for line in lines)
        assert any("A heron is a wading" in line and "A heron is a small" in line for line in lines)
        assert "< Swap" in lines[-1]
        await pilot.press("vertical_line")
        await pilot.pause()
        assert app.screen.query_one(ExampleView).display
        assert not any("wading" in line and "mammal" in line for line in screen_lines(app))

    drive(pairs(tmp_path), steps, size=(120, 40))


def test_a_swap_is_an_edit_that_undo_takes_back(tmp_path):
    data = pairs(tmp_path)

    async def steps(pilot, app):
        await pilot.pause()
        place = app.screen.shown.position
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert app.screen.shown.position == place
        assert app.screen.shown.content.chosen[0]["content"] == REJECTED
        assert app.screen.shown.decision_state.edited
        await pilot.press("u")
        await pilot.pause()
        assert app.screen.shown.content.rejected[0]["content"] == REJECTED

    drive(data, steps, size=(120, 40))


def test_ties_and_pairs_of_bad_answers_are_dropped_with_that_reason(tmp_path):
    data = pairs(tmp_path)

    async def steps(pilot, app):
        await pilot.pause()
        await pilot.press("equals_sign")
        await pilot.pause(0.3)
        await pilot.press("minus")
        await pilot.pause()

    drive(data, steps)
    assert [(one.action, one.reason) for one in reversed(decisions_of(data))] == [
        ("drop", "tie"),
        ("drop", "both answers bad"),
    ]


def test_keys_for_pairs_decide_nothing_about_a_conversation(desk):
    async def steps(pilot, app):
        before = app.screen.shown.position
        await pilot.press("equals_sign", "minus", "less_than_sign")
        await pilot.pause()
        assert app.screen.shown.position == before
        assert "This key is for pairs" in screen_text(app)
        assert "Swap" not in screen_lines(app)[-1]

    drive(desk, steps, size=(120, 40))
    assert decisions_of(desk) == []
