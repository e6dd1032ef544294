"""An example's id depends on what a model would be trained on and on nothing else."""

import json
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.data.identity import canonical_json, example_key, id_column, key_to_id
from tests.data.made import WEATHER, batch_of, call, chat, question, result

EXAMPLES = (
    question(),
    question("Où est mon colis ? 👋\u2028", "Il est parti."),
    chat(("user", "Oslo?"), call(), result(), ("assistant", "12 °C"), tools=[WEATHER]),
    chat(("user", "Hi"), {"role": "assistant", "content": "Hello", "weight": 0, "reasoning": "They greet."}),
)


def keys(*values, dialect: str = "chat") -> list[int]:
    batch = batch_of(*values, dialect=dialect)
    assert len(batch.examples) == len(values)
    return batch.examples["key"].to_list()


def shuffled(value, rng: Random):
    """The same JSON value with its keys in another order."""
    if isinstance(value, dict):
        names = rng.sample(list(value), len(value))
        return {name: shuffled(value[name], rng) for name in names}
    return [shuffled(inner, rng) for inner in value] if isinstance(value, list) else value


@settings(max_examples=50)
@given(
    seed=st.integers(0, 2**32), extra=st.dictionaries(st.text(min_size=1).map("x_".__add__), st.integers() | st.text())
)
def test_key_order_and_unknown_keys_do_not_change_an_id(seed, extra):
    rng = Random(seed)
    for example in EXAMPLES:
        other = shuffled(extra | example, rng)
        other["messages"][0] = other["messages"][0] | {"x_mood": "angry"}
        assert keys(example) == keys(other)


@settings(max_examples=50)
@given(value=st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
                          lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))  # fmt: skip
def test_canonical_json_is_what_the_standard_library_writes_sorted_and_unescaped(value):
    ours = canonical_json(value)
    assert json.loads(ours) == value
    assert ours == canonical_json(json.loads(ours))
    if ours.isascii() and b"\\" not in ours and b"\x7f" not in ours:
        assert ours.decode() == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_null_and_absent_are_the_same():
    explicit = chat(
        {"role": "user", "content": "Hi", "name": None, "tool_calls": None}, ("assistant", "Hello"), tools=None
    )
    assert keys(explicit) == keys(chat(("user", "Hi"), ("assistant", "Hello")))


def test_everything_that_is_trained_changes_an_id():
    base = chat(("user", "Hi"), ("assistant", "Hello"))
    answer = {"role": "assistant", "content": "Hello"}
    others = [
        chat(("user", "Hi "), answer),
        chat(("developer", "Hi"), answer),
        chat(("user", "Hi"), answer | {"weight": 0}),
        chat(("user", "Hi"), answer | {"name": "Bo"}),
        chat(("user", "Hi"), answer | {"reasoning": "They greet."}),
        chat(("user", "Hi"), call()),
        chat(("user", "Hi"), call(arguments='{"city":"Oslo"}')),
        chat(("user", "Hi"), call(call_id="call_2")),
        base | {"tools": [WEATHER]},
        chat(("user", "Hi"), answer, answer),
    ]
    assert len({*keys(base), *keys(*others)}) == 1 + len(others)


def test_the_same_conversation_has_the_same_id_in_every_form():
    forms = {
        "chat": chat(("user", "Where?"), ("assistant", "There.")),
        "sharegpt": {"conversations": [{"from": "human", "value": "Where?"}, {"from": "gpt", "value": "There."}]},
        "alpaca": {"instruction": "Where?", "input": " ", "output": "There."},
        "prompt-completion": {"prompt": "Where?", "completion": "There."},
        "dolly": {"instruction": "Where?", "context": "", "response": "There."},
        "openorca": {"question": "Where?", "response": "There."},
        "question-answer": {"question": "Where?", "answer": "There."},
    }
    assert len({key for dialect, value in forms.items() for key in keys(value, dialect=dialect)}) == 1


def test_chosen_rejected_and_label_are_told_apart():
    pair = {"prompt": "Where?", "chosen": "There.", "rejected": "Here."}
    swapped = pair | {"chosen": "Here.", "rejected": "There."}
    assert len(set(keys(pair, swapped, dialect="preference"))) == 2
    liked = {"prompt": "Where?", "completion": "There.", "label": True}
    assert len(set(keys(liked, liked | {"label": False}, dialect="kto"))) == 2


def test_an_id_is_sixteen_hexadecimal_digits_and_equal_examples_are_counted():
    (key,) = keys(question())
    frame = pl.DataFrame({"key": [key, key, 5], "occurrence": [1, 3, 1]}, schema_overrides={"key": pl.UInt64})
    assert frame.select(id_column())["id"].to_list() == [key_to_id(key), key_to_id(key, 3), "0000000000000005"]
    assert len(key_to_id(key)) == 16 and key_to_id(key, 3) == f"{key_to_id(key)}-3"


def test_an_id_never_changes_between_versions_of_this_program():
    assert f"{example_key({'messages': [{'role': 'user', 'content': 'Où?'}]}):016x}" == "029d473d32f9ac83"
