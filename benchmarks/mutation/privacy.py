"""Personal data as people leave it in texts: made up, but well-formed and with right check digits."""

import base64
import random
import string

from benchmarks.mutation.mutation import Mutation, Result
from benchmarks.mutation.talks import Talk, chat

FIRST = (
    "anna",
    "j.miller",
    "tom_baker",
    "maria-lopez",
    "k.oconnor87",
    "li.wei",
    "contact",
    "samuel.t",
    "r2",
    "hanna.schmidt",
)
DOMAINS = (
    "gmail.com",
    "hotmail.co.uk",
    "web.de",
    "brightwater-legal.com",
    "mail.stanwick.edu",
    "yahoo.fr",
    "outlook.com",
    "posteo.net",
)
FRAMES = (
    "{text} You can reach me at {value}.",
    "{text} Contact: {value}",
    "My details are {value} in case you need them. {text}",
    "{text}\n\n{value}",
    "{text} ({value})",
)


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def email(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)}@{rng.choice(DOMAINS)}"


def american_phone(form: str):
    """Area codes in use; 555-0100 to 555-0199 belong to nobody."""

    def make(rng: random.Random) -> str:
        area = rng.choice(("202", "212", "312", "415", "503", "617", "702", "713", "206", "305"))
        return form.format(area=area, line=f"01{digits(rng, 2)}")

    return make


def british_phone(rng: random.Random) -> str:
    """A range of London set aside for drama."""
    return f"+44 20 7946 0{digits(rng, 3)}"


def australian_phone(rng: random.Random) -> str:
    """Mobile numbers set aside for drama."""
    return f"+61 491 570 {rng.choice(('156', '157', '158', '159', '110', '313', '737'))}"


def german_phone(rng: random.Random) -> str:
    """Numbers of Berlin and Munich set aside for drama."""
    return rng.choice(("+49 30 23125 {}", "+49 89 99998 {}")).format(digits(rng, 3))


def luhn(number: str) -> str:
    """The number with its check digit added."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return number + str(-total % 10)


def card(prefixes: tuple[str, ...], length: int, groups: tuple[int, ...] = (), mark: str = " "):
    def make(rng: random.Random) -> str:
        prefix = rng.choice(prefixes)
        number = luhn(prefix + digits(rng, length - 1 - len(prefix)))
        if not groups:
            return number
        parts, at = [], 0
        for size in groups:
            parts.append(number[at : at + size])
            at += size
        return mark.join(parts)

    return make


def iban(country: str, bank: tuple[str, ...], length: int, grouped: bool):
    """An account number of a country with right check digits."""

    def make(rng: random.Random) -> str:
        account = rng.choice(bank) + digits(rng, length - len(bank[0]))
        as_number = "".join(str(int(letter, 36)) for letter in account + country + "00")
        number = f"{country}{98 - int(as_number) % 97:02d}{account}"
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if grouped else number

    return make


def address_4(rng: random.Random) -> str:
    """A public address: first numbers of large providers."""
    first = rng.choice((23, 31, 46, 52, 62, 78, 81, 91, 104, 143, 151, 185, 193, 213))
    return ".".join(str(part) for part in (first, rng.randrange(1, 255), rng.randrange(1, 255), rng.randrange(1, 255)))


def address_6(rng: random.Random) -> str:
    start = rng.choice(("2a00:1450", "2a02:c7f", "2600:1f18", "2001:4860", "2606:4700"))
    return start + "".join(f":{rng.randrange(1, 65536):x}" for _ in range(6))


def address_6_short(rng: random.Random) -> str:
    return f"{rng.choice(('2a00:1450:4009', '2606:4700:10', '2001:4860:4860'))}::{rng.randrange(1, 65536):x}"


def drawn(prefix: str, letters: str, count: int):
    """A key of a service: its prefix and random letters."""
    return lambda rng: prefix + "".join(rng.choice(letters) for _ in range(count))


LETTERS = string.ascii_letters + string.digits


def web_token(rng: random.Random) -> str:
    """A signed JSON web token."""
    parts = ('{"alg":"HS256","typ":"JWT"}', f'{{"sub":"{digits(rng, 10)}","name":"Anna","iat":1516239022}}')
    encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, drawn("", LETTERS + "-_", 43)(rng)])


def private_key(rng: random.Random) -> str:
    lines = [drawn("", LETTERS + "+/", 64)(rng) for _ in range(4)]
    return "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])


def assigned(rng: random.Random) -> str:
    name = rng.choice(("api_key", "SECRET_KEY", "password", "client_secret", "auth_token"))
    return f'{name} = "{drawn("", LETTERS, rng.randrange(20, 40))(rng)}"'


KINDS = (
    ("email-address", "an address", email),
    ("phone-number", "American, with the country", american_phone("+1 {area}-555-{line}")),
    ("phone-number", "American, in brackets", american_phone("({area}) 555-{line}")),
    ("phone-number", "American, dashes", american_phone("{area}-555-{line}")),
    ("phone-number", "American, dots", american_phone("{area}.555.{line}")),
    ("phone-number", "British", british_phone),
    ("phone-number", "Australian", australian_phone),
    ("phone-number", "German", german_phone),
    ("credit-card-number", "Visa in groups", card(("4539", "4716", "4024"), 16, (4, 4, 4, 4))),
    ("credit-card-number", "Visa in one", card(("4539", "4716", "4024"), 16)),
    ("credit-card-number", "Mastercard with dashes", card(("5122", "5285", "5541"), 16, (4, 4, 4, 4), "-")),
    ("credit-card-number", "American Express", card(("3712", "3459"), 15, (4, 6, 5))),
    ("credit-card-number", "Discover", card(("6011",), 16)),
    ("iban", "German, in groups", iban("DE", ("37040044", "50010517"), 18, grouped=True)),
    ("iban", "German, in one", iban("DE", ("37040044", "50010517"), 18, grouped=False)),
    ("iban", "British", iban("GB", ("BARC200415", "NWBK601613"), 18, grouped=True)),
    ("iban", "Austrian", iban("AT", ("19043", "12000"), 16, grouped=False)),
    ("iban", "Irish", iban("IE", ("AIBK931152",), 18, grouped=True)),
    ("ip-address", "version 4", address_4),
    ("ip-address", "version 6", address_6),
    ("ip-address", "version 6, short", address_6_short),
    ("secret-key", "Amazon", drawn("AKIA", string.ascii_uppercase + "234567", 16)),
    ("secret-key", "GitHub", drawn("ghp_", LETTERS, 36)),
    ("secret-key", "OpenAI, old form", drawn("sk-", LETTERS, 48)),
    ("secret-key", "Google", drawn("AIza", LETTERS + "-_", 35)),
    ("secret-key", "Stripe", drawn("sk_live_", LETTERS, 24)),
    ("secret-key", "Slack", lambda rng: f"xoxb-{digits(rng, 12)}-{digits(rng, 12)}-{drawn('', LETTERS, 24)(rng)}"),
    ("secret-key", "Hugging Face", drawn("hf_", string.ascii_letters, 34)),
    ("secret-key", "web token", web_token),
    ("secret-key", "private key", private_key),
    ("secret-key", "an assignment", assigned),
)


def left_in(make):
    """The value in a sentence of the question or of the answer."""

    def mutate(talk: Talk, rng: random.Random, _pool: list[Talk]) -> Result:
        where = rng.choice(("question", "answer"))
        text = rng.choice(FRAMES).format(text=getattr(talk, where), value=make(rng))
        return chat(talk._replace(**{where: text}))

    return mutate


MUTATIONS = tuple(Mutation(check, variant, left_in(make)) for check, variant, make in KINDS)
