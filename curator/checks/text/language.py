"""An answer in another language than its prompt."""

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import FENCED, lowered
from curator.checks.prose import is_code
from curator.checks.spans import Span, report
from curator.checks.speakers import PROMPT_ROLES, asked, learned
from curator.data.frames import Batch

_LOOKED_AT = 1_000
"""Characters of a text that are enough to tell its language."""

_ENGLISH_ANSWER = (
    r"(?s) (?:the|and|that|with|you|this|are|from|which|of) .* (?:the|and|that|with|you|this|are|from|which|of|to|is) "
)
_ENGLISH_PROMPT = (
    r"(?i)(?:^|[ \n])(?:the|and|that|with|you|this|from|which|what|how|why|who|when|of|write|create|generate|describe"
    r"|explain|find|make|give|list|name|identify|suggest|rewrite|convert|classify|construct|compare|provide|tell)"
    r"[ \n,.?]"
)
"""English words that are words of hardly any other language. Two in an answer or one in a prompt make it English
without asking further, which spares CLD2 nine texts of ten."""

_ENGLISH_WORDS = re.compile(
    r"\b(?:the|and|that|with|you|this|from|which|what|how|why|who|when|not|something|like|please)\b", re.I
)
_FEWEST_ENGLISH_WORDS = 3

_FEWEST_PROMPT_BYTES = 20
_FEWEST_LATIN_BYTES = 28
_FEWEST_PERCENT = 80
_LOWEST_SCORE = 600
"""CLD2's score for 1,024 bytes: sentences have 650 and more, lists of names and terms often less."""
_TRUSTED = (
    "af ar az bg bn bs ca cs da de el en es et fa fi fr gl gu hi hr hu hy id is it iw ja ka kk kn ko lt lv mk ml mr ms"
    " ne nl no pa pl pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh zh-Hant"
)
"""Languages with enough readers that data in them is likely. Of the others, CLD2 takes code for Wolof and chemical
elements for Latin."""
_TRUSTED_CODES = frozenset(_TRUSTED.split())
_RUNNING = 0.5
"""Share of words that begin with a small letter in running text; German, which writes nouns large, has 0.6. Lists of
names have less, and their language says nothing about the answer's."""

_THOUGHT = re.compile(r"\A\s*+<think(?:ing)?>(?:[^<]|<(?!/think))*+(?:</think(?:ing)?>)?")
"""What a reasoning model thought before it answered, which may be in another language."""
_SCRIPT = re.compile(
    r"(?P<han>[\u3040-\u30ff\u3400-\u9fff])|(?P<hangul>[\uac00-\ud7af\u1100-\u11ff])|(?P<cyrillic>[\u0400-\u052f])"
    r"|(?P<arabic>[\u0600-\u06ff])|(?P<indic>[\u0900-\u0dff])|(?P<thai>[\u0e00-\u0eff])|(?P<greek>[\u0370-\u03ff])"
    r"|(?P<hebrew>[\u0590-\u05ff])|(?P<other>[\u1000-\u10ff\u1780-\u17ff\u0530-\u058f])"
)
_FIRST_LETTERS = 12
_MOST_LINES = 12
_HAN_LANGUAGES = frozenset({"ja", "zh", "zh-Hant"})
_KANA, _HAN = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]"), re.compile(r"[\u3400-\u9fff]")
_WHITE_SPACE = str.maketrans("\n\t\r", "   ")

