"""A good prompt for the untuned model: the data's own system message, and training examples like the question.

Tuning is worth its cost only where it beats this; against a bare model nearly any tuning looks good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainer.data.read import Conversation
from trainer.data.template import ChatTemplate
from trainer.evaluate.answers import Question

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
    usable = [conversation for conversation in train if _can_be_shown(conversation)]
    nearest = _nearest([_last_words(question.messages) for question in asked], [_asked(one) for one in usable])
    common = system or _commonest_system(train)
    result = []
    for question, order in zip(asked, nearest, strict=True):
        shown = [usable[position] for position in order]
        for count in range(len(shown), -1, -1):
            prompt = _with_examples(question, shown[:count], common, replace=system is not None)
            if count == 0 or _tokens(prompt, template) <= most_tokens:
                result.append(Prompted(prompt, count))
                break
    return result


def _can_be_shown(conversation: Conversation) -> bool:
    body = _without_system(conversation.messages)
    return (
        2 <= len(body) <= LONGEST_SHOT
        and not conversation.tools
        and body[-1]["role"] == "assistant"
        and all(message["role"] in ("user", "assistant") and message["content"] for message in body)
    )


def _with_examples(question: Question, shown: Sequence[Conversation], system: str | None, replace: bool) -> Question:
    own = [message for message in question.messages if message["role"] in SYSTEM_ROLES]
    opening = own if own and not replace else [{"role": "system", "content": system}] if system else []
    examples = [message for one in reversed(shown) for message in _without_system(one.messages)]
    messages = [*opening, *examples, *_without_system(question.messages)]
    return Question(question.name, messages, question.tools, question.reference)


def _commonest_system(train: Sequence[Conversation]) -> str | None:
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


def _tokens(question: Question, template: ChatTemplate) -> int:
    text = template.render(question.messages, question.tools, prompt_for_answer=True)
    return len(template.tokenizer(text, add_special_tokens=False)["input_ids"])
