"""Filters that ask what examples mean: a topic by its place or its words, and the likes of an example."""

import json

import pytest

from curator.audit.open_data import open_data
from curator.review.session import Review
from curator.settings.request import DataRequest
from tests.audit.run import chat, curator, write
from tests.embedding.examples import views


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four hundred examples of four matters, taken in turns, and what an audit says their topics are."""
    place = tmp_path_factory.mktemp("topics")
    write(place / "set.jsonl", [chat(*row) for row in views(400).select("prompt", "answer").iter_rows()])
    outcome = curator(place, "audit", "set.jsonl", "--report", "a.json", "--fail-on", "never")
    assert outcome.code == 0, outcome.err
    return place


def topics(folder):
    return json.loads((folder / "a.json").read_text("utf-8"))["meaning"]["topics"]


def prompts(folder, where):
    outcome = curator(folder, "show", "set.jsonl", "--where", where, "--limit", "0", "--json")
    assert outcome.code == 0, outcome.err
    return [json.loads(line)["messages"][0]["content"] for line in outcome.out.splitlines()]


def test_a_topic_is_found_by_its_place_in_the_report(folder):
    for place, topic in enumerate(topics(folder), 1):
        assert len(prompts(folder, f"topic:{place}")) == topic["examples"]


def test_a_topic_is_found_by_words_of_its_title_in_any_order_and_case(folder):
    title = next(topic for topic in topics(folder) if "crash" in topic["title"].split())["title"].split(" · ")
    found = prompts(folder, f'topic:"{title[1].upper()} {title[0]}"')
    assert len(found) >= 90
    assert all("computer crash" in prompt for prompt in found[:50])


def test_topics_part_the_set(folder):
    locations = range(1, len(topics(folder)) + 1)
    assert len(prompts(folder, " or ".join(f"topic:{place}" for place in locations))) == 400
    assert prompts(folder, " ".join(f"not topic:{place}" for place in locations)) == []


@pytest.mark.parametrize("asked", ["0", "77", "zebra"])
def test_a_topic_that_is_not_there_is_a_sentence_that_names_those_that_are(folder, asked):
    outcome = curator(folder, "show", "set.jsonl", "--where", f"topic:{asked}")
    assert outcome.code == 2
    assert f"There is no topic '{asked}'" in outcome.err
    assert topics(folder)[0]["title"] in " ".join(outcome.err.split())


def test_a_slip_in_a_topics_word_gets_the_right_one(folder):
    outcome = curator(folder, "show", "set.jsonl", "--where", "topic:crsh")
    assert outcome.code == 2
    assert "Did you mean topic:crash?" in " ".join(outcome.err.split())


def test_without_meaning_a_topic_cannot_be_asked_for_and_the_sentence_says_why(folder):
    outcome = curator(folder, "show", "set.jsonl", "--where", "topic:1", "--embedder", "none")
    assert outcome.code == 2
    assert "meaning was not looked at" in " ".join(outcome.err.split())


def test_a_topic_is_decided_about_as_any_filter_finds(folder):
    expected = len(prompts(folder, "topic:1"))
    curator(folder, "decide", "set.jsonl", "--where", "topic:1", "--flag", "--reason", "too many of these")
    assert len(prompts(folder, "decided:flag")) == expected
    curator(folder, "undo", "set.jsonl")


def test_in_the_app_an_edited_example_stays_in_its_topic_and_among_its_likes(folder):
    with open_data(DataRequest((str(folder / "set.jsonl"),))) as opened:
        review = Review(opened, opened.audited(lambda *_: None))
        likes = f"similar:{review.positions.id_at(0)}"
        before = {where: review.matching(where).tolist() for where in ("topic:1", "topic:2", likes)}
        edited = before[likes].index(True)
        content = review.at(edited).content
        review.edit(
            edited, content._replace(messages=[*content.messages[:-1], {"role": "assistant", "content": "No."}])
        )
        assert review.at(edited).decision_state.edited
        assert {where: review.matching(where).tolist() for where in before} == before
