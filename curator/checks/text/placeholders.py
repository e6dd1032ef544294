"""Text that was meant to be replaced before anybody read it."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import anywhere, lowered
from curator.checks.prose import prose
from curator.checks.spans import Span, quoted, report
from curator.checks.speakers import asked, learned
from curator.data.frames import Batch

_BLANKS = (
    "insert|enter|add|your|name|names|date|time|company|customer|client|recipient|recipient's|sender|employer|employee"
    "|manager|business|product|brand|organi[sz]ation|institution|school|university|first|last|full|city|state|country"
    "|address|street|phone|telephone|email|e-mail|link|url|website|amount|price|number|title|position|job|department"
    "|salesperson|username|password|candidate|applicant|friend|friend's|teacher|topic|location|venue|month|year|day"
)
_OTHER_BLANKS = (
    r"[\[【［](?:(?:你的|您的|请填|填写|插入|输入|客户|公司|产品|收件人|姓名|名字|日期|地址|电话|城市|职位|学校"
    r"|あなたの|お名前|氏名|会社名|日付|住所|名前|이름|성함|회사|날짜|주소|귀하|당신의|고객|제품"
    r"|اسم|التاريخ|الشركة|عنوان|आपका|आपकी|नाम|तारीख|कंपनी|दिनांक)[^\[\]【】［］\n]{0,40}"
    r"|(?:ihre?|deine?|vorname|nachname|datum|firma|unternehmen|ort|adresse|votre|nom|prénom|entreprise|société|su|tu"
    r"|nombre|fecha|empresa|seu|sua|nome|data|il tuo|la tua|azienda|ваше|ваш|имя|дата|компания|название)"
    r"(?:[ /_-][^\[\]【】［］\n]{2,40})?)[\]】］]"
)
"""Blanks in brackets in the languages beside English."""
_BRACKETED = rf"\[(?:{_BLANKS})(?:(?:'|’)s)?(?:[ /_-][^\[\]\n]{{2,40}})?\]"
_ANGLED = r"<(?:insert|enter|your|name of|recipient|company|customer)[ _-][^<>\n]{1,40}>|<(?:your-?name|company|name)>"
_VARIABLE = r"\{\{ ?[a-z_][a-z0-9_. ]{0,40}\}\}"
_NAMED = r"\{[a-z]{1,40}_[a-z_]{1,60}\}"
_FILLER = (
    r"lorem ipsum|\b(?:TODO|FIXME|TBD)\b ?:|\[(?:TODO|TBD|FIXME"
    r"|to be (?:completed|added|filled|written|determined|decided|announced))\b[^\]\n]{0,40}\]"
    r"|\bx{3}-x{3,4}-x{4}\b|\bx{5,80}\b"
)
_NOTHING = r"<?\bno[ _-]?(?:input|output)\b(?: (?:is )?(?:required|needed|necessary|provided|given))?>?"

PLACEHOLDER = f"{_BRACKETED}|{_OTHER_BLANKS}|{_ANGLED}|{_VARIABLE}|{_NAMED}|{_FILLER}"
"""A blank in brackets, an unfilled template variable, filler text, a note to oneself."""

_FORM_ASKED = re.compile(
    r"\b(?=[^\W\d_])(?:letters?|e-?mails?|mails?|templates?|forms?|invitations?|drafts?|memos?|contracts?|scripts?|speech(?:es)?"
    r"|resumes?|cvs?|notes?|messages?|notices?|press releases?|announcements?|advert\w*|ads?|fill[ -]in|blanks?"
    r"|placeholders?|outlines?|introduc\w+|samples?|lorem|apolog\w+|thank\w*|surveys?|questionnaires?|quer(?:y|ies)"
    r"|code|program\w*|functions?|html|jinja|variables?|generic|recommendation|tweets?|posts?|captions?|citations?)\b"
    r"|信|邮件|郵件|模板|范本|合同|简历|通知|邀请|申请|手紙|メール|テンプレート|案内|편지|메일|이메일|양식|안내"
    r"|초대|\b(?:brief|schreiben|vorlage|einladung|bewerbung"
    r"|lettre|courriel|modèle|invitation|candidature|carta|correo|plantilla|invitación|solicitud|modelo|convite"
    r"|e-mail|lettera|modello|invito|письм|шаблон|приглаш"
    r"|заявлен)\w*|رسالة|نموذج|دعوة|पत्र|ईमेल|निमंत्रण|आवेदन"
)
"""Looked for in small letters."""
_PLACEHOLDER = re.compile(lowered(PLACEHOLDER) + r"(?!\()")
_ELEMENT_END = re.compile(r"</[^<>\n]+>")
_BEFORE = 1_000
"""Characters before a blank in which the bracket is looked for whose argument it is."""
_GOES_ON = re.compile(r"[.(\[:=]\w")
_TEMPLATE = re.compile(_VARIABLE, re.IGNORECASE)
_ONLY_NOTHING = re.compile(
    rf"^[ \t]*(?:[-#*]+[ \t]*)?(?:{_NOTHING}|TBD|TODO)[.!]?[ \t]*$", re.IGNORECASE | re.MULTILINE
)


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answers = learned(batch).filter(
        pl.col("content").str.contains(anywhere(rf"{PLACEHOLDER}|{_NOTHING}|\bTBD\b|\bTODO\b"))
    )
    filled = report("placeholder-text", _with_prompts(batch, answers), _in_answer, "content", "prompt")
    prompts = batch.messages.filter(
        pl.col("role").is_in(["system", "developer", "user"])
        & pl.col("content").str.contains(anywhere(f"{_VARIABLE}|{_NOTHING}"))
    )
    return pl.concat([filled, report("placeholder-text", prompts, _in_prompt)])


def _with_prompts(batch: Batch, answers: pl.DataFrame) -> pl.DataFrame:
    prompted = asked(batch, answers).select("row", "index", "part", "prompt")
    return answers.join(prompted, on=["row", "index", "part"], how="left", maintain_order="left")


def _in_answer(text: str, prompt: str | None) -> Iterator[Span]:
    said = prose(text)
    spans = _blanks(said, prompt or "")
    if not spans:
        if nothing := _ONLY_NOTHING.search(said):
            sentence = f"{quoted(nothing.group().strip())} takes the place of an answer."
            yield Span(sentence, nothing.start(), nothing.end())
        return
    start, end = spans[0]
    more = f", and {len(spans) - 1} more" if len(spans) > 1 else ""
    expected = prompt is not None and _FORM_ASKED.search(lowered(prompt)) is not None
    yield Span(
        f"{quoted(said[start:end].strip())} was meant to be filled in{more}.",
        start,
        end,
        score=len(spans),
        severity="info" if expected else None,
    )


def _blanks(text: str, prompt: str) -> list[tuple[int, int]]:
    """Spans that are no words of the prompt's, no elements with an end, and no part of a string or an expression."""
    spans = [match.span() for match in _PLACEHOLDER.finditer(lowered(text))]
    blanks = [text[start:end] for start, end in spans]
    given = (
        set(pl.Series([prompt]).str.extract_many(list(dict.fromkeys(blanks)), overlapping=True)[0]) if spans else set()
    )
    ends = set(_ELEMENT_END.findall(text)) if any(blank.startswith("<") for blank in blanks) else set()
    return [
        span for span, blank in zip(spans, blanks, strict=True) if blank not in given and _is_blank(text, span, ends)
    ]


def _is_blank(text: str, span: tuple[int, int], ends: set[str]) -> bool:
    start, end = span
    blank = text[start:end]
    if text[max(0, start - 1) : start] in ("#", "$", "("):
        return False
    line = text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
    if blank.islower() and line.count("(") > line.count(")"):
        return False  # an argument
    return not (blank.startswith("<") and (f"</{blank[1:]}" in ends or _GOES_ON.match(text, end)))


def _in_prompt(text: str) -> Iterator[Span]:
    said = prose(text)
    first = _TEMPLATE.search(said) or _ONLY_NOTHING.search(said)
    if first is not None:
        sentence = f"The prompt still has the placeholder {quoted(first.group().strip())}."
        yield Span(sentence, first.start(), first.end(), severity="info")


PLACEHOLDER_TEXT = Check(
    name="placeholder-text",
    family="text",
    severity="warning",
    suggestion="review",
    version=3,
    title="a placeholder that was never filled in",
    find=_find,
)
