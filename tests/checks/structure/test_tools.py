"""Tool calls and their results."""

import pytest

from tests.checks.finding import findings, locations
from tests.data.made import WEATHER, call, chat, question, result


def calling(**changes) -> dict:
    return chat(("user", "Oslo?"), call(**changes), result(), ("assistant", "Cold."), tools=[WEATHER])


@pytest.mark.parametrize(
    ("example", "severity", "words"),
    [
        (calling(arguments="city=Oslo"), "error", "not JSON"),
        (calling(arguments='{"city": "Os'), "error", "not JSON"),
        (calling(arguments='["Oslo"]'), "error", "not a JSON object"),
        (calling(name="get weather"), "warning", "letters, digits"),
        (calling(name="w" * 65), "warning", "letters, digits"),
        (calling(name="open_ticket"), "warning", "do not declare"),
        (calling(arguments="{}"), "warning", "lacks the required argument 'city'"),
        (
            calling(arguments='{"city": 5}'),
            "warning",
            "'city' of the call to 'get_weather' is not of the declared type",
        ),
        (calling(arguments='{"city": "Oslo", "days": true}'), "warning", "'days'"),
    ],
)
def test_a_call_that_could_not_be_carried_out_is_found(example, severity, words):
    (finding,) = findings("invalid-tool-call", example)
    assert (finding["message_index"], finding["severity"]) == (1, severity)
    assert words in finding["message"]


def test_calls_that_can_be_carried_out_are_left_alone():
    whole_number = calling(arguments='{"city": "Oslo", "days": 2.0}')
    undeclared = chat(("user", "Oslo?"), call(name="anything"), result(), ("assistant", "Cold."))
    no_arguments = chat(("user", "Now?"), call(name="clock", arguments=""), result(), ("assistant", "Noon."))
    as_object = calling(arguments={"city": "Oslo"})
    assert locations("invalid-tool-call", calling(), whole_number, undeclared, no_arguments, as_object) == []


@pytest.mark.parametrize("tool", [{"type": "function", "function": {}}, {"type": "function", "function": 5}, {"x": 1}])
def test_a_definition_without_a_name_is_an_error_of_the_example(tool):
    (finding,) = findings("invalid-tool-call", question() | {"tools": [tool]})
    assert finding["message_index"] is None and "Tool definition 1" in finding["message"]


def test_a_schema_of_any_shape_is_survived():
    for parameters in (
        None,
        {},
        {"properties": []},
        {"properties": {"city": 5}, "required": "city"},
        {"required": [[]]},
    ):
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": parameters}}
        assert locations("invalid-tool-call", calling() | {"tools": [tool]}) == []


def test_a_call_without_a_name_is_refused_by_the_reader_under_the_same_name():
    broken = {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "function": {"arguments": "{}"}}]}
    (finding,) = findings("invalid-tool-call", chat(("user", "Oslo?"), broken))
    assert finding["row"] is None and finding["message_index"] == 1


def test_a_conversation_may_end_with_a_call():
    assert locations("unanswered-tool-call", chat(("user", "Oslo?"), call())) == []


@pytest.mark.parametrize(
    ("turns", "at"),
    [
        ([call(), ("assistant", "Cold.")], [1]),
        ([call(), ("user", "Well?"), ("assistant", "Cold.")], [1]),
        ([call(), result(call_id="call_9"), ("assistant", "Cold.")], [1]),
    ],
    ids=["no result", "a question instead", "another id"],
)
def test_calls_without_a_result_are_found(turns, at):
    assert locations("unanswered-tool-call", question(), chat(("user", "Oslo?"), *turns)) == [
        (1, index) for index in at
    ]


@pytest.mark.parametrize(
    ("turns", "at"),
    [
        ([call(), result(call_id="call_9"), ("assistant", "Cold.")], [2]),
        ([result(), ("assistant", "Cold.")], [1]),
        ([result(call_id=None), ("assistant", "Cold.")], [1]),
        ([call(), result(), result(), ("assistant", "Cold.")], [3]),
        ([call(), result(), ("assistant", "Cold.")], []),
        ([call(call_id=None), result(), ("assistant", "Cold.")], []),
    ],
    ids=["another id", "no call", "no call, no id", "two results", "its call", "a call without an id"],
)
def test_results_without_a_call_are_found(turns, at):
    assert locations("orphan-tool-result", question(), chat(("user", "Oslo?"), *turns)) == [(1, index) for index in at]


def test_parallel_calls_are_matched_by_id_in_any_order():
    two = call()
    two["tool_calls"] = [*two["tool_calls"], call(call_id="call_2")["tool_calls"][0]]
    answered = chat(("user", "Oslo?"), two, result(call_id="call_2"), result(), ("assistant", "Cold."))
    half = chat(("user", "Oslo?"), two, result(call_id="call_2"), ("assistant", "Cold."))
    assert locations("unanswered-tool-call", answered, half) == [(1, 1)]


def test_results_without_ids_answer_the_calls_before_them():
    two = call(call_id=None)
    two["tool_calls"] = two["tool_calls"] * 2
    one_result, two_results = ([result(call_id=None)] * count for count in (1, 2))
    fine = [chat(("user", "Oslo?"), two, *results, ("assistant", "Cold.")) for results in (one_result, two_results)]
    assert locations("unanswered-tool-call", *fine) == []


def test_one_observation_of_several_calls_answers_all_of_them():
    calls = '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]'
    turns = [("human", "Oslo?"), ("function_call", calls), ("observation", "1, 2"), ("gpt", "Cold.")]
    example = {"conversations": [{"from": speaker, "value": text} for speaker, text in turns]}
    assert locations("unanswered-tool-call", example, dialect="sharegpt") == []
