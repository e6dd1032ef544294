"""Examples of every kind that a reader can make, for the laws of exporting."""

from hypothesis import strategies as st

from curator.data.content import Content

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
ID = st.text("abcdefghij0123456789", min_size=1, max_size=9)
NAMES = st.sampled_from(["get_weather", "look_up-order", "f"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
ARGUMENTS = st.dictionaries(TEXT, JSON, max_size=2) | st.sampled_from(['{"city": "Oslo"}', "{}", '{ "a":1.0 }', "Oslo"])


@st.composite
def tool_calls(draw):
    call = {
        "type": "function",
        "id": draw(ID),
        "function": {"name": draw(NAMES), "arguments": draw(ARGUMENTS)},
    }
    if draw(st.integers(0, 9)) == 0:
        del call["id"]
    return call


PARTS = st.lists(
    st.builds(lambda text: {"type": "text", "text": text}, TEXT)
    | st.just({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}),
    min_size=1,
    max_size=3,
)


@st.composite
def messages(draw, role=None):
    role = role or draw(st.sampled_from(["system", "developer", "user", "assistant", "tool"]))
    message = {"role": role}
    if role == "assistant" and draw(st.booleans()):
        message["tool_calls"] = draw(st.lists(tool_calls(), min_size=1, max_size=2))
    if "tool_calls" not in message or draw(st.booleans()):
        message["content"] = draw(TEXT) if role != "user" or draw(st.booleans()) else draw(PARTS)
    if role == "tool" and draw(st.booleans()):
        message["tool_call_id"] = draw(ID)
    if draw(st.integers(0, 4)) == 0:
        message["name"] = draw(NAMES)
    if draw(st.integers(0, 4)) == 0:
        message["weight"] = draw(st.sampled_from([0, 1, 0.5]))
    if role == "assistant" and draw(st.integers(0, 4)) == 0:
        message["reasoning"] = draw(TEXT.filter(bool))
    return message


@st.composite
def conversations(draw):
    """Half of them in good order, with a result for each tool call; half of them in any order."""
    if draw(st.booleans()):
        return draw(st.lists(messages(), min_size=1, max_size=5))
    turns = [{"role": "system", "content": draw(TEXT)}] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 3))):
        turns.append(draw(messages("user")))
        answer = draw(messages("assistant"))
        turns.append(answer)
        turns.extend(
            {"role": "tool", "tool_call_id": call.get("id", "x"), "content": draw(TEXT)}
            for call in answer.get("tool_calls", ())
        )
        if "tool_calls" in answer:
            turns.append({"role": "assistant", "content": draw(TEXT)})
    return turns


TOOLS = st.none() | st.lists(
    st.builds(
        lambda name, parameters: {"type": "function", "function": {"name": name, **parameters}},
        NAMES,
        st.sampled_from([{}, {"description": "d"}, {"description": "d", "parameters": {"type": "object"}}]),
    ),
    min_size=1,
    max_size=2,
)


@st.composite
def contents(draw):
    kind = draw(st.sampled_from(["chat", "chat", "chat", "preference", "kto", "text"]))
    if kind == "text":
        return Content([{"role": "assistant", "content": draw(TEXT)}])
    content = Content(draw(conversations()), draw(TOOLS))
    if kind == "kto":
        return content._replace(label=draw(st.booleans()))
    if kind == "preference":
        # a reader finds the prompt by what both answers share, so the prompt does not end inside an answer
        return content._replace(chosen=[draw(messages("assistant"))], rejected=[draw(messages("assistant"))])
    return content
