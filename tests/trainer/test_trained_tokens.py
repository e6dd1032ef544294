"""Exactly the answers are trained, with the token that ends them; every example's fate is told."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.contract.errors import DataError, TemplateError
from trainer.contract.examples import Conversation
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.data.template import ChatTemplate
from trainer.data.tokens import TokenisedExamples, Tokens, tokenise
from trainer.data.truncation import settle

GENERATION = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}{% generation %}"
    "{{ message['content'] }}<|im_end|>{% endgeneration %}{% else %}{{ message['content'] }}<|im_end|>{% endif %}\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
DROPS_EARLIER_REASONING = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['reasoning_content'] and loop.last %}<think>{{ message['reasoning_content'] }}</think>{% endif %}"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def talk(*pairs: tuple[str, str], weights: list[float] | None = None, **extra: Any) -> Conversation:
    messages = [{"role": "system", "content": "Be brief."}]
    for question, reply in pairs:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": reply, **extra}]
    given_weights = iter(weights or [1.0] * len(pairs))
    per_message = [next(given_weights) if m["role"] == "assistant" else 0.0 for m in messages]
    return Conversation("line 1", messages, None, per_message)


def with_template(tokenizer: Any, source: str) -> ChatTemplate:
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.chat_template = source
    return chat_template(tokenizer, None)


def trained(template: ChatTemplate, conversation: Conversation) -> list[str]:
    (tokens,) = tokenise([conversation], template)
    stretches, current = [], []
    for token, weight in zip(tokens.ids.tolist(), tokens.weights.tolist(), strict=True):
        if weight > 0:
            current.append(token)
        elif current:
            stretches.append(template.tokenizer.decode(current))
            current = []
    return stretches + ([template.tokenizer.decode(current)] if current else [])


def test_answers_are_trained_with_their_end_of_turn_token_and_nothing_else(tiny_tokenizer: Any) -> None:
    template = chat_template(copy.deepcopy(tiny_tokenizer), None)
    conversation = talk(("Where is the kettle?", "In the kitchen."), ("Sure?", "Yes, I am."))
    assert trained(template, conversation) == ["In the kitchen.<|im_end|>", "Yes, I am.<|im_end|>"]


def test_a_template_with_a_generation_block_gives_the_same_as_comparing_prefixes(tiny_tokenizer: Any) -> None:
    conversation = talk(("Hello?", "  Spaces kept  "), ("Häuser 🏠?", "Ümläute und 🏡."), ("", "x"))
    marked, compared = (with_template(tiny_tokenizer, s) for s in (GENERATION, tiny_tokenizer.chat_template))
    assert marked.marks_answers and not compared.marks_answers
    assert trained(marked, conversation) == trained(compared, conversation)


def test_an_answer_of_weight_zero_is_read_and_not_trained(tiny_tokenizer: Any) -> None:
    conversation = talk(("One?", "First."), ("Two?", "Second."), weights=[0.0, 1.0])
    for source in (GENERATION, tiny_tokenizer.chat_template):
        assert trained(with_template(tiny_tokenizer, source), conversation) == ["Second.<|im_end|>"]


def test_a_fractional_weight_reaches_its_tokens(tiny_tokenizer: Any) -> None:
    conversation = talk(("One?", "First."), ("Two?", "Second."), weights=[0.25, 1.0])
    (tokens,) = tokenise([conversation], with_template(tiny_tokenizer, GENERATION))
    assert set(tokens.weights.tolist()) == {0.0, 0.25, 1.0}


def test_tool_calls_are_part_of_the_answer(tiny_tokenizer: Any) -> None:
    call = {"type": "function", "function": {"name": "look_up", "arguments": {"order": "A-1"}}}
    conversation = talk(("Where is A-1?", ""), tool_calls=[call])
    (stretch,) = trained(chat_template(copy.deepcopy(tiny_tokenizer), None), conversation)
    assert "look_up" in stretch and '"A-1"' in stretch and stretch.endswith("<|im_end|>")


def test_a_template_that_drops_earlier_reasoning_still_shows_where_every_answer_ends(tiny_tokenizer: Any) -> None:
    conversation = talk(("One?", "First."), ("Two?", "Second."), reasoning_content="Let me see.")
    template = with_template(tiny_tokenizer, DROPS_EARLIER_REASONING)
    assert trained(template, conversation) == ["First.<|im_end|>", "<think>Let me see.</think>Second.<|im_end|>"]


def test_a_template_that_hides_where_an_answer_begins_is_refused(tiny_tokenizer: Any) -> None:
    by_number = "{% for n in range(messages | length) %}{% set message = messages[n] %}"
    counting = "{{ messages | length }} " + GENERATION.replace("{% for message in messages %}", by_number)
    counting = counting.replace("{% generation %}", "").replace("{% endgeneration %}", "")
    with pytest.raises(TemplateError, match="line 1: message 2 begins at an unknown place"):
        trained(with_template(tiny_tokenizer, counting), talk(("One?", "First."), ("Two?", "Second.")))


def test_a_template_that_leaves_out_the_answer_is_refused(tiny_tokenizer: Any) -> None:
    forgetful = GENERATION.replace("{% generation %}{{ message['content'] }}", "{% generation %}")
    with pytest.raises(TemplateError, match="drops or changes the answer"):
        trained(with_template(tiny_tokenizer, forgetful), talk(("One?", "First.")))


def test_a_base_model_without_a_template_gets_chatml_that_ends_turns_with_a_token_it_knows(tiny_tokenizer: Any) -> None:
    bare = copy.deepcopy(tiny_tokenizer)
    bare.chat_template = None
    template = chat_template(bare, None)
    assert template.origin.startswith("ChatML")
    assert trained(template, talk(("One?", "First."))) == ["First.<|im_end|>"]


def test_an_answer_without_an_end_of_turn_token_is_counted(tiny_tokenizer: Any) -> None:
    endless = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}" + (
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    tokens = list(tokenise([talk(("One?", "First."))], with_template(tiny_tokenizer, endless)))
    _, fate = settle(tokens, 512, "cut-end", False, "train.jsonl")
    assert fate.without_end_of_turn == 1


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(min_size=1, max_size=40)), min_size=1, max_size=3))
def test_whatever_the_text_the_trained_tokens_decode_to_the_answers(tiny_tokenizer: Any, pairs: list[Any]) -> None:
    plain = [(q, a) for q, a in pairs if "<|" not in q + a and a.strip() and "\ud800" not in a]
    if not plain:
        return
    stretches = trained(with_template(tiny_tokenizer, GENERATION), talk(*plain))
    assert stretches == [answer + "<|im_end|>" for _, answer in plain]


def example(name: str, prompt: int, answer: int) -> Tokens:
    weights = np.array([0.0] * prompt + [1.0] * answer, dtype=np.float32)
    return Tokens(name, np.arange(prompt + answer, dtype=np.int32), weights, True)


FATES = [
    example("fits", 3, 3),
    example("long answer", 4, 20),
    example("long prompt", 20, 4),
    example("no answer", 5, 0),
]


@pytest.mark.parametrize(
    ("overlength", "fates"),
    [
        ("cut-end", {"kept": ["fits"], "answer-cut": ["long answer"], "lost": ["long prompt"]}),
        ("cut-start", {"kept": ["fits"], "answer-cut": ["long answer"], "prompt-cut": ["long prompt"]}),
        ("drop", {"kept": ["fits"], "lost": ["long answer", "long prompt"]}),
    ],
)
def test_every_example_is_kept_cut_or_lost_and_named(overlength: Any, fates: dict[str, list[str]]) -> None:
    left, fate = settle(FATES, 10, overlength, allow_nothing_to_learn=True, file="train.jsonl")
    kept = TokenisedExamples(left)
    found = {name: names for name, names in fate.names.items() if names}
    assert found == {**fates, "nothing-to-learn": ["no answer"]}
    assert fate.examples == len(FATES)
    assert fate.tokens == int(kept.lengths.sum()) and fate.trained_tokens == int(kept.trained.sum())
    assert fate.tokens + fate.tokens_cut == sum(len(tokens.ids) for tokens in FATES)
    assert max(kept.lengths) <= 10


def test_an_example_with_nothing_to_learn_is_an_error_unless_allowed() -> None:
    with pytest.raises(DataError, match=r"1 examples have no assistant token to learn \(no answer\)"):
        settle(FATES, 100, "cut-end", allow_nothing_to_learn=False, file="train.jsonl")


def test_losing_every_example_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(DataError, match="Raise \\[training\\] max_length"):
        settle([example("long prompt", 20, 4)], 10, "cut-end", allow_nothing_to_learn=True, file="train.jsonl")


def test_overlength_examples_can_be_refused_by_name() -> None:
    with pytest.raises(DataError, match="long answer, long prompt"):
        settle(FATES, 10, "refuse", allow_nothing_to_learn=True, file="train.jsonl")


def test_unusable_lines_are_named_with_their_reasons(tmp_path: Path) -> None:
    lines = [
        '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}',
        "{broken",
        '{"messages": []}',
        '{"messages": [{"role": "robot", "content": "hi"}]}',
        '{"messages": [{"role": "assistant", "content": "hi", "weight": 7}]}',
        '{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}',
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as problem:
        read_conversations(path)
    message = str(problem.value)
    assert "5 unusable lines" in message and "line 2: not JSON" in message and "weight 7" in message


def test_examples_with_the_same_id_keep_names_of_their_own(tmp_path: Path) -> None:
    line = '{"id": "a", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}'
    path = tmp_path / "train.jsonl"
    path.write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert [conversation.name for conversation in read_conversations(path)] == ["a", "a (line 2)"]


def test_openai_tool_calls_and_content_parts_become_what_templates_expect(tmp_path: Path) -> None:
    line = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Where "}, {"type": "text", "text": "is it?"}]},
            {"role": "assistant", "function_call": {"name": "find", "arguments": '{"what": "it"}'}},
        ]
    }
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(line).encode())
    (conversation,) = read_conversations(path)
    assert conversation.messages[0]["content"] == "Where is it?"
    assert conversation.messages[1]["tool_calls"][0]["function"]["arguments"] == {"what": "it"}
