"""What each form means."""

import json

import pytest

from curator.data.batches import read_batch
from curator.data.dialects.agents import LOG_NAMES
from curator.data.dialects.dialect import DIALECTS, dialect_named
from curator.data.dialects.recognition import mapped_dialect, recognise
from curator.errors import UnreadableInput, UsageError
from tests.data.made import batch_of, block_of, chat

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
    "exchanges": ({"conversation": [{"input": "Where?", "output": "There."}]}, TURN),
    "text-turns": ({"conversations": ["Where?", "There."]}, TURN),
    "text-data": ({"data": ["Where?", "There."]}, TURN),
    "function-calls": (
        {"query": "Where?", "tools": '[{"name": "find", "description": "d", "parameters": {"it": {"type": "str"}}}]',
         "answers": '[{"name": "find", "arguments": {"it": "x"}}]'},
        [TURN[0], ("assistant", None)],
    ),
    "conversation-sharegpt": (
        {"conversation": [{"from": "human", "value": "Where?"}, {"from": "gpt", "value": "There."}]}, TURN
    ),
    "conversation": ({"conversation": chat(*TURN)["messages"]}, TURN),
    "message-tree": (
        {"message_tree_id": "1", "prompt": {"text": "Where?", "role": "prompter", "replies": [
            {"text": "There.", "role": "assistant", "replies": []}]}},
        TURN,
    ),
    "self-instruct": ({"instruction": "Where?", "instances": [{"input": "", "output": "There."}]}, TURN),
    "squad": (
        {"context": "It is there.", "question": "Where?", "answers": {"text": ["There.", "There."]}},
        [("user", "It is there.\nWhere?"), TURN[1]],
    ),
    "input-output": ({"input": "Where?", "output": "There."}, TURN),
    "transcript": (
        {"text": "Be brief.\n### Human: Where?### Assistant: There."}, [("system", "Be brief."), *TURN]
    ),
    "kto": ({"prompt": "Where?", "completion": "There.", "label": True}, TURN),
    "kto-chat": (chat(*TURN, label=False), TURN),
    "kto-tag": (chat(*TURN, kto_tag=False), TURN),
    "prompt-and-answer": ({"prompt": "Where?", "answer": "There."}, TURN[:1]),
    "prompt-only": ({"prompt": chat(*TURN)["messages"][:1]}, TURN[:1]),
    "prompt-answer": ({"prompt": "Where?", "answer": "There. " * 30}, [TURN[0], ("assistant", "There. " * 30)]),
    "problem": ({"problem": "Where?", "solution": "There."}, TURN[:1]),
    "verifiers": ({"question": "Where?", "answer": "There.", "info": {"place": 1}}, TURN[:1]),
    "openai-rft": ({"messages": chat(*TURN)["messages"][:1], "reference_answer": "There."}, TURN[:1]),
    "verl": (
        {"data_source": "places", "prompt": chat(*TURN)["messages"][:1], "ability": "where",
         "reward_model": {"style": "rule", "ground_truth": "There."}, "extra_info": {"index": 0}},
        TURN[:1],
    ),
    "cohere": (
        {"preamble": "Brief!", "chat_history": [{"role": "USER", "message": "Hi"},
         {"role": "CHATBOT", "message": "Hello"}], "message": "Where?", "response": "There."},
        [("system", "Brief!"), ("user", "Hi"), ("assistant", "Hello"), *TURN],
    ),
    "langchain": (
        {"messages": [{"type": "human", "content": "Where?"}, {"type": "ai", "data": {"content": "There."}}]}, TURN
    ),
    "responses": (
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Where?"}]}],
         "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "There."}]}]},
        TURN,
    ),
} | {name: ({"log": name, **chat(*TURN)}, TURN) for name in LOG_NAMES}  # fmt: skip

