"""What an audit calls ready its target takes, and what it reports the target refuses; each export reads back."""

import json

import pytest

from curator.targets.registry import TARGETS
from tests.audit.run import curator, write
from trainer.contract.errors import DataError
from trainer.data.read import read_conversations

SET = range(40)
STRUCTURE = (
    "rejected-by-target,missing-content,invalid-tool-call,unexpected-key,unanswered-tool-call,unrecognised-example"
)
PICTURE = {"type": "image", "image": "img/1.jpg"}


def with_a_marked_call(number):
    call = {"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}, "streamed": True}
    turns = [
        {"role": "user", "content": f"Where is parcel {number}?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": f"Oslo {number}"},
        {"role": "assistant", "content": f"In Oslo, on shelf {number}."},
    ]
    return {"messages": turns}


def with_a_signed_thought(number):
    thought = {"type": "thinking", "thinking": f"It is {number}.", "signature": "c2lnbmVk"}
    answer = [thought, {"type": "text", "text": f"Parcel {number} is in Oslo."}]
    asked = {"role": "user", "content": f"Where is parcel {number}?"}
    return {"messages": [asked, {"role": "assistant", "content": answer}]}


def with_a_marked_gemini_part(number):
    asked = {"role": "user", "parts": [{"text": f"Where is parcel {number}?", "thoughtSignature": "c2lnbmVk"}]}
    return {"contents": [asked, {"role": "model", "parts": [{"text": f"Parcel {number} is in Oslo."}]}]}


BELOW = {
    "of a tool call": (with_a_marked_call, "messages[1].tool_calls[0].streamed"),
    "of a thought": (with_a_signed_thought, "messages[1].content[0].signature"),
    "of a part": (with_a_marked_gemini_part, "contents[0].parts[0].thoughtSignature"),
}


def tool_use(number):
    """A conversation in Anthropic's blocks."""
    asked = {"type": "tool_use", "id": f"toolu_{number}", "name": "list_files", "input": {"folder": f"/{number}"}}
    return {
        "system": "You look into folders.",
        "messages": [
            {"role": "user", "content": f"What is in folder {number}?"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "I look."}, asked]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": f"{number}.txt"}],
            },
            {"role": "assistant", "content": [{"type": "text", "text": f"One file, {number}.txt."}]},
        ],
        "tools": [{"name": "list_files", "description": "Lists", "input_schema": {"type": "object"}}],
    }


def picture(number, part=PICTURE):
    """A question about a picture, in TRL's form."""
    asked = [part, {"type": "text", "text": f"What is on picture {number}?"}]
    return {
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": f"A {number} on a door."}]
    }


def responses(number):
    """Parts as OpenAI's responses have them, and definitions as JSON in a string."""
    asked = [{"type": "input_text", "text": f"Question {number}?"}]
    answered = [{"type": "output_text", "text": f"Answer {number}.", "annotations": []}]
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return {"messages": messages, "tools": json.dumps([{"type": "function", "function": {"name": "look"}}])}


def gemini(number):
    """Gemini's tuning data with a call."""
    call = {"functionCall": {"name": "look", "args": {"at": number}}}
    back = {"functionResponse": {"name": "look", "response": {"found": number}}}
    return {
        "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": f"Look at {number}."}]},
            {"role": "model", "parts": [call]},
            {"role": "user", "parts": [back]},
            {"role": "model", "parts": [{"text": f"It is {number}."}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "look", "parameters": {"type": "object"}}]}],
    }


