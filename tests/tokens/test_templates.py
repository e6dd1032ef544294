"""What a named open model puts around messages is what its chat template writes."""

import jinja2
import pytest

from curator.tokens import count_tokens, tokenizer_named
from curator.tokens.vocabularies import splintr_vocabulary
from tests.data.made import batch_of, chat
from tests.tokens.texts import TEXTS

# The makers' templates, without their branches for tools and pictures.
TEMPLATES = {
    "llama3": (
        "<|begin_of_text|>{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
        "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    ),
    "qwen3": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if loop.last and m.role == 'assistant' %}<think>\n\n</think>\n\n{{ m.content.lstrip('\n') }}"
        "{% else %}{{ m.content }}{% endif %}<|im_end|>\n{% endfor %}"
    ),
    "gemma3": (
        "<bos>{% if messages[0].role == 'system' %}{% set prefix = messages[0].content + '\n\n' %}"
        "{% set turns = messages[1:] %}{% else %}{% set prefix = '' %}{% set turns = messages %}{% endif %}"
        "{% for m in turns %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
        "{{ prefix if loop.first else '' }}{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    ),
    "mistral_v3": (
        "{% set system = messages[0].content if messages[0].role == 'system' else none %}"
        "{% set last = messages | selectattr('role', 'equalto', 'user') | list | last %}"
        "<s>{% for m in messages if m.role != 'system' %}{% if m.role == 'user' %}[INST]"
        "{{ system + '\n\n' if m is sameas last and system is not none else '' }}{{ m.content }}[/INST]"
        "{% else %}{{ m.content }}</s>{% endif %}{% endfor %}"
    ),
}
SPECIAL = ("<|", "<s>", "</s>", "[INST]", "<bos>", "_of_turn>", "<｜")
ORDINARY = [text for text in TEXTS if text and not any(marker in text for marker in SPECIAL)]
CONVERSATIONS = (
    [("user", "Where is it?"), ("assistant", "On its way.")],
    [("system", "Be brief."), ("user", "Where is it?"), ("assistant", "On its way.")],
    [("system", "Be brief."), ("user", "A"), ("assistant", "\n\nB\n"), ("user", " C "), ("assistant", "\nD")],
    [("user", "Hello"), ("assistant", "Hi"), ("user", "Anybody there?")],
    *([("user", text), ("assistant", text + " Yes.")] for text in ORDINARY),
)


def rendered(tokenizer: str, turns: list[tuple[str, str]]) -> int:
    environment = jinja2.Environment(keep_trailing_newline=True)
    messages = [{"role": role, "content": content} for role, content in turns]
    text = environment.from_string(TEMPLATES[tokenizer]).render(messages=messages)
    return len(splintr_vocabulary(tokenizer).encode_with_special(text))


@pytest.mark.parametrize("tokenizer", TEMPLATES)
@pytest.mark.parametrize("turns", CONVERSATIONS, ids=range(len(CONVERSATIONS)))
def test_the_count_is_that_of_the_rendered_conversation(tokenizer, turns):
    counts = count_tokens(batch_of(chat(*turns)), tokenizer).row(0, named=True)
    assert counts["tokens"] == rendered(tokenizer, turns)
    assert counts["tokens_exact"]


@pytest.mark.parametrize("tokenizer", TEMPLATES)
def test_the_prompt_ends_where_the_answer_begins(tokenizer):
    turns = [("system", "Be brief."), ("user", "Where is it?"), ("assistant", "On its way.")]
    counts = count_tokens(batch_of(chat(*turns)), tokenizer).row(0, named=True)
    answer = len(splintr_vocabulary(tokenizer).encode_ordinary("On its way."))
    tail = len(splintr_vocabulary(tokenizer).encode_ordinary(tokenizer_named(tokenizer).frame.tail))
    assert counts["answer_tokens"] == answer + 1  # the token that ends the turn is learned with it
    assert counts["prompt_tokens"] + counts["answer_tokens"] + tail == counts["tokens"]


@pytest.mark.parametrize("tokenizer", TEMPLATES)
def test_a_thought_is_counted_but_not_called_exact(tokenizer):
    plain, thoughtful = (
        chat(("user", "Where?"), {"role": "assistant", "content": "There.", **extra})
        for extra in ({}, {"reasoning": "They ask for the place, and I know it."})
    )
    counts = count_tokens(batch_of(plain, thoughtful), tokenizer)
    assert counts["tokens"][1] > counts["tokens"][0]
    assert counts["tokens_exact"].to_list() == [True, False]
