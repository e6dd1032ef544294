"""Numbers of cards and bank accounts."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.privacy.masking import Personal, masked, report_personal
from curator.data.frames import Batch

_CARD = re.compile(r"(?<![A-Za-z0-9_.+$€£-])(?<!\d[ ,])\d(?:[ -]?\d){11,18}(?![A-Za-z0-9_%]|[.,-]\d|[ -]\d)")
_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}")
_ISSUERS = re.compile(
    r"4(?:\d{15}|\d{18})"  # Visa; its numbers of 13 digits have long run out
    r"|(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d+"  # Mastercard, length below
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]|65)\d+"  # Discover
    r"|(?:352[89]|35[3-8]\d)\d{12,15}|(?:2131|1800)\d{11}"  # JCB
    r"|(?:30[0-5]|3[689])\d{11,14}"  # Diners Club
    r"|62\d{14,17}"  # UnionPay
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"  # Maestro
)
"""Ranges of ISO/IEC 7812 as the networks publish them, with the lengths they use."""

_SUM_BEFORE = re.compile(r"[=+*/×÷]\s{0,3}\Z")
_SUM_AFTER = re.compile(r"\s*[=+*/×÷]")
_SIXTEEN = re.compile(r"(?:5[1-5]|2[2-7])")


def card_numbers(text: str) -> Iterator[Personal]:
    """Card numbers: in the range of an issuer, of its length, with a valid check digit (Luhn)."""
    from stdnum import luhn

    for match in _CARD.finditer(text):
        match_text = match.group()
        digits = re.sub(r"[ -]", "", match_text)
        if not match_text.isdigit() and not _GROUPS.fullmatch(match_text):
            continue
        if _SUM_BEFORE.search(text[max(0, match.start() - 4) : match.start()]) or _SUM_AFTER.match(text, match.end()):
            continue
        if _ISSUERS.fullmatch(digits) and (len(digits) == 16 or not _SIXTEEN.match(digits)) and luhn.is_valid(digits):
            yield Personal(match.start(), match.end(), masked(match_text, 0, 4))


_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?(?![A-Za-z0-9])"
)
_LAST_GROUP = re.compile(r"[ -][A-Za-z0-9]+$")


def ibans(text: str) -> Iterator[Personal]:
    """International account numbers, with their country's length and valid check digits (ISO 13616)."""
    from stdnum import iban

    for match in _IBAN.finditer(text):
        match_text = match.group()
        while not iban.is_valid(match_text):
            shorter = _LAST_GROUP.sub("", match_text)  # words that follow look like groups
            if shorter == match_text:
                break
            match_text = shorter
        else:
            yield Personal(match.start(), match.start() + len(match_text), masked(match_text, 2, 2))


def _find_cards(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("credit-card-number", "a card number", batch, r"[0-9](?:[ -]?[0-9]){11}", card_numbers)


def _find_ibans(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    likely = r"[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{4}[ -]?[0-9]"
    return report_personal("iban", "a bank account number", batch, likely, ibans)


CREDIT_CARD_NUMBER = Check(
    name="credit-card-number",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=3,
    title="a card number",
    find=_find_cards,
)

IBAN = Check(
    name="iban",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=2,
    title="a bank account number",
    find=_find_ibans,
)