def nova(number):
    """Amazon Nova's tuning data."""
    turns = [("user", f"How much is {number} plus 1?"), ("assistant", f"{number + 1}")]
    messages = [{"role": role, "content": [{"text": text}]} for role, text in turns]
    return {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Be brief."}], "messages": messages}


def exported(folder, name="out"):
    """The values of an export's lines."""
    return [json.loads(line) for file in sorted((folder / name).glob("*n.jsonl")) for line in file.open()]


@pytest.mark.parametrize("make", [tool_use, responses, gemini, nova])
@pytest.mark.parametrize("target", ["huggingface", "openai", "mistral", "gemini"])
def test_what_is_read_in_another_form_is_written_in_the_targets_own(make, target, tmp_path):
    write(tmp_path / "a.jsonl", [make(number) for number in SET])
    audited = curator(tmp_path, "audit", "a.jsonl", "--no-meaning", "--select", STRUCTURE, "--target", target)
    assert audited.code == 0, audited.out
    assert curator(tmp_path, "export", "a.jsonl", "--target", target, "--out", "out").code == 0
    assert curator(tmp_path, "validate", "out/train.jsonl", "--target", target).code == 0


def test_blocks_are_a_tool_call_its_result_and_reasoning(tmp_path):
    write(tmp_path / "a.jsonl", [tool_use(number) for number in SET])
    curator(tmp_path, "export", "a.jsonl", "--target", "huggingface", "--out", "out")
    line = next(line for line in exported(tmp_path) if "folder 7?" in str(line))
    system, _, asked, result, answer = line["messages"]
    assert system == {"role": "system", "content": "You look into folders."}
    assert asked["tool_calls"][0]["function"] == {"name": "list_files", "arguments": {"folder": "/7"}}
    assert asked["reasoning_content"] == "I look."
    assert result == {"role": "tool", "content": "7.txt", "tool_call_id": "toolu_7"}
    assert answer["content"] == [{"type": "text", "text": "One file, 7.txt."}]
    assert line["tools"][0]["function"]["parameters"] == {"type": "object"}


def test_a_picture_is_refused_by_the_trainer_that_reads_text_and_taken_by_a_target_that_has_a_place_for_it(tmp_path):
    write(tmp_path / "a.jsonl", [picture(number) for number in SET])
    without = curator(tmp_path, "audit", "a.jsonl", "--no-meaning", "--select", STRUCTURE)
    assert (without.code, "rejected-by-target" in without.out) == (1, True)
    assert "nothing to decide" in curator(tmp_path, "decide", "a.jsonl", "--policy", "safe", "--dry-run").out
    assert (
        curator(tmp_path, "audit", "a.jsonl", "--no-meaning", "--select", STRUCTURE, "--target", "huggingface").code
        == 0
    )
    assert curator(tmp_path, "export", "a.jsonl", "--target", "huggingface", "--out", "out").code == 0
    assert exported(tmp_path)[0]["messages"][0]["content"][0] == PICTURE
    assert curator(tmp_path, "validate", "out/train.jsonl", "--target", "huggingface").code == 0


def test_with_a_target_an_error_is_what_that_target_refuses(tmp_path):
    called = {"type": "function", "id": "c1", "function": {"name": "look", "arguments": "{}"}}
    turns = [{"role": "user", "content": "Look."}, {"role": "assistant", "tool_calls": [called]}]
    unanswered = {
        "messages": [*turns, {"role": "user", "content": "And?"}, {"role": "assistant", "content": "Nothing."}]
    }
    write(tmp_path / "a.jsonl", [unanswered])
    for target, code in (("huggingface", 0), ("openai", 1)):
        asked = ("--no-meaning", "--select", STRUCTURE, "--target", target)
        assert curator(tmp_path, "audit", "a.jsonl", *asked).code == code


def test_alpaca_keeps_its_input_and_dolly_its_context(tmp_path):
    alpaca = [
        {"instruction": f"Sum up text {n}", "input": f"Text {n} is about the sea.", "output": f"Sea {n}."} for n in SET
    ]
    write(tmp_path / "a.jsonl", alpaca)
    assert curator(tmp_path, "export", "a.jsonl", "--target", "alpaca", "--out", "out").code == 0
    assert sorted(map(json.dumps, exported(tmp_path))) == sorted(map(json.dumps, alpaca))
    dolly = [{"instruction": f"Who wrote {n}?", "context": f"Anna wrote {n}.", "response": "Anna."} for n in SET]
    write(tmp_path / "d.jsonl", dolly)
    assert curator(tmp_path, "export", "d.jsonl", "--target", "alpaca", "--out", "d").code == 0
    assert {line["input"] for line in exported(tmp_path, "d")} == {example["context"] for example in dolly}


def test_a_prompt_beside_the_messages_is_the_users_own_field(tmp_path):
    lines = [{"prompt": f"Say {n}.", "prompt_id": f"{n}", **nova_as_chat(n)} for n in SET]
    write(tmp_path / "a.jsonl", lines)
    assert "unexpected-key" not in curator(tmp_path, "audit", "a.jsonl", "--no-meaning", "--select", STRUCTURE).out
    assert curator(tmp_path, "export", "a.jsonl", "--target", "huggingface", "--out", "out").code == 0
    assert {line["prompt"] for line in exported(tmp_path)} == {line["prompt"] for line in lines}


def nova_as_chat(number):
    """The same example as chat."""
    turns = [("user", f"How much is {number} plus 1?"), ("assistant", f"{number + 1}")]
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


@pytest.mark.parametrize("target", [target.name for target in TARGETS if target.name != "huggingface"])
def test_a_picture_that_has_no_place_is_named_as_lost_with_the_line_of_the_source(target, tmp_path):
    lines = [nova_as_chat(number) for number in SET]
    lines[4]["messages"][0]["image"] = "img/4.jpg"
    write(tmp_path / "a.jsonl", lines)
    assert curator(tmp_path, "export", "a.jsonl", "--target", target, "--out", "out").code == 0
    (lost,) = map(json.loads, (tmp_path / "out" / "lost.jsonl").open())
    assert (lost["source"], lost["source_line"]) == ("a.jsonl", 5)
    assert [one["field"] for one in lost["lost"]] == ["messages[0].image"]


def test_a_kind_that_a_target_has_no_form_for_is_refused_by_audit_and_validation_alike(tmp_path):
    write(tmp_path / "a.jsonl", [{**nova_as_chat(number), "label": True} for number in SET])
    for target, code in (("openai", 1), ("axolotl", 1), ("huggingface", 0)):
        asked = ("--no-meaning", "--select", STRUCTURE, "--target", target)
        assert curator(tmp_path, "audit", "a.jsonl", *asked).code == code
        assert curator(tmp_path, "validate", "a.jsonl", "--target", target).code == code


def question(number, **more):
    """A question with its answer."""
    answer = {"role": "assistant", "content": f"It is {number + 1}.", **more}
    return {"messages": [{"role": "user", "content": f"How much is {number} plus 1?"}, answer]}


def test_a_line_that_is_there_twice_is_an_error_for_a_target_that_refuses_such_files(tmp_path):
    thinking = [question(3, reasoning="I count."), question(3, reasoning="I add.")]
    write(tmp_path / "a.jsonl", [*(question(number) for number in SET), question(7), *thinking])
    again = ("audit", "a.jsonl", "--no-meaning", "--target", "openai", "--select", f"{STRUCTURE},exact-duplicate")
    audited = curator(tmp_path, *again, "--json")
    refused = next(one for one in json.loads(audited.out)["checks"] if one["name"] == "rejected-by-target")
    assert (audited.code, refused["severities"], refused["worst"][0]["related"][0]["line"]) == (1, {"error": 3}, 8)
    assert curator(tmp_path, "export", "a.jsonl", "--target", "openai", "--out", "out").code == 1
    assert curator(tmp_path, "decide", "a.jsonl", *again[2:], "--policy", "safe").code == 0
    assert curator(tmp_path, *again).code == 0
    assert curator(tmp_path, "export", "a.jsonl", "--target", "openai", "--out", "out").code == 0
    assert curator(tmp_path, "audit", "a.jsonl", *again[2:4], "mistral", *again[5:]).code == 0


def test_chat_beside_preferences_is_an_error_for_a_target_whose_files_have_one_form(tmp_path):
    pairs = [{"prompt": f"Say {number}.", "chosen": f"It is {number}.", "rejected": "No."} for number in range(12)]
    write(tmp_path / "a.jsonl", [question(number) for number in SET])
    write(tmp_path / "b.jsonl", pairs)
    both = ("a.jsonl", "b.jsonl", "--no-meaning", "--target", "openai")
    audited = curator(tmp_path, "audit", *both, "--select", STRUCTURE, "--json")
    (refused,) = json.loads(audited.out)["checks"]
    assert (audited.code, refused["examples"], {one["file"] for one in refused["worst"]}) == (1, 12, {"b.jsonl"})
    assert curator(tmp_path, "export", *both, "--out", "out").code == 1
    curator(tmp_path, "decide", *both, "--where", "check:rejected-by-target", "--drop")
    assert curator(tmp_path, "export", *both, "--out", "out").code == 0


def test_what_only_an_export_rewrites_is_said_by_validate_and_by_the_trainer(tmp_path):
    write(tmp_path / "a.jsonl", [tool_use(number) for number in SET])
    refused = curator(tmp_path, "validate", "a.jsonl", "--target", "huggingface")
    assert refused.code == 1
    assert "40 rejected lines are examples in another form" in refused.err
    assert "curator export a.jsonl --target huggingface --out DIR" in refused.err
    with pytest.raises(DataError, match="has 40 unusable lines") as refusal:
        read_conversations(tmp_path / "a.jsonl")
    assert str(refusal.value).count("curator export FILE --target huggingface --out DIR") == 1


@pytest.mark.parametrize("target", ["huggingface", "gemini", "mistral", "alpaca"])
@pytest.mark.parametrize("name", BELOW)
def test_a_key_below_the_messages_that_no_format_has_is_named_where_it_is_lost(name, target, tmp_path):
    made, place = BELOW[name]
    write(tmp_path / "a.jsonl", [made(number) for number in SET])
    assert curator(tmp_path, "export", "a.jsonl", "--target", target, "--out", "out").code == 0
    lost = [json.loads(line) for line in (tmp_path / "out" / "lost.jsonl").open()]
    assert len(lost) == 40
    assert all(place in json.dumps(one) for one in lost)


def test_a_key_of_a_message_that_no_format_has_is_named_where_it_is_lost(tmp_path):
    write(tmp_path / "a.jsonl", [question(number, mood="glad", extra=None) for number in SET])
    assert curator(tmp_path, "export", "a.jsonl", "--target", "huggingface", "--out", "out").code == 0
    lost = [json.loads(line) for line in (tmp_path / "out" / "lost.jsonl").open()]
    assert len(lost) == 40
    assert {one["field"] for entry in lost for one in entry["lost"]} == {"messages[1].mood"}
