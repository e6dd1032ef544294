"""Merged tasks, missing attachments, answers in another language."""

import pytest

from tests.checks.finding import findings
from tests.checks.text.asked import is_found, talk
from tests.data.made import chat

ENGLISH = "How do I change the address of my order, please?"
GERMAN = "Sie können die Adresse selbst ändern, bis das Paket am Nachmittag gepackt wird. Danach leitet die Post es um."


def found(check: str, prompt: str) -> list[dict]:
    return findings(check, talk(prompt))


@pytest.mark.parametrize(
    "prompt",
    [
        "1. Write a poem about the sea.\n2. Explain what a tide is.\n3. List three seas.",
        "1) What is a tide?\n2) Why is the sea salty?",
        "Where is my parcel? ## Write a reply to Ann. ## Explain how to descale a kettle.",
        "What is a tide?\n##\nWhy is the sea salty?\n##\nName a sea in the north.",
        "## Task 1\nWrite a poem.\n\n## Task 2\nExplain tides.",
        "Task 1: Write a poem.\n\nTask 2: Explain tides.",
    ],
)
def test_several_tasks_in_one_prompt_are_found(prompt):
    assert found("merged-instructions", prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "Do these steps in order:\n1. Write a file.\n2. Read the file.\n3. Explain it.",
        "Sort these:\n1. Apple\n2. Pear",
        "# Title\n\n## Introduction\nTides are a rise and fall of the sea.\n\n## Question\nWhy?",
        "Write C# and F# code.",
        "What is ##?",
        "1. Apple\n2. Pear\n3. Plum",
    ],
)
def test_steps_lists_and_headings_are_one_task(prompt):
    assert not found("merged-instructions", prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "Look at the attached photo of my kettle. What is this?",
        "Describe the image.\n[image]",
        "What does the chart below say?",
        "I have attached a PDF with the invoice. Is the tax right?",
        "<image>\nWhat is this?",
        "Based on the picture above, what is it?",
        "Please open the link below and tell me more.",
        "What is wrong here? (see photo)",
    ],
)
def test_things_that_are_not_there_are_found(prompt):
    assert [f["severity"] for f in found("missing-attachment", prompt)] == ["warning"]


def test_an_address_alone_is_an_info():
    (finding,) = found("missing-attachment", "Describe this photo.\nhttps://example.com/a.jpg")
    assert finding["severity"] == "info"


@pytest.mark.parametrize(
    "prompt",
    [
        "Summarise the following document.\nTides are a rise and fall of the sea.",
        "Write an email that says: I have attached the report.",
        "Describe the picture: two zebras cross a savannah.",
        "What is a figure of speech?",
        "How do I attach a file to a mail?",
        "Take a photo of the sea.",
    ],
)
def test_texts_descriptions_and_talk_about_files_are_not_missing(prompt):
    assert not found("missing-attachment", prompt)


def test_content_parts_and_image_fields_count_as_being_there():
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    parts = [{"type": "text", "text": "What is in the attached image?"}, picture]
    assert not findings("missing-attachment", chat({"role": "user", "content": parts}, ("assistant", "A cat.")))
    assert not findings("missing-attachment", talk("<image>\nWhat is this?") | {"images": ["a.png"]})


@pytest.mark.parametrize(
    "answer",
    [
        GERMAN,
        "Puede devolver cualquier artículo durante treinta días sin pagar nada. Abra sus pedidos y elija Devolver.",
        "您可以在下单后的三十天内免费退货，请在账户里打开订单并选择退货。",
        "Вы можете вернуть любой товар в течение тридцати дней, и это ничего не стоит.",
    ],
)
def test_an_answer_in_another_language_is_found(answer):
    assert is_found("language-mismatch", answer, ENGLISH)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Translate this into German: you can change it yourself until it is packed.", GERMAN),
        ("Wie kann ich die Adresse meiner Bestellung ändern?", GERMAN),
        (
            "Name the largest cities of Norway and tell me about them.",
            "Oslo, Bergen, Trondheim, Stavanger, Drammen, Tromsø, Moss",
        ),
        (
            "Write a function for the Fibonacci numbers.",
            "def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1)",
        ),
        (ENGLISH, "Ja, gern."),
        ("Say it in your own language please, my friend.", GERMAN),
    ],
)
def test_translations_names_code_and_short_answers_are_not_judged(prompt, answer):
    assert not is_found("language-mismatch", answer, prompt)


def test_a_translation_into_the_prompts_own_language_is_not_expected_in_a_third_one():
    speech = "You are a translator at a peace summit. Translate the speech of the leader into English for us: zogondra!"
    assert is_found("language-mismatch", GERMAN, speech)
    assert not is_found("language-mismatch", GERMAN, f"{speech} Then say it in German too.")
