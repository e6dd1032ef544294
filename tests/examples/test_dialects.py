"""What each form means."""

import pytest

from curator.data.dialects.dialect import DIALECTS, dialect_named, mapped_dialect, recognise
from curator.errors import UnreadableInput, UsageError
from tests.examples.made import batch_of, block_of, chat

TURN = [("user", "Where?"), ("assistant", "There.")]
MEANINGS = {
    "chat": (chat(*TURN), TURN),
    "sharegpt": (
        {"conversations": [{"from": "human", "value": "Where?"}, {"from": "gpt", "value": "There."}], "system": "Hm"},
        [("system", "Hm"), *TURN],
    ),
    "sharegpt-roles": ({"conversations": chat(*TURN)["messages"]}, TURN),
    "alpaca": (
        {"instruction": "Find", "input": "it.", "output": "There.", "history": [["Hi", "Hello"]], "system": "Brief!"},
        [("system", "Brief!"), ("user", "Hi"), ("assistant", "Hello"), ("user", "Find\nit."), ("assistant", "There.")],
    ),
    "alpaca-response": ({"instruction": "Where?", "response": "There."}, TURN),
    "dolly": ({"instruction": "Find", "context": "it.", "response": "There."}, [("user", "Find\nit."), TURN[1]]),
    "prompt-completion": ({"prompt": chat(*TURN)["messages"][:1], "completion": "There."}, TURN),
    "prompt-response": ({"prompt": "Where?", "response": "There."}, TURN),
    "openorca": ({"system_prompt": "", "question": "Where?", "response": "There."}, TURN),
    "question-answer": ({"question": "Where?", "answer": "There."}, TURN),
    "text": ({"text": "Once."}, [("assistant", "Once.")]),
    "preference": ({"prompt": "Where?", "chosen": "There.", "rejected": "Here."}, [*TURN, ("assistant", "Here.")]),
    "openai-preference": (
        {"input": {"messages": chat(*TURN)["messages"][:1]}, "preferred_output": chat(*TURN)["messages"][1:],
         "non_preferred_output": [{"role": "assistant", "content": "Here."}]},
        [*TURN, ("assistant", "Here.")],
    ),
    "sharegpt-preference": (
        {"conversations": [{"from": "human", "value": "Where?"}], "chosen": {"from": "gpt", "value": "There."},
         "rejected": {"from": "gpt", "value": "Here."}},
        [*TURN, ("assistant", "Here.")],
    ),
    "gemini": (
        {"systemInstruction": {"role": "system", "parts": [{"text": "Brief!"}]},
         "contents": [
             {"role": who, "parts": [{"text": text}]} for who, text in (("user", "Where?"), ("model", "There."))
         ]},
        [("system", "Brief!"), *TURN],
    ),
    "nova": (
        {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Brief!"}],
         "messages": [{"role": role, "content": [{"text": text}]} for role, text in TURN]},
        [("system", "Brief!"), *TURN],
    ),
    "kto": ({"prompt": "Where?", "completion": "There.", "label": True}, TURN),
    "kto-chat": (chat(*TURN, label=False), TURN),
    "kto-tag": (chat(*TURN, kto_tag=False), TURN),
}  # fmt: skip


def test_every_dialect_is_shown_here():
    assert set(MEANINGS) == {dialect.name for dialect in DIALECTS}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_form_is_recognised_and_means_a_conversation(name):
    value, turns = MEANINGS[name]
    assert recognise([value] * 3, "a.jsonl").dialect.name == name
    batch = batch_of(value, dialect=name)
    assert batch.refused.is_empty()
    assert list(batch.messages.select("role", "content").iter_rows()) == turns
    assert batch.examples["extra_keys"].to_list() == [None]


def test_an_implicit_prompt_of_a_pair_is_what_both_answers_share():
    both = chat(*TURN)["messages"]
    value = {"chosen": both, "rejected": [both[0], {"role": "assistant", "content": "Here."}]}
    messages = batch_of(value, dialect="preference").messages
    assert list(messages.select("part", "index", "content").iter_rows()) == [
        ("messages", 0, "Where?"),
        ("chosen", 1, "There."),
        ("rejected", 1, "Here."),
    ]


def test_the_form_that_most_examples_fit_is_taken_with_a_reason():
    recognised = recognise([{"question": "?", "answer": "!"}] * 7 + [chat(*TURN)] * 3 + [5, None], "a.jsonl")
    assert recognised.dialect.name == "question-answer"
    assert recognised.reason == "7 of the first 10 objects have 'answer', 'question'"


def test_what_fits_no_form_is_refused_with_its_keys():
    with pytest.raises(UnreadableInput, match="their keys are 'ask', 'reply'"):
        recognise([{"ask": "?", "reply": "!"}], "a.jsonl")


def test_columns_can_be_named():
    from curator.data.batches import read_batch

    dialect = mapped_dialect({"prompt": "ask", "answer": "reply", "system": "persona"})
    batch = read_batch(block_of(b'{"ask": "Where?", "reply": "There.", "persona": "Be brief.", "id": 7}'), dialect)
    assert batch.messages["content"].to_list() == ["Be brief.", "Where?", "There."]
    assert batch.examples["extra_keys"].to_list() == ["id"]
    with pytest.raises(UsageError, match="names prompt and answer"):
        mapped_dialect({"prompt": "ask"})


def test_an_unknown_form_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=r"Known formats: .*sharegpt"):
        dialect_named("jsonl")


def test_older_function_calls_are_tool_calls():
    value = chat(
        ("user", "Oslo?"),
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": '{"a": 1 }'}},
        {"role": "function", "content": "1"},
        functions=[{"name": "f"}],
    )
    batch = batch_of(value)
    asked, answered = batch.messages.rows(named=True)[1:]
    assert (
        asked["tool_calls"] == '[{"type":"function","id":"call_1","function":{"name":"f","arguments":"{\\"a\\": 1 }"}}]'
    )
    assert (answered["role"], answered["tool_call_id"]) == ("tool", "call_1")
    assert batch.examples["tools"].to_list() == ['[{"type":"function","function":{"name":"f"}}]']


def test_unknown_keys_are_named_with_their_message():
    value = chat({"role": "user", "content": "Hi", "mood": 1, "age": 2}, ("assistant", "Hello"), id=7, zone="b")
    batch = batch_of(value)
    assert batch.examples["extra_keys"].to_list() == ["id\nzone"]
    assert batch.messages["extra_keys"].to_list() == ["age\nmood", None]
