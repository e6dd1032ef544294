"""Addresses and numbers by which somebody can be reached."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import lowered
from curator.checks.privacy.masking import Personal, Taken, as_info, masked, report_personal
from curator.data.frames import Batch

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+/@%\u00c0-\u024f])[A-Za-z0-9](?:[A-Za-z0-9_.+-]{0,62}[A-Za-z0-9_+-])?"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?P<top>[A-Za-z]{2,24})(?![A-Za-z0-9_@-])"
)
"""Its letters are those of addresses, so that one may stand between letters of Han, kana, Hangul, Thai or Arabic."""
_IN_URL = re.compile(r"://[^\s/]{0,80}\Z")
_NOT_TOP_LEVEL = re.compile(
    r"(?i)png|jpe?g|gif|svg|webp|js|ts|css|json|html?|txt|pdf|zip|t?gz|bz2|xz|tar|rar|jar|war|whl|ya?ml|toml|ini"
    r"|cfg|conf|lock|xml"
    r"|csv|tsv|sql|log|lib|exe|dll|bin|deb|rpm|apk|iso|img|java|kt|go|rb|php|cpp|cxx|hpp|cs|fs|swift|scala|ipynb"
    r"|[jt]sx|vue|scss"
    r"|less|sass|map|min|prod|production|staging|stage|internal|intranet|lan|corp|home|local|localdomain|svc"
    r"|cluster|docker|node|default"
)
"""Endings of files and names of networks of one's own, which are no domains."""
_ALSO_FILES = re.compile(r"(?i)[^@]+@[a-z0-9-]{1,3}\.(?:rs|sh|py|md|pl|so|cc|ml|ps|vb|tf)")
"""Endings of files that are domains of countries too: with a short name before them they are files."""
_RESERVED = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost)(?:\.[a-z]{2,3}){0,2}$"
    r"|@(?:your|my|our|the|some)?-?(?:domain|email|company|companyname|website|business|organization|store|school"
    r"|university|provider|server|host|site|xyz|abc|abccompany|acme|xyzcompany|address|sample"
    r"|placeholder)\.\w+(?:\.\w+)?$"
    r"|^(?:your|yourname|my_\w+|your[._-]?(?:e?mail|name)|my[._-]?e?mail|name|first\.?last|firstname\.lastname"
    r"|user\d*|username"
    r"|someone|somebody|me|you|email|e-mail|example|test|foo|bar|recipient|sender|abc|xyz|address|jo(?:hn|e)[._]?doe|jane[._]?doe"
    r"|\w(?=@\w\.)|johndoe\d{0,4}|janedoe\d{0,4}|jdoe)@",
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
        if _NOT_TOP_LEVEL.fullmatch(match["top"]) or _ALSO_FILES.fullmatch(address) or ".." in address:
            continue
        if address.startswith("git@") or _IN_URL.search(text, max(0, match.start() - 90), match.start()):
            continue
        name, _, domain = address.partition("@")
        host, _, top = domain.rpartition(".")
        found = Personal(match.start(), match.end(), f"{masked(name, 1, 0)}@{masked(host, 1, 0)}.{top}")
        harmless = _RESERVED.search(address) or _OF_AN_OFFICE.match(address)
        yield as_info(found) if harmless else found