_NOT_PROSE = re.compile(
    rf"{FENCED}|\"[^\"\n]{{1,200}}+\"|“[^”\n]{{1,200}}+”|«[^»\n]{{1,200}}+»|`[^`\n]*`|https?://\S+|\S{{1,64}}@\S+"
    rf"|<[^<>\n]{{1,80}}+>|[\[\]{{}}\d_=|\\/*#]+"
)
_LANGUAGES = (
    "english|german|french|spanish|italian|portuguese|brazilian|dutch|russian|ukrainian|polish|czech|slovak|hungarian"
    "|romanian|bulgarian|serbian|croatian|bosnian|slovenian|greek|turkish|arabic|hebrew|persian|farsi|urdu|hindi"
    "|bengali"
    "|punjabi|gujarati|marathi|tamil|telugu|kannada|malayalam|sanskrit|nepali|sinhala|chinese|mandarin|cantonese"
    "|japanese|korean|vietnamese|thai|lao|khmer|burmese|indonesian|malay|tagalog|filipino|javanese|swahili|yoruba|igbo"
    "|hausa|zulu|xhosa|amharic|somali|afrikaans|swedish|norwegian|danish|finnish|icelandic|estonian|latvian|lithuanian"
    "|irish|welsh|gaelic|basque|catalan|galician|latin|esperanto|albanian|armenian|georgian|azerbaijani|kazakh|uzbek"
    "|mongolian|tibetan|haitian|creole|hawaiian|maori|samoan|pashto|kurdish|yiddish|pig latin"
    "|deutsch|englisch|französisch|spanisch|anglais|français|allemand|espagnol|inglés|español|alemán|francés|inglês"
    "|português|espanhol|inglese|italiano|spagnolo|francese|angielski|polski|английск\\w*|русск\\w*|немецк\\w*"
)
_ABOUT_LANGUAGE = re.compile(
    rf"\b(?=[^\W\d_])(?:translat\w*|language|multilingual|bilingual|übersetz\w*|tradu\w+|перев\w+|{_LANGUAGES})\b"
    r"|翻译|翻譯|译成|譯成|英文|英语|英語|中文|汉语|漢語|日语|日文|法语|德语|韩语|西班牙语|俄语|일본어|영어|한국어"
    r"|중국어|번역|日本語|和訳|訳し|ترجم|अनुवाद|अंग्रेज"
)
"""Looked for in small letters."""
_INTO = re.compile(rf"\b(?:in|into|to) ({_LANGUAGES})\b", re.IGNORECASE)
"""The language that a prompt asks for."""

_ALIKE = (
    frozenset({"bs", "hr", "sr", "sr-ME"}),
    frozenset({"zh", "zh-Hant"}),
    frozenset({"no", "nn", "nb", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"pt", "gl", "es"}),
    frozenset({"hi", "mr", "ne", "bh"}),
    frozenset({"ru", "uk", "be", "bg"}),
)
"""Languages that CLD2 confuses on a short text."""


