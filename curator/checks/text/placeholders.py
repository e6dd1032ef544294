"""Text that was meant to be replaced before anybody read it."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import anywhere
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
_NAMED = r"\{[a-z]+_[a-z_]+\}"
_FILLER = (
    r"lorem ipsum|\b(?:TODO|FIXME|TBD)\b ?:|\[(?:TODO|TBD|FIXME"
    r"|to be (?:completed|added|filled|written|determined|decided|announced))\b[^\]\n]{0,40}\]"
    r"|\bx{3}-x{3,4}-x{4}\b|\bx{5,}\b"
)
_NOTHING = r"<?\bno[ _-]?(?:input|output)\b(?: (?:is )?(?:required|needed|necessary|provided|given))?>?"

PLACEHOLDER = f"{_BRACKETED}|{_OTHER_BLANKS}|{_ANGLED}|{_VARIABLE}|{_NAMED}|{_FILLER}"
"""A blank in brackets, an unfilled template variable, filler text, a note to oneself."""

_FORM_ASKED = re.compile(
    r"\b(?:letters?|e-?mails?|mails?|templates?|forms?|invitations?|drafts?|memos?|contracts?|scripts?|speech(?:es)?"
    r"|resumes?|cvs?|notes?|messages?|notices?|press releases?|announcements?|advert\w*|ads?|fill[ -]in|blanks?"
    r"|placeholders?|outlines?|introduc\w+|samples?|lorem|apolog\w+|thank\w*|surveys?|questionnaires?|quer(?:y|ies)"
    r"|code|program\w*|functions?|html|jinja|variables?|generic|recommendation|tweets?|posts?|captions?|citations?)\b"
    r"|信|邮件|郵件|模板|范本|合同|简历|通知|邀请|申请|手紙|メール|テンプレート|案内|편지|메일|이메일|양식|안내"
    r"|초대|\b(?:brief|schreiben|vorlage|einladung|bewerbung"
    r"|lettre|courriel|modèle|invitation|candidature|carta|correo|plantilla|invitación|solicitud|modelo|convite"
    r"|e-mail|lettera|modello|invito|письм|шаблон|приглаш"
    r"|заявлен)\w*|رسالة|نموذج|دعوة|पत्र|ईमेल|निमंत्रण|आवेदन",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(PLACEHOLDER + r"(?!\()", re.IGNORECASE)
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
    spans = [match for match in _PLACEHOLDER.finditer(said) if _is_blank(said, match, prompt or "")]
    if not spans:
        if nothing := _ONLY_NOTHING.search(said):
            sentence = f"{quoted(nothing.group().strip())} stands where an answer should be."
            yield Span(sentence, nothing.start(), nothing.end())
        return
    first = spans[0]
    more = f", and {len(spans) - 1} more" if len(spans) > 1 else ""
    expected = prompt is not None and _FORM_ASKED.search(prompt) is not None
    yield Span(
        f"{quoted(first.group().strip())} was meant to be filled in{more}.",
        first.start(),
        first.end(),
        score=len(spans),
        severity="info" if expected else None,
    )


def _is_blank(text: str, match: re.Match[str], prompt: str) -> bool:
    """Whether a match is no word of the prompt's, no element with an end, and no part of a string or an expression."""
    blank = match.group()
    if blank in prompt or text[max(0, match.start() - 1) : match.start()] in ("#", "$", "("):
        return False
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    if blank.islower() and line.count("(") > line.count(")"):
        return False  # an argument
    return not (blank.startswith("<") and (f"</{blank[1:]}" in text or _GOES_ON.match(text, match.end())))


def _in_prompt(text: str) -> Iterator[Span]:
    said = prose(text)
    first = _TEMPLATE.search(said) or _ONLY_NOTHING.search(said)
    if first is not None:
        sentence = f"The prompt still has {quoted(first.group().strip())}, which stands for something else."
        yield Span(sentence, first.start(), first.end(), severity="info")


PLACEHOLDER_TEXT = Check(
    name="placeholder-text",
    family="text",
    severity="warning",
    suggestion="review",
    version=2,
    title="a blank that nobody filled in",
    explanation="""\
The answer holds a blank such as `[Customer Name]`, a template variable such as `{{name}}`, a note such as `TODO:`,
filler such as lorem ipsum, or says `<nooutput>` in place of an answer.

A model that is trained on it writes the blank to your users. Where the prompt asks for a letter, a form or a template
a blank may be what was wanted, so the finding is only an info there; prompts that still hold a variable or `<noinput>`
are an info too.

Fill the blank in, have the template filled before training, or drop the example.""",
    find=_find,
)