_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.$€£+/=#-])(?:\+|\(\+?)?\d[\d ().\-/\u2010\u2011]{5,18}\d(?P<extension> ?(?:x|ext\.?) ?\d{1,5})?"
    r"(?![A-Za-z0-9_%]|[.,]\d)"
)
_AMERICAN = re.compile(
    r"(?<![A-Za-z0-9_.$€£+/=-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?"
    r"|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![A-Za-z0-9_%]|[.,-]\d)"
)
_WORLDWIDE = re.compile(
    r"(?<![A-Za-z0-9_.$€£=])(?:\(?\+|00)[1-9](?:[ ().\-/\u2010\u2011]{0,2}\d){6,14}(?![A-Za-z0-9_%]|[.,]\d)"
)
_PLAIN_SIGNS = str.maketrans(
    {ord(first) + at: str(at) for first in "０٠۰०০๐" for at in range(10)}
    | {ord(other): plain for other, plain in zip("＋－（）．−ー", "+-().--", strict=True)}
)
"""Digits of other scripts, and full-width signs, as the ASCII ones; a text keeps its length."""
_TELEPHONE = re.compile(
    r"\b(?=[^\W\d_])(?:tel(?:ephone)?|phone|mobile|cell(?:phone)?|fax|call(?:ing|ed)?|whatsapp|ring|dial(?:ing)?|reach(?:ed)?"
    r"|text(?:ing)?|sms|contact(?:ed)?|(?:my|his|her|our|your|their) (?:\w+ )?number"
    r"|telefon\w*|handy\w*|mobil\w*|rufnummer|durchwahl|anrufen|ruf\w* (?:mich|uns|ihn|sie)|erreichbar"
    r"|tél|téléphon\w*|portable|appele\w*|joindre|joignable|mon numéro|teléfono|móvil|celular|ll[aá]m\w+|mi número"
    r"|whats"
    r"|telefono|cellulare|chiam\w+|il mio numero|telefoon\w*|mobiel\w*|bel|tlf|tfn|ringa?|puh|puhelin\w*|soita|gsm"
    r"|telefone|telemóvel|ligue|ligar|contato|contacto|meu número|kom[oó]rka|komórk\w+|zadzwoń|dzwo[nń]\w*|volejte"
    r"|zavolejte|hívj\w*|szám\w*"
    r"|pokličite|pokliči|selfoon|тел|телефон\w*|звон\w+|позвон\w+|моб|мобильн\w+|номер телефона|hotline|numara\w*"
    r"|ara(?:yın|yabilir\w*))(?:\b|(?=\d))"
    r"|☎|📞|电话|電話|手机|手機|致电|致電|拨打|撥打|联系方式|聯絡|热线|熱線|传真|傳真|座机|携帯|ファックス|ファクス"
    r"|連絡先|ｔｅｌ|전화|휴대폰|핸드폰|연락처|팩스"
    r"|फ़ोन|फोन|मोबाइल|टेलीफोन|कॉल|संपर्क|هاتف|الهاتف|جوال|موبايل|اتصل|اتصال|โทร"
)
"""Words for a telephone in the languages of `_REGIONS`, in small letters."""
_BETWEEN = re.compile(r"[^\d\n]{0,25}\n?")
"""What may stand between such a word and the number."""
_SUM = re.compile(r"\s*[=+*×÷]")
_NOBODYS = re.compile(
    r"(?:(?:\+?1)?\d{3})?555\d{4}|\+?1?555\d{7}|\+?1?8(?:00|33|44|55|66|77|88)\d{7}|(?s:.*)(?:1234567|2345678|3456789"
    r"|7654321|000000)(?s:.*)"
)
"""Exchange 555 of American numbers is kept for fiction, 800 and its kin are offices; counting up is a stand-in."""
_FEWEST_DIGITS = 7
_YEARS = re.compile(r"(?:1\d|20)\d\d ?[-\u2010\u2011] ?(?:1\d|20)\d\d")
_REGIONS = "US GB DE FR IT ES NL BE CH AT SE NO DK FI PT IE PL CZ HU AU NZ IN BR MX JP KR CN ZA SI UY RU AR TR SA EG TH"
"""Regions whose national form is tried where the text speaks of a telephone: those of the widest-spread languages and
of the largest populations."""


def phone_numbers(text: str) -> Iterator[Personal]:
    """Telephone numbers that can exist.

    With a country's code, or in the American grouping, anywhere; in another national form only right behind a word
    such as *phone* or *call*, since most rows of digits are something else. Numbers that are nobody's, and those of
    toll-free services, are an info.
    """
    taken = Taken()
    if not text.isascii():
        text = text.translate(_PLAIN_SIGNS)
    for pattern, regions in ((_WORLDWIDE, (None,)), (_AMERICAN, ("US",)), (_NUMBER, tuple(_REGIONS.split()))):
        matches = (match for match in pattern.finditer(text) if not _SUM.match(text, match.end()))
        for match in matches if pattern is not _NUMBER else _spoken_of(text, matches):
            start, end = match.span()
            if taken.is_free(start, end) and _can_exist(match.group(), regions):
                taken.add(start, end)
                found = Personal(start, end, masked(match.group(), 0, 2))
                yield as_info(found) if _NOBODYS.fullmatch(re.sub(r"[^\d+]", "", match.group())) else found


@lru_cache(maxsize=1024)
def _can_exist(number: str, regions: tuple[str | None, ...]) -> bool:
    import phonenumbers

    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(re.sub(r"^[( ]*(?:00|\+)", "+", number), region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _spoken_of(text: str, rows: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Those of the rows of digits that have the form of a telephone number and a word for a telephone before them."""
    likely = [row for row in rows if _has_form(row.group())]
    words = [word.span() for word in _TELEPHONE.finditer(lowered(text))] if likely else []
    at = 0
    for row in likely:
        while at < len(words) and words[at][0] < row.start():
            at += 1
        if at and _BETWEEN.fullmatch(text, min(words[at - 1][1], row.start()), row.start()):
            yield row


def _has_form(number: str) -> bool:
    is_sum = " - " in number or ("/" in number and not number.startswith("0")) or _YEARS.fullmatch(number) is not None
    return not is_sum and sum(map(str.isdigit, number)) >= _FEWEST_DIGITS


def _find_emails(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("email-address", "a mail address", batch, r"[A-Za-z0-9_+-]@[A-Za-z0-9]", emails)


def _find_phone_numbers(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("phone-number", "a telephone number", batch, _LIKELY_NUMBER, phone_numbers)


_LIKELY_NUMBER = r"[0-9][0-9 ().\-/\x{2010}\x{2011}]{6}|[０-９٠-٩۰-۹०-९]{2}"
"""A row in which seven digits may stand; polars looks through all texts for it."""


EMAIL_ADDRESS = Check(
    name="email-address",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=3,
    title="a mail address",
    find=_find_emails,
)

PHONE_NUMBER = Check(
    name="phone-number",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=5,
    title="a telephone number",
    find=_find_phone_numbers,
)
