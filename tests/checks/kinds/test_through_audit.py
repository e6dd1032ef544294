"""Checks of the kinds that read beyond one example, through the audit that a person runs."""

import json
from random import Random

from tests.audit.run import curator, write
from tests.checks.kinds.planted import pair, prose


def audited(folder, name, lines):
    """The findings of an audit of these lines by one check."""
    write(folder / "data.jsonl", lines)
    command = (
        "audit",
        "data.jsonl",
        "--no-meaning",
        "--select",
        name,
        "--findings",
        "found.jsonl",
        "--fail-on",
        "never",
    )
    outcome = curator(folder, *command)
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in (folder / "found.jsonl").read_text().splitlines()]


def test_pictures_that_are_not_there_are_reported_by_line_and_those_that_are_not(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "here.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
    random = Random(2)
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"<image>What is this? {prose(random, 6)}"},
                {"role": "assistant", "content": prose(random, 12)},
            ],
            "images": [f"images/{'gone' if number in (3, 7) else 'here'}.png"],
        }
        for number in range(12)
    ]
    found = audited(tmp_path, "media-missing", lines)
    assert [(one["check"], one["line"]) for one in found] == [("media-missing", 4), ("media-missing", 8)]
    assert all("gone.png" in one["message"] for one in found)


def test_a_set_whose_chosen_answers_have_a_style_of_their_own_is_told_of_it_and_a_sound_set_is_not(tmp_path):
    random = Random(4)
    sound = [pair(random) for _ in range(200)]
    assert audited(tmp_path, "style-bias", sound) == []
    styled = [
        {**one, "chosen": f"Certainly! {one['chosen']}" if at % 10 else one["chosen"]} for at, one in enumerate(sound)
    ]
    folder = tmp_path / "styled"
    folder.mkdir()
    (found,) = audited(folder, "style-bias", styled)
    assert found["severity"] == "warning" and found["example"] is None
    assert "certainly" in found["message"].lower() and found["score"] > 0.9
