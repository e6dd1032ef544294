"""Questions and answers of an evaluation set are found in training data, and nothing else is taken for them."""

import json
import random
import shlex
import unicodedata

import pytest

from curator.duplicates.text.word_offsets import placed_words
from tests.audit.run import chat, curator, write
from tests.duplicates import reference
from tests.duplicates.material import question, sentence

GENERATOR = random.Random(11)
ITEMS = [question(GENERATOR) for _ in range(40)]
LONG = sentence(GENERATOR, 60)
OTHERS = [question(GENERATOR) for _ in range(60)]


def found(folder, examples, items, *arguments):
    """line -> finding of every contaminated example."""
    write(folder / "data.jsonl", examples)
    if items is not None:
        (folder / "exam.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
        arguments = ("--against", "exam.jsonl", *arguments)
    outcome = curator(
        folder, "audit", "data.jsonl", "--findings", "f.jsonl", "--fail-on", "never", "--quiet", *arguments
    )
    assert outcome.code == 0, outcome.err
    findings = map(json.loads, (folder / "f.jsonl").read_text(encoding="utf-8").splitlines())
    return {finding["line"]: finding for finding in findings if finding["check"] == "contamination"}


def exam(items=ITEMS):
    return [{"question": q, "answer": a} for q, a in items]


def test_a_question_is_found_whole_changed_a_little_or_inside_a_longer_prompt_with_the_matching_text(tmp_path):
    q = ITEMS[3][0]
    words = ITEMS[4][0].split()
    changed = " ".join([*words[:14], "newly", *words[15:]])
    examples = [chat(*other) for other in OTHERS]
    examples[5:8] = [
        chat(q, "Another answer."),
        chat(changed, ITEMS[4][1]),
        chat(f"{sentence(random.Random(1), 30)}. {ITEMS[5][0].upper()}! Think.", "Yes."),
    ]
    reported = found(tmp_path, examples, exam())
    assert sorted(reported) == [6, 7, 8]
    assert "100% of the question at exam.jsonl:4" in reported[6]["message"]
    shown = examples[5]["messages"][0]["content"][reported[6]["start"] : reported[6]["end"]]
    assert f"“{shown}”" in reported[6]["message"]
    assert shown == q.rstrip("?")
    assert "exam.jsonl:6" in reported[8]["message"]


def test_a_short_question_with_another_symbol_is_another_question(tmp_path):
    items = exam([("What is 30 + 40 in Rome?", "seventy then"), ("Is x < 3 in C#?", "no idea")])
    examples = [
        chat("Well. What is 30 * 40 in Rome?", "seventy then"),
        chat("Well: *What is 30 + 40 in Rome?*", "seventy then"),
        chat("Is x > 3 in C#?", "no idea"),
        chat("Is x < 3 in C?", "no idea"),
        chat("- Is X < 3 in c#, please?", "no idea"),
        *(chat(*other) for other in OTHERS),
    ]
    assert sorted(found(tmp_path, examples, items, "--no-meaning")) == [2, 5]


def test_a_short_question_counts_with_its_answer_and_not_without(tmp_path):
    items = exam([("What is the capital of France?", "Paris"), ("Who wrote it?", "Nobody knows that.")])
    examples = [
        chat("What is the capital of France?", "It is Paris, as all know."),
        chat("What is the capital of France?", "That depends on the century you ask about."),
        chat("Tell me who wrote it? And when?", "Nobody knows that."),
        chat("Who wrote it?", "Nobody knows that."),
    ]
    assert sorted(found(tmp_path, examples, items)) == [1, 4]


def test_a_long_answer_counts_alone_and_a_stock_phrase_does_not(tmp_path):
    stock = sentence(random.Random(5), 30)
    items = exam([(ITEMS[0][0], LONG), (ITEMS[1][0], stock)])
    examples = [chat("Go on.", f"Well. {LONG}"), chat("And you?", stock)]
    reported = found(tmp_path, examples, items)
    assert list(reported) == [1]
    assert "of the answer at exam.jsonl:1" in reported[1]["message"]


def test_turns_of_a_conversation_are_found_one_by_one(tmp_path):
    turns = [{"role": "user", "content": f"{sentence(random.Random(at), 9)} {at}?"} for at in range(3)]
    said = {"role": "assistant", "content": "Is that so?"}
    talk = {"messages": [turns[0], said, turns[1], said, turns[2], said]}
    assert list(found(tmp_path, [talk, chat(turns[0]["content"], "No.")], [talk])) == [1]


def test_what_all_questions_of_the_exam_share_is_its_form_and_no_evidence(tmp_path):
    form = sentence(random.Random(8), 25)
    items = exam([(f"{form} {question}", answer) for question, answer in ITEMS])
    examples = [chat(f"{form} {q}", a) for q, a in OTHERS[:10]] + [chat(f"{form} {ITEMS[7][0]}", "Yes.")]
    assert list(found(tmp_path, examples, items)) == [11]


def test_texts_preferences_and_other_forms_of_exams_are_read(tmp_path):
    text = [{"text": LONG}]
    assert list(found(tmp_path, [chat("Why?", LONG), chat("Why?", "So.")], text)) == [1]
    pair = [{"prompt": ITEMS[0][0], "chosen": ITEMS[0][1], "rejected": ITEMS[1][1]}]
    assert list(found(tmp_path, [chat(*ITEMS[1]), chat(*ITEMS[0])], pair)) == [2]


def test_accents_written_in_another_way_are_the_same_words(tmp_path):
    words = "Pourquoi l’été à Évry est-il si agréable, même après la fête du château près de la forêt ?"

    examples = [chat(unicodedata.normalize("NFD", words), "Oui."), chat("Non ?", "Oui.")]
    assert list(found(tmp_path, examples, exam([(words, "Parce que.")]))) == [1]


def test_without_an_exam_the_report_says_so_and_one_that_cannot_be_read_ends_with_2(tmp_path):
    name = write(tmp_path / "data.jsonl", [chat(*OTHERS[0])])
    report = json.loads(curator(tmp_path, "audit", name, "--json").out)
    assert {"check": "contamination", "reason": "no evaluation set was named with --against"} in report["not_run"]
    (tmp_path / "odd.jsonl").write_text('{"x": 1}\n')
    outcome = curator(tmp_path, "audit", name, "--against", "odd.jsonl")
    assert (outcome.code, "their keys are 'x'" in outcome.err) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "Ab, c_d 3x4!",
        "你好 world ไทยแลนด์",
        "ﬁne Ⅷ ½ ① straße ΣΑΣ",
        "हिन्दी में लिखा",
        "e\u0301te\u0301 o\u0308",
        "ｶﾞ １２３ 👍🏽 a👍b",
        "",
        "...",
    ],
)
def test_placed_words_are_the_words_of_the_definition_and_stand_where_they_say(text):
    shown, words = placed_words(text)
    assert [word.word for word in words] == reference.words(text)
    assert all(0 <= word.start < word.end <= len(shown) for word in words)


