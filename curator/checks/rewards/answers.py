"""Answers that a rule shall compare with: can it, does the prompt say them, are they all one."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import quoted
from curator.data.dialects.verifiable import ANSWERS, REWARD
from curator.data.frames import Batch, found, nothing_found

_FEWEST = 20
"""Prompts from which the commonest answer says something about the set."""
_MOST_WORDS = 20
_BOXED = re.compile(r"\\boxed\s*\{")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_VAGUE = re.compile(
    r"(?i)\b(?:proof|prove[ds]?|see (?:above|below|the)|not (?:given|available|provided)|omitted|various|depends"
    r"|answers? (?:may |will )?var(?:y|ies)|n/?a|unknown|none given|todo|tbd)\b"
)
_OPTION = re.compile(r"(?m)^[ \t]*+[(\[]?[A-Ja-j1-9][.):\]]")


def final_answer(answer: str) -> str:
    r"""What of an answer is compared: the last `\boxed{...}`, what stands behind `####`, or all of it."""
    boxes = list(_BOXED.finditer(answer))
    if boxes:
        depth, start = 1, boxes[-1].end()
        for at in range(start, len(answer)):
            depth += {"{": 1, "}": -1}.get(answer[at], 0)
            if depth == 0:
                return answer[start:at].strip()
        return ""
    return answer.rpartition("####")[2].strip() or answer.strip()


def _prompts(batch: Batch) -> pl.DataFrame:
    return batch.examples.filter(pl.col("expected").is_not_null())


def _unverifiable(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    prompts = _prompts(batch)
    rows: list[tuple[int, str]] = []
    for row, answer, keys in prompts.select("row", "expected", "extra_keys").iter_rows():
        has_column = not {*ANSWERS, REWARD}.isdisjoint((keys or "").split("\n"))
        rows += [(row, sentence) for sentence in _doubts(answer, has_column=has_column)]
    return found(
        "unverifiable-answer", pl.DataFrame(rows, schema={"row": pl.UInt32, "message": pl.String}, orient="row")
    )


def _doubts(answer: str, *, has_column: bool) -> Iterator[str]:
    """Why no rule can compare with an answer; JSON is left to the code that reads it."""
    if not answer.strip():
        if has_column:
            yield "The answer to compare with is empty."
        return
    if answer.lstrip()[:1] in "[{":
        return
    final = final_answer(answer)
    if not final:
        yield "The answer's \\boxed{} is empty or never closed."
    elif _VAGUE.search(final):
        yield f"The answer {quoted(final)} is none that can be compared with."
    elif len(final.split()) > _MOST_WORDS:
        count = len(final.split())
        yield f"The answer is a text of {count} words: no rule tells a right one in other words from a wrong one."


def _in_prompt(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    prompts = _prompts(batch)
    if prompts.is_empty():
        return nothing_found()
    asked = batch.messages.filter(pl.col("role") == "user").group_by("row").agg(pl.col("content").str.join("\n"))
    both = prompts.select("row", "expected").join(asked, on="row", how="inner", maintain_order="left")
    rows: list[tuple[int, str]] = []
    for row, answer, prompt in both.drop_nulls().iter_rows():
        said = _said(final_answer(answer), prompt)
        if said:
            rows.append((row, f"The prompt says the answer: {quoted(said)}."))
    return found("answer-in-prompt", pl.DataFrame(rows, schema={"row": pl.UInt32, "message": pl.String}, orient="row"))


def _said(answer: str, prompt: str) -> str | None:
    """Where a prompt says its answer: as one, boxed, or as a number or wording that nothing else would bring in."""
    if not answer or answer[:1] in "[{":
        return None
    exact = re.escape(answer)
    explicit = re.search(
        rf"(?i)(?:\b(?:answer|solution|result|ground truth|lösung|antwort|réponse|respuesta|answers?)"
        rf"(?: is| are|:| =| ist| est| es|：)[\s:*$(]{{0,4}}|\\boxed\s*\{{\s*|####\s*|(?:答案)[是为：:]\s*)"
        rf"{exact}(?![\w]|[.,]\d)",
        prompt,
    )
    if explicit:
        return explicit[0]
    options = len(_OPTION.findall(prompt))
    if options >= 2:
        return None
    is_long_number = _NUMBER.fullmatch(answer) is not None and len(re.sub(r"\D", "", answer).rstrip("0")) >= 4
    if is_long_number or (_NUMBER.fullmatch(answer) is None and len(answer.split()) >= 4):
        match = re.search(rf"(?i)(?<![\w.,]){exact}(?![\w]|[.,]\d)", prompt)
        return match[0] if match else None
    return None


def _constant(measures: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    answers = measures.filter(pl.col("kind") == "prompt")["answer"].drop_nulls()
    if len(answers) < _FEWEST:
        return nothing_found()
    counts = answers.value_counts(sort=True)
    answer, count = counts.row(0)
    kinds, share = len(counts), count / len(answers)
    if share < max(settings.thresholds.constant_answer, 1 / kinds + 0.15):
        return nothing_found()
    sentence = (
        f"{quoted(answer)} is the answer to {count:,} of {len(answers):,} prompts: a model that always says so gets a "
        f"reward of {share:.2f}."
    )
    return found("constant-answer", pl.DataFrame({"message": [sentence], "score": [share]}))


ANSWER_CHECKS = (
    Check(
        name="unverifiable-answer",
        family="rewards",
        severity="warning",
        suggestion="review",
        version=1,
        title="an answer that no rule can compare with",
        find=_unverifiable,
    ),
    Check(
        name="answer-in-prompt",
        family="rewards",
        severity="warning",
        suggestion="review",
        version=1,
        title="the prompt says its own answer",
        find=_in_prompt,
    ),
    Check(
        name="constant-answer",
        family="rewards",
        severity="warning",
        suggestion="none",
        version=1,
        title="one answer is right too often",
        judge_kinds=_constant,
    ),
)