OWN_COLUMNS = {
    "prompt-and-answer": "answer",
    "problem": "solution",
    "verifiers": "answer\ninfo",
    "openai-rft": "reference_answer",
    "verl": "ability\ndata_source\nextra_info\nreward_model",
}
"""What stays a column beside the prompt: answers that are compared with, and facts for a reward."""


def test_every_dialect_is_shown_here():
    assert set(MEANINGS) == {dialect.name for dialect in DIALECTS}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_form_is_recognised_and_means_a_conversation(name):
    value, turns = MEANINGS[name]
    assert recognise([value] * 3, "a.jsonl").dialect.name == name
    batch = batch_of(value, dialect=name)
    assert batch.refused.is_empty()
    assert list(batch.messages.select("role", "content").iter_rows()) == turns
    assert batch.examples["extra_keys"].to_list() == [OWN_COLUMNS.get(name)]


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
    assert recognised.reason.startswith("7 of the first 10 objects have 'answer', 'question'; this is doubtful: 3")


def test_what_fits_no_form_is_refused_with_its_keys():
    with pytest.raises(UnreadableInput, match=r"their keys are 'ask', 'reply'.*--columns prompt=ask,answer=reply"):
        recognise([{"ask": "?", "reply": "!"}], "a.jsonl")


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ({"id": "7", "frage": "Wo?", "antwort": "Dort."}, "prompt=frage,answer=antwort"),
        ({"问题": "在哪里？", "答案": "在那里。"}, "prompt='问题',answer='答案'"),
        ({"user_query": "Where?", "bot_reply": "There.", "persona": "A guide."}, "system=persona"),
        ({"n": 1, "kunde": "Wo ist es?", "wir": "Dort drüben, beim Tor."}, "prompt=kunde,answer=wir"),
        ({"n": 1}, "prompt=KEY,answer=KEY"),
        ({"task": "t", "inputs": "Where?", "targets": "There."}, "prompt=inputs,answer=targets"),
        ({"user_id": "u1", "inputs": "Where?", "targets": "There.", "language": "en"}, "prompt=inputs,answer=targets"),
        ({"Patient": "It hurts.", "Doctor": "Where?", "Description": "d"}, "prompt=Patient,answer=Doctor"),
        ({"role_1": "x", "message_1": "Where is it?", "message_2": "There."}, "prompt=message_1,answer=message_2"),
        ({"post_id": "p", "history": "Where?", "human_ref_A": "There.", "human_ref_B": "No."}, "prompt=history"),
    ],
)
def test_own_columns_are_suggested_by_their_names_or_their_texts(value, columns):
    with pytest.raises(UnreadableInput) as refused:
        recognise([value] * 3, "a.jsonl")
    assert columns in str(refused.value)


def test_numbers_of_tokens_are_refused_with_what_to_do():
    with pytest.raises(UnreadableInput, match=r"input_ids.*no text.*Name the data that it was made from"):
        recognise([{"input_ids": [1, 2], "labels": [1, 2]}], "a.jsonl")


@pytest.mark.parametrize(
    ("value", "filter_of_jq"),
    [
        (
            {"dialogue": [{"speaker": "user", "text": "Wo?"}, {"speaker": "bot", "text": "Hier."}]},
            """'{messages: [.["dialogue"][] | {role: .speaker, content: .text}]}'""",
        ),
        ({"a1": {"prompt": "Where?", "completion": "Here."}, "a2": {"prompt": "When?", "completion": "Now."}}, "'.[]'"),
    ],
)
def test_turns_and_examples_under_other_names_are_refused_with_the_command_that_converts_them(value, filter_of_jq):
    with pytest.raises(UnreadableInput) as refused:
        recognise([value], "a b.jsonl")
    assert f"jq -c {filter_of_jq} 'a b.jsonl' > converted.jsonl" in str(refused.value)


def test_rows_of_a_tree_are_not_taken_for_plain_text():
    row = {"message_id": "1", "parent_id": None, "text": "Where?", "role": "prompter"}
    with pytest.raises(UnreadableInput, match="in a known format"):
        recognise([row], "a.jsonl")


