"""Answers that refuse."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.languages import refusals
from curator.checks.patterns import anywhere, lowered
from curator.checks.spans import Span, few_words_on, quoted, report
from curator.checks.speakers import asked, learned, without_thought
from curator.data.frames import Batch

_HEAD = 400
"""Characters at the beginning of an answer in which a refusal is said."""

_MORE = 12
"""Characters behind a refusal in another language that are quoted with it."""

_MAYBE_REFUSED = (
    r"\b(?:can ?not|can['’]t|unable|not able|won['’]t|not capable|capability|ability|not allowed|not possible"
    r"|no ?output|not (?:appropriate|comfortable|designed)|inappropriate|must (?:\w+ )?decline"
    r"|not (?:have|possess)|['’]t have|refuse|decline|against my)\b"
)
_I = r"(?:i|we|as an ai[^.,\n]{0,60},? i|it)"
_CANNOT = (
    r"(?:(?:can ?not|can['’]t|could not|couldn['’]t|won['’]t be able to|won['’]t|will not)(?: \w+ly)?"
    r"|(?:am|['’]m|are|['’]re|is) (?:\w+ly )?(?:unable|not able|not capable|not allowed|not comfortable|not designed)"
    r" (?:to|of|with)"
    r"|(?:do not|don['’]t) (?:currently )?(?:have|possess) (?:\w+ )?(?:the )?(?:ability|capability|capabilities|access)"
    r" (?:to|of))"
)
_SERVE = (
    r"(?:assist(?:ing)?|continu(?:e|ing)|help(?:ing)?(?! but)|provid(?:e|ing)|fulfil(?:l|ling)?|complet(?:e|ing)"
    r"|answer(?:ing)?"
    r"|generat(?:e|ing)|creat(?:e|ing)|comply|do (?:that|this|so)|access(?:ing)?|perform(?:ing)?|discuss(?:ing)?"
    r"|engag(?:e|ing)|support|produc(?:e|ing)|brows(?:e|ing)|display(?:ing)?|process(?:ing)?|writ(?:e|ing)"
    r"|view(?:ing)?|open(?:ing)?|participat(?:e|ing)|respond(?:ing)?|share|give|offer(?:ing)?|search|retriev\w++"
    r"|book(?:ing)?|order(?:ing)?|send(?:ing)?|draw(?:ing)?|play(?:ing)?|diagnos\w++"
    r"|execut\w++|translate|summari[sz]e|physically|real-time|external|personal)"
)
_SORRY = (
    r"(?:(?:i(?:['’]m| am)?|we(?:['’]re| are)?) (?:very |so |really |truly |deeply )?(?:sorry|afraid|apologi[sz]e)"
    r"|sorry|unfortunately|apologies|my apologies|regrettably)"
)
_REFUSALS = (
    rf"{_I} {_CANNOT},? (?:\w+ ){{0,2}}{_SERVE}\b",
    r"(?:this|the|your|that) (?:\w+ )?(?:instruction|task|request|question|prompt|query)s? (?:\w+ ){0,6}?"
    r"(?:can ?not|can['’]t) be (?:completed|fulfilled|done|answered|performed|executed|processed)",
    r"(?:the task|this task|this instruction|the request) (?:involves|requires) [^.\n]{0,80}(?:can ?not|unreliable)",
    r"(?:can ?not|unable to) (?:be )?\w+(?: [\w<>]+){0,6} (?:by|as|for|to) (?:a|an|the|this) (?:gpt|ai|language) ?"
    r"(?:language )?(?:model|assistant)",
    r"<? ?no ?output\b[^\n]{0,20}\b(?:can ?not|unable|requires\b|visuals?|this (?:type|task|instruction))",
    r"i (?:must|have to|need to) (?:respectfully |politely )?(?:decline|refuse)\b",
    r"(?:it['’]s|it is|that['’]s|that is) (?:against|not within) my (?:programming|guidelines|policy|capabilit\w+)",
    r"(?:it is|it['’]s|it would be) (?:not |in)appropriate (?:for me )?to (?:answer|respond|provide|assist|discuss)",
    r"i(?:['’]m| am) (?:only )?an ai[^.\n]{0,60} (?:can ?not|can['’]t|do not|don['’]t|unable)\b",
)
_THIS = (
    r"[^.\n]{0,50}?\b(?:this|that|your|the|such a?) (?:\w+ ){0,2}"
    r"(?:request|task|question|topic|conversation|instruction)s?\b"
)
_WITH_THAT = rf"(?:{_THIS}|[^.\n]{{0,20}}\bwith (?:that|this|it)\b|[^.\n]{{0,10}}\b(?:that|this)\b(?= ?[.,!]))"
_PLAIN = re.compile(
    rf"\W*+(?:{_SORRY}(?:(?>[^.\n]{{0,20}}?(?:,|\.|!|but|however) ))*)?(?:as an ai[^.\n]{{0,60}}?, )?"
    rf"(?:(?:i |i['’]m )(?:{_CANNOT}|unable to|not able to),? (?:\w+ ){{0,2}}?{_SERVE}{_WITH_THAT}"
    rf"|i (?:must|have to|need to) (?:respectfully |politely )?(?:decline|refuse){_THIS}"
    rf"|it is (?:not |in)appropriate for me to (?:answer|respond)\b)",
    re.IGNORECASE,
)
"""A refusal that can be nothing else: at the very beginning, and of *this request*, *that task*. In a scene, too."""

_REFUSAL = re.compile("|".join(f"(?:{pattern})" for pattern in _REFUSALS), re.IGNORECASE)
_OPENING = re.compile(
    rf"\W*+(?:{_SORRY}|thank you for[^.\n]{{0,60}}[.,])"
    r"(?:(?>[^.\n]{0,40}?(?:,|\.|!|but|however|that) ))*",
    re.IGNORECASE,
)
_PLAYED = re.compile(
    r"\b(?=[^\W\d_])(?:write|compose|draft|rewrite|rephrase|reply|respond|response|letters?|e-?mails?|dialog(?:ue)?|conversation|story"
    r"|poem|excuse|apolog\w*|pretend|imagine|role|character|sentence|paraphrase|edit|convert|transform|summar\w+|script"
    r"|translate|complete the|customers?|agent|chatbot|survey|interview)\b"
)
"""Looked for in small letters."""
_OF_A_MODEL = re.compile(r"\b(?:an? ai|ai (?:language )?model|the model|gpt)\b|language model", re.IGNORECASE)
_ABOUT_MODELS = re.compile(
    r"\b(?:gpt|language models?|(?:this|an?|inappropriate) (?:instruction|system))\b", re.IGNORECASE
)


def may_be_played(prompt: str) -> bool:
    """Whether a prompt asks for a text or a scene, in which somebody else speaks."""
    return _PLAYED.search(lowered(prompt)) is not None


def _find_refusals(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answers = without_thought(learned(batch))
    head = pl.col("said").str.slice(0, _HEAD)
    in_another = head.str.contains_any(refusals.LIKELY, ascii_case_insensitive=True)
    answers = answers.with_columns(in_another.alias("in_another"))
    answers = answers.filter(head.str.contains(anywhere(_MAYBE_REFUSED)) | pl.col("in_another"))
    return report("refusal", asked(batch, answers), _refused, "said", "prompt", "before", "in_another")


def _refused(text: str, prompt: str, before: int, in_another: bool) -> Iterator[Span]:
    head = text[:_HEAD]
    found = next(_refusals_in(text, head, prompt), None)
    if found is None and in_another and (other := refusals.refusal_in(head, prompt)) is not None:
        found = (other.start(), other.end(), quoted(text[other.start() : other.end() + _MORE]))
    if found is not None:
        start, end, words = found
        yield Span(f"The answer refuses: {words}.", before + start, before + end)


def _refusals_in(text: str, head: str, prompt: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of an English refusal, and its words in quotes."""
    plain = _PLAIN.match(head)
    if plain is not None:
        yield plain.start(), plain.end(), quoted(plain.group().strip())
        return
    opening = _OPENING.match(head)
    said = _REFUSAL.search(head, 0)
    if (
        said is None
        or _ABOUT_MODELS.search(prompt)
        or head.count(".", 0, said.start()) + head.count("\n", 0, said.start()) > 1
    ):
        return
    start = re.match(r"[\W_]*", head)
    first = start.end() if start else 0
    at_start = said.start() <= (opening.end() if opening else first) + 2
    of_a_model = _OF_A_MODEL.search(head[: said.end() + 60]) is not None
    if not (at_start or of_a_model) or (may_be_played(prompt) and not of_a_model):
        return
    begin = opening.start() if opening and opening.end() >= said.start() - 2 else said.start()
    yield begin, said.end(), quoted(text[begin : few_words_on(text, said.end())])


REFUSAL = Check(
    name="refusal",
    family="text",
    severity="warning",
    suggestion="review",
    version=2,
    title="the answer refuses the task",
    find=_find_refusals,
)
