"""One example as one line of a target, with what was lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from curator.data.content import Content
from curator.data.dialects.dialect import Dialect
from curator.data.dialects.verifiable import ANSWERS, REWARD, answer_of
from curator.targets.capabilities import kind_of, reduce
from curator.targets.target import CannotCarry, Target
from curator.targets.violation import Loss, Violation

Split = Literal["train", "validation", "test"]
_NO_PLACE = "A picture, sound or video in a field of a message has no place, so it is not exported."
_UNREAD = "No format that is read has this key here, so it is not exported."


@dataclass(frozen=True, slots=True)
class ExportExample:
    """An example that was kept.

    Attributes:
        id: see `curator.data.identity`.
        content: what it means, edits applied.
        extra: top-level fields that its dialect does not know.
        split: the file it goes to.
        file: its source, as the user wrote it.
        line: its physical line (or element number) there.
        text_only: whether it is a plain text and no conversation; only its dialect knows.
        tokens: as the model to be trained counts them; None where they were not counted.
        has_secret: whether it holds a secret, or held one that was masked.
        findings: its open findings, `check/severity` each.
        prompt_parts: instruction and input of its source, where its dialect joins them; see `Dialect.prompt_parts`.
        unread: where its messages hold what its dialect does not read; see `curator.data.batches.unread_message_keys`.
        folder: of its source, where the files are that it names; None: it has none.
    """

    id: str
    content: Content
    extra: dict[str, Any]
    split: Split
    file: Path | str
    line: int
    text_only: bool = False
    tokens: int | None = None
    has_secret: bool = False
    findings: tuple[str, ...] = ()
    prompt_parts: tuple[str, str] | None = None
    unread: Sequence[str] = ()
    folder: Path | None = None


class ConvertedLine(NamedTuple):
    """A line, or why there is none.

    Attributes:
        value: the JSON value of the line; None where the target has no form for the example.
        losses: what it could not carry.
        refusals: why there is no value.
        own: the keys of the target's form; the other keys of the value are fields of the user's.
    """

    value: dict[str, Any] | None
    losses: list[Loss]
    refusals: list[Violation]
    own: tuple[str, ...] = ()


def to_line(
    content: Content,
    extra: dict[str, Any],
    target: Target,
    *,
    text_only: bool = False,
    prompt_parts: tuple[str, str] | None = None,
    unread: Sequence[str] = (),
) -> ConvertedLine:
    """`content` as `target` writes it; see `ExportExample` for the arguments."""
    kind = kind_of(content, text_only=text_only)
    if kind not in target.carries.kinds:
        return ConvertedLine(None, [], [target.no_form(kind)])
    reduced, losses = reduce(content, target.carries)
    try:
        value = target.write(reduced, kind)
    except CannotCarry as reason:
        return ConvertedLine(None, losses, [reason.violation])
    if kind == "prompt":
        extra = _with_answer(value, extra, content)
    own = tuple(value)
    if prompt_parts is not None and target.part_prompt is not None:
        target.part_prompt(value, *prompt_parts)
    losses += [Loss(path, _NO_PLACE) for path in content.media or () if "." in path]
    losses += [Loss(path, _UNREAD) for path in unread]
    if extra:
        _add_extra(value, extra, target, losses, is_kept=target.carries.extra or kind == "prompt")
    return ConvertedLine(value, losses, [], own)


def judge_example(
    content: Content, extra: dict[str, Any], target: Target, *, text_only: bool = False
) -> list[Violation]:
    """What `target` has against an example, that is, against the line that an export writes of it."""
    return write_and_judge(content, extra, target, text_only=text_only)[1]


def write_and_judge(
    content: Content, extra: dict[str, Any], target: Target, *, text_only: bool = False
) -> tuple[dict[str, Any] | None, list[Violation]]:
    """The line that an export writes of an example, and what `target` has against it."""
    rewritten = to_line(content, extra, target, text_only=text_only)
    value = rewritten.value
    return value, rewritten.refusals if value is None else list(target.judge(value))


def _with_answer(value: dict[str, Any], extra: dict[str, Any], content: Content) -> dict[str, Any]:
    """The other fields, once what a prompt's answers are compared with is in the column that it came in."""
    columns = {key: extra[key] for key in (*ANSWERS, REWARD) if key in extra}
    if answer_of(columns) != content.answer:
        return extra
    value.pop("answer", None)
    value.update(columns)
    return {key: held for key, held in extra.items() if key not in columns}


def _add_extra(
    value: dict[str, Any], extra: dict[str, Any], target: Target, losses: list[Loss], *, is_kept: bool
) -> None:
    """Unknown fields stay where the target lets them, unless a reader would take them for something else."""
    if not is_kept:
        losses.extend(Loss(key, f"{target.title} has no place for unknown fields; it is not written.") for key in extra)
        return
    own = next((dialect for dialect in target.dialects if dialect.fits(value)), None)
    carried = dict(extra)
    for key in extra:
        if key in value or (own is not None and key in own.known):
            del carried[key]
    while True:
        taken = next((dialect for dialect in target.dialects if dialect.fits({**carried, **value})), None)
        if taken is own or taken is None or (own is not None and own.kind == taken.kind == "prompt"):
            break
        for key in (taken.required - value.keys()) & carried.keys() or _decisive(taken, value, carried):
            del carried[key]
    value.update(carried)
    sentence = "A reader would take the field for a part of the example; it is not written."
    losses.extend(Loss(key, sentence) for key in extra if key not in carried)


def _decisive(taken: Dialect, value: dict[str, Any], carried: dict[str, Any]) -> list[str]:
    """The first field without which a line is not taken for that form; all, where no single one decides."""
    for key in carried:
        if not taken.fits({name: held for name, held in carried.items() if name != key} | value):
            return [key]
    return list(carried)
