"""What the evaluation will read and render, tried before the first step: no training ends in a setting that fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from trainer.contract.errors import SettingsError, TemplateError
from trainer.contract.examples import Conversation
from trainer.data.tokens import tokenise
from trainer.evaluate.answers.general_questions import general_questions
from trainer.evaluate.answers.generate import Question, questions
from trainer.evaluate.answers.prompting import SHOTS, can_be_shown, commonest_system, with_examples
from trainer.evaluate.measures.json_schema import schemas_of
from trainer.evaluate.tuned_and_untuned import held_out_of
from trainer.model.load import load_config
from trainer.plan.data import HeldOut
from trainer.plan.plan import Plan
from trainer.train.arguments import refuse_failing_arguments

One = TypeVar("One", Conversation, Question)

WHAT_TO_DO = "Use another template ([model] chat_template), or set [evaluation] at_end = false."


def rehearse(plan: Plan, train: list[Conversation]) -> None:
    """Try what would stop the run at its evaluations: arguments, files, and the template on every kind of prompt.

    Args:
        plan: of the run.
        train: its training examples.

    Raises:
        TrainerError: a file or an argument cannot be used, or the chat template refuses a prompt.
    """
    refuse_failing_arguments(plan)
    settings = plan.settings.evaluation
    schemas_of([], settings.answer_schema, plan.folder)
    if plan.validation is None:
        return
    _refuse_no_room(plan)
    plan.template.prompts([(one.messages, one.tools) for one in _kinds(_questions(plan.validation))])
    if not settings.at_end:
        return
    held_out = held_out_of(plan)
    asked = _kinds(_questions(held_out))
    shown = _kinds([one for one in train if can_be_shown(one)])[:SHOTS]
    system = settings.baseline_prompt
    common = system or commonest_system(train)
    helped = [with_examples(one, shots, common, system is not None) for one in asked for shots in ([], shown)]
    try:
        list(tokenise([*map(_answered, asked), *map(_answered, helped), *general_questions()], plan.template))
        plan.template.prompts([(one.messages, one.tools) for one in [*asked, *helped]])
    except TemplateError as problem:
        if system is not None:
            raise SettingsError(
                f"[evaluation] baseline_prompt: the evaluation puts it before the questions, and {problem}"
            ) from problem
        raise TemplateError(
            f"The evaluation asks the untuned model with examples, and {problem} {WHAT_TO_DO}"
        ) from problem


def _refuse_no_room(plan: Plan) -> None:
    positions = getattr(load_config(plan.source).get_text_config(), "max_position_embeddings", None)
    most = plan.settings.evaluation.max_new_tokens
    if positions is not None and most is not None and most >= positions:
        raise SettingsError(
            f"[evaluation] max_new_tokens = {most} leaves no room for a question: the model has {positions} positions. "
            "Lower it."
        )


def _questions(held_out: HeldOut) -> list[Question]:
    return questions(held_out.conversations, len(held_out.conversations))


def _kinds(those: Iterable[One]) -> list[One]:
    """One of each order of roles, with and without tools and calls: templates distinguish these."""
    kinds: dict[tuple[bool, tuple[tuple[str, bool], ...]], One] = {}
    for one in those:
        turns = tuple((message["role"], "tool_calls" in message) for message in one.messages)
        kinds.setdefault((bool(one.tools), turns), one)
    return list(kinds.values())


def _answered(question: Question) -> Conversation:
    answer = {"role": "assistant", "content": question.reference}
    return Conversation(
        question.name, [*question.messages, answer], question.tools, [0.0] * len(question.messages) + [1.0]
    )
