"""Amazon's tuning data for Nova: turns of typed blocks, the system texts outside.

Source: docs.aws.amazon.com/nova, preparing data; the blocks are those of Bedrock's Converse operation.
"""

from typing import Any

import msgspec

from curator.data.content import Content, Message, chat_messages, tool_definitions


def nova_content(value: dict[str, Any]) -> Content:
    """The meaning of one line."""
    head: list[Message] = [{"role": "system", "content": part["text"]} for part in value.get("system") or ()]
    turns = [{"role": turn["role"], "content": _parts(turn["content"])} for turn in value["messages"]]
    tools = [_definition(tool) for tool in (value.get("toolConfig") or {}).get("tools") or ()]
    return Content([*head, *chat_messages(turns, len(head))], tool_definitions(tools))


def _parts(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """One text where there is nothing but text; else parts with their types, as other forms write them."""
    if all(block.get("text") is not None for block in blocks):
        return "".join(block["text"] for block in blocks)
    return [_part(block) for block in blocks]


def _part(block: dict[str, Any]) -> dict[str, Any]:
    if block.get("text") is not None:
        return {"type": "text", "text": block["text"]}
    if call := block.get("toolUse"):
        return {"type": "tool_use", "id": call.get("toolUseId"), "name": call["name"], "input": call.get("input")}
    if result := block.get("toolResult"):
        texts = [{"type": "text", "text": _result_text(part)} for part in result.get("content") or ()]
        return {"type": "tool_result", "tool_use_id": result["toolUseId"], "content": texts}
    if (thought := block.get("reasoningContent")) and isinstance(said := thought.get("reasoningText"), dict):
        return {"type": "thinking", "thinking": str(said.get("text") or "")}
    kind = next((key for key, held in block.items() if held is not None), "nothing")
    return {"type": kind, kind: block.get(kind)}


def _result_text(part: dict[str, Any]) -> str:
    text = part.get("text")
    return text if isinstance(text, str) else msgspec.json.encode(part.get("json", part)).decode()


def _definition(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as OpenAI defines it."""
    declared = tool.get("toolSpec")
    if not isinstance(declared, dict):
        return tool
    function = {key: held for key, held in declared.items() if key != "inputSchema"}
    schema = declared.get("inputSchema")
    if isinstance(schema, dict):
        function["parameters"] = schema.get("json", schema)
    return {"type": "function", "function": function}
