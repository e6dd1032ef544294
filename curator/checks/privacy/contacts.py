"""Addresses and numbers by which somebody can be reached."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.privacy.masking import Personal, as_info, masked, report_personal
from curator.data.frames import Batch

_EMAIL = re.compile(
    r"(?<![\w.+/:@%-])[A-Za-z0-9](?:[\w.+-]{0,62}[\w+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"(?P<top>[A-Za-z]{2,24})(?![\w@-])"
)
_NOT_TOP_LEVEL = re.compile(r"(?i)png|jpe?g|gif|svg|webp|js|ts|css|py|json|html|txt|md|pdf|zip|local")
_RESERVED = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost)(?:\.[a-z]{2,3}){0,2}$"
    r"|@(?:your|my|our|the|some)?-?(?:domain|e?mail|company|companyname|website|business|organization|store|school"
    r"|university|provider|server|host|site|xyz|abc|abccompany|acme|xyzcompany|address|sample|placeholder)\.\w+(?:\.\w+)?$"
    r"|^(?:your|yourname|my_\w+|your[._-]?(?:e?mail|name)|my[._-]?e?mail|name|first\.?last|firstname\.lastname|user\d*|username"
    r"|someone|somebody|me|you|email|e-mail|example|test|foo|bar|recipient|sender|abc|xyz|address|john\.?doe|jane\.?doe"
    r"|johndoe\d{0,4}|janedoe\d{0,4}|jdoe)@",
    re.IGNORECASE,
)
"""RFC 2606 sets `example` and `test` names aside; the others are what people write for an address that nobody has."""

_OF_AN_OFFICE = re.compile(
    r"^(?:info|support|contact|help|helpdesk|sales|service|customer-?(?:service|support|care)|office|hello|admin|team"
    r"|no-?reply|do-?not-?reply|press|media|jobs|careers|hr|billing|webmaster|postmaster|feedback|enquiries|inquiries"
    r"|orders?|offers|promotions?|alerts?|notifications?|news|newsletter|marketing|security|privacy|git)@",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Personal]:
    """Mail addresses; those that are set aside for examples or belong to an office and not a person are an info."""
    for match in _EMAIL.finditer(text):
        address = match.group()
        if _NOT_TOP_LEVEL.fullmatch(match["top"]) or ".." in address or address.startswith("git@"):
            continue
        name, _, domain = address.partition("@")
        host, _, top = domain.rpartition(".")
        found = Personal(match.start(), match.end(), f"{masked(name, 1, 0)}@{masked(host, 1, 0)}.{top}")
        harmless = _RESERVED.search(address) or _OF_AN_OFFICE.match(address)
        yield as_info(found) if harmless else found


_NUMBER = re.compile(
    r"(?<![\w.$€£+/=#-])(?:\+|\(\+?)?\d[\d ().\-/\u2010\u2011]{5,18}\d(?P<extension> ?(?:x|ext\.?) ?\d{1,5})?"
    r"(?![\w%]|[.,]\d)"
)
_AMERICAN = re.compile(
    r"(?<![\w.$€£+/=-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\w%]|[.,-]\d)"
)
_WORLDWIDE = re.compile(r"(?<![\w.$€£=])(?:\(?\+|00)[1-9](?:[ ().\-/\u2010\u2011]{0,2}\d){6,14}(?![\w%]|[.,]\d)")
_SPOKEN_OF = re.compile(
    r"(?:\b(?:tel(?:ephone)?|phone|mobile|cell(?:phone)?|fax|call(?:ing|ed)?|whatsapp|ring|dial(?:ing)?|reach(?:ed)?"
    r"|text(?:ing)?|sms|contact(?:ed)?|handy|telefon|telefono|teléfono|téléphone|mobil)\b|☎|📞)"
    r"[^\d\n]{0,25}$",
    re.IGNORECASE,
)
_BEFORE = 60
_SUM = re.compile(r"\s*[=+*×÷]")
_NOBODYS = re.compile(
    r"(?:\+?1)?\d{3}555\d{4}|\+?1?555\d{7}|\+?1?8(?:00|33|44|55|66|77|88)\d{7}|(?s:.*)(?:1234567|2345678|3456789|7654321|000000)(?s:.*)"
)
"""Exchange 555 of American numbers is kept for fiction, 800 and its kin are offices; counting up is a stand-in."""
_FEWEST_DIGITS = 7
_REGIONS = "US GB DE FR IT ES NL BE CH AT SE NO DK FI PT IE PL CZ HU AU NZ IN BR MX JP KR CN ZA SI UY"
"""Regions whose national form is tried where the text speaks of a telephone: those of the widest-spread languages and
of the largest populations."""


def phone_numbers(text: str) -> Iterator[Personal]:
    """Telephone numbers that can exist.

    With a country's code, or in the American grouping, anywhere; in another national form only right behind a word
    such as *phone* or *call*, since most rows of digits are something else. Numbers that are nobody's, and those of
    toll-free services, are an info.
    """
    taken: list[tuple[int, int]] = []
    for pattern, regions in ((_WORLDWIDE, (None,)), (_AMERICAN, ("US",)), (_NUMBER, tuple(_REGIONS.split()))):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < until and since < end for since, until in taken) or _SUM.match(text, end):
                continue
            if pattern is _NUMBER and not _is_spoken_of(text, start, match.group()):
                continue
            if _can_exist(match.group(), regions):
                taken.append((start, end))
                found = Personal(start, end, masked(match.group(), 0, 2))
                yield as_info(found) if _NOBODYS.fullmatch(re.sub(r"[^\d+]", "", match.group())) else found


def _can_exist(number: str, regions: tuple[str | None, ...]) -> bool:
    import phonenumbers

    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(re.sub(r"^[( ]*(?:00|\+)", "+", number), region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _is_spoken_of(text: str, start: int, number: str) -> bool:
    """Whether the words before a row of digits, and its form, are those of a telephone number."""
    is_short = sum(map(str.isdigit, number)) < _FEWEST_DIGITS
    is_sum = " - " in number or ("/" in number and not number.startswith("0"))
    return not is_short and not is_sum and _SPOKEN_OF.search(text[max(0, start - _BEFORE) : start]) is not None


def _find_emails(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("email-address", "a mail address", batch, r"[A-Za-z0-9_+-]@[A-Za-z0-9]", emails)


def _find_phone_numbers(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("phone-number", "a telephone number", batch, _LIKELY_NUMBER, phone_numbers)


_LIKELY_NUMBER = r"[0-9][0-9 ().\-/\x{2010}\x{2011}]{6}"
"""A row in which seven digits may stand; polars looks through all texts for it."""


EMAIL_ADDRESS = Check(
    name="email-address",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=1,
    title="a mail address",
    explanation="""\
The text holds a mail address that can be a person's.

Models repeat rare strings that they were trained on, so that a tuned model may hand the address to anybody. Addresses
of domains set aside for examples, invented ones such as yourname@domain.com, and those of an office (info@, support@)
are an info.

Replace it with an address at example.com, or drop the example.""",
    find=_find_emails,
)

PHONE_NUMBER = Check(
    name="phone-number",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=2,
    title="a telephone number",
    explanation="""\
The text holds a telephone number that can exist by the numbering plan of its country.

It reaches somebody, and models repeat rare strings that they were trained on. Numbers with a country's code or in the
American grouping are found anywhere, other national forms only behind a word such as phone or call.

Replace it with a number set aside for fiction (such as 202-555-0143), or drop the example.""",
    find=_find_phone_numbers,
)
