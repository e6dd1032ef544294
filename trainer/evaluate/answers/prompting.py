"""A good prompt for the untuned model: the data's own system message, and training examples like the question.

Tuning is worth its cost only where it beats this; against a bare model nearly any tuning looks good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainer.contract.examples import Conversation
from trainer.data.template import ChatTemplate
from trainer.evaluate.answers.generate import Question

SHOTS = 4
"""Examples shown at most. Beyond a handful, few-shot accuracy rises little (Brown et al. 2020, figure 1.2)."""
LONGEST_SHOT = 6
"""Messages of a training example that may be shown; longer talks would fill the prompt alone."""

SYSTEM_ROLES = ("system", "developer")


@dataclass(frozen=True)
class Prompted:
    """A question as the untuned model gets it, and how many examples it was shown."""

    question: Question
    shots: int


def well_prompted(
    asked: Sequence[Question],
    train: Sequence[Conversation],
    template: ChatTemplate,
    most_tokens: int,
    system: str | None = None,
) -> list[Prompted]:
    """Each question with a system message and up to four of the most similar training examples, the nearest last.

    Args:
        asked: questions of held-out examples.
        train: the training examples.
        template: renders prompts, so that their length is known.
        most_tokens: of a whole prompt; the least similar examples go first where it is exceeded.
        system: replaces the data's own system message.
    """
    usable = [conversation for conversation in train if can_be_shown(conversation)]
    nearest = _nearest([_last_words(question.messages) for question in asked], [_asked(one) for one in usable])
    common = system or commonest_system(train)
    shown = [[usable[position] for position in order] for order in nearest]
    result: list[Prompted | None] = [None] * len(asked)
    for count in range(SHOTS, -1, -1):
        open_ = [place for place, found in enumerate(result) if found is None and len(shown[place]) >= count]
        prompts = [with_examples(asked[place], shown[place][:count], common, system is not None) for place in open_]
        for place, prompt, tokens in zip(open_, prompts, _tokens(prompts, template), strict=True):
            if count == 0 or tokens <= most_tokens:
                result[place] = Prompted(prompt, count)
    return [found for found in result if found is not None]


def can_be_shown(conversation: Conversation) -> bool:
    """Whether an example is short and plain enough to be one of a prompt's."""
    body = _without_system(conversation.messages)
    return (
        2 <= len(body) <= LONGEST_SHOT
        and not conversation.tools
        and body[-1]["role"] == "assistant"
        and all(message["role"] in ("user", "assistant") and message["content"] for message in body)
    )


def with_examples(question: Question, shown: Sequence[Conversation], system: str | None, replace: bool) -> Question:
    """A question after examples, the nearest last, under a system message; `replace`: also instead of its own."""
    own = [message for message in question.messages if message["role"] in SYSTEM_ROLES]
    opening = own if own and not replace else [{"role": "system", "content": system}] if system else []
    examples = [message for one in reversed(shown) for message in _without_system(one.messages)]
    messages = [*opening, *examples, *_without_system(question.messages)]
    return Question(question.name, messages, question.tools, question.reference)


def commonest_system(train: Sequence[Conversation]) -> str | None:
    """The system message of most examples; None where none has one."""
    texts = Counter(
        one.messages[0]["content"] for one in train if one.messages and one.messages[0]["role"] in SYSTEM_ROLES
    )
    return texts.most_common(1)[0][0] if texts else None


def _nearest(wanted: list[str], texts: list[str]) -> list[list[int]]:
    """For each text the positions of the most similar ones by TF-IDF of words and word pairs, the nearest first."""
    if not wanted or not texts:
        return [[] for _ in wanted]
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    known = vectorizer.fit_transform([text or "-" for text in texts])
    similarity = (vectorizer.transform(wanted) @ known.T).toarray()
    return [[int(place) for place in np.argsort(-row, kind="stable")[:SHOTS]] for row in similarity]


def _without_system(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if message["role"] not in SYSTEM_ROLES]


def _asked(conversation: Conversation) -> str:
    return _last_words(conversation.messages[:-1])


def _last_words(messages: Sequence[dict[str, Any]]) -> str:
    return next((message["content"] for message in reversed(messages) if message["role"] == "user"), "")


def _tokens(questions: Sequence[Question], template: ChatTemplate) -> list[int]:
    texts = template.prompts([(question.messages, question.tools) for question in questions])
    return [len(template.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
