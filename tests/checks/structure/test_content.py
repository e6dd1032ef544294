"""Messages without text."""

from tests.checks.finding import findings, locations
from tests.data.made import call, chat, question, result

PICTURE = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]


def test_missing_content_is_found_in_every_role():
    example = chat({"role": "system"}, ("user", None), call(), result(None), {"role": "assistant"})
    assert locations("missing-content", question(), example) == [(1, 0), (1, 1), (1, 3), (1, 4)]


def test_content_of_another_type_is_refused_by_the_reader_under_the_same_name():
    (finding,) = findings("missing-content", chat(("user", 7), ("assistant", "Hello")))
    assert finding["row"] is None and "the number 7" in finding["message"]


def test_a_call_a_thought_or_a_picture_stands_for_text():
    thinking = {"role": "assistant", "content": None, "reasoning_content": "They greet me."}
    fine = [
        chat(("user", "Oslo?"), call()),
        chat(("user", "Hi"), thinking),
        chat({"role": "user", "content": PICTURE}, ("assistant", "A cat.")),
        chat(("user", "Oslo?"), call() | {"content": ""}, result(), ("assistant", "Cold.")),
    ]
    assert locations("missing-content", *fine) == []
    assert locations("empty-content", *fine) == []


def test_an_empty_answer_is_an_error_and_an_empty_question_a_warning():
    example = chat(("system", ""), ("user", " \n\t"), ("assistant", "\u3000\n"), result("  "), ("assistant", "Yes."))
    found = findings("empty-content", example)
    assert [(f["message_index"], f["severity"]) for f in found] == [
        (0, "info"),
        (1, "warning"),
        (2, "error"),
        (3, "info"),
    ]
    assert found[0]["message"] == "The system message is empty."
    assert found[2]["message"] == "The assistant message is only white space."


def test_an_empty_list_of_parts_is_empty():
    assert locations("empty-content", chat({"role": "user", "content": []}, ("assistant", "Yes."))) == [(0, 0)]


def test_the_rejected_answer_is_called_that():
    pair = {"prompt": "Where?", "chosen": "There.", "rejected": ""}
    (finding,) = findings("empty-content", pair, dialect="preference")
    assert finding["message"] == "Rejected answer: The assistant message is empty."
