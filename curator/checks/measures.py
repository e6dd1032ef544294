"""What the judges of whole sets need to know about each answer once its text is gone: a few bytes per example."""

import msgspec
import polars as pl

from curator.checks.patterns import UNSPACED
from curator.checks.speakers import final_answers
from curator.data.frames import Batch

ENDINGS = ("open", "cut", "line", "closed")
FORMATS = ("text", "JSON object", "JSON array", "XML", "code block")

MEASURES = pl.Schema(
    {
        # Of the last answer: with an end of its own, as its lines end, or neither; plainly cut where words must follow.
        "ending": pl.Enum(ENDINGS),
        "words": pl.UInt32(),  # where it has letters beyond ASCII, see `words`
        "answer_format": pl.Enum(FORMATS),
        "opening": pl.String(),  # a label such as `Answer:` that it begins with, 12 characters at most; or ""
        "closing": pl.String(),  # how its last line begins where it has several, 12 characters without digits; or ""
    }
)
"""All null where the last answer has no text."""

_BLANK = "".join(map(chr, range(0x20))) + " \x7f\xa0\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
_STOP = r"[.!?…。！？｡؟۔।॥።][\s\"'”’»*_~`)\]}>|]*"
"""Terminal punctuation, behind it quotes, brackets and emphasis."""

_STOPPED = f"{_STOP}$"
_CLOSED = (
    _STOPPED,
    r"[)\]}>|;]$",
    r"[\"'”’»][*_]*$",
    r"(?:```|~~~|\*/|-->)$",
    r"\*[^*\n]+\*$",  # *gesture*
    r"(?:^|\n)[ \t]*(?:[-*•+–#|]|\d{1,3}[.)]|[A-Za-z][.)])(?:[^\n.!?]|[.!?][^\s])*$",  # list item, heading, row
    r"(?:\p{So}|\p{Sk}|\x{fe0f})$",  # emoji
    r"(?:https?://\S+|\S+@\S+\.\w+|#\w+)$",  # address, hashtag
    r"(?i:sincerely|regards|yours|respect|best|wishes|love|cheers|faithfully"
    r"|hope)\b[^\n.!?,]{0,40}[,\n]\s*[^!?\n]{1,40}$",
    r"(?:\d[\d.]*, ){4,}\d[\d.]*$",  # a sequence of numbers
)
"""How an answer ends that was not cut. Together in one pattern they would be seven times slower than one by one: its
automaton grows too large."""

_LIKE_ITS_LINES = (
    r"[^\s.!?。！？][ \t]*\n\s*[^\n]+$",  # the line before has no full stop either: verse, code, table, list
    r"\n\s*\S+(?:[ \t]+\S+){0,5}$",  # a short last line: a name, a result, a verdict
    r"(?:^|\n)[ \t]*(?://|#|/\*|--)[^\n]*$",  # a comment of a program
    r"=[ \t]*[-+$€£\d][\d.,% ]*$",  # a result
    r"\s\d{0,2}[05][.)] [^.!?\n]{1,60}$",  # the tenth item of a list on one line; the ninth would be a cut
    r"\s[C-F][.)] [^.!?\n]{1,60}$",  # the last of the choices
    r"//[^/\n]{1,30}//$",  # a mark of an end
    r"[ \n][-–—][ \t]*\p{Lu}[^.!?\n]{0,40}$",  # whose words they were
)
"""How an answer may end where the set has no better sign."""

_CUT = (
    r"[,،、，(\[{\"“«„「『（《–—$€£¥&+=<:：]$|[^\s.!?][ \t]+-$",
    r"(?i:(?:^|[\s(])(?:the|an?|and|or|but|of|to|in|on|at|for|with|by|from|as|that|which|who|whose|is|are|was|were"
    r"|be|been|has|have"
    r"|had|will|would|can|could|should|may|might|must|not|their|his|her|its|your|my|our|this|these|those|than|if"
    r"|when|while"
    r"|because|such|into|between|about|very|also|(?:in|of|to|by|from|since|until) (?:1|19|2|20)"
    r"|der|die|das|den|dem|des|eine?[mnrs]?|und|oder|aber|von|zu|zur|zum|mit|für|auf|im|ist|sind|wird|werden|dass"
    r"|wie|als"
    r"|le|la|les|des?|du|une?|et|ou|mais|à|au|aux|dans|pour|par|sur|avec|qui|que|est|sont|ce|cette|ces|leurs?|son|sa"
    r"|el|los|las|del|unos?|una|y|o|pero|en|con|por|para|su|sus|es|son|como|il|lo|gli|della?|di|che|per|nel|nella|sono"
    r"|os|um|uma|e|ou|mas|em|no|na|do|da|dos|das|com|seu|sua|и|или|но|в|во|на|с|со|к|по|для|от|из|за|что|как|не|это"
    r"|его|их"
    r"|و|في|من|على|إلى|أن|التي|الذي|عن|مع|का|की|के|को|में|से|और|या|कि|पर)$)",
    r"[的和与及或在把被为对从而且于]$|[がをにのと]$|\p{Hangul}[을를의에와과]$",
)
"""Words and marks that something follows always, in twelve languages."""

