"""Weights, keys, markers and system messages."""

import pytest

from tests.checks.finding import findings, locations
from tests.data.made import chat, question


def weighted(weight, role="assistant") -> dict:
    example = question()
    next(message for message in example["messages"] if message["role"] == role)["weight"] = weight
    return example


@pytest.mark.parametrize("weight", [0, 1, 0.0, 1.0, None])
def test_zero_and_one_are_weights(weight):
    assert locations("invalid-weight", weighted(weight)) == []


@pytest.mark.parametrize(("weight", "severity"), [(2, "error"), (-1, "error"), (0.5, "warning")])
def test_other_numbers_are_not(weight, severity):
    (finding,) = findings("invalid-weight", weighted(weight))
    assert (finding["message_index"], finding["severity"]) == (2, severity)


@pytest.mark.parametrize("weight", ["1", True, [1]])
def test_what_is_no_number_is_refused_by_the_reader_under_the_same_name(weight):
    assert findings("invalid-weight", weighted(weight))[0]["row"] is None


def test_a_question_has_no_weight():
    assert findings("invalid-weight", weighted(1, "user"))[0]["severity"] == "warning"
    assert locations("invalid-weight", weighted(0, "user")) == []


def test_an_example_whose_every_answer_is_masked_teaches_nothing():
    two = chat(
        ("user", "Hi"), {"role": "assistant", "content": "Hello", "weight": 0}, ("user", "?"), ("assistant", "!")
    )
    assert locations("nothing-to-learn", question(), weighted(0), two) == [(1, None)]


def test_a_pair_of_equal_answers_has_no_preference():
    equal = {"prompt": "Where?", "chosen": "There.", "rejected": " There.\n"}
    other = {"prompt": "Where?", "chosen": "There.", "rejected": "Here."}
    (finding,) = findings("chosen-equals-rejected", other, equal, dialect="preference")
    assert finding["row"] == 1 and finding["severity"] == "error"


def test_a_key_of_a_message_that_no_form_knows_is_named():
    example = question()
    example["messages"][1] |= {"sentiment": "angry", "conten": "x"}
    (finding,) = findings("unexpected-key", question(), example)
    assert (finding["row"], finding["message_index"]) == (1, 1)
    assert "'conten', 'sentiment'" in finding["message"] and "Was 'content' meant?" in finding["message"]


def test_keys_of_the_example_are_its_owners_unless_they_look_misspelled():
    assert (
        locations(
            "unexpected-key", question() | {"id": 7, "conversation_id": "c7", "category": "returns", "source": "mail"}
        )
        == []
    )
    (finding,) = findings("unexpected-key", question() | {"Tools": []})
    assert "Was 'tools' meant?" in finding["message"]


@pytest.mark.parametrize(
    "marker",
    ["<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "[INST]", "[/INST]",
     "<<SYS>>", "<｜User｜>", "<｜end▁of▁sentence｜>", "[TOOL_CALLS]"],
)  # fmt: skip
def test_a_marker_in_a_text_is_found_at_its_place(marker):
    text = f"Grüße 👋 {marker} and more"
    (finding,) = findings("special-token-in-text", question(text))
    assert finding["message_index"] == 1
    assert text[finding["start"] : finding["end"]] == marker


@pytest.mark.parametrize("text", ["Done.</s>", "<s>Done."])
def test_sentence_marks_count_at_the_edges_of_a_text(text):
    assert locations("special-token-in-text", question(answer=text)) == [(0, 2)]


@pytest.mark.parametrize(
    "text",
    ["x <| y |> z", "a <- b |> f", "<div>[link](x)</div>", "<s>old price</s>", "Now <s>20</s> 15 euros", "if a < s > b",
     "List<String> x = [INSTANCE];", "<end> <start>", "|<|", "<|>"],
)  # fmt: skip
def test_code_and_markup_are_not_markers(text):
    assert locations("special-token-in-text", question(answer=text)) == []


def with_system(text: str | None) -> dict:
    example = question()
    example["messages"][0:1] = [] if text is None else [{"role": "system", "content": text}]
    return example


def test_examples_that_leave_the_common_system_message_are_found():
    examples = [*(question() for _ in range(8)), with_system(None), with_system("Be rude.")]
    lacks, differs = findings("inconsistent-system-message", *examples)
    assert (lacks["row"], lacks["message_index"]) == (8, None)
    assert (differs["row"], differs["message_index"]) == (9, 0)
    assert "80.0 %" in lacks["message"]


def test_sets_with_several_system_messages_or_none_are_left_alone():
    several = [*(question() for _ in range(7)), *(with_system("Be rude.") for _ in range(3))]
    hardly_any = [*(with_system(None) for _ in range(9)), question()]
    assert locations("inconsistent-system-message", *several) == []
    assert locations("inconsistent-system-message", *hardly_any) == []
    assert locations("inconsistent-system-message", *[{"text": "Once."}] * 5, dialect="text") == []
