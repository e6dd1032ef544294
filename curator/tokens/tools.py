"""Tokens of tool definitions and calls.

OpenAI publishes how a flat tool definition is counted (cookbook, 'How to count tokens with tiktoken', section 7, the
constants for GPT-4o) and says that it may change. It publishes nothing about calls and nested parameters, and other
models write tools in ways of their own. So an example with tools is never marked as exactly counted: its definitions
count by OpenAI's published rule for OpenAI's vocabularies and as JSON for others, its calls as name and arguments.
"""

from typing import Any

import msgspec

from curator.tokens.named import TextCounter

PER_FUNCTION = {"o200k_base": 7, "cl100k_base": 10}
FOR_PROPERTIES, PER_PROPERTY, FOR_ENUM, PER_CHOICE, AT_END = 3, 3, -3, 3, 12


def call_texts(tool_calls: str) -> str:
    """Name and arguments of every call in a message's `tool_calls` column, one after the other."""
    texts = []
    for call in msgspec.json.decode(tool_calls):
        arguments = call["function"]["arguments"]
        texts.append(call["function"]["name"])
        texts.append(arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode())
    return "\n".join(texts)


def definition_tokens(tools: str, vocabulary: str, count: TextCounter) -> int:
    """Tokens of the `tools` column of one example."""
    if vocabulary not in PER_FUNCTION:
        return count([tools])[0]
    total = AT_END
    for tool in msgspec.json.decode(tools):
        function = tool.get("function")
        texts, extra = _openai_texts(function if isinstance(function, dict) else {})
        total += PER_FUNCTION[vocabulary] + extra + sum(count(texts))
    return total


def _openai_texts(function: dict[str, Any]) -> tuple[list[str], int]:
    """The texts that are counted for one function, and the tokens between them."""
    texts = [f"{function.get('name', '')}:{_sentence(function)}"]
    parameters = function.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict) or not properties:
        return texts, 0
    extra = FOR_PROPERTIES
    for name, schema in properties.items():
        extra += PER_PROPERTY
        if not isinstance(schema, dict):
            texts.append(name)
            continue
        choices = schema.get("enum")
        if isinstance(choices, list):
            extra += FOR_ENUM + PER_CHOICE * len(choices)
            texts += [str(choice) for choice in choices]
        texts.append(f"{name}:{schema.get('type', '')}:{_sentence(schema)}")
        nested = {key: schema[key] for key in ("properties", "items", "anyOf") if key in schema}
        if nested:
            texts.append(msgspec.json.encode(nested).decode())
    return texts, extra


def _sentence(described: dict[str, Any]) -> str:
    return str(described.get("description") or "").removesuffix(".")
