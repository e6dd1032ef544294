"""Loops, blanks, refusals, stock phrases, echoes."""

import pytest

from tests.checks.finding import findings
from tests.checks.text.asked import is_found, said
from tests.data.made import chat

TIDE = "The moon pulls at the sea, and the sea rises on the side that faces it. "


def test_a_sentence_said_again_and_again_is_a_loop_and_its_place_is_known():
    answer = "High water comes twice. " + "Then it falls again. " * 9
    (finding,) = said("repetition", answer)
    assert answer[finding["start"] : finding["end"]].strip() == ("Then it falls again. " * 9).strip()
    assert "9 times" in finding["message"] and finding["score"] > 0.8


@pytest.mark.parametrize(
    "answer",
    [TIDE + "please " * 60, TIDE + "\n" + "It rises.\n" * 12, TIDE + "ha" * 200, "潮水上涨。" * 12, TIDE + "!" * 150],
)
def test_loops_of_words_lines_signs_and_han_are_found(answer):
    assert is_found("repetition", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Row, row, row your boat, gently down the stream.\nRow, row, row your boat, life is but a dream.",
        "| a | b |\n| - | - |\n| 0 | 0 |\n| 0 | 0 |\n| 0 | 0 |\n| 0 | 0 |",
        "\n".join(f"{n} times two is {2 * n}." for n in range(1, 15)),
        "Verse one is here.\nLa la la, I sing.\nVerse two is here.\nLa la la, I sing.\nVerse three.\nLa la la, I sing.",
        "x" * 90,
        "-" * 120,
        TIDE + " " * 80 + "So it is.",
        "Dense(128, activation='relu'),\n" * 4,
    ],
)
def test_refrains_tables_lists_rules_and_code_are_not_loops(answer):
    assert not is_found("repetition", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Dear [Customer Name], hello.",
        "I am {{name}}.",
        "Lorem ipsum dolor sit amet.",
        "TODO: write this.",
        "<noinput>",
        "TBD",
        "Hi {first_name}!",
    ],
)
def test_blanks_and_fillers_are_placeholders(answer):
    (finding,) = said("placeholder-text", answer)
    assert finding["severity"] == "warning"


def test_a_blank_in_a_letter_that_was_asked_for_is_only_an_info():
    (finding,) = said("placeholder-text", "Dear Ann,\n…\n[Your Name]", "Write a letter to Ann.")
    assert finding["severity"] == "info"


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is a tide?", "See [the chart](https://example.com) and [1]."),
        ("What is a tide?", "[Verse 1]\nThe sea comes in"),
        ("Fill {{name}} in.", "Where {{name}} stands, write Ann."),
        ("What is a tide?", "```\n{{ name }}\n```"),
    ],
)
def test_links_verses_and_quoted_variables_are_no_placeholders(prompt, answer):
    assert not any(f["message_index"] == 1 for f in said("placeholder-text", answer, prompt))


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't assist with that.",
        "I cannot fulfill this request.",
        "I’m unable to help you with that request.",
        "As an AI language model, I cannot browse the internet.",
        "Unfortunately, I am not able to provide that information.",
        "This instruction cannot be completed by a GPT language model.",
        "It is not appropriate for me to answer this question.",
    ],
)
def test_refusals_are_found(answer):
    assert is_found("refusal", answer)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is a tide?", "Humans cannot breathe water, so they drown."),
        ("What is a tide?", "I can't help but love the sea."),
        ("Write a reply to a customer who wants a refund.", "I'm sorry, but we cannot offer a refund."),
        ("Is 2 > 3?", "We cannot say that; it is smaller."),
        ("Say sorry to Ann.", "I'm so sorry that I can't come to your party."),
    ],
)
def test_apologies_and_limits_of_other_things_are_no_refusals(prompt, answer):
    assert not is_found("refusal", answer, prompt)


@pytest.mark.parametrize(
    "answer",
    [
        "As an AI language model, I like tides.",
        "I am ChatGPT.",
        "It falls. My knowledge cutoff is 2021.",
        "I was trained by OpenAI to say this.",
    ],
)
def test_a_model_that_speaks_of_itself_is_a_warning(answer):
    (finding,) = said("assistant-boilerplate", answer)
    assert finding["severity"] == "warning"


@pytest.mark.parametrize(
    "answer",
    [
        "Certainly! Here is how tides work.",
        "The moon does it.\n\nI hope this helps!",
        "The moon. Let me know if you have any questions.",
    ],
)
def test_courtesies_are_an_info(answer):
    (finding,) = said("assistant-boilerplate", answer)
    assert finding["severity"] == "info"


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Are you an AI?", "As an AI, I am one."),
        ("Name a scripting language.", "VBScript was developed by Microsoft."),
        ("Is it wet?", "Sure, water is wet."),
    ],
)
def test_talk_of_ai_and_plain_agreement_is_no_boilerplate(prompt, answer):
    assert not is_found("assistant-boilerplate", answer, prompt)


QUESTION = "How many tides does the sea have in one day?"


@pytest.mark.parametrize(
    "answer", [QUESTION, f"{QUESTION} It has two.", f"Question: {QUESTION}\nAnswer: two", f"{QUESTION.upper()}\nTwo."]
)
def test_an_answer_that_repeats_the_question_first_is_an_echo(answer):
    assert is_found("prompt-echo", answer, QUESTION)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Correct this: he go to the sea every day in summer", "He goes to the sea every day in summer"),
        ("Bake a cake from flour and eggs.", "To bake a cake from flour and eggs, beat the eggs."),
        (QUESTION, "The sea has two tides in one day."),
        ("Write a function to add two numbers.", '"""Write a function to add two numbers."""\ndef add(a, b): ...'),
        ("Hi there", "Hi there! How are you?"),
    ],
)
def test_edits_and_answers_that_take_the_words_up_are_no_echo(prompt, answer):
    assert not is_found("prompt-echo", answer, prompt)


def test_only_what_the_model_learns_is_judged():
    refused = "I'm sorry, but I can't assist with that."
    unlearned = chat(("user", "Hi"), ("assistant", refused), ("user", "Really?"), ("assistant", "Hello."))
    unlearned["messages"][1]["weight"] = 0
    assert findings("refusal", unlearned) == []
    rejected = {
        "input": {"messages": [{"role": "user", "content": "Hi"}]},
        "preferred_output": [{"role": "assistant", "content": "Hello."}],
        "non_preferred_output": [{"role": "assistant", "content": refused}],
    }
    assert findings("refusal", rejected, dialect="preference") == []
