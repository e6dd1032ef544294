"""What chat models say about themselves, and their courtesies."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.languages import self_descriptions as other_words
from curator.checks.patterns import anywhere, lowered
from curator.checks.prose import prose
from curator.checks.spans import Span, few_words_on, quoted, report
from curator.checks.speakers import asked, learned, without_rows_about, without_thought
from curator.checks.text.refusal import may_be_played
from curator.data.frames import Batch

_MADE_BY = (
    r"\b(?:trained|developed|created|made) by (?:openai|anthropic|google|meta|microsoft|deepmind|mistral|alibaba)\b"
)
_NEARBY = r"\b(?:i|me|my|assistant|model)\b[^.\n]{0,40}"
_ABOUT_ITSELF = (
    r"\bas an? (?:ai|artificial intelligence)(?:[ -](?:language model|assistant|model|chatbot))?,? i\b"
    r"|\bas a (?:large )?language model\b"
    r"|\bi(?:['’]m| am) (?:just |only |merely )?(?:an? (?:ai|artificial intelligence) (?:language )?(?:model|assistant)"
    r"|a (?:large )?language model|chatgpt|(?:openai['’]s )?gpt-?\d|claude\b,|bard\b|an ai\b)"
    rf"|{_NEARBY}{_MADE_BY}"
    r"|\bmy (?:knowledge|training)(?: data)?(?: has a)?[ -]?cut-?off"
    r"|\bas of my (?:last|latest|most recent) (?:knowledge |training )?(?:update|cut-?off)"
    r"|\b(?:generated|written|produced) by (?:chatgpt|gpt-?\d|claude|bard|gemini|an ai|a language model)\b"
    r"|\bmy (?:last|latest) (?:knowledge |training )?update\b|\b(?:chatgpt|openai)['’]s? (?:policy|policies|guidelines)"
)
_MAYBE_ABOUT_ITSELF = _ABOUT_ITSELF.replace(_NEARBY, "")
"""What polars looks for: up to forty characters between two words would cost it more than all the rest."""

_ABOUT_AI = (
    r"\b(?:ai|a\.i\.|artificial intelligence|robots?|chatbots?|chatgpt|language models?|gpt\S*|llms?|openai"
    r"|anthropic|machine learning|who (?:you are|(?:are|made|created|developed|trained) you)|what are you\b"
    r"|your (?:name|creator|maker)|about you(?:rself)?\b|(?:built|taught) you"
    r"|introduce yourself|(?:are|were) you (?:a|an|based|trained|made|created|davinci|gpt|bard|claude|curie)\b"
    r"|androids?|assistant)\b"
)
_COURTESY = (
    r"^\W*(?:(?:sure(?: thing)?|certainly|of course|absolutely|definitely)(?:!|[,.]? (?:here(?:['’]s| is| are)|i can"
    r"|i(?:['’]d| would) be|i['’]ll|i will|let['’]s|let me))|great question\b"
    r"|(?:i['’]d|i would) be (?:happy|glad|delighted) to (?:help|assist))"
    r"|(?:i hope (?:this|that) (?:helps|is helpful|answers)|(?:please )?(?:feel free to|don['’]t hesitate to)"
    r" (?:ask|reach out)"
    r"|let me know if (?:you|there|i)|is there anything else (?:i|you)"
    r"|if you have any (?:other|further|more) questions)[^\n]{0,160}$"
)
_ASKED_OF_AI = f"{anywhere(_ABOUT_AI)}|{other_words.ABOUT_AI}"
_SELF = re.compile(_ABOUT_ITSELF, re.IGNORECASE)
_POLITE = re.compile(_COURTESY, re.IGNORECASE)


def _find_boilerplate(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answers = learned(batch)
    suspects = answers.filter(pl.col("content").str.contains_any(other_words.LIKELY, ascii_case_insensitive=True))
    named = report("assistant-boilerplate", asked(batch, suspects), _names_another, "content", "prompt")
    of_itself = pl.concat([suspects, answers.filter(pl.col("content").str.contains(anywhere(_MAYBE_ABOUT_ITSELF)))])
    of_itself = without_rows_about(batch, of_itself.unique(["row", "index"], maintain_order=True), _ASKED_OF_AI)
    of_itself = report("assistant-boilerplate", of_itself, _speaks_of_itself)
    polite = without_thought(answers).filter(pl.col("said").str.contains(anywhere(_COURTESY)))
    polite = report("assistant-boilerplate", asked(batch, polite), _polite, "said", "prompt", "before")
    found = named
    for less in (of_itself, polite):
        found = pl.concat([found, less.join(found, on=["row", "message_index"], how="anti")])
    return found


def _names_another(text: str, prompt: str) -> Iterator[Span]:
    """The name of another model, whatever the prompt asks; not in a scene."""
    answer = text.partition("</think>")[2] or text
    said = other_words.OTHER_MODEL.search(lowered(prose(answer)))
    if said is not None and not may_be_played(prompt):
        sentence = f"The answer says that it is another model: {quoted(answer[said.start() : said.end()])}."
        before = len(text) - len(answer)
        yield Span(sentence, before + said.start(), before + said.end())


def _speaks_of_itself(text: str) -> Iterator[Span]:
    said = _SELF.search(text) or other_words.SELF.search(lowered(text))
    if said is not None:
        words = quoted(text[said.start() : few_words_on(text, said.end())])
        sentence = f"The answer speaks of itself as a chat model: {words}."
        yield Span(sentence, said.start(), said.end())


def _polite(text: str, prompt: str, before: int) -> Iterator[Span]:
    said = _POLITE.search(text.rstrip())
    if said is not None and not may_be_played(prompt):
        sentence = f"The answer has a stock phrase of chat models: {quoted(said.group())}."
        yield Span(sentence, before + said.start(), before + said.end(), severity="info")


ASSISTANT_BOILERPLATE = Check(
    name="assistant-boilerplate",
    family="text",
    severity="warning",
    suggestion="review",
    version=2,
    title="another model's stock phrases",
    find=_find_boilerplate,
)
