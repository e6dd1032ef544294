import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.data.content import Content
from curator.targets.capabilities import parsed_arguments, reduce
from curator.targets.conversion import to_line
from curator.targets.registry import TARGETS

from .strategies import TEXT, contents


def comparable(content):
    """The content with tool arguments parsed, so that a text and an object of the same arguments are equal."""

    def message(given):
        calls = given.get("tool_calls")
        if not calls:
            return given
        parsed = [
            {**call, "function": {**call["function"], "arguments": parsed_arguments(call["function"]["arguments"])}}
            for call in calls
        ]
        return {**given, "tool_calls": parsed}

    def part(messages):
        return None if messages is None else [message(given) for given in messages]

    return Content(part(content.messages), content.tools, part(content.chosen), part(content.rejected), content.label)


def without_dropped(content, losses):
    """The content without the messages that are named as left out altogether."""
    dropped = {int(found[1]) for loss in losses if (found := re.fullmatch(r"messages\[(\d+)\]", loss.field))}
    return [(place, message) for place, message in enumerate(content.messages) if place not in dropped]


def unnamed_differences(original, back, losses):
    fields = [loss.field for loss in losses]
    if original.tools != back.tools and not any(field.startswith("tools") for field in fields):
        yield "tools"
    kept = without_dropped(original, losses)
    assert len(kept) == len(back.messages)
    for (place, before), after in zip(kept, back.messages, strict=True):
        if before != after and not any(field.startswith(f"messages[{place}].") for field in fields):
            yield f"messages[{place}]", before, after
    for part in ("chosen", "rejected"):
        if getattr(original, part) != getattr(back, part) and not any(field.startswith(part) for field in fields):
            yield part


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(content=contents(), is_text=st.booleans())
def test_what_a_target_writes_reads_back_as_the_same_example_but_for_what_is_named_as_lost(target, content, is_text):
    is_text = is_text and [set(message) for message in content.messages] == [{"role", "content"}] and not content.tools
    is_text = is_text and content.messages[0]["role"] == "assistant" and content.label is None and not content.chosen
    edits = to_line(content, {}, target, text_only=is_text)
    if edits.value is None:
        assert edits.refusals
        return
    back = target.read(msgspec.json.decode(msgspec.json.encode(edits.value)))
    if back is None:
        assert any(found.severity == "error" for found in target.judge(edits.value))
        return
    assert comparable(back) == comparable(reduce(content, target.carries).content)
    assert not list(unnamed_differences(comparable(content), comparable(back), edits.losses))
    if not edits.losses:
        assert comparable(back) == comparable(content)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=40)
@given(
    extra=st.dictionaries(
        st.sampled_from(["id", "source", "label", "prompt", "context", "response", "chosen", "text", "kto_tag"]) | TEXT,
        st.booleans() | TEXT,
        max_size=4,
    )
)
def test_an_unknown_field_is_either_in_the_line_or_named_as_lost_and_never_changes_what_the_line_means(target, extra):
    content = Content([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}])
    edits = to_line(content, extra, target)
    assert edits.value is not None
    lost = {loss.field for loss in edits.losses}
    for key, value in extra.items():
        assert (key in lost) != (edits.value.get(key, edits) == value and key not in lost)
    assert target.read(msgspec.json.decode(msgspec.json.encode(edits.value))) == content


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=60)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "messages",
                        "role",
                        "content",
                        "tools",
                        "tool_calls",
                        "function",
                        "name",
                        "arguments",
                        "weight",
                        "input",
                        "preferred_output",
                        "non_preferred_output",
                        "conversations",
                        "from",
                        "value",
                        "instruction",
                        "output",
                        "history",
                        "prompt",
                        "completion",
                        "text",
                        "chosen",
                        "rejected",
                        "contents",
                        "parts",
                        "type",
                        "image_url",
                        "systemInstruction",
                        "system",
                        "schemaVersion",
                        "label",
                        "segments",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_value_makes_the_rules_fail(target, value):
    if isinstance(value, dict):
        list(target.judge(value))
        target.form(value)