def test_the_next_step_of_the_report_shows_the_examples_it_speaks_of(tmp_path):
    name = write(tmp_path / "data.jsonl", [chat(*other) for other in [*OTHERS[:20], ITEMS[2]]])
    (tmp_path / "exam.jsonl").write_text("".join(json.dumps(item) + "\n" for item in exam()), encoding="utf-8")
    report = json.loads(curator(tmp_path, "audit", name, "--against", "exam.jsonl", "--json").out)
    (step,) = [step for step in report["verdict"]["next_steps"] if "contamination" in (step["filter"] or "")]
    shown = curator(tmp_path, "show", name, "--against", "exam.jsonl", "--where", step["filter"])
    assert "words in a row" in " ".join(shown.out.split())
    dropped = curator(tmp_path, *shlex.split(step["command"])[1:])
    assert (step["count"], dropped.out.partition(" found")[0]) == (1, "drop: 1 example")


def test_a_question_of_the_exam_in_other_words_is_found_and_quoted(tmp_path):
    asked = (
        "A robe takes 17 bolts of blue fibre and half that much white fibre, and the tailor charges $45 for sewing it. "
        "How many bolts in total does the robe take?"
    )
    reworded = (
        "For one robe the tailor, who charges $45 for sewing, uses 17 bolts of blue fibre and of white fibre half as "
        "much as that. Tell me the total number of bolts that the robe takes."
    )
    examples = [*(chat(*other) for other in OTHERS), chat(reworded, "Twenty-five and a half.")]
    reported = found(tmp_path, examples, exam([*ITEMS, (asked, "25.5")]))
    assert list(reported) == [61]
    assert "It asks in other words what exam.jsonl:41 asks (cosine 0." in reported[61]["message"]
    assert "“A robe takes 17 bolts" in reported[61]["message"]
    assert reported[61]["suggestion"] == "review"
    assert found(tmp_path, examples, exam([*ITEMS, (asked, "25.5")]), "--no-meaning") == {}