def _find(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    fewest = settings.thresholds.language_bytes
    answers = learned(batch).filter(pl.col("content").str.len_bytes() >= fewest)
    pairs = asked(batch, answers)
    unclear = pairs.filter(
        ~pl.col("content").str.slice(0, _LOOKED_AT).str.contains(_ENGLISH_ANSWER)
        | ~pl.col("prompt").str.slice(0, _LOOKED_AT).str.contains(_ENGLISH_PROMPT)
    )
    mixed = report("language-mismatch", unclear, partial(_look, fewest=fewest), "content", "prompt")
    return _weakened(batch, mixed)


def _weakened(batch: Batch, mixed: pl.DataFrame) -> pl.DataFrame:
    """`mixed` as info where people speak several times, and without conversations in which a prompt is about languages.

    A translator keeps the task of the first turn, and people change their language as they continue.
    """
    prompts = batch.messages.filter(
        pl.col("row").is_in(mixed["row"].unique().implode()) & pl.col("role").is_in(PROMPT_ROLES)
    )
    several = prompts.filter(pl.len().over("row") > 1).select("row", "content").drop_nulls()
    about = {row for row, text in several.iter_rows() if _ABOUT_LANGUAGE.search(lowered(text))}
    turns = prompts.filter(pl.col("role") == "user")["row"]
    is_long = pl.col("row").is_in(turns.filter(turns.is_duplicated()).unique().implode())
    severity = pl.when(is_long).then(pl.lit("info")).otherwise("severity")
    return mixed.filter(~pl.col("row").is_in(list(about))).with_columns(severity.alias("severity"))


def _look(answer: str, prompt: str, fewest: int) -> Iterator[Span]:
    length = len(answer)
    answer = _THOUGHT.sub("", answer)
    said = _guessed(answer)
    if said is None:
        return
    asked_for = _guessed(prompt)
    if asked_for is not None and asked_for.code == said.code:
        return
    is_latin = not (_SCRIPT.search(prompt) or _SCRIPT.search(answer))
    shortest = min(fewest, _FEWEST_LATIN_BYTES if is_latin else _FEWEST_PROMPT_BYTES)
    wanted = _certain(asked_for, shortest) or _plainly_english(prompt)
    if wanted is None or said.code == wanted[0] or any({said.code, wanted[0]} <= alike for alike in _ALIKE):
        return
    spoken = _certain(said, fewest)
    if is_code(answer) or _shares_its_script(answer, prompt):
        return
    if spoken is None or _may_switch(prompt, wanted[1], spoken[1]) or _is_quoted_in(prompt, said.code):
        return
    yield Span(f"The prompt is in {wanted[1]}, the answer in {spoken[1]}.", length - len(answer), length)


def _shares_its_script(answer: str, prompt: str) -> bool:
    """Whether the answer begins, or ends, in the script of the prompt, where that is none of the Latin alphabet.

    Such an answer speaks the prompt's language and names things in another: titles, commands, examples.
    """
    script = _SCRIPT.search(prompt)
    if script is None or script.lastgroup is None:
        return False
    letters = [letter for letter in answer if letter.isalpha()]
    ends = "".join(letters[:_FIRST_LETTERS] + letters[-_FIRST_LETTERS:])
    return any(match.lastgroup == script.lastgroup for match in _SCRIPT.finditer(ends))


def _is_quoted_in(prompt: str, code: str) -> bool:
    """Whether a line of the prompt, beside its task, is in the language `code`: a text to work on."""
    lines = [line for line in prompt.split("\n") if len(line.encode()) >= _FEWEST_PROMPT_BYTES][:_MOST_LINES]
    return len(lines) > 1 and any((guess := _guessed(line)) is not None and guess.code == code for line in lines)


def _may_switch(prompt: str, wanted: str, spoken: str) -> bool:
    """Whether the prompt speaks of languages, so that its answer may be in another one.

    Not where all that it asks for is its own (a translator's speech "into English") and it does not name the answer's.
    """
    if not _ABOUT_LANGUAGE.search(lowered(prompt)):
        return False
    into = {language.lower() for language in _INTO.findall(prompt)}
    return into != {wanted.lower()} or spoken.lower() in prompt.lower()


def _plainly_english(prompt: str) -> tuple[str, str] | None:
    """English, where CLD2 is not sure of a short prompt that has several words of English and of nothing else."""
    return ("en", "English") if len(_ENGLISH_WORDS.findall(prompt)) >= _FEWEST_ENGLISH_WORDS else None


class _Guess(NamedTuple):
    """A language that CLD2 is sure of, and the text without what is no prose."""

    code: str
    name: str
    prose: str


def _guessed(text: str) -> _Guess | None:
    import pycld2

    prose = _NOT_PROSE.sub(" ", text[: 2 * _LOOKED_AT])[:_LOOKED_AT].translate(_WHITE_SPACE)
    if not prose.isprintable():
        # CLD2 refuses control characters and code points that Unicode has not assigned.
        prose = "".join(character if character.isprintable() else " " for character in prose)
    try:
        reliable, _, guesses = pycld2.detect(prose)
    except pycld2.error:  # a code point that is newer than CLD2
        return None
    name, code, percent, score = guesses[0]
    if code in _HAN_LANGUAGES and _HAN.search(prose):
        # CLD2 takes a short text of Han alone for Japanese; which has kana.
        name, code = ("JAPANESE", "ja") if _KANA.search(prose) else ("CHINESE", "zh")
    if not reliable or code not in _TRUSTED_CODES or percent < _FEWEST_PERCENT or score < _LOWEST_SCORE:
        return None
    return _Guess(code, name.title(), prose)


def _certain(guess: _Guess | None, fewest_bytes: int) -> tuple[str, str] | None:
    """Code and name of the guessed language, where there is enough running text."""
    if guess is None:
        return None
    letters = "".join(filter(str.isalpha, guess.prose))
    if len(letters.encode()) < fewest_bytes or not _is_running(guess.prose):
        return None
    return guess.code, guess.name


def _is_running(prose: str) -> bool:
    """Whether most words that could begin with a capital do not; true for scripts without capitals."""
    initials = [word[0] for word in prose.split() if word[0].lower() != word[0].upper()]
    return sum(map(str.islower, initials)) >= _RUNNING * len(initials)


LANGUAGE_MISMATCH = Check(
    name="language-mismatch",
    family="text",
    severity="warning",
    suggestion="review",
    version=3,
    title="answered in another language",
    find=_find,
)
