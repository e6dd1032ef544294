"""Who speaks, and in which order."""

import pytest

from tests.checks.finding import findings, locations
from tests.data.made import call, chat, question, result

CLEAN = (
    question(),
    chat(("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"), ("assistant", "See you")),
    chat(("developer", "Be brief."), ("user", "Hi"), ("assistant", "Hello")),
    chat(("user", "Oslo?"), call(), result(), ("assistant", "Cold.")),
    chat(("user", "Oslo?"), call()),
    chat(("user", "Oslo?"), {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
         {"role": "function", "name": "f", "content": "1"}, ("assistant", "One.")),
)  # fmt: skip
ROLE_CHECKS = ("unknown-role", "no-assistant-message", "last-message-not-assistant", "role-order")


@pytest.mark.parametrize("check", ROLE_CHECKS)
def test_conversations_as_they_should_be_are_left_alone(check):
    assert locations(check, *CLEAN) == []


@pytest.mark.parametrize("check", ROLE_CHECKS)
def test_plain_texts_have_no_turns_to_complain_about(check):
    assert locations(check, {"text": "Once upon a time."}, dialect="text") == []


def test_an_unknown_role_is_named():
    customer, guest = findings("unknown-role", chat(("customer", "Hi"), ("guest", "Hi"), ("User ", "Hello")))
    assert "'customer' is none of" in customer["message"]
    assert (customer["message_index"], guest["message_index"]) == (0, 1)


def test_a_role_cannot_smuggle_control_characters_into_a_sentence():
    (finding,) = findings("unknown-role", chat(("a\x1b[31m\nb", "Hi"), ("assistant", "Hello")))
    assert "\x1b" not in finding["message"] and "\n" not in finding["message"]


def test_a_question_without_an_answer_teaches_nothing():
    silent = chat(("system", "Be brief."), ("user", "Hi"))
    assert locations("no-assistant-message", question(), silent, chat()) == [(1, None), (2, None)]
    assert locations("last-message-not-assistant", question(), silent) == [(1, 1)]


def test_of_a_pair_both_answers_must_be_the_assistants():
    pair = {"prompt": [{"role": "user", "content": "Hi"}]}
    right, wrong = [{"role": "assistant", "content": "Hello"}], [{"role": "user", "content": "Hello"}]
    good, bad = pair | {"chosen": right, "rejected": wrong[:0] + right}, pair | {"chosen": right, "rejected": wrong}
    assert locations("last-message-not-assistant", good, bad, dialect="preference") == [(1, 1)]


@pytest.mark.parametrize(
    ("roles", "at"),
    [
        ("assistant user assistant", 0),
        ("system assistant", 1),
        ("user assistant assistant", 2),
        ("user user assistant", 1),
        ("user assistant system user assistant", 2),
        ("system system user assistant", 1),
    ],
)
def test_the_first_message_out_of_order_is_the_place(roles, at):
    example = chat(*((role, f"Text {number}.") for number, role in enumerate(roles.split())))
    assert locations("role-order", question(), example) == [(1, at)]


def test_a_lost_tool_result_is_no_fault_of_order():
    assert locations("role-order", chat(("user", "Oslo?"), call(), ("assistant", "Cold."))) == []


def test_a_pair_is_in_order_with_its_chosen_answer():
    pair = {"prompt": "Where?", "chosen": "There.", "rejected": "Here."}
    assert locations("role-order", pair, dialect="preference") == []
