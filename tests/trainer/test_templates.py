"""Templates in the manner of the families that people train: exactly the answers are trained, nothing is lost unsaid.

The templates are small ones of our own that behave as the published ones of those families do.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.test_trained_tokens import trained, with_template
from trainer.contract.errors import DataError
from trainer.contract.examples import Conversation
from trainer.data.read import read_conversations
from trainer.data.template import ChatTemplate
from trainer.data.tokens import tokenise
from trainer.data.truncation import TokenTruncation, settle

OPEN_ANSWER = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
HEADER = "<|im_start|>{{ message['role'] }}\n"

ENDS_WITH_EOS = (  # Phi-3: the text of a conversation is no beginning of a longer one
    "{% for message in messages %}" + HEADER + "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% else %}{{ eos_token }}{% endif %}"
)
DEFAULT_SYSTEM = (  # SmolLM2
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are helpful<|im_end|>\n{% endif %}" + HEADER + "{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}" + OPEN_ANSWER
)
OPENS_THINKING = (  # the R1 and Qwen3 thinking models
    "{% for message in messages %}" + HEADER + "{{ message['content'].split('</think>')[-1].lstrip() }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
)
LOOKS_AHEAD = (  # Qwen3: what comes after decides how an earlier answer is written
    "{% set found = namespace(last=0) %}{% for message in messages %}{% if message['role'] == 'user' %}"
    "{% set found.last = loop.index0 %}{% endif %}{% endfor %}"
    "{% for message in messages %}" + HEADER + "{% if message['role'] == 'assistant' and loop.index0 > found.last %}"
    "<think>\n{{ message['reasoning_content'] }}\n</think>\n\n{% endif %}{{ message['content'] }}"
    "{% for call in message['tool_calls'] or [] %}<call>{{ call['function'] | tojson }}</call>{% endfor %}<|im_end|>\n"
    "{% endfor %}" + OPEN_ANSWER
)
NO_HEADER = (  # Mistral, Llama 2
    "<|im_start|>{% for message in messages %}{% if message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
    "{% else %}{{ message['content'] }}<|im_end|>{% endif %}{% endfor %}"
)
COUNTS = (
    "{{ messages | length }} "
    + "{% for message in messages %}"
    + HEADER
    + ("{{ message['content'] }}<|im_end|>\n{% endfor %}" + OPEN_ANSWER)
)
PARTS = (  # models that see pictures
    "{% for message in messages %}" + HEADER + "{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}" + OPEN_ANSWER
)
ARGUMENTS_AS_TEXT = (
    (  # DeepSeek
        "{% for message in messages %}"
        + HEADER
        + "{{ message['content'] }}{% for call in message['tool_calls'] or [] %}"
        "{{ call['function']['name'] + '(' + call['function']['arguments'] + ')' }}{% endfor %}<|im_end|>\n{% endfor %}"
    )
    + OPEN_ANSWER
)
FAMILIES = {
    "ends with eos": ENDS_WITH_EOS,
    "default system": DEFAULT_SYSTEM,
    "opens thinking": OPENS_THINKING,
    "no header": NO_HEADER,
    "counts": COUNTS,
    "parts": PARTS,
}
CALL = {"id": "c1", "type": "function", "function": {"name": "order_state", "arguments": {"id": "0"}}}


def conversation(*messages: tuple[str, str], name: str = "line 1", **extra: Any) -> Conversation:
    made = [{"role": role, "content": content} for role, content in messages]
    made[-1] |= extra
    return Conversation(name, made, None, [float(role == "assistant") for role, _ in messages])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "messages",
    [
        [("user", "One?"), ("assistant", "First.")],
        [("user", "One?"), ("assistant", "First."), ("user", "Two?"), ("assistant", "Second.")],
        [("assistant", "Welcome."), ("user", "One?"), ("assistant", "First.")],
        [("user", "One?"), ("assistant", "<b>First</b>"), ("user", "First.<|im_start|>"), ("assistant", "First.")],
    ],
)
def test_answers_are_trained_and_nothing_else_in_every_family(tiny_tokenizer: Any, family: str, messages: Any) -> None:
    found = trained(with_template(tiny_tokenizer, FAMILIES[family]), conversation(*messages))
    assert found == [f"{content}<|im_end|>" for role, content in messages if role == "assistant"]


def test_what_comes_after_may_decide_how_an_answer_is_written(tiny_tokenizer: Any) -> None:
    asked = conversation(
        ("user", "Where?"), ("assistant", ""), ("tool", "sent"), ("assistant", "It was sent."), ("user", "When?"),
        ("assistant", "Today."), reasoning_content="Let me see.",
    )  # fmt: skip
    asked.messages[1]["tool_calls"] = [CALL]
    assert trained(with_template(tiny_tokenizer, LOOKS_AHEAD), asked) == [
        f"<call>{json.dumps(CALL['function'])}</call><|im_end|>",
        "It was sent.<|im_end|>",
        "<think>\nLet me see.\n</think>\n\nToday.<|im_end|>",
    ]


def test_arguments_are_given_as_text_to_a_template_that_wants_them_so(tiny_tokenizer: Any) -> None:
    asked = conversation(("user", "Where?"), ("assistant", ""), tool_calls=[CALL])
    (stretch,) = trained(with_template(tiny_tokenizer, ARGUMENTS_AS_TEXT), asked)
    assert stretch == 'order_state({"id": "0"})<|im_end|>'


def test_a_template_that_marks_its_answers_agrees_with_finding_them(tiny_tokenizer: Any) -> None:
    """A generation block is the other way to know: both give the same tokens."""
    body = "{{ message['content'] }}<|im_end|>\n"
    marked = "{% if message['role'] == 'assistant' %}{% generation %}" + body + "{% endgeneration %}{% else %}" + body
    asked = conversation(("assistant", "Hello."), ("user", "One?"), ("assistant", "First."), ("user", "Two?"),
                         ("assistant", "<i>Second</i>"))  # fmt: skip
    for source in (DEFAULT_SYSTEM, ENDS_WITH_EOS, COUNTS):
        assert body in source
        blocks = source.replace(body, marked + "{% endif %}")
        assert trained(with_template(tiny_tokenizer, blocks), asked) == trained(
            with_template(tiny_tokenizer, source), asked
        )


def settled(template: ChatTemplate, conversations: list[Conversation], allowed: list[Any]) -> TokenTruncation:
    tokens = list(tokenise(conversations, template))
    return settle(tokens, 512, "cut-end", False, "train.jsonl", allowed)[1]


def test_what_a_template_does_not_render_is_counted_and_refused_until_it_is_allowed(tiny_tokenizer: Any) -> None:
    template = with_template(tiny_tokenizer, DEFAULT_SYSTEM)
    calls = conversation(("user", "Where?"), ("assistant", "One moment."), name="calls", tool_calls=[CALL])
    thinks = conversation(("user", "Where?"), ("assistant", "Here."), name="thinks", reasoning_content="Let me see.")
    plain = conversation(("user", "Where?"), ("assistant", "There."), name="plain")
    with pytest.raises(
        DataError, match=r"does not render the tool calls of 2 of 3 examples \(calls, calls\).*allow_lost"
    ):
        settled(template, [calls, calls, plain], [])
    with pytest.raises(DataError, match=r"the reasoning of 2 of 3 examples \(thinks, thinks\)"):
        settled(template, [thinks, thinks, plain], [])
    report = settled(template, [calls, calls, thinks, thinks], ["tool-calls", "reasoning"])
    assert report.not_rendered == {"tool-calls": ["calls", "calls"], "reasoning": ["thinks", "thinks"]}
    assert report.as_event()["not_rendered"] == {"tool-calls": 2, "reasoning": 2}


def test_a_handful_in_many_is_counted_and_trained(tiny_tokenizer: Any) -> None:
    template = with_template(tiny_tokenizer, DEFAULT_SYSTEM)
    many = [conversation(("user", f"Where is {n}?"), ("assistant", "There."), name=f"line {n}") for n in range(199)]
    many.append(conversation(("user", "Where?"), ("assistant", "Here."), name="thinks", reasoning_content="Hm."))
    assert settled(template, many, []).not_rendered == {"reasoning": ["thinks"]}


def test_text_that_a_template_writes_as_json_is_not_lost(tiny_tokenizer: Any) -> None:
    said = 'He said "no"\nÜber alles'
    call = {**CALL, "function": {"name": "note", "arguments": {"text": said, "many": [1, 2.5, {"deep": said}]}}}
    asked = conversation(("user", "Note it."), ("assistant", ""), tool_calls=[call])
    for source in (LOOKS_AHEAD, ARGUMENTS_AS_TEXT):
        (tokens,) = tokenise([asked], with_template(tiny_tokenizer, source))
        assert tokens.lost == ()


def test_half_of_a_surrogate_pair_is_named_by_its_line(tmp_path: Path) -> None:
    line = json.dumps({"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "A smile 😀"}]})
    path = tmp_path / "train.jsonl"
    path.write_text(line + "\n" + line.replace("\\ude00", "") + "\n")
    with pytest.raises(DataError, match="line 2: an unpaired surrogate"):
        read_conversations(path)


def test_a_template_may_change_what_it_is_given_without_changing_the_data(tiny_tokenizer: Any) -> None:
    asked = conversation(("user", "Where?"), ("assistant", ""), tool_calls=[CALL])
    before = copy.deepcopy(asked.messages)
    list(tokenise([asked], with_template(tiny_tokenizer, ARGUMENTS_AS_TEXT)))
    assert asked.messages == before
