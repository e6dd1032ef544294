"""How good one answer is, measured against the reference in several ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from trainer.evaluate.measures.answer_kind import AnswerKind, final_number, read_json
from trainer.evaluate.measures.json_schema import Schema, fits

PRIMARY: dict[AnswerKind, str] = {
    "json": "json_match",
    "number": "number_match",
    "label": "normalised_match",
    "text": "chrf",
}
"""The one measure that the verdict rests on, chosen by the references alone: choosing after looking would always find
some measure that favours one side."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able)|i (?:cannot|can't|won't) (?:help|assist|provide|answer|comply)|"
    r"as an ai(?: language)? model)\b"
)
_LIST_ITEM = re.compile(r"^[^\S\n]*(?:[-*•]|\d+[.)])\s", re.MULTILINE)


def measure(reference: str, answer: str, kind: AnswerKind, schema: Schema | None = None) -> dict[str, float]:
    """Figures of one answer; matches and shares are 0 or 1. Which there are depends on kind and schema alone."""
    found = {
        "match": float(answer.strip() == reference.strip()),
        "normalised_match": float(normalised(answer) == normalised(reference)),
        "chrf": _chrf(reference, answer),
        "rouge_l": _rouge_l(reference, answer),
        "length_ratio": len(answer.split()) / max(1, len(reference.split())),
        "refusal": float(bool(_REFUSAL.search(answer.lower().replace("’", "'")[:300]))),
        "same_form": float(form(answer) == form(reference)),
    }
    if kind == "number":
        found["number_match"] = float(_same_number(reference, answer))
    if kind == "json":
        wanted, value = read_json(reference), read_json(answer)
        found["json_valid"] = float(value is not None)
        found["json_match"] = float(value is not None and value == wanted)
        if schema is not None:
            found["schema_match"] = float(value is not None and fits(value, schema))
        found["same_keys"] = float(value is not None and _shape(value) == _shape(wanted))
    return found


def normalised(text: str) -> str:
    """Lower case, without punctuation and English articles, single spaces (as SQuAD's evaluation does)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(" " if unicodedata.category(character)[0] in "PS" else character for character in folded)
    return " ".join(_ARTICLES.sub(" ", kept).split())


def form(text: str) -> str:
    """The outward form of an answer."""
    if read_json(text) is not None:
        return "json"
    if "```" in text:
        return "code"
    if len(_LIST_ITEM.findall(text)) >= 2:
        return "list"
    return "paragraphs" if "\n\n" in text.strip() else "line" if "\n" not in text.strip() else "lines"


def _same_number(reference: str, answer: str) -> bool:
    wanted, got = final_number(reference), final_number(answer)
    return wanted is not None and got is not None and abs(wanted - got) <= 1e-6 * max(1.0, abs(wanted))


def _shape(value: Any) -> Any:
    """Keys and kinds of values, to any depth; of an array, the shapes of its elements without their number."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted({repr(_shape(inner)) for inner in value})
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, (int, float)) else "text"


@cache
def _scorers() -> tuple[Any, Any]:
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics.chrf import CHRF

    class ByCharacterClass:
        """Words of any script: the package's own tokenizer drops all but a to z and digits."""

        def tokenize(self, text: str) -> Sequence[str]:
            return re.findall(r"\w+", text.casefold())

    return CHRF(), RougeScorer(["rougeL"], tokenizer=ByCharacterClass())


def _chrf(reference: str, answer: str) -> float:
    return float(_scorers()[0].sentence_score(answer, [reference]).score) / 100


def _rouge_l(reference: str, answer: str) -> float:
    return float(_scorers()[1].score(reference, answer)["rougeL"].fmeasure)
