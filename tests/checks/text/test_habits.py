"""Answers that leave a habit of the set."""

import json

import polars as pl
import pytest

from curator.checks.check import CheckSettings
from curator.checks.measures import MEASURES, measure
from curator.checks.text.habits import TRUNCATED_RESPONSE
from curator.data.facts import facts_of
from tests.checks.finding import findings
from tests.checks.text.asked import talk
from tests.data.made import batch_of, chat

LONG = "The moon pulls at the sea, and the sea rises on the side that faces it and on the other one. " * 3
CUT = LONG + "After that it falls again and the"


def rows(check: str, *answers: str) -> list[int]:
    return [finding["row"] for finding in findings(check, *(talk(answer=answer) for answer in answers))]


def test_a_long_answer_that_stops_in_mid_sentence_is_found_where_others_end():
    found = findings("truncated-response", *(talk(answer=LONG.strip()) for _ in range(19)), talk(answer=CUT))
    assert [(f["row"], f["message_index"]) for f in found] == [(19, 1)]
    assert CUT[found[0]["start"] : found[0]["end"]] == "e"


@pytest.mark.parametrize(
    "end",
    [
        "So it is!",
        "(see above)",
        "```\nx\n```",
        "- the last item",
        "“so be it”",
        "Kind regards,\nAnn",
        "| a | b |",
        "*waves*",
        "🌊",
        "然后它又落下。",
        "https://example.com/tides",
    ],
)
def test_sentences_fences_lists_signatures_and_emoji_are_ends(end):
    assert rows("truncated-response", *[LONG.strip()] * 19, f"{LONG}\n{end}") == []


def test_short_answers_and_sets_without_the_habit_are_not_judged():
    assert rows("truncated-response", *[LONG.strip()] * 19, "It rises and the") == []
    assert rows("truncated-response", *[CUT] * 15, *[LONG.strip()] * 5) == []


def test_a_last_line_that_most_answers_share_counts_as_an_end():
    solved = [f"{LONG}\n#### {n}" for n in range(19)]
    assert rows("truncated-response", *solved, CUT) == [19]
    assert rows("inconsistent-output-format", *solved, CUT) == [19]


@pytest.mark.parametrize(
    "other", ["The sea rises.", '{"rise": 3', "{'rise': 3}", 'Here: {"rise": 3}', "[3]", '```json\n{"rise": 3}\n```']
)
def test_an_answer_that_is_no_json_among_objects_is_found(other):
    objects = [json.dumps({"rise": n}) for n in range(19)]
    assert rows("inconsistent-output-format", *objects, other) == [19]


def test_labels_and_xml_are_formats_too():
    assert rows("inconsistent-output-format", *["Answer: yes"] * 19, "yes") == [19]
    assert rows("inconsistent-output-format", *["<r><a>1</a></r>"] * 19, "1") == [19]


def test_prose_has_no_format():
    assert (
        rows(
            "inconsistent-output-format",
            *[
                f"{n} tides come.\n{word} they go."
                for n, word in enumerate(["So", "Then", "Later", "Now", "Here", "There", "Soon", "Yet", "But", "And"])
            ],
            '{"a": 1}',
        )
        == []
    )


def test_one_tenth_in_another_form_is_named_with_the_share():
    objects = [json.dumps({"rise": n}) for n in range(18)]
    found = findings("inconsistent-output-format", *(talk(answer=a) for a in [*objects, "no", "no"]))
    assert all(f["message"].startswith("90 % of the answers are one JSON object") for f in found)


def test_a_row_per_example_also_where_there_is_no_answer():
    batch = batch_of(talk(), chat(("user", "Hi")), talk(answer="  "))
    measured = measure(batch)
    assert measured.schema == MEASURES
    assert measured["ending"].to_list() == ["closed", None, None]


def test_judging_an_empty_set_finds_nothing():
    batch = batch_of()
    facts = pl.concat([facts_of(batch), measure(batch)], how="horizontal")
    assert TRUNCATED_RESPONSE.judge is not None
    assert len(TRUNCATED_RESPONSE.judge(facts, CheckSettings())) == 0
