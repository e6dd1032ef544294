"""Another picture, thought, weight, tool or rejected answer makes another example, wherever it is written."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.data.media import is_media_key
from curator.data.text import view_texts
from tests.data.made import WEATHER, batch_of, chat

FILES = st.text("abcdefgh0123456789/.", min_size=1, max_size=12)
MEDIA_KEYS = ("image", "images", "audio", "audios", "video", "videos", "image_path", "image_url", "image_1", "video_id")
FORMS = (
    lambda file: file,
    lambda file: [file],
    lambda file: {"path": file, "bytes": None},
    lambda file: {"path": None, "bytes": file},
    lambda file: [{"url": f"https://example.com/{file}"}],
)
PARTS = (
    lambda file: {"type": "image_url", "image_url": {"url": f"https://example.com/{file}"}},
    lambda file: {"type": "image_url", "image_url": f"data:image/png;base64,{file}"},
    lambda file: {"type": "image_url", "value": file},
    lambda file: {"type": "image", "image": file},
    lambda file: {"type": "image", "image": {"path": file, "bytes": None}},
    lambda file: {"type": "input_audio", "input_audio": {"data": file, "format": "wav"}},
    lambda file: {"type": "video_url", "video_url": {"url": file}},
)
ASKED = {"role": "user", "content": "What is this?"}
ANSWER = {"role": "assistant", "content": "It is a cat."}


def seen(*values, dialect="chat"):
    """Key, hash of exact equality, context and weights of each."""
    batch = batch_of(*values, dialect=dialect)
    assert len(batch.examples) == len(values)
    views = view_texts(batch)
    return [batch.examples["key"].to_list(), *(views[name].to_list() for name in ("exact", "context", "weights"))]


def are_two_examples(*values, dialect="chat", besides="context"):
    keys, exact, context, weights = seen(*values, dialect=dialect)
    assert len(set(keys)) == len(set(exact)) == len(values)
    if besides:
        assert len(set(context if besides == "context" else weights)) == len(values)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MEDIA_KEYS), st.sampled_from(FORMS), FILES, FILES)
def test_another_file_in_a_field_is_another_example(key, form, one, other):
    if one == other:
        other += "2"
    left, right = ({**chat(ASKED, ANSWER), key: form(file)} for file in (one, other))
    are_two_examples(left, right, chat(ASKED, ANSWER))
    alpaca = [{"instruction": "What is this?", "output": "A cat.", key: form(file)} for file in (one, other)]
    are_two_examples(*alpaca, dialect="alpaca")
    turns = [{"from": "human", "value": "<image>What is this?"}, {"from": "gpt", "value": "A cat."}]
    are_two_examples(*({"conversations": turns, key: form(file)} for file in (one, other)), dialect="sharegpt")
    are_two_examples(*(chat({**ASKED, key: form(file)}, ANSWER) for file in (one, other)))
    pair = {"prompt": "What is this?", "chosen": "A cat.", "rejected": "A dog."}
    are_two_examples(*({**pair, key: form(file)} for file in (one, other)), dialect="preference")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARTS), FILES, FILES)
def test_another_picture_in_a_part_is_another_example(part, one, other):
    if one == other:
        other += "2"
    text = {"type": "text", "text": "What is this?"}
    values = [chat({"role": "user", "content": [text, part(file)]}, ANSWER) for file in (one, other)]
    before = chat({"role": "user", "content": [part(one), text]}, ANSWER)
    are_two_examples(*values, before, chat(ASKED, ANSWER))
    assert seen(values[0], copy.deepcopy(values[0]))[1][0] == seen(values[0])[1][0]


@pytest.mark.parametrize(
    "key", ["id", "source", "image_width", "num_images", "image_caption", "video_length", "has_image", "filename"]
)
def test_other_fields_change_nothing(key):
    assert not is_media_key(key)
    one, other = ({**chat(ASKED, ANSWER), key: value} for value in ("a", "b"))
    assert all(len(set(column)) == 1 for column in seen(one, other))


def test_nulls_and_empty_fields_are_no_media():
    plain = chat(ASKED, ANSWER)
    others = [{**plain, "images": held} for held in (None, [], "", {}, [None], {"bytes": None, "path": None})]
    assert all(len(set(column)) == 1 for column in seen(plain, *others))


def test_pictures_beside_parts_with_a_value_stay():
    part = {"type": "image_url", "value": "1.png"}
    said = {"role": "user", "content": [{"type": "text", "value": "What is this?"}, part]}
    batch = batch_of(chat(said, ANSWER))
    assert batch.messages["content"][0] == "What is this?"
    assert '"image_url":{"url":"1.png"}' in batch.messages["parts"][0]


SPELLINGS = (
    {"type": "image_url", "image_url": {"url": "1.png"}},
    {"type": "image_url", "image_url": "1.png"},
    {"type": "image_url", "value": "1.png"},
    {"type": "image", "value": "1.png"},
    {"type": "image", "image": "1.png"},
    {"type": "image", "url": "1.png"},
    {"type": "image", "path": "1.png"},
    {"type": "image", "source": {"type": "url", "url": "1.png"}},
    {"type": "input_image", "image_url": "1.png"},
    {"image": "1.png"},
)


@pytest.mark.parametrize("part", SPELLINGS, ids=range(len(SPELLINGS)))
def test_a_picture_is_the_same_in_every_spelling(part):
    text = {"type": "text", "text": "What is this?"}
    batch = batch_of(*(chat({"role": "user", "content": [text, one]}, ANSWER) for one in (SPELLINGS[0], part)))
    assert batch.messages["parts"][2] == batch.messages["parts"][0]
    assert batch.examples["key"].n_unique() == 1


def test_a_picture_as_data_and_other_media_are_kept():
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}}
    video = {"type": "video", "video": "1.mp4", "fps": 2}
    stays = ({"type": "image"}, {"type": "image", "image": {"bytes": "iVBORw==", "path": None}}, {"type": "x"})
    batch = batch_of(chat({"role": "user", "content": [image, video, *stays]}, ANSWER))
    assert json.loads(batch.messages["parts"][0]) == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
        {"type": "video_url", "video_url": {"url": "1.mp4"}, "fps": 2},
        *stays,
    ]


def test_another_thought_tool_or_rejected_answer_is_another_context():
    are_two_examples(*(chat(ASKED, {**ANSWER, "reasoning_content": said}) for said in ("A", "B")), chat(ASKED, ANSWER))
    other = {**WEATHER, "function": {**WEATHER["function"], "name": "other"}}
    are_two_examples(chat(ASKED, ANSWER, tools=[WEATHER]), chat(ASKED, ANSWER, tools=[other]), chat(ASKED, ANSWER))
    pairs = [{"prompt": "What?", "chosen": "A cat.", "rejected": said} for said in ("A dog.", "A dog!", "A cow.")]
    are_two_examples(*pairs, dialect="preference")
    openai = [
        {"input": {"messages": [ASKED]}, "preferred_output": [ANSWER], "non_preferred_output": [{**ANSWER, **rejected}]}
        for rejected in ({"content": "A dog."}, {"content": "A cow."}, {"content": "A dog.", "reasoning": "Hm."})
    ]
    are_two_examples(*openai, dialect="openai-preference")


def test_another_weight_or_label_is_another_example_in_the_same_context():
    weighted = [chat(ASKED, {**ANSWER, **weight}) for weight in ({}, {"weight": 0}, {"weight": 1}, {"weight": 0.5})]
    are_two_examples(*weighted, besides="weights")
    assert len(set(seen(*weighted)[2])) == 1
    rated = [{"prompt": "What?", "completion": "A cat.", "label": label} for label in (True, False)]
    are_two_examples(*rated, dialect="kto", besides="weights")
    turns = [{"from": "human", "value": "What?"}, {"from": "gpt", "value": "A cat."}]
    shared = [{"conversations": [turns[0], {**turns[1], **more}]} for more in ({}, {"weight": 0}, {"reasoning": "Hm."})]
    are_two_examples(*shared, dialect="sharegpt", besides="")


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(["", " ", "\n", "\t \r\n"]), st.sampled_from(["", " ", "\n\n"]))
def test_exact_duplicates_are_told_by_their_trimmed_texts(text, before, behind):
    one = chat(("user", "caf\u00e9\nx" + text), {**ANSWER, "reasoning": "So."})
    parts = [{"type": "text", "text": before + "cafe\u0301\r\nx" + text + behind}]
    other = chat({"role": "user", "content": parts}, {**ANSWER, "reasoning": before + "So." + behind})
    _, exact, context, _ = seen(one, other)
    assert len(set(exact)) == len(set(context)) == 1
