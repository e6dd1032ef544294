"""Lengths that are far from what the rest of the set shows."""

from curator.checks.check import CheckSettings
from curator.checks.thresholds import Thresholds
from tests.checks.finding import findings, locations
from tests.data.made import call, chat, question

SENTENCES = [question(answer=f"It left our store on day {n}, and it will be with you soon.") for n in range(200)]


def test_a_few_words_among_sentences_are_information():
    (finding,) = findings("short-answer", *SENTENCES, question(answer="Done"))
    assert (finding["row"], finding["message_index"], finding["severity"]) == (200, 2, "info")
    assert finding["message"] == "The answer has 1 word, while 99.5 % of the answers are longer."


def test_where_labels_are_the_habit_they_are_left_alone():
    labels = [question(answer=label) for label in ("spam", "ham") * 30]
    assert locations("short-answer", *labels) == []
    assert locations("short-answer", *SENTENCES, *labels) == []


def test_scripts_without_spaces_and_calls_are_not_short():
    chinese = question(answer="您的包裹今天早上已经离开我们的仓库，很快就会送到您的手中，请您耐心等待。")
    brief = question(answer="太阳从东边升起。")
    assert locations("short-answer", *SENTENCES, chinese, brief, chat(("user", "Oslo?"), call())) == []


def test_an_example_far_longer_or_shorter_than_the_others_stands_out():
    long, short = question(answer="It left. " * 200), chat(("user", "?"), ("assistant", "Ok."))
    found = findings("length-outlier", *SENTENCES, long, short)
    assert [finding["row"] for finding in found] == [200, 201]
    assert "longer" in found[0]["message"] and "shorter" in found[1]["message"]
    assert found[0]["score"] > 4


def test_ten_per_cent_more_is_no_outlier_in_a_set_of_equal_lengths():
    equal = [question(answer="It left our store this morning.")] * 50
    assert locations("length-outlier", *equal, question(answer="It left our store in the morning.")) == []


def test_a_handful_of_examples_has_no_habit():
    few = [question(answer="It left our store this morning, and it will be with you soon.")] * 10
    assert locations("length-outlier", *few, question(answer="No.")) == []
    assert locations("short-answer", *few, question(answer="No.")) == []


def test_the_thresholds_can_be_set():
    settings = CheckSettings(thresholds=Thresholds(short_answer_words=20, short_answer_characters=100))
    assert locations("short-answer", *SENTENCES, settings=settings) == []
    longest = CheckSettings(thresholds=Thresholds(length_deviations=1000))
    assert locations("length-outlier", *SENTENCES, question(answer="It left. " * 200), settings=longest) == []
