"""Real data that a check must leave alone, and what it must still see beside it."""

import pytest

from tests.checks.finding import findings
from tests.checks.text.asked import is_found, talk
from tests.data.made import chat

CODE = [
    'puts "Unique elements: #{unique_array}"',
    "print(f'Occurrences of the word \"{search_word}\":', count)",
    "numbers.each_with_object(Hash.new(0)) { |number, count| count[number] += 1 }",
    "public static double fahrenheitToCelsius(double fahrenheit) {\n    return (fahrenheit - 32) * 5 / 9;\n}",
    "SELECT name, age\nFROM users\nWHERE name = '{user_name}';",
    "<person>\n  <name>John</name>\n  <age>32</age>\n</person>",
    "@Component({\n  template: `<li>{{book.title}}</li>`\n})\nexport class Books {}",
    "def greet(name):\n    # TODO: say it in more words\n    return f'Hello {user_name}'",
    '{"title": "{{title}}", "intent": "payment_failure", "urgency": "high"}',
]


@pytest.mark.parametrize("answer", CODE)
@pytest.mark.parametrize(
    "check", ["placeholder-text", "language-mismatch", "html-residue", "repetition", "refusal", "mojibake"]
)
@pytest.mark.parametrize("prompt", ["Write a line of it.", "Classifica a intenção do cliente, por favor, e responde."])
def test_code_and_data_without_a_fence_are_no_text(check, answer, prompt):
    assert not is_found(check, answer, prompt)


@pytest.mark.parametrize(
    "answer", ["Welcome to [Company Name], your shop for tea.", "Hello {{name}}, how are you?", "<nooutput>"]
)
def test_a_blank_in_prose_is_found_still(answer):
    assert is_found("placeholder-text", answer)


ARTICLES = [
    "Roofs were torn off. Eye of the storm: This picture, posted by a neighbour, shows the funnel cloud over the town.",
    "The champion kept fans informed with a series of pictures uploaded to his page. He will fight again in May.",
    "Neighbours shovelled snow from the roof (picture) before the helpers came late.",
    '"Look at the photo above," he told the court. The judge did not.',
]


@pytest.mark.parametrize("article", [*ARTICLES, " ".join(ARTICLES * 12)])
@pytest.mark.parametrize(
    "form", ["Summarize this article:\n\n{}", "TL;DR of what follows.\n{}", "{}\n\nWhat are the key points?"]
)
def test_words_of_an_article_speak_of_its_own_pictures(article, form):
    prompt = form.format(f"It was a long day. {article}")
    assert not is_found("missing-attachment", "A storm hit the town.", prompt)


def test_a_picture_in_an_earlier_turn_or_a_field_is_there():
    picture = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "a.png"}}]
    later = chat(("user", "Look."), ("assistant", "A cat."), ("user", "What colour is it in this picture?"))
    later["messages"][0]["content"] = picture
    assert findings("missing-attachment", later) == []
    asked = talk("Describe the image below.")
    assert findings("missing-attachment", {**asked, "image_path": "a.png"}) == []
    assert len(findings("missing-attachment", asked)) == 1


HAN = [
    (
        "科学家如何研究宇宙？",
        "科学家用很多方法研究宇宙，最常见的是望远镜、卫星、计算机模拟和数据分析。望远镜有很多种。",
    ),
    ("手指疱疹根治方法", "这种皮肤病与出汗有关，应当保持手部干燥清洁，避免抓挠，并按照医生的建议使用外用药物。"),
    (
        "日本語で答えて。海はなぜ青い？",
        "海が青く見えるのは、水が赤い光をよく吸収し、青い光を散らすからです。空の色も映ります。",
    ),
]


@pytest.mark.parametrize(("prompt", "answer"), HAN)
def test_han_alone_is_chinese_and_kana_is_japanese(prompt, answer):
    assert not is_found("language-mismatch", answer, prompt)


def test_an_answer_in_the_language_of_the_quoted_text_or_with_foreign_names_is_none():
    english = (
        "The sea is blue because water absorbs red light well and scatters blue light towards the eye of whoever looks."
    )
    assert not is_found("language-mismatch", english, f"请修改下面的句子，使它更通顺。\n{english[:60]} more or less.")
    commands = "使用“ask (translate (join So your language is) to (the language of the user)) and then wait for it”块。"
    assert not is_found("language-mismatch", commands, "如何确认用户设置的语言是不是他们的主要语言？")
    assert is_found("language-mismatch", english, "海水为什么看起来是蓝色的？请解释。")


def test_a_chorus_that_was_asked_for_is_no_loop():
    chorus = "Sail away with me tonight,\n" * 6
    assert not is_found("repetition", chorus, "Write the chorus of a sailor's song.")
    assert is_found("repetition", chorus, "What is a tide?")


def test_what_an_encoder_made_of_letters_it_lacks_is_found():
    assert is_found("mojibake", "??? ????? ???????, ?? ????.")
    assert is_found("mojibake", "Le caf? est pr?t, l'?t? a d?j? commenc? et nous ?tions l?.")
    assert not is_found("mojibake", "What??? Really?? You don't say??")
    assert not is_found("mojibake", "See https://a.org/?b=c and https://a.org/x?y=z or a?b:c.")


def test_a_refusal_behind_a_thought_is_found_at_its_place():
    answer = (
        "<think>The user wants a table. I cannot know it.</think>\n\nI'm sorry, but I cannot help with that request."
    )
    (finding,) = findings("refusal", talk(answer=answer))
    assert answer[finding["start"] : finding["end"]].startswith("I'm sorry")
    assert not is_found("refusal", "<think>I cannot help with that request? I can.</think>\n\nAt six.")


@pytest.mark.parametrize(
    "answer",
    [
        "I am ChatGPT, a large language model trained by OpenAI.",
        "I'm Claude, an AI assistant made by Anthropic.",
        "我是ChatGPT，由OpenAI开发。",
        "Je suis ChatGPT, un modèle de langage.",
        "<think>Who am I?</think>I was developed by OpenAI.",
    ],
)
@pytest.mark.parametrize("prompt", ["Who are you?", "你是谁？", "What is a tide?"])
def test_the_name_of_another_model_is_found_even_where_it_is_asked_for(answer, prompt):
    assert is_found("assistant-boilerplate", answer, prompt)


def test_a_person_called_like_a_model_and_ones_own_name_are_not():
    for answer in ("I am Claude Monet, and I paint.", "I'm Gemini, born in June.", "I am Ada, your shop's assistant."):
        assert not is_found("assistant-boilerplate", answer, "Who are you?")


def test_an_open_end_is_a_warning_only_where_a_word_must_follow():
    ended, end = "The moon pulls at the sea, and it rises on both sides of the earth. " * 4, "That is what a tide means"
    said = [talk(answer=ended.strip())] * 19
    assert [f["severity"] for f in findings("truncated-response", *said, talk(answer=ended + end))] == ["info"]
    assert [f["severity"] for f in findings("truncated-response", *said, talk(answer=f"{ended}{end} for the"))] == [
        "warning"
    ]
