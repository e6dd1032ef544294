"""Keys and passwords that open something."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import anywhere
from curator.checks.privacy.places import Personal, as_info, report_personal
from curator.examples.frames import Batch

_KINDS = (
    ("an AWS access key id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{82}"),
    ("a GitLab token", r"gl(?:pat|ptt|dt|rt|ft)-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"xox[abeoprs]-[0-9A-Za-z-]{10,}|xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]+"),
    ("a Slack webhook", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_]{20,}"),
    ("a Stripe key", r"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,99}"),
    ("a Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    ("a Google OAuth secret", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    ("an Anthropic key", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20,}"),
    ("an OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    ("an API key", r"sk-(?:[A-Za-z0-9]{32,64}|or-v1-[a-f0-9]{64})"),
    ("a Hugging Face token", r"(?:hf|api_org)_[A-Za-z]{34}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    ("a Twilio key", r"SK[0-9a-f]{32}"),
    ("a DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("a Telegram bot token", r"\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("a Discord bot token", r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"),
    ("a Shopify token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("a signed web token", r"(?<![A-Za-z0-9_])eyJ(?:[A-Za-z0-9_]|-(?!e)){10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
)
"""Forms that the services document (prefix, alphabet, length); gitleaks and detect-secrets know them too."""

_BLOCK = r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?P<body>[\s\S]{0,8000}?)(?:-----END|\Z)"
_ASSIGNED = (
    r"(?:api[ _-]?key|apikey|(?:client|app|api|shared|signing|webhook)?[ _-]?secret(?:[ _-]?(?:access)?[ _-]?key)?"
    r"|(?:access|auth|bearer|refresh|api)[ _-]?token|access[ _-]?key|private[ _-]?key|account[ _-]?key"
    r"|encryption[ _-]?key|passw(?:or)?d|passphrase|pwd|credentials?|token)"
    r"[A-Za-z_]{0,12}[\"']?\s{0,3}(?::=|=>|[:=]|\bis\b)\s{0,3}(?:bearer )?[\"'`]?"
    r"(?P<value>[A-Za-z0-9_.~+/!@#$%^&*=-]{8,200})"
)
_IN_ADDRESS = r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>]{1,60}:(?P<password>[^\s:/@'\"<>]{3,80})@[\w.-]+"
_SAMPLE = re.compile(
    r"example|sample|dummy|placeholder|your|my[_-]?|change|insert|xxx|\*\*|\.\.\.|123456|abcdef|qwerty|password|secret"
    r"|token|key_?here|api_?key|redacted|<|\$\{|\{\{|process\.env|os\.|getenv|config|env\[|null|none|undefined|string|test",
    re.IGNORECASE,
)
_LIKELY = (
    r"(?-i:AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|ft)-|xox[abeoprs]-|xapp-|hooks\.slack"
    r"|[sr]k_live|[sr]k_test|[sr]k_prod|AIza|GOCSPX-|sk-|hf_|api_org_|npm_|pypi-|SG\.|SK[0-9a-f]{8}|do[opr]_v1|:AA|shp(?:at|ca|pa|ss)_"
    r"|eyJ"
    r"|PRIVATE KEY|[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.)|://[A-Za-z0-9._%+-]{1,60}:[A-Za-z0-9._%+!*-]{3,80}@|"
) + _ASSIGNED.replace("?P<value>", "")

_KEY = re.compile("|".join(f"(?P<k{place}>{form})" for place, (_, form) in enumerate(_KINDS)))
_EDGE = re.compile(r"[A-Za-z0-9_]")
_PRIVATE = re.compile(_BLOCK)
_VALUE = re.compile(_ASSIGNED, re.IGNORECASE)
_ADDRESS = re.compile(_IN_ADDRESS, re.IGNORECASE)

_LEAST_ENTROPY = 3.5
"""Bits a character of a value that may be a key; English words have about 2.5 to 3.3 at this length. Between the
limits of detect-secrets: 3.0 for hexadecimal and 4.5 for base64 strings, which are longer."""
_SHORTEST_VALUE = 16
_CAMEL = re.compile(r"[A-Za-z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*")
_SHORTEST_BODY = 40


def secret_keys(text: str) -> Iterator[Personal]:
    """Keys of known forms, private keys, passwords in addresses, and random values given to something called a key.

    What plainly is an example (says so, or repeats one character) is an info.
    """
    taken: list[tuple[int, int]] = []
    for found in (*_known(text), *_private(text), *_in_addresses(text), *_assigned(text)):
        if not any(start < found.end and found.start < end for start, end in taken):
            taken.append((found.start, found.end))
            yield found


def _known(text: str) -> Iterator[Personal]:
    for match in _KEY.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if _EDGE.match(before) or _EDGE.match(after):
            continue
        kind = _KINDS[int((match.lastgroup or "k0")[1:])][0]
        key = match.group()
        found = Personal(match.start(), match.end(), f"{kind}, {key[:4]}…")
        yield as_info(found) if "EXAMPLE" in key.upper() or entropy(key[6:]) < 2.5 else found


def _private(text: str) -> Iterator[Personal]:
    for match in _PRIVATE.finditer(text):
        if len(re.sub(r"[^A-Za-z0-9+/=]", "", match["body"])) >= _SHORTEST_BODY:
            yield Personal(match.start(), match.end(), "a private key, -----BEGIN…")


def _in_addresses(text: str) -> Iterator[Personal]:
    for match in _ADDRESS.finditer(text):
        found = Personal(match.start("password"), match.end("password"), "a password in an address")
        sample = _SAMPLE.search(match["password"]) or re.fullmatch(
            r"pass\w{0,6}|pwd|pw", match["password"], re.IGNORECASE
        )
        yield as_info(found) if sample else found


def _assigned(text: str) -> Iterator[Personal]:
    for match in _VALUE.finditer(text):
        value = match["value"].rstrip(".,!")
        if len(value) < _SHORTEST_VALUE or _SAMPLE.search(value) or not _is_random(value):
            continue
        start = match.start("value")
        yield Personal(start, start + len(value), f"the value of a key or password, {value[:2]}…")


def _is_random(value: str) -> bool:
    has_digit = any(character.isdigit() for character in value)
    has_letter = any(character.isalpha() for character in value)
    is_path = value.count("/") > 2 or re.fullmatch(r"[\w-]+(?:\.[A-Za-z_][\w-]*)+", value) is not None
    is_mixed = has_digit or (value.lower() != value and value[1:].upper() != value[1:] and not _CAMEL.fullmatch(value))
    return is_mixed and has_letter and not is_path and entropy(value) >= _LEAST_ENTROPY


def entropy(text: str) -> float:
    """Shannon entropy of the characters of `text`, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    return report_personal("secret-key", "a secret", batch, anywhere(_LIKELY), secret_keys)


SECRET_KEY = Check(
    name="secret-key",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=1,
    title="a key or password",
    explanation="""\
The text holds an access key in the form of a known service, a private key, a password in an address, or a random value
given to something called a key, token or password.

Whoever gets the data or asks the tuned model may get in with it: models repeat rare strings that they were trained on.
Keys that say that they are examples are an info.

Revoke the key where it was issued, then replace it here or drop the example.""",
    find=_find,
)
