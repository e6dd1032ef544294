"""Prompts about something that is not there."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.languages import attachments
from curator.checks.patterns import anywhere, lowered
from curator.checks.spans import Span, quoted, report
from curator.data.frames import Batch

_LOOKED_AT = (
    r"(?:image|picture|photo(?:graph)?|pic|screenshot|painting|drawing|video(?: clip)?|audio(?: clip)?|recording)s?"
)
_READ = (
    r"(?:file|document|pdf|spreadsheet|excel sheet|diagram|chart|graph|figure|map|scan|attachment|invoice"
    r"|presentation)s?"
)
_ANY = rf"(?:{_LOOKED_AT}|{_READ})"
_ATTACHED = (
    rf"attached (?:\w+ ){{0,3}}{_ANY}\b"
    rf"|{_ANY} (?:that )?(?:i |is |are |was |has been |have been |i['’]ve |i have )?(?:just )?(?:attached|uploaded)\b"
    rf"|i(?:['’]ve| have)? (?:just )?(?:attached|uploaded) (?:\w+ ){{0,3}}{_ANY}\b"
    r"|(?:see|in|find|read|check|open|look at) the attach(?:ed|ment)\b"
)
_POINTED = (
    rf"(?:following|given|provided|this|below|above|attached) (?:\w+ ){{0,2}}?{_LOOKED_AT}\b"
    rf"|(?:the|this|that) {_LOOKED_AT} (?:below|above|here|provided|given|i (?:gave|sent|shared)|shown)\b"
    rf"|(?:in|from|of|for) (?:the|this) (?:given |following |provided )?(?:photo(?:graph)?|picture"
    r"|screenshot|image)[?.!]"
    rf"|(?:as )?shown in the {_ANY}\b"
    rf"|(?:following|given|provided|below|above) (?:{_READ})\b"
    rf"|(?:the|this) {_READ} (?:shown )?(?:below|above)\b"
)
_ADDRESS = (
    r"(?:open|click|visit|follow|check|use|see) (?:on )?(?:the|this) (?:link|url)\b|(?:link|url) (?:below|above)\b"
)
_HOLE = (
    rf"[\[(<] ?(?:insert|attach(?:ed|ment)?|include|add|see|upload(?:ed)?)?:? ?(?:an? |the |your |here )?"
    rf"(?:data )?{_ANY}"
    rf"(?: (?:here|attached|provided|file|url|link|goes here))*(?:: ?[\w./-]*)? ?[\])>]"
)
_OF_SOMETHING = re.compile(
    r"[ -](?:games?|calls?|chats?|conferences?|cameras?|editors?|editing|albums?|frames?|books?|shops?)\b"
)
_CLAUSE = re.compile(r"[.?!,;](?=\s|$)")
_ENOUGH = 8
"""Words before *the picture above* that may be its description."""
_LINK = re.compile(
    r"https?://|www\.|data:(?:image|application)|!\[(?:[^\]!]|!(?!\[))*\]\(|\w-*\.(?:png|jpe?g|gif|pdf|csv|mp[34]"
    r"|docx?|xlsx?)\b"
)
_MENTION = re.compile(rf"(?P<hole>{_HOLE})|\b(?=[a-z])(?:(?P<attached>{_ATTACHED})|{_POINTED}|{_ADDRESS})")
"""Looked for in small letters."""
_TEXT_ABOUT = re.compile(
    r"\b(?=[^\W\d_])(?:e-?mail|letter|memo|code|function|script|program|html|css|app|website|web ?page|api|algorithm"
    r"|model|command|database|quer(?:y|ies)|idiom|phrase|figures? of speech|link between|sentence|paragraph|passage"
    r"|story|poem|essay|game|users?|students?|classifier|dataset|pretend|imagine|role ?play|scene|create an?"
    r"|design an?)\b"
)
"""Looked for in small letters."""
_SENTENCE = 300
"""Characters in which the sentence around a mention is looked for."""
_OUTER = 600
"""Characters at either end of a long prompt in which its task stands; between them is what it works on."""
_SENTENCE_END = re.compile(r"[.?!:](?=\s)|\n")
_TO_THE_READER = re.compile(
    r"\?|\b(?:you|your|please|me|i|i['’](?:m|ve|ll|d)|my|we|us|our)\b|^\W*(?:describe|identify|look|see|find|anal[yi][sz]e|use"
    r"|based|read|check|open|watch|listen|examine|study|refer|consider|write|create|generate|give|tell|name|list"
    r"|count|explain"
    r"|summari[sz]e|translate|transcribe|extract|caption|label|classify|detect|compare|convert|edit|answer"
    r"|according|given"
    r"|what|which|who|how|where|why)\b",
    re.IGNORECASE,
)
_SEE = re.compile(r"\( ?(?:insert|attach|include|add|see|upload)", re.IGNORECASE)
_MEDIA_KEYS = r"(?m)^(?:images?|videos?|audios?|files?|attachments?|documents?|media)$"
_NOT_GIVEN = re.compile(r"\W*+(?:attach[^\n]*+|no ?input[^\n]*+|n/a|none|link to [^\n]*+)?\W*", re.IGNORECASE)


def _find_missing(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    prompts = batch.messages.filter(
        (pl.col("role") == "user")
        & pl.col("parts").is_null()
        & (
            pl.col("content").str.contains(anywhere(rf"{_HOLE}|\b(?:{_ATTACHED}|{_POINTED}|{_ADDRESS})"))
            | pl.col("content").str.contains_any(attachments.LIKELY, ascii_case_insensitive=True)
        )
    )
    has_keys = pl.col("extra_keys").str.contains(_MEDIA_KEYS).fill_null(False)
    carrying = batch.examples.filter(pl.col("media").is_not_null() | has_keys).select("row")
    in_parts = batch.messages.filter(pl.col("parts").is_not_null() | (pl.col("role") == "tool")).select("row")
    prompts = prompts.join(pl.concat([carrying, in_parts]), on="row", how="anti", maintain_order="left")
    return report("missing-attachment", prompts, _missing)


def _missing(text: str) -> Iterator[Span]:
    begins = len(text) - len(text.lstrip())
    mentions = [
        mention
        for mention in _MENTION.finditer(lowered(text))
        if not _OF_SOMETHING.match(text, mention.end()) and _is_asked(text, mention, begins)
    ]
    if not mentions:
        if other := attachments.mention(text):
            sentence = f"The prompt speaks of {quoted(text[other.start() : other.end()])}, which is missing."
            yield Span(sentence, other.start(), other.end())
        return
    hole = next((mention for mention in mentions if mention["hole"]), None)
    mention = hole or next((mention for mention in mentions if mention["attached"]), None) or mentions[0]
    start, end = mention.span()
    if _LINK.search(text) is not None:
        sentence = f"The prompt is about {quoted(text[start:end])}, and gives only an address of it."
        yield Span(sentence, start, end, severity="info")
    elif hole is not None or not (_given_as_text(text, mention) or _is_text_about(text, mention)):
        yield Span(f"The prompt speaks of {quoted(text[start:end])}, which is missing.", start, end)


def _is_asked(text: str, mention: re.Match[str], begins: int) -> bool:
    """Whether the mention is said to the reader, and no part of an article, a story or a quotation in the prompt.

    The first word of the prompt stands at `begins`.
    """
    before = text[max(0, mention.start() - _SENTENCE) : mention.start()]
    begun = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    if mention["hole"]:
        return mention.group()[0] in "[<" or _SEE.match(mention.group()) is not None
    ended = _SENTENCE_END.search(text, mention.end(), mention.end() + _SENTENCE)
    sentence = before[begun:] + text[mention.start() : ended.end() if ended else mention.end() + _SENTENCE]
    if before[begun:].count('"') % 2 or before[begun:].count("“") > before[begun:].count("”"):
        return False
    if mention.start() == len(before) - begun or mention.start() - len(before) + begun <= begins:
        return True
    from_end = len(text) - mention.end()
    is_outer = min(mention.start(), from_end) <= _OUTER
    return is_outer and _TO_THE_READER.search(sentence) is not None


def _is_text_about(text: str, mention: re.Match[str]) -> bool:
    """Whether the words before the mention say that it stands in a text, a scene or a program that is asked for."""
    around = (
        text[: mention.start()]
        if mention["attached"]
        else text[: mention.start()] + _CLAUSE.split(text[mention.end() :], maxsplit=1)[0]
    )
    return _TEXT_ABOUT.search(lowered(around)) is not None


def _given_as_text(text: str, mention: re.Match[str]) -> bool:
    """Whether what was pointed at stands in the prompt as text: on another line, behind a colon or in quotes."""
    if mention["attached"]:
        return False
    if re.search(r"\babove\b", mention.group(), re.IGNORECASE):
        return len(text[: mention.start()].split()) >= _ENOUGH
    rest = text[mention.end() :]
    line, _, below = rest.partition("\n")
    line = _CLAUSE.split(line, maxsplit=1)[0]
    described = re.search(r":[ \t]*\S|[\"“']\w|\b(?:of|showing|showed|depicting|with|about|titled|called)\b", line)
    return described is not None or _NOT_GIVEN.fullmatch(below) is None


MISSING_ATTACHMENT = Check(
    name="missing-attachment",
    family="text",
    severity="warning",
    suggestion="drop",
    version=2,
    title="a missing picture or file",
    find=_find_missing,
)