def test_a_guess_that_could_be_another_is_said_to_be_doubtful():
    assert "doubtful" not in recognise([chat(*TURN, id=1, prompt="Where?")] * 9, "a.jsonl").reason
    both = recognise([chat(*TURN, prompt="Where?", completion="There.")] * 9, "a.jsonl")
    assert both.dialect.name == "chat"
    assert "doubtful: 9 could be 'prompt-completion'" in both.reason
    mixed = recognise([chat(*TURN)] * 9 + [{"text": "Once."}], "a.jsonl")
    assert "doubtful: 1 could be 'text'" in mixed.reason


@pytest.mark.parametrize(
    "names",
    [
        ("System", "User", "Chatbot", "Tool"), ("SYSTEM", "Human", "GPT", "ipython"),
        ("system", "prompter", "model", "observation"), (" system", "user ", "Assistant", "Function"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["chat", "sharegpt", "sharegpt-roles", "conversation"])
def test_roles_are_known_under_any_usual_name_in_any_case(form, names):
    roles = ("system", "user", "assistant", "tool", "assistant")
    turns = [(name, f"{number}") for number, name in enumerate((*names, names[2]))]
    if form == "sharegpt":
        value = {"conversations": [{"from": name, "value": text} for name, text in turns]}
    else:
        key = {"chat": "messages", "conversation": "conversation"}.get(form, "conversations")
        value = {key: chat(*turns)["messages"]}
    assert recognise([value], "a.jsonl").dialect.name == form
    batch = batch_of(value, dialect=form)
    assert (tuple(batch.messages["role"]), batch.messages["content"].to_list()) == (roles, ["0", "1", "2", "3", "4"])


@pytest.mark.parametrize("written", [json.dumps, repr], ids=["JSON", "Python"])
def test_messages_that_a_cell_holds_as_text_are_messages(written):
    turns = [*chat(*TURN)["messages"], {"role": "user", "content": 'Who said "l\'été"?'}]
    for value, name in (
        ({"messages": written(turns), "id": "7"}, "chat"),
        ({"conversations": written(turns)}, "sharegpt-roles"),
        ({"conversation": written(turns)}, "conversation"),
        ({"prompt": written(turns[:1]), "completion": written(turns[1:])}, "prompt-completion"),
    ):
        assert recognise([value], "a.csv").dialect.name == name
        batch = batch_of(value, dialect=name)
        assert batch.messages["content"].to_list() == ["Where?", "There.", 'Who said "l\'été"?']
    plain = {"prompt": '[{"role": 1}]', "completion": "[not a list]"}
    assert batch_of(plain, dialect="prompt-completion").messages["content"].to_list() == list(plain.values())


def test_a_bare_list_of_messages_is_a_conversation():
    bare = chat(*TURN)["messages"]
    assert recognise([bare], "a.jsonl").dialect.name == "chat"
    assert list(batch_of(bare).messages.select("role", "content").iter_rows()) == TURN
    speakers = [{"from": "human", "value": "Where?"}, {"from": "gpt", "value": "There."}]
    assert recognise([speakers], "a.jsonl").dialect.name == "sharegpt"
    assert batch_of([], dialect="chat").refused["message"].to_list() == ["The line holds a list, not an object."]


def test_answers_to_choose_between_may_be_texts_beside_a_conversation():
    value = {"conversations": [{"from": "human", "value": "Where?"}], "chosen": "There.", "rejected": "Here."}
    messages = batch_of(value, dialect="sharegpt-preference").messages
    assert messages["content"].to_list() == ["Where?", "There.", "Here."]
    assert messages["role"].to_list() == ["user", "assistant", "assistant"]


@pytest.mark.parametrize(
    "prompt", ["Where?", [{"role": "system", "content": "Brief!"}, {"role": "user", "content": "Where?"}]]
)
def test_a_prompt_that_both_answers_say_again_is_read_once(prompt):
    asked = {"role": "user", "content": "Where?"}
    chosen, rejected = ([asked, {"role": "assistant", "content": text}] for text in ("There.", "Here."))
    messages = batch_of({"prompt": prompt, "chosen": chosen, "rejected": rejected}, dialect="preference").messages
    found = [row for row in messages.select("part", "role", "content").iter_rows() if row[1] != "system"]
    assert found == [
        ("messages", "user", "Where?"), ("chosen", "assistant", "There."), ("rejected", "assistant", "Here.")
    ]  # fmt: skip
    assert len(messages) == (3 if isinstance(prompt, str) else 4)


@pytest.mark.parametrize(
    "text",
    [
        "<|im_start|>system\nBrief!<|im_end|>\n<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\nThere.<|im_end|>\n",
        "<s>[INST] <<SYS>>\nBrief!\n<</SYS>>\n\nWhere? [/INST] There. </s>",
        "Brief!\n<human>: Where?\n<bot>: There.",
    ],
)
def test_texts_in_which_a_template_has_marked_the_speakers_are_conversations(text):
    assert recognise([{"text": text}] * 3, "a.jsonl").dialect.name == "transcript"
    messages = batch_of({"text": text}, dialect="transcript").messages
    assert list(messages.select("role", "content").iter_rows()) == [("system", "Brief!"), *TURN]


def test_a_call_may_be_a_name_and_arguments_alone():
    calls = [{"name": "find", "arguments": {"it": 1}}]
    wrapped = [{"type": "function", "function": call} for call in calls]
    bare, full = (
        batch_of({"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "tool_calls": made}]})
        for made in (calls, wrapped)
    )
    assert bare.refused.is_empty() and bare.examples["key"].to_list() == full.examples["key"].to_list()
    refused = batch_of(
        {"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "tool_calls": [{"id": "1"}]}]}
    )
    assert refused.refused["message"].to_list() == ["messages[1].tool_calls[0].function is missing."]


def test_answers_that_are_transcripts_share_their_beginning():
    start = "\n\nHuman: Where?\n\nAssistant: "
    value = {"chosen": f"{start}There.", "rejected": f"{start}Here."}
    messages = batch_of(value, dialect="preference").messages
    assert list(messages.select("part", "role", "content").iter_rows()) == [
        ("messages", "user", "Where?"), ("chosen", "assistant", "There."), ("rejected", "assistant", "Here.")
    ]  # fmt: skip


def test_what_is_not_read_of_an_example_is_a_finding_on_its_line():
    task = {"instruction": "Add.", "instances": [{"input": f"{n}+{n}", "output": f"{2 * n}"} for n in range(3)]}
    (found,) = batch_of(task, dialect="self-instruct").refused.iter_rows(named=True)
    assert (found["row"], found["severity"], found["suggestion"]) == (0, "warning", "review")
    assert "has 3 instances, and the first is read" in found["message"]
    replies = [{"text": text, "role": "assistant", "rank": rank} for rank, text in ((1, "Here."), (0, "There."))]
    tree = {"message_tree_id": "1", "prompt": {"text": "Where?", "role": "prompter", "replies": replies}}
    batch = batch_of(tree, dialect="message-tree")
    assert batch.messages["content"].to_list() == ["Where?", "There."]
    assert "1 other branch" in batch.refused["message"][0]


def test_a_line_in_another_format_says_which_and_is_not_to_be_dropped():
    batch = batch_of(chat(*TURN), {"question": "Where?", "answer": "There."})
    (found,) = batch.refused.iter_rows(named=True)
    assert "The line is in the format 'question-answer'" in found["message"]
    assert found["suggestion"] == "fix"


def test_a_byte_order_mark_may_begin_any_line():
    lines = (json.dumps(chat(*TURN)).encode() for _ in range(2))
    batch = read_batch(block_of(*(b"\xef\xbb\xbf" + line for line in lines)), dialect_named("chat"))
    assert len(batch.examples) == 2


def test_columns_can_be_named():
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
