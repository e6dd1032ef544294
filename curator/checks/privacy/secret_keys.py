"""Keys and passwords that open something."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import anywhere, lowered
from curator.checks.privacy.masking import (
    Personal,
    Taken,
    as_info,
    has_escapes,
    report_beside_messages,
    report_personal,
)
from curator.data.frames import Batch

_KINDS = (
    ("an AWS access key id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{82}"),
    ("a GitLab token", r"gl(?:pat|ptt|dt|rt|ft)-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"xox[abeoprs]-[0-9A-Za-z-]{10,}|xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]+"),
    ("a Slack webhook", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_]{20,}"),
    (
        "a Discord webhook",
        r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,90}",
    ),
    ("a Stripe key", r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}"),
    ("a Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    ("a Google OAuth secret", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    ("an Anthropic key", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20,}"),
    ("an OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    ("an API key", r"sk-(?:[A-Za-z0-9]{32,64}|or-v1-[a-f0-9]{64})"),
    ("a Hugging Face token", r"hf_[A-Za-z]{34}|api_org_[A-Za-z]{34}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    ("a Twilio key", r"SK[0-9a-f]{32}"),
    ("a DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("a Telegram bot token", r"\d\d{7,9}:AA[A-Za-z0-9_-]{33}"),
    ("a Discord bot token", r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"),
    ("a Shopify token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("a Groq key", r"gsk_[A-Za-z0-9]{52}"),
    ("an xAI key", r"xai-[A-Za-z0-9]{80}"),
    ("a Perplexity key", r"pplx-[A-Za-z0-9]{48}"),
    ("a Replicate token", r"r8_[A-Za-z0-9]{37}"),
    ("a Databricks token", r"dapi[a-f0-9]{32}"),
    ("a Vault token", r"hv[sb]\.[A-Za-z0-9_-]{24,300}"),
    ("a Docker token", r"dckr_pat_[A-Za-z0-9_-]{27,40}"),
    ("a Grafana token", r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}"),
    ("a Linear key", r"lin_api_[A-Za-z0-9]{40}"),
    ("a Notion token", r"ntn_[A-Za-z0-9]{46}"),
    ("a Stripe webhook secret", r"whsec_[A-Za-z0-9]{32,64}"),
    ("a Google access token", r"ya29\.[A-Za-z0-9_-]{20,600}"),
    ("an Atlassian token", r"ATATT3xFfGF0[A-Za-z0-9_=-]{100,250}"),
    ("a Figma token", r"figd_[A-Za-z0-9_-]{40}"),
    ("a Supabase token", r"sbp_[a-f0-9]{40}"),
    ("a Netlify token", r"nfp_[A-Za-z0-9]{36}"),
    ("a New Relic key", r"NRAK-[A-Z0-9]{27}"),
    ("a Pulumi token", r"pul-[a-f0-9]{40}"),
    ("a Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}"),
    ("a Doppler token", r"dp\.pt\.[A-Za-z0-9]{40,44}"),
    ("a PlanetScale token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}"),
    ("an NVIDIA key", r"nvapi-[A-Za-z0-9_-]{60,70}"),
    ("a LangSmith key", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    ("a Square token", r"sq0(?:csp|atp)-[A-Za-z0-9_-]{22,43}"),
    ("a Mailgun key", r"key-[a-f0-9]{32}"),
    ("a Dropbox token", r"sl\.[A-Za-z0-9_-]{130,152}"),
    ("an Azure signature", r"sig=[A-Za-z0-9%/+]{42,66}(?:%3[Dd]|=)"),
    (
        "a private key in base64",
        r"LS0tLS1CRUdJTiB(?:SU0EgUFJJVkFUR|QUklWQVRFI|FQyBQUklWQVRF|PUEVOU1NI)[A-Za-z0-9+/=]{40,}",
    ),
    ("an age key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    (
        "a signed web token",
        r"eyJ(?:(?<![A-Za-z0-9_]eyJ)|(?<=\\[nrt]eyJ))(?:[A-Za-z0-9_]|-(?!e)){10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    ),
)
"""Forms that the services document (prefix, alphabet, length); gitleaks and detect-secrets know them too. Each begins
with a letter or class, by which a search passes over most characters."""

_HEADER = r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
_FOOTER = re.compile(r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|-----END")
_BODY = re.compile(r"(?:\s|\\+[nr])*+(?:[A-Za-z0-9+/=]{20,}+(?:\s|\\+[nr])*+)*+(?:[A-Za-z0-9+/]{1,64}={1,2})?")
"""What follows the header of a key without an end: lines of base64, also with their line ends written as escapes."""
_ASSIGNED = (  # also inside JSON that is a text itself, where quotes and line ends have backslashes before them
    r"(?:api[ _-]?key|apikey|(?:client|app|api|shared|signing|webhook)?[ _-]?secret(?:[ _-]?(?:access)?[ _-]?key)?"
    r"|(?:access|auth|bearer|refresh|api)[ _-]?token|access[ _-]?key|private[ _-]?key|account[ _-]?key"
    r"|encryption[ _-]?key|authorization|passw(?:or)?d|passphrase|pwd|credentials?|token"
    r"|密码|密碼|口令|密钥|密鑰|パスワード|비밀번호|contraseña|mot de passe|passwort|kennwort|senha|пароль|пароля"
    r"|parola|wachtwoord|hasło"
    r"|كلمة المرور|كلمة السر|पासवर्ड|รหัสผ่าน|şifre|mật khẩu)"
    r"[A-Za-z_]{0,12}\\{0,7}[\"'”]?\s{0,3}(?::=|=>|[:=：＝]|\bis\b|\b(?:ist|lautet|est|es)\b|è |é |是|为|は|는|은"
    r"|هي|—|–)"
    r"(?:\s|\\{1,7}[nrt]){0,3}(?:bearer |basic |token )?\\{0,7}[\"'`“]?"
    r"(?P<value>[A-Za-z0-9_.~+/!@#$%^&*=-]{8,200})"
)
_NO_SECRET = re.compile(
    r"(?:page|continuation|cursor|sync|eos|bos|pad|unk|sep|cls|mask|csrf)[ _-]?token|token[ _-]?ids?\b|next[ _-]?token",
    re.IGNORECASE,
)
"""What is called a token and opens nothing."""
_CALLED = re.compile(r"\(|\[\w*[\"'\]]")
"""What stands behind the name of a function or a field, which is no value."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_IN_ADDRESS = r"\b[a-z][a-z0-9+.-]{1,20}:(?:\\{0,7}/){2}[^\s:/@'\"<>]{0,60}:(?P<password>[^\s:/@'\"<>]{3,80})@[\w.-]+"
_SAMPLE = re.compile(
    r"example|sample|dummy|placeholder|your|my[_-]?|change|insert|xxx|\*\*|\.\.\.|123456|abcdef|qwerty|password|secret"
    r"|token|key_?here|api_?key|redacted|<|\$\{|\{\{|process\.env|os\.|getenv|config|env\[|null|none|undefined"
    r"|string|test",
    re.IGNORECASE,
)
_LIKELY = (
    r"(?-i:AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|ft)-|xox[abeoprs]-|xapp-|hooks\.slack|/api/webhooks/\d"
    r"|[sr]k_live|[sr]k_test|[sr]k_prod|AIza|GOCSPX-|sk-|hf_|api_org_|npm_|pypi-|SG\.|SK[0-9a-f]{8}|do[opr]_v1|:AA"
    r"|shp(?:at|ca|pa|ss)_"
    r"|gsk_|xai-|pplx-|r8_|dapi[0-9a-f]{8}|hv[sb]\.|dckr_pat_|glsa_|lin_api_|ntn_|whsec_|ya29\.|AGE-SECRET|eyJ"
    r"|ATATT3|figd_|sbp_|nfp_|NRAK-|pul-[a-f0-9]{8}|\.atlasv1\.|dp\.pt\.|pscale_|nvapi-|lsv2_|sq0(?:csp|atp)-"
    r"|key-[a-f0-9]{8}|\bsl\.[A-Za-z0-9_-]{30}|[?&]sig=|LS0tLS1CRUdJTiB"
    r"|PRIVATE KEY|[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.)"
    r"|:(?:\\{0,7}/){2}[^:/@'\"<> \n]{0,60}:[^:/@'\"<> \n]{3,80}@|"
) + _ASSIGNED.replace("?P<value>", "")

_KEY = re.compile("|".join(form for _, form in _KINDS))
_KIND_OF_KEY = re.compile("|".join(f"({form})" for _, form in _KINDS))
"""With a group for each kind, which makes a search slow."""
_EDGE = re.compile(r"[A-Za-z0-9_]")
_INSIDE_A_WORD = re.compile(r"(?<!\\)[A-Za-z0-9_]\Z|\\[^nrt\W]\Z")
"""In JSON that is a text itself a line end is a backslash and a letter, and no part of the key behind it."""
_PRIVATE = re.compile(_HEADER)
_VALUE = re.compile(_ASSIGNED.replace("A-Za-z", "a-z"))
"""Looked for in small letters."""
_ADDRESS = re.compile(_IN_ADDRESS, re.IGNORECASE)

MASK = "[SECRET]"
"""What stands in the place of a secret that was taken out."""

_LEAST_ENTROPY = 3.5
"""Bits a character of a value that may be a key; English words have about 2.5 to 3.3 at this length. Between the
limits of detect-secrets: 3.0 for hexadecimal and 4.5 for base64 strings, which are longer."""
_SHORTEST_VALUE = 16
_SHORTEST_PASSWORD = 10
_FEWEST_TURNS = 0.7
"""Of a short password's characters, those that are of another kind than the one before: words have far fewer."""
_OF_A_PASSWORD = re.compile(
    r"passw|passphrase|pwd|密码|密碼|口令|パスワード|비밀번호|contraseña|mot de passe|kennwort|senha|парол|parola"
    r"|wachtwoord|hasło|كلمة|पासवर्ड|รหัสผ่าน|şifre|mật khẩu"
)
_CAMEL = re.compile(r"[A-Za-z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*")
_SHORTEST_BODY = 40


def secret_keys(text: str) -> Iterator[Personal]:
    """Keys of known forms, private keys, passwords in addresses, and random values given to something called a key.

    What plainly is an example (says so, or repeats one character) is an info.
    """
    taken = Taken()
    for found in (*_known(text), *_private(text), *_in_addresses(text), *_assigned(text)):
        if taken.is_free(found.start, found.end):
            taken.add(found.start, found.end)
            yield found


def _known(text: str) -> Iterator[Personal]:
    for match in _KEY.finditer(text):
        if _INSIDE_A_WORD.search(text, max(0, match.start() - 2), match.start()) or _EDGE.match(text, match.end()):
            continue
        kind_of_key = _KIND_OF_KEY.match(text, match.start())
        assert kind_of_key is not None and kind_of_key.lastindex is not None, "it is the same pattern"
        key, (kind, _) = match.group(), _KINDS[kind_of_key.lastindex - 1]
        found = Personal(match.start(), match.end(), f"{kind}, {key[:4]}…")
        yield as_info(found) if "EXAMPLE" in key.upper() or entropy(key[6:]) < 2.5 else found


def _private(text: str) -> Iterator[Personal]:
    headers = list(_PRIVATE.finditer(text))
    for place, header in enumerate(headers):
        until = headers[place + 1].start() if place + 1 < len(headers) else len(text)
        footer = _FOOTER.search(text, header.end(), until)
        body = _BODY.match(text, header.end(), until)
        stop, end = (footer.start(), footer.end()) if footer else (body.end(), body.end()) if body else (0, 0)
        if len(re.sub(r"[^A-Za-z0-9+/=]", "", text[header.end() : stop])) >= _SHORTEST_BODY:
            yield Personal(header.start(), end, "a private key, -----BEGIN…")


def _in_addresses(text: str) -> Iterator[Personal]:
    for match in _ADDRESS.finditer(text):
        found = Personal(match.start("password"), match.end("password"), "a password in an address")
        sample = _SAMPLE.search(match["password"]) or re.fullmatch(
            r"pass\w{0,6}|pwd|pw", match["password"], re.IGNORECASE
        )
        yield as_info(found) if sample else found


def _assigned(text: str) -> Iterator[Personal]:
    for match in _VALUE.finditer(lowered(text)):
        start, end = match.span("value")
        value = text[start:end].rstrip(".,!")
        is_password = _OF_A_PASSWORD.search(match.string, match.start(), start) is not None
        if _SAMPLE.search(value) or _UUID.fullmatch(value):
            continue
        is_short = len(value) < _SHORTEST_VALUE
        if not (_is_drawn(value) if is_password and is_short else _is_random(value)):
            continue
        if _NO_SECRET.search(text, max(0, match.start() - 16), start):
            continue
        if _CALLED.match(text, start + len(value)):
            continue
        found = Personal(start, start + len(value), f"the value of a key or password, {value[:2]}…")
        yield as_info(found) if is_short else found  # in public sets all short ones were made up for the example


def _is_drawn(value: str) -> bool:
    """Whether a short password comes from a generator: a person's example of one, `MyP@ssw0rd1`, is no secret."""
    kinds = ["a" if one.islower() else "A" if one.isupper() else "0" if one.isdigit() else "." for one in value]
    turns = sum(one != other for one, other in pairwise(kinds))
    is_mixed = {"a", "A", "0"} <= set(kinds) and kinds.count("0") > 1
    return len(value) >= _SHORTEST_PASSWORD and is_mixed and turns >= _FEWEST_TURNS * len(value)


def _is_random(value: str) -> bool:
    if len(value) < _SHORTEST_VALUE:
        return False
    has_digit = any(character.isdigit() for character in value)
    has_letter = any(character.isalpha() for character in value)
    parts = value.split("/")
    is_path = len(parts) > 3 and sum(part.isalpha() and part[1:].islower() for part in parts) * 2 >= len(parts) - 1
    is_path = is_path or re.fullmatch(r"[\w-]+(?:\.[A-Za-z_][\w-]*)+", value) is not None
    is_mixed = has_digit or (value.lower() != value and value[1:].upper() != value[1:] and not _CAMEL.fullmatch(value))
    return is_mixed and has_letter and not is_path and entropy(value) >= _LEAST_ENTROPY


def entropy(text: str) -> float:
    """Shannon entropy of the characters of `text`, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def likely_secret(texts: pl.Expr) -> pl.Expr:
    """Whether a text may hold a secret: only such need be looked at one by one."""
    return texts.str.contains(anywhere(_LIKELY)) | has_escapes(texts)


def without_secrets(text: str, *spans: int) -> tuple[str, list[int]]:
    """`text` with `[SECRET]` in the place of every secret, and where in it `spans` of `text` are now."""
    found = sorted((one.start, one.end) for one in secret_keys(text) if one.severity is None)
    moved = [
        place + sum(len(MASK) - (min(place, end) - start) for start, end in found if start < place) for place in spans
    ]
    return cut_out(text, found), moved


def cut_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with `[SECRET]` in the place of each span; they are in order and do not overlap."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], MASK]
        done = end
    return "".join([*parts, text[done:]])


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    in_messages = report_personal("secret-key", "a secret", batch, anywhere(_LIKELY), secret_keys)
    beside = report_beside_messages("secret-key", "a secret", batch, anywhere(_LIKELY), secret_keys)
    return pl.concat([in_messages, beside])


SECRET_KEY = Check(
    name="secret-key",
    family="privacy",
    severity="warning",
    suggestion="fix",
    version=5,
    title="a key or password",
    find=_find,
)