_LABEL = r"^[*_#> ]*([A-Za-z][\w -]{0,20}:)"
_TAG = r"^<([A-Za-z][\w:.-]*)[^<>]*>"
_FENCED = r"^(?:```|~~~)[^\n]*\n(?s:.*)(?:```|~~~)$"
_KEPT = 12
"""Characters of an opening or closing; a polars string this short needs no memory of its own."""


def measure(batch: Batch) -> pl.DataFrame:
    """`MEASURES`, a row per example of `batch`."""
    text = pl.col("content").str.strip_chars(_BLANK)
    answers = final_answers(batch).select("row", text.alias("text"))
    answers = answers.filter(pl.col("text").str.len_bytes() > 0)
    text = pl.col("text")
    tail = text.str.slice(-200)
    measured = answers.select(
        "row",
        _endings(answers["text"]).alias("ending"),
        _words_beyond_ascii(answers["text"]).alias("words"),
        _format(text).alias("answer_format"),
        text.str.slice(0, 40).str.extract(_LABEL).fill_null("").str.slice(0, _KEPT).alias("opening"),
        tail.str.extract(r"\n[ \t]*([^\d\n$€£+-]{1,12})[^\n]*$").fill_null("").alias("closing"),
    )
    joined = batch.examples.select("row").join(measured, on="row", how="left", maintain_order="left")
    return joined.select(MEASURES.names()).cast(MEASURES)


def _endings(texts: pl.Series) -> pl.Series:
    """`ENDINGS` of the texts; a costlier question is asked only where the one before had no answer."""
    closed = texts.str.slice(-8).str.contains(_STOPPED)
    unsure = closed.not_().arg_true()
    closed = closed.scatter(unsure, _end_like_one(texts.gather(unsure).str.slice(-200), _CLOSED))
    others = texts.filter(~closed).str.slice(-400)
    ends = others.str.slice(-40)
    kinds = pl.select(
        pl.when(_end_like_one(ends, _CUT))
        .then(pl.lit("cut"))
        .when(_end_like_one(others, _LIKE_ITS_LINES))
        .then(pl.lit("line"))
        .otherwise(pl.lit("open"))
    ).to_series()
    endings = closed.replace_strict({True: "closed", False: "open"}, return_dtype=pl.String)
    return endings.scatter(closed.not_().arg_true(), kinds)


def cut_ends(texts: pl.Series) -> pl.Series:
    """Whether each text plainly ends where words must follow."""
    return _end_like_one(texts.str.strip_chars(_BLANK).str.slice(-40), _CUT)


def words() -> pl.Expr:
    """Words of the last answer: runs of non-space, and each character of a script that puts no spaces between words."""
    return pl.coalesce("words", "answer_words")


def _words_beyond_ascii(texts: pl.Series) -> pl.Series:
    """Words of each text that is not ASCII; null of the others, whose words are among the facts already."""
    beyond = (texts.str.len_bytes() != texts.str.len_chars()).arg_true()
    counts = pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(texts))
    return counts.scatter(beyond, texts.gather(beyond).str.count_matches(f"[{UNSPACED}]|[^\\s{UNSPACED}]+"))


def _end_like_one(texts: pl.Series, patterns: tuple[str, ...]) -> pl.Series:
    return pl.select(pl.any_horizontal(texts.str.contains(pattern) for pattern in patterns)).to_series()


def _format(text: pl.Expr) -> pl.Expr:
    tag = text.str.slice(0, 200).str.extract(_TAG)
    is_object = text.str.starts_with("{") & text.str.ends_with("}")
    is_array = text.str.starts_with("[") & text.str.ends_with("]")
    is_json = pl.when(is_object | is_array).then(text).map_batches(_are_json, pl.Boolean)
    return (
        pl.when(is_object & is_json)
        .then(pl.lit(FORMATS[1]))
        .when(is_array & is_json)
        .then(pl.lit(FORMATS[2]))
        .when(text.str.ends_with(pl.format("</{}>", tag)).fill_null(False))
        .then(pl.lit(FORMATS[3]))
        .when(text.str.contains(_FENCED))
        .then(pl.lit(FORMATS[4]))
        .otherwise(pl.lit(FORMATS[0]))
    )


def _are_json(texts: pl.Series) -> pl.Series:
    return pl.Series([text is not None and _is_json(text) for text in texts], dtype=pl.Boolean)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
