"""The chat template: a conversation as text, and which stretches of that text are answers.

Three ways to know the answers, in this order. A template with a `{% generation %}` block says it itself. Else the text
of each message is known from the template's own loop (marked.py), and an answer begins behind the opening of a turn
that the template writes for an answer to come. Where that does not work, the conversation is rendered up to each answer
and through it; both must be beginnings of the full text, else the answer's place is not known and nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from trainer.contract.bounded import OutOfBoundsError, in_bounds, renew
from trainer.contract.errors import TemplateError
from trainer.contract.examples import Conversation
from trainer.data.lost import Lost, lost_of, without_thinking
from trainer.data.marked import MarkedText, end_of_opening, render_marked, shared_length
from trainer.data.message_form import REFUSING, MessageForm, form_of

MOST_CHARACTERS = 100_000
MOST_TIMES = 20
"""A template that makes more characters than both, and this many times those of the conversation, is broken."""
GENERATION_BLOCK = re.compile(r"\{%-?\s*generation\s*-?%\}")
CONTENT_CHECKED = 20
"""Characters at the end of an answer that must be found again in its trained text."""

Asked = tuple[list[dict[str, Any]], list[dict[str, Any]] | None]  # messages and tools


class AnswerSpan(NamedTuple):
    """A stretch of the rendered text, in characters, and what its tokens count in the loss."""

    start: int
    end: int
    weight: float
    closed: bool
    """It ends with an end-of-turn token: a model trained on it learns to stop."""


@dataclass(frozen=True)
class ChatTemplate:
    """A tokenizer's chat template with what is needed to find answers in its output."""

    tokenizer: Any
    source: str
    origin: str
    """Where the template came from, for the plan."""

    @cached_property
    def marks_answers(self) -> bool:
        """The template has a generation block."""
        return GENERATION_BLOCK.search(self.source) is not None

    @cached_property
    def end_markers(self) -> list[str]:
        """Texts of tokens that can end a turn: special tokens, longest first."""
        special = {str(token) for token in self.tokenizer.added_tokens_decoder.values() if token.special}
        special.add(self.tokenizer.eos_token)
        return sorted((text for text in special if text), key=len, reverse=True)

    def prompts(self, asked: Sequence[Asked]) -> list[str]:
        """The text of each messages and tools, with the opening of an assistant turn after it.

        Raises:
            TemplateError: the template refuses one, or does not come to an end.
        """
        return list(self._in_bounds(lambda one: self.render(one[0], one[1], True), asked, [""] * len(asked)))

    def all_answers(
        self, conversations: Sequence[Conversation]
    ) -> Iterator[tuple[str, list[AnswerSpan], tuple[Lost, ...]] | TemplateError]:
        """The full text, the answers in order, and what of the conversation is not in the text, of each conversation.

        A conversation that the template refuses, or of which an answer's place cannot be verified, gives the error.

        Raises:
            TemplateError: the template does not come to an end.
        """

        def rendered(conversation: Conversation) -> tuple[str, list[tuple[Any, ...]], tuple[Lost, ...] | None]:
            try:
                text, answers = self.answers(conversation)
            except TemplateError as problem:
                return str(problem), [], None
            return text, [tuple(one) for one in answers], lost_of(conversation.messages, conversation.tools, text)

        names = [conversation.name for conversation in conversations]
        for text, answers, lost in self._in_bounds(rendered, conversations, names):
            if lost is None:
                yield TemplateError(text)
            else:
                yield text, [AnswerSpan._make(fields) for fields in answers], tuple(lost)

    def _in_bounds(self, work: Callable[[Any], Any], items: Sequence[Any], names: Sequence[str]) -> Iterator[Any]:
        """Render in a process that ends when a template loops: it comes with a model and may do anything."""
        _ = self.end_markers  # asked of the tokenizer here, whose threads a forked process does not have
        try:
            yield from in_bounds(work, items, (TemplateError,))
        except OutOfBoundsError as problem:
            where = f"{names[problem.place]}: " if names[problem.place] else ""
            raise TemplateError(
                f"{where}the chat template ({self.origin}) does not terminate: rendering this conversation "
                f"takes {problem}. Set [model] chat_template to a file with another one."
            ) from None

    def render(
        self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None, prompt_for_answer: bool = False
    ) -> str:
        """The text of messages; with `prompt_for_answer`, the opening of an assistant turn after it.

        Without bounds, as `answers`: for what the template is known to render.
        """
        return self._render(messages, tools, add_generation_prompt=prompt_for_answer)[0]

    def answers(self, conversation: Conversation) -> tuple[str, list[AnswerSpan]]:
        """The full text and its answers in order.

        Raises:
            TemplateError: the template refuses the conversation, or an answer's place cannot be verified.
        """
        messages, tools = conversation.messages, conversation.tools
        positions = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
        try:
            if self.marks_answers:
                text, (starts, ends) = self._render(messages, tools, return_assistant_tokens_mask=True)
                if len(starts) == len(positions):
                    spans = list(zip(starts, ends, strict=True))
                    return text, self._closed(text, spans, positions, conversation)
            text = self.render(messages, tools)
            spans = self._marked_spans(text, messages, tools, positions) or [
                self._span(text, messages, tools, position) for position in positions
            ]
        except TemplateError as problem:
            raise TemplateError(f"{conversation.name}: {problem}") from problem
        return text, self._closed(text, spans, positions, conversation)

    def _render(
        self, messages: list[dict[str, Any]], tools: Any, **options: Any
    ) -> tuple[str, tuple[list[int], list[int]]]:
        from jinja2 import TemplateError as JinjaError
        from transformers.utils.chat_template_utils import render_jinja_template

        renew()
        try:
            texts, spans = render_jinja_template(
                [self._form.of(messages)],
                tools=tools,
                chat_template=self.source,
                **options,
                **self.tokenizer.special_tokens_map,
            )
        except (JinjaError, *REFUSING) as problem:
            raise TemplateError(
                f"the chat template ({self.origin}) refuses the conversation ({str(problem).rstrip('.')}). Change the "
                "example, or set [model] chat_template to a file with another template."
            ) from problem
        length = len(texts[0])
        if length > MOST_CHARACTERS and length > MOST_TIMES * len(json.dumps([messages, tools])):
            raise TemplateError(
                f"the chat template ({self.origin}) makes {length:,} characters of this conversation. Set "
                "[model] chat_template to a file with another template."
            )
        pairs = spans[0] if spans else []
        return texts[0], ([start for start, _ in pairs], [end for _, end in pairs])

    @cached_property
    def _form(self) -> MessageForm:
        return form_of(self.source, self.tokenizer.special_tokens_map)

    def _marked_spans(
        self, text: str, messages: list[dict[str, Any]], tools: Any, positions: list[int]
    ) -> list[tuple[int, int]] | None:
        """Each answer behind the opening of its turn; None where the template does not show where its messages are."""
        marked = self._marked(messages, tools)
        if marked is None or marked.text != text:
            return None
        spans, opening = [], None
        for position in positions:
            if position not in marked.stretches:
                return None
            start, end = marked.stretches[position]
            behind = None if opening is None else end_of_opening(text[start:end], opening)
            if behind is None:
                opening = self._opening(messages[:position] or [{"role": "user", "content": "?"}], tools)
                behind = None if opening is None else end_of_opening(text[start:end], opening)
            if behind is None:
                return None
            spans.append((start + behind, end))
        return spans

    def _opening(self, messages: list[dict[str, Any]], tools: Any) -> str | None:
        """What the template writes behind messages for an answer to come; None where that cannot be told."""
        asked = self._marked(messages, tools, add_generation_prompt=True)
        if asked is None:
            return None
        if asked.text[asked.behind :].strip():
            return asked.text[asked.behind :]
        plain = self._marked(messages, tools)
        return asked.text.removeprefix(plain.text) if plain and asked.text.startswith(plain.text) else None

    def _marked(self, messages: list[dict[str, Any]], tools: Any, **options: Any) -> MarkedText | None:
        from jinja2 import TemplateError as JinjaError

        renew()
        variables = {"tools": tools, "documents": None, "add_generation_prompt": False}
        try:
            return render_marked(
                self.source, self._form.of(messages), {**variables, **options, **self.tokenizer.special_tokens_map}
            )
        except (JinjaError, *REFUSING):  # refuses messages that are only a part of the conversation
            return None

    def _span(self, text: str, messages: list[dict[str, Any]], tools: Any, position: int) -> tuple[int, int]:
        before = self.render(messages[:position], tools) if position else ""
        opened = self.render(messages[:position], tools, prompt_for_answer=True)
        start = shared_length(opened, text)
        # A generation prompt may open a reasoning block that the rendered answer does not have: the shared part of the
        # opening is then the prompt, as long as the conversation before it and some of the opening are shared.
        if not text.startswith(before) or (start < len(opened) and start <= len(before)):
            raise TemplateError(
                f"message {position} begins at an unknown place: the chat template renders the conversation before it "
                "differently with and without it. Use a template with a {% generation %} block ([model] chat_template)."
            )
        through = text if position == len(messages) - 1 else self.render(messages[: position + 1], tools)
        if text.startswith(through):
            return start, len(through)
        return start, self._end_by_marker(text, start, messages[position], position)

    def _end_by_marker(self, text: str, start: int, message: dict[str, Any], position: int) -> int:
        """Templates that drop earlier reasoning: the answer ends at the first end-of-turn token after its content."""
        content = message["content"].strip()
        found = text.find(content, start)
        ends = [text.find(marker, found + len(content)) for marker in self.end_markers]
        ends = [end for end in ends if end >= 0]
        if found < 0 or not content or not ends:
            raise TemplateError(
                f"message {position} ends at an unknown place: the chat template changes it when more messages follow. "
                "Use a template with a {% generation %} block ([model] chat_template)."
            )
        return min(ends)

    def _closed(
        self, text: str, spans: list[tuple[int, int]], positions: list[int], conversation: Conversation
    ) -> list[AnswerSpan]:
        answers = []
        for (start, end), position in zip(spans, positions, strict=True):
            end, closed = self._with_end_of_turn(text, start, end)
            content = without_thinking(conversation.messages[position]["content"])[-CONTENT_CHECKED:].strip()
            if content and content not in text[start:end]:
                raise TemplateError(
                    f"{conversation.name}: the chat template drops or changes the answer in message {position}."
                )
            answers.append(AnswerSpan(start, end, conversation.weights[position], closed))
        return answers

    def _with_end_of_turn(self, text: str, start: int, end: int) -> tuple[int, bool]:
        """Trim what follows the end-of-turn token (a line end, usually), or take the token in when it follows."""
        trimmed = len(text[start:end].rstrip()) + start
        if any(text.endswith(marker, start, trimmed) for marker in self.end_markers):
            return trimmed, True
        for marker in self.end_markers:
            if text.startswith(marker, end):
                return end + len(marker), True
        return end, False
