"""A model's folder is counted as its own tokenizer and chat template render it."""

import polars as pl
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from curator.errors import MissingDependency, UsageError
from curator.tokens import count_message_tokens, count_tokens, fingerprint
from tests.data.made import WEATHER, batch_of, call, chat, question, result

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% for c in m.tool_calls or [] %}{{ c.function.arguments | tojson }}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
REFUSING = "{% if messages[0].role == 'system' %}{{ raise_exception('no system message') }}{% endif %}" + CHATML
FORGETFUL = "{% for m in messages if loop.last %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"


@pytest.fixture(scope="module")
def trained() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<|im_start|>", "<|im_end|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(["where is my parcel it left our store this morning"] * 3, trainer)
    return tokenizer


@pytest.fixture
def folder(trained, tmp_path):
    def save(template: str | None) -> str:
        fast = PreTrainedTokenizerFast(tokenizer_object=trained, eos_token="<|im_end|>", chat_template=template)
        fast.save_pretrained(tmp_path)
        return str(tmp_path)

    return save


def test_a_conversation_costs_what_the_template_renders(folder, trained):
    text = "<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\nThere.<|im_end|>\n"
    batch = batch_of(chat(("user", "Where?"), ("assistant", "There.")))
    counts = count_tokens(batch, folder(CHATML)).row(0, named=True)
    assert counts["tokens"] == len(trained.encode(text).ids)
    assert counts["prompt_tokens"] == len(trained.encode(text[: text.index("There.")]).ids)
    assert counts["answer_tokens"] == len(trained.encode("There.<|im_end|>\n").ids)
    assert counts["tokens_exact"]


def test_messages_add_up_and_only_weighted_answers_are_trained(folder):
    untrained = {"role": "assistant", "content": "Which one?", "weight": 0}
    example = chat(("user", "Where is it?"), untrained, ("user", "The big one."), ("assistant", "At the door."))
    batch, name = batch_of(example, question()), folder(CHATML)
    per_message, counts = count_message_tokens(batch, name), count_tokens(batch, name)
    assert per_message["trained_tokens"].to_list()[1] == 0
    sums = (
        per_message.with_columns(batch.messages["row"]).group_by("row", maintain_order=True).agg(pl.col("tokens").sum())
    )
    assert counts["tokens"].to_list() == sums["tokens"].to_list()


def test_arguments_are_given_to_the_template_as_an_object(folder, trained):
    example = chat(("user", "Oslo?"), call(), result(), ("assistant", "Cold."), tools=[WEATHER])
    text = (
        '<|im_start|>user\nOslo?<|im_end|>\n<|im_start|>assistant\n{"city": "Oslo"}<|im_end|>\n'
        "<|im_start|>tool\n12 degrees<|im_end|>\n<|im_start|>assistant\nCold.<|im_end|>\n"
    )
    assert count_tokens(batch_of(example), folder(CHATML))["tokens"].to_list() == [len(trained.encode(text).ids)]


@pytest.mark.parametrize("template", [REFUSING, FORGETFUL])
def test_what_the_template_cannot_render_in_order_is_counted_by_its_texts_and_not_called_exact(
    folder, trained, template
):
    batch = batch_of(question("Where is my parcel?", "It left."))
    counts = count_tokens(batch, folder(template)).row(0, named=True)
    texts = batch.messages["content"]
    assert counts["tokens"] == sum(len(trained.encode(text).ids) for text in texts)
    assert counts["answer_tokens"] == len(trained.encode("It left.").ids)
    assert not counts["tokens_exact"]


def test_a_model_without_a_template_is_counted_in_chatml(folder, trained):
    text = "<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\nThere.<|im_end|>\n"
    counts = count_tokens(batch_of(chat(("user", "Where?"), ("assistant", "There."))), folder(None))
    assert counts["tokens"].to_list() == [len(trained.encode(text).ids)]


def test_of_a_pair_the_chosen_conversation_counts(folder):
    pair = {"prompt": "Where is it?", "chosen": "It left this morning.", "rejected": "No idea."}
    batch, name = batch_of(pair, dialect="preference"), folder(CHATML)
    chosen = chat(("user", "Where is it?"), ("assistant", "It left this morning."))
    assert count_tokens(batch, name).equals(count_tokens(batch_of(chosen), name))
    assert len(count_message_tokens(batch, name)) == 3


def test_a_text_is_counted_alone(folder, trained):
    counts = count_tokens(batch_of({"text": "It left this morning."}, dialect="text"), folder(CHATML)).row(
        0, named=True
    )
    assert counts["tokens"] == counts["answer_tokens"] == len(trained.encode("It left this morning.").ids)


def test_counts_are_kept_only_while_the_folder_is_as_it_was(folder):
    before = fingerprint(folder(CHATML))
    assert fingerprint(folder(FORGETFUL)) != before
    assert fingerprint("o200k_base") != fingerprint("cl100k_base")


def test_a_folder_without_a_tokenizer_is_said_in_a_sentence(tmp_path):
    with pytest.raises(MissingDependency, match="holds no tokenizer that transformers can load"):
        count_tokens(batch_of(question()), str(tmp_path))


@pytest.mark.parametrize(
    "loop",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(10**9) %}x{% endfor %}",
        "{{ 'x' * 10**10 }}",
        "{{ 'x' * 10**7 }}",
    ],
)
def test_a_template_that_does_not_come_to_an_end_is_named(folder, loop):
    name = folder(loop + CHATML)
    with pytest.raises(UsageError, match=r"chat template of the model in .* does not come to an end") as problem:
        count_tokens(batch_of(question()), name)
    assert name in str(problem.value) and "[tokens] tokenizer" in str(problem.value)
