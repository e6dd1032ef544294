"""The forms in which training examples come, how each is recognised, and what it means.

`MAPPING_VERSION` changes whenever the meaning of any dialect does, so that nothing cached outlives its mapping.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from curator.data.content import Content
from curator.data.dialects import agents, mappings, published, shapes, verifiable
from curator.errors import UsageError

MAPPING_VERSION = 8


@dataclass(frozen=True)
class Dialect:
    """One form.

    Attributes:
        name: as `--format` takes it.
        required: keys without which an example is not in this form.
        shape: the type that both validators read.
        kind: one of `frames.KINDS`.
        content: from a value of that shape to what it means.
        known: further keys that belong to the form.
        turn_key: of a form that another one shares its keys with: a key that its turns have.
        unread: what is said of a part of a value that cannot be read with it; None: it is read whole.
        looks: what a value with these keys must be, too, where another form has them as well.
        sign: how a sentence names that.
    """

    name: str
    required: frozenset[str]
    shape: Any
    kind: str
    content: Callable[[dict[str, Any]], Content]
    known: frozenset[str]
    turn_key: str = ""
    unread: Callable[[dict[str, Any]], str | None] | None = None
    looks: Callable[[dict[str, Any]], bool] | None = None
    sign: str = ""

    def fits(self, value: Any) -> bool:
        """Whether `value` looks like an example in this form, right or wrong in its details."""
        if not isinstance(value, dict) or not self.required <= value.keys():
            return False
        if "label" in self.required:
            return isinstance(value["label"], bool)
        if self.looks is not None:
            return self.looks(value)
        if not self.turn_key:
            return True
        (turns,) = (value[key] for key in self.required)
        return isinstance(turns, list) and any(isinstance(turn, dict) and self.turn_key in turn for turn in turns)

    def prompt_parts(self, value: dict[str, Any]) -> tuple[str, str] | None:
        """Instruction and input (or context) of a value, which its mapping joins; None: there is no input."""
        if "instruction" not in self.required:
            return None
        held = value.get("context" if "context" in self.required else "input")
        return (value["instruction"], held) if held else None


def _dialect(
    name: str,
    required: str,
    shape: Any,
    content: Callable[[dict[str, Any]], Content],
    kind: str = "chat",
    **others: Any,
) -> Dialect:
    """A dialect whose known keys are those of its shape; `others` are the further attributes."""
    known = frozenset(shape.__annotations__)
    return Dialect(name, frozenset(required.split()), shape, kind, content, known, **others)


def _gemini(value: dict[str, Any]) -> Content:
    from curator.data.dialects.gemini import gemini_content

    return gemini_content(value)


def _function_calls(value: dict[str, Any]) -> Content:
    from curator.data.dialects.function_calls import function_calls

    return function_calls(value)


def _nova(value: dict[str, Any]) -> Content:
    from curator.data.dialects.nova import nova_content

    return nova_content(value)


_AN_ANSWER = "an answer to compare with"


DIALECTS = (
    *(
        _dialect(
            name,
            "log messages",
            agents.AgentLog,
            agents.agent_log,
            looks=lambda value, name=name: value["log"] == name,
            sign=f"'{name}' for a log",
            unread=agents.not_in_messages,
        )
        for name in agents.LOG_NAMES
    ),
    _dialect("gemini", "contents", shapes.Gemini, _gemini),
    _dialect("nova", "schemaVersion messages", shapes.Nova, _nova),
    _dialect(
        "openai-preference",
        "input preferred_output non_preferred_output",
        shapes.OpenAiPreference,
        mappings.openai_preference,
        "preference",
    ),
    _dialect(
        "sharegpt-preference",
        "conversations chosen rejected",
        shapes.ShareGptPreference,
        mappings.sharegpt_preference,
        "preference",
    ),
    _dialect("preference", "chosen rejected", shapes.Preference, mappings.preference, "preference"),
    _dialect("kto", "prompt completion label", shapes.Kto, mappings.kto, "kto"),
    _dialect("kto-chat", "messages label", shapes.KtoChat, mappings.kto_chat, "kto"),
    _dialect("kto-tag", "messages kto_tag", shapes.KtoTag, mappings.kto_chat, "kto"),
    _dialect(
        "langchain",
        "messages",
        agents.LangChainRow,
        agents.langchain_messages,
        looks=agents.is_langchain,
        sign="LangChain's types of messages",
    ),
    _dialect(
        "openai-rft",
        "messages",
        verifiable.RewardedMessages,
        verifiable.rewarded_messages,
        "prompt",
        looks=verifiable.asks_for_an_answer,
        sign=_AN_ANSWER,
    ),
    _dialect("chat", "messages", shapes.Chat, mappings.chat),
    _dialect(
        "text-turns",
        "conversations",
        published.TextTurns,
        published.text_turns,
        looks=published.are_texts("conversations"),
    ),
    _dialect("text-data", "data", published.TextData, published.text_turns, looks=published.are_texts("data")),
    _dialect("function-calls", "query tools answers", published.Calls, _function_calls),
    _dialect("sharegpt-roles", "conversations", shapes.ShareGptRoles, mappings.sharegpt_roles, turn_key="role"),
    _dialect("sharegpt", "conversations", shapes.ShareGpt, mappings.sharegpt),
    _dialect("exchanges", "conversation", published.Exchanges, published.exchanges, turn_key="input"),
    _dialect(
        "conversation-sharegpt",
        "conversation",
        published.ConversationSpeakers,
        published.conversation_speakers,
        turn_key="from",
    ),
    _dialect("conversation", "conversation", published.ConversationRow, published.conversation),
    _dialect(
        "message-tree",
        "message_tree_id prompt",
        published.MessageTree,
        published.message_tree,
        unread=published.other_branches,
    ),
    _dialect(
        "self-instruct",
        "instruction instances",
        published.SelfInstruct,
        published.self_instruct,
        unread=published.other_instances,
    ),
    _dialect(
        "squad",
        "context question answers",
        published.PassageQuestion,
        published.passage_question,
        unread=published.other_answers,
    ),
    _dialect("dolly", "instruction context response", shapes.Dolly, mappings.dolly),
    _dialect("alpaca", "instruction output", shapes.Alpaca, mappings.alpaca),
    _dialect("alpaca-response", "instruction response", shapes.AlpacaResponse, mappings.alpaca),
    _dialect("prompt-completion", "prompt completion", shapes.PromptCompletion, mappings.prompt_completion),
    _dialect(
        "openorca",
        "question response",
        shapes.OpenOrca,
        lambda value: mappings.pair(value["question"], value["response"], value.get("system_prompt")),
    ),
    _dialect(
        "verifiers",
        "question answer info",
        verifiable.VerifiersRow,
        verifiable.question_row,
        "prompt",
    ),
    _dialect(
        "question-answer", "question answer", shapes.QuestionAnswer, lambda v: mappings.pair(v["question"], v["answer"])
    ),
    _dialect(
        "prompt-response",
        "prompt response",
        shapes.PromptResponse,
        lambda value: Content(
            [*mappings.turns(value["prompt"], "user"), {"role": "assistant", "content": value["response"]}]
        ),
    ),
    _dialect(
        "verl",
        "data_source prompt reward_model",
        verifiable.PromptRow,
        verifiable.prompt_row,
        "prompt",
        looks=verifiable.is_verl,
    ),
    _dialect(
        "prompt-and-answer",
        "prompt",
        verifiable.PromptRow,
        verifiable.prompt_row,
        "prompt",
        looks=verifiable.has_answer,
        sign=_AN_ANSWER,
    ),
    _dialect(
        "problem",
        "problem",
        verifiable.ProblemRow,
        verifiable.problem_row,
        "prompt",
        looks=verifiable.has_any_answer,
        sign=_AN_ANSWER,
    ),
    _dialect(
        "prompt-answer",
        "prompt answer",
        shapes.PromptAnswer,
        lambda value: Content(
            [*mappings.turns(value["prompt"], "user"), {"role": "assistant", "content": value["answer"]}]
        ),
    ),
    _dialect("prompt-only", "prompt", verifiable.PromptRow, verifiable.prompt_row, "prompt", turn_key="role"),
    _dialect("cohere", "message chat_history", shapes.CohereRow, mappings.cohere),
    _dialect(
        "responses",
        "input",
        agents.ResponsesRow,
        agents.responses,
        looks=agents.is_responses,
        sign="items of OpenAI's Responses",
        unread=agents.unread_items,
    ),
    _dialect(
        "input-output",
        "input output",
        published.InputOutput,
        lambda value: mappings.pair(value["input"], value["output"], value.get("system")),
    ),
    _dialect("transcript", "text", shapes.PlainText, published.transcript, looks=published.is_transcript_row),
    _dialect(
        "text",
        "text",
        shapes.PlainText,
        lambda value: Content([{"role": "assistant", "content": value["text"]}]),
        "text",
        looks=lambda value: "parent_id" not in value,
    ),
)


def dialect_named(name: str) -> Dialect:
    """The dialect that `--format` names.

    Raises:
        UsageError: there is none of that name.
    """
    named = {dialect.name: dialect for dialect in DIALECTS}
    if name in named:
        return named[name]
    hint = "".join(f" Did you mean '{near}'?" for near in get_close_matches(name, named, n=1))
    raise UsageError(f"There is no format '{name}'.{hint} Known formats: {', '.join(named)}.")
