"""xLAM: a question, the tools that there are, and the calls that answer it."""

from typing import Any

from curator.data.content import Content, Refused, chat_messages, tool_definitions
from curator.data.dialects.published import opened


def function_calls(value: dict[str, Any]) -> Content:
    """A question answered by calls; a tool's parameters are by name, without a schema around them."""
    tools, answers = (opened(held) if isinstance(held, str) else held for held in (value["tools"], value["answers"]))
    if not all(isinstance(held, list) and all(isinstance(one, dict) for one in held) for held in (tools, answers)):
        raise Refused("unrecognised-example", "The tools or the answers are no list of objects.")
    if not all(
        isinstance(one.get("name"), str) and isinstance(one.get("arguments", {}), str | dict) for one in answers
    ):
        raise Refused("invalid-tool-call", "A call among the answers has no name, or no object of arguments.", 1)
    made = [
        {
            "id": f"call_{at}",
            "type": "function",
            "function": {"name": one.get("name"), "arguments": one.get("arguments")},
        }
        for at, one in enumerate(answers)
    ]
    messages = [{"role": "user", "content": value["query"]}, {"role": "assistant", "content": None, "tool_calls": made}]
    return Content(chat_messages(messages), tool_definitions([_with_schema(tool) for tool in tools]))


def _with_schema(tool: dict[str, Any]) -> dict[str, Any]:
    parameters = tool.get("parameters")
    if not isinstance(parameters, dict) or parameters.get("type") == "object" or "properties" in parameters:
        return tool
    described = {name: one for name, one in parameters.items() if isinstance(one, dict)}
    return {
        **tool,
        "parameters": {"type": "object", "properties": {name: _typed(one) for name, one in described.items()}},
    }


def _typed(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter as a schema: xLAM names Python's types, and adds `, optional`."""
    said = str(parameter.get("type", "")).partition(",")[0].strip().partition("[")[0].lower()
    named = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "list": "array", "dict": "object"}
    known = named.get(said, said if said in named.values() else "")
    rest = {key: held for key, held in parameter.items() if key != "type"}
    return {"type": known, **rest} if known else rest
