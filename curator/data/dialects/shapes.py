"""The JSON shape of each dialect, written once and read by two validators.

msgspec accepts at speed; pydantic has the last word on what msgspec refuses, and words it. Both read these types.
Unknown keys are allowed everywhere: a check reports them, and an export carries them.
"""

from typing import Any, NotRequired

from typing_extensions import TypedDict

Text = str
Parameters = dict[str, Any]


class FunctionCall(TypedDict):
    name: str
    arguments: NotRequired[str | Parameters | None]


class ToolCall(TypedDict):
    id: NotRequired[str | None]
    type: NotRequired[str | None]
    function: NotRequired[FunctionCall]
    name: NotRequired[str]
    arguments: NotRequired[str | Parameters | None]


class ContentPart(TypedDict):
    type: NotRequired[str]
    text: NotRequired[str | None]
    value: NotRequired[Any]


class ChatMessage(TypedDict):
    role: str
    content: NotRequired[str | list[ContentPart] | None]
    name: NotRequired[str | None]
    tool_calls: NotRequired[list[ToolCall] | None]
    tool_call_id: NotRequired[str | None]
    function_call: NotRequired[FunctionCall | None]
    weight: NotRequired[int | float | None]
    loss_weight: NotRequired[int | float | None]
    reasoning: NotRequired[str | None]
    reasoning_content: NotRequired[str | None]
    thinking: NotRequired[str | None]
    refusal: NotRequired[str | None]


Tools = list[Parameters] | str | None


class Chat(TypedDict):
    messages: list[ChatMessage]
    system: NotRequired[str | list[ContentPart] | None]
    tools: NotRequired[Tools]
    functions: NotRequired[Tools]
    parallel_tool_calls: NotRequired[bool | None]


ShareGptTurn = TypedDict(
    "ShareGptTurn",
    {"from": str, "value": str, "weight": NotRequired[int | float | None], "name": NotRequired[str | None]},
)


class ShareGpt(TypedDict):
    conversations: list[ShareGptTurn]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class ShareGptRoles(TypedDict):
    conversations: list[ChatMessage]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class Alpaca(TypedDict):
    instruction: str
    input: NotRequired[str | None]
    output: str
    system: NotRequired[str | None]
    history: NotRequired[list[list[str]] | None]


class AlpacaResponse(TypedDict):
    instruction: str
    input: NotRequired[str | None]
    response: str
    system: NotRequired[str | None]
    history: NotRequired[list[list[str]] | None]


class Dolly(TypedDict):
    instruction: str
    context: NotRequired[str | None]
    response: str


class PromptCompletion(TypedDict):
    prompt: str | list[ChatMessage]
    completion: str | list[ChatMessage]
    tools: NotRequired[Tools]


class PromptResponse(TypedDict):
    prompt: str | list[ChatMessage]
    response: str


class PromptAnswer(TypedDict):
    prompt: str | list[ChatMessage]
    answer: str


class CohereTurn(TypedDict):
    role: str
    message: str


class CohereRow(TypedDict):
    message: str
    chat_history: list[CohereTurn] | None
    preamble: NotRequired[str | None]
    response: NotRequired[str | None]
    text: NotRequired[str | None]


class OpenOrca(TypedDict):
    system_prompt: NotRequired[str | None]
    question: str
    response: str


class QuestionAnswer(TypedDict):
    question: str
    answer: str


class PlainText(TypedDict):
    text: str


class OpenAiPreferenceInput(TypedDict):
    messages: list[ChatMessage]
    tools: NotRequired[Tools]
    parallel_tool_calls: NotRequired[bool | None]


class OpenAiPreference(TypedDict):
    input: OpenAiPreferenceInput
    preferred_output: list[ChatMessage]
    non_preferred_output: list[ChatMessage]


class Preference(TypedDict):
    prompt: NotRequired[str | list[ChatMessage] | None]
    chosen: str | list[ChatMessage]
    rejected: str | list[ChatMessage]
    tools: NotRequired[Tools]


class ShareGptPreference(TypedDict):
    conversations: list[ShareGptTurn]
    chosen: str | ShareGptTurn
    rejected: str | ShareGptTurn
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class Kto(TypedDict):
    prompt: str | list[ChatMessage]
    completion: str | list[ChatMessage]
    label: bool
    tools: NotRequired[Tools]


class KtoChat(TypedDict):
    messages: list[ChatMessage]
    system: NotRequired[str | list[ContentPart] | None]
    label: bool
    tools: NotRequired[Tools]


class KtoTag(TypedDict):
    messages: list[ChatMessage]
    system: NotRequired[str | list[ContentPart] | None]
    kto_tag: bool
    tools: NotRequired[Tools]


class GeminiCall(TypedDict):
    name: str
    args: NotRequired[dict[str, Any] | None]


class GeminiResponse(TypedDict):
    name: str
    response: NotRequired[Any]


class GeminiData(TypedDict):
    mimeType: NotRequired[str | None]
    data: NotRequired[str | None]
    fileUri: NotRequired[str | None]


class GeminiPart(TypedDict):
    text: NotRequired[str | None]
    thought: NotRequired[bool | None]
    functionCall: NotRequired[GeminiCall | None]
    functionResponse: NotRequired[GeminiResponse | None]
    fileData: NotRequired[GeminiData | None]
    inlineData: NotRequired[GeminiData | None]


class GeminiTurn(TypedDict):
    role: NotRequired[str | None]
    parts: list[GeminiPart]


class GeminiTools(TypedDict):
    functionDeclarations: NotRequired[list[dict[str, Any]] | None]


class Gemini(TypedDict):
    contents: list[GeminiTurn]
    systemInstruction: NotRequired[GeminiTurn | None]
    tools: NotRequired[list[GeminiTools] | None]


class NovaText(TypedDict):
    text: str


class NovaCall(TypedDict):
    name: str
    toolUseId: NotRequired[str | None]
    input: NotRequired[Any]


class NovaResultPart(TypedDict):
    text: NotRequired[Any]
    json: NotRequired[Any]
    image: NotRequired[Any]
    document: NotRequired[Any]
    video: NotRequired[Any]


class NovaResult(TypedDict):
    toolUseId: str
    content: NotRequired[list[NovaResultPart] | None]


class NovaPart(TypedDict):
    text: NotRequired[str | None]
    image: NotRequired[dict[str, Any] | None]
    video: NotRequired[dict[str, Any] | None]
    toolUse: NotRequired[NovaCall | None]
    toolResult: NotRequired[NovaResult | None]
    reasoningContent: NotRequired[dict[str, Any] | None]


class NovaTurn(TypedDict):
    role: str
    content: list[NovaPart]


class NovaTools(TypedDict):
    tools: NotRequired[list[dict[str, Any]] | None]


class Nova(TypedDict):
    schemaVersion: str
    system: NotRequired[list[NovaText] | None]
    messages: list[NovaTurn]
    toolConfig: NotRequired[NovaTools | None]
