"""An example costs what OpenAI says it costs."""

import polars as pl
import pytest

from curator.errors import UsageError
from curator.tokens import TOKEN_COUNTS, count_message_tokens, count_tokens, tokenizer_named
from curator.tokens.vocabularies import openai_encoding
from tests.data.made import WEATHER, batch_of, call, chat, question, result

# The conversation and the counts that OpenAI's cookbook publishes ('How to count tokens with tiktoken').
COOKBOOK = chat(
    ("system", "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
    {"role": "system", "name": "example_user", "content": "New synergies will help drive top-line growth."},
    {"role": "system", "name": "example_assistant", "content": "Things working well together will increase revenue."},
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities for increased"
        " leverage.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Let's talk later when we're less busy about how to do better.",
    },
    (
        "user",
        "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    ),
)
COOKBOOK_TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_current_weather",
            "description": "Get the current weather in a given location",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
                    "unit": {
                        "type": "string",
                        "description": "The unit of temperature to return",
                        "enum": ["celsius", "fahrenheit"],
                    },
                },
                "required": ["location"],
            },
        },
    }
]


@pytest.mark.parametrize(("tokenizer", "published"), [("o200k_base", 124), ("cl100k_base", 129)])
def test_a_conversation_costs_what_openai_publishes(tokenizer, published):
    counts = count_tokens(batch_of(COOKBOOK), tokenizer)
    assert counts["tokens"].to_list() == [published]
    assert counts["tokens_exact"].to_list() == [True]


@pytest.mark.parametrize(("tokenizer", "published"), [("o200k_base", 101), ("cl100k_base", 105)])
def test_tools_cost_what_openai_publishes_but_are_not_called_exact(tokenizer, published):
    asked = chat(
        ("system", "You are a helpful assistant that can answer to questions about the weather."),
        ("user", "What's the weather like in San Francisco?"),
        tools=COOKBOOK_TOOLS,
    )
    counts = count_tokens(batch_of(asked), tokenizer)
    assert counts["tokens"].to_list() == [published]
    assert counts["tokens_exact"].to_list() == [False]


def of(text: str) -> int:
    return len(openai_encoding("o200k_base").encode_ordinary(text))


def test_only_weighted_answers_are_trained():
    untrained = {"role": "assistant", "content": "Do you have the number?", "weight": 0}
    example = chat(("user", "Where is it?"), untrained, ("user", "LS-4821"), ("assistant", "It left this morning."))
    counts = count_tokens(batch_of(example), "o200k_base").row(0, named=True)
    assert counts["answer_tokens"] == counts["last_answer_tokens"] == of("It left this morning.")
    assert counts["tokens"] == counts["prompt_tokens"] + counts["last_answer_tokens"] + 3


def test_what_follows_the_last_answer_is_not_before_it():
    answered = chat(("user", "Where is it?"), ("assistant", "On its way."))
    thanked = chat(*answered["messages"], ("user", "Thank you very much, that helps."))
    both = count_tokens(batch_of(answered, thanked), "o200k_base")
    assert both["prompt_tokens"].n_unique() == 1
    assert both["tokens"][1] > both["tokens"][0]


def test_an_example_without_a_trained_answer_is_all_prompt():
    counts = count_tokens(batch_of(chat(("user", "Hello?"))), "o200k_base").row(0, named=True)
    assert counts["prompt_tokens"] == counts["tokens"]
    assert counts["answer_tokens"] == counts["last_answer_tokens"] == 0


def test_a_text_has_no_turns_around_it():
    counts = count_tokens(batch_of({"text": "\nOnce upon a time."}, dialect="text"), "qwen3").row(0, named=True)
    assert counts["tokens"] == counts["answer_tokens"]
    assert counts["prompt_tokens"] == 0


def test_of_a_preference_pair_the_chosen_conversation_counts():
    pair = {"prompt": "Where is it?", "chosen": "It left this morning.", "rejected": "No idea. " * 50}
    chosen = chat(("user", "Where is it?"), ("assistant", "It left this morning."))
    as_pair = count_tokens(batch_of(pair, dialect="preference"), "o200k_base")
    assert as_pair.equals(count_tokens(batch_of(chosen), "o200k_base"))


@pytest.mark.parametrize(
    "example",
    [
        chat(("user", "Oslo?"), call(), result(), ("assistant", "12 degrees.")),
        question() | {"tools": [WEATHER]},
        chat(
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a.png"}}]}, ("assistant", "A cat.")
        ),
    ],
    ids=["a call", "definitions", "a picture"],
)
def test_what_has_no_public_rule_is_not_called_exact(example):
    assert count_tokens(batch_of(example), "o200k_base")["tokens_exact"].to_list() == [False]


def test_counts_are_aligned_with_the_examples_and_add_up_over_messages():
    batch = batch_of(question(), chat(), question("And now?", "Now it is at your door."), {"messages": 5})
    counts = count_tokens(batch, "o200k_base")
    per_message = count_message_tokens(batch, "o200k_base").with_columns(batch.messages["row"])
    sums = per_message.group_by("row", maintain_order=True).agg(pl.col("tokens").sum())["tokens"]
    assert counts.schema == TOKEN_COUNTS
    assert counts["tokens"].to_list() == [sums[0] + 3, 3, sums[1] + 3]


def test_nothing_is_counted_where_there_is_nothing():
    assert count_tokens(batch_of(), "o200k_base").equals(pl.DataFrame(schema=TOKEN_COUNTS))


def test_an_unknown_tokenizer_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="Did you mean 'o200k_base'"):
        tokenizer_named("o200k-base")
