"""Personal data is found, masked, and told from what only looks like it."""

import pytest

from curator.checks.privacy import PRIVACY_CHECKS
from tests.checks.finding import findings
from tests.checks.text.asked import talk
from tests.data.made import call, chat

KEY = "AKIA" + "Q7RTZ2XKPLM5VWNB"
TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
PRIVATE = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
    + "-----END"
)

FOUND = [
    ("email-address", "nora.whitfield@whitfield-gardens.co.uk"),
    ("phone-number", "+44 20 7946 0958"),
    ("phone-number", "(732) 830-9763"),
    ("credit-card-number", "4111 1111 1111 1111"),
    ("credit-card-number", "371449635398431"),
    ("iban", "GB82 WEST 1234 5698 7654 32"),
    ("iban", "DE89370400440532013000"),
    ("ip-address", "81.2.69.142"),
    ("ip-address", "2a02:c7f:5a31:9e00:41d8:77b2:3c9e:10f4"),
    ("secret-key", KEY),
    ("secret-key", TOKEN),
    ("secret-key", "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"),
]


@pytest.mark.parametrize(("check", "value"), FOUND)
def test_it_is_found_at_its_place_and_never_shown_whole(check, value):
    answer = f"👋 You can use {value}, she said."
    (finding,) = findings(check, talk(answer=answer))
    assert answer[finding["start"] : finding["end"]] == value
    assert finding["severity"] == "warning"
    assert value not in finding["message"]
    assert sum(a == b for a, b in zip(value[4:-4], finding["message"], strict=False)) < len(value) / 2


@pytest.mark.parametrize(("check", "value"), FOUND)
def test_only_its_own_check_finds_it(check, value):
    others = [
        one.name for one in PRIVACY_CHECKS if one.name != check and findings(one.name, talk(answer=f"Use {value}."))
    ]
    assert others == []


@pytest.mark.parametrize(
    ("check", "value"),
    [
        ("email-address", "jane.doe@example.com"),
        ("email-address", "support@whitfield-gardens.co.uk"),
        ("email-address", "yourname@gmail.com"),
        ("phone-number", "202-555-0143"),
        ("phone-number", "phone: 123-456-7890"),
        ("phone-number", "his phone number is 555-3476 and the fax (555-2428)."),
        ("secret-key", "AKIAIOSFODNN7EXAMPLE"),
    ],
)
def test_what_is_set_aside_for_examples_is_at_most_an_info(check, value):
    assert {finding["severity"] for finding in findings(check, talk(answer=f"Use {value} here."))} <= {"info"}


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("email-address", "Follow @nora on it, git@github.com: or img@2x.png, or a @ b."),
        ("phone-number", "From 1914-1918 it cost 12,345,678.90; 2021-10-01; 500-300 = 200; the phone cost 1000/200."),
        ("phone-number", "The binary number 10110010 is 178, and my account is 56789-123."),
        (
            "credit-card-number",
            "Order 4111 1111 1111 1112 and 1234567890123456; 256626720691 + 1646615806005 = 1903242526696",
        ),
        ("iban", "GB82 WEST 1234 5698 7654 33 is wrong, and so is AB12 all of that text here."),
        (
            "ip-address",
            "Version 81.2.69.142, v4.18.0.1, section 1.2.3.4, 192.168.1.1, 127.0.0.1, 999.1.1.1, 8.8.8.8, 12:30:45",
        ),
        (
            "secret-key",
            'api_key = "YOUR_API_KEY_GOES_HERE"; password: hunter2; token = get_token_from_config(); sk-learn',
        ),
        ("secret-key", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
    ],
)
def test_lookalikes_are_left_alone(check, text):
    assert findings(check, talk(answer=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        PRIVATE,
        'client_secret = "Zk3vQ9xT7mB2nL5cR8wY1pD4"',
        "postgres://admin:s7Kq92LmZx@db.internal.net/main",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    ],
)
def test_private_keys_assignments_passwords_in_addresses_and_web_tokens_are_secrets(text):
    assert findings("secret-key", talk(answer=text))


HEX, WIDE = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"


@pytest.mark.parametrize(
    "text",
    [
        "ATATT3xFfGF0" + WIDE * 4 + "=1A2B3C4D",
        "figd_" + WIDE + "aB3d",
        "sbp_" + HEX + "0f1e2d3c",
        "nfp_" + WIDE,
        "NRAK-" + "Q7RTZ2XKPLM5VWNB3CD4EF6GH8J",
        "pul-" + HEX + "0f1e2d3c",
        WIDE[:14] + ".atlasv1." + WIDE + WIDE[:29],
        "dp.pt." + WIDE + WIDE[:7],
        "pscale_tkn_" + WIDE,
        "nvapi-" + WIDE + WIDE[:28],
        "lsv2_pt_" + HEX + "_0f1e2d3c4b",
        "sq0csp-" + WIDE + WIDE[:7],
        "key-" + HEX,
        "sl." + WIDE * 4,
        "https://a.blob.core.windows.net/c?sv=2022-11-02&sig=" + WIDE + WIDE[:7] + "%3D",
        "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo" + WIDE * 2,
        "redis://:s7Kq92LmZx@cache.internal.net:6379/0",
    ],
)
def test_keys_of_more_services_are_secrets(text):
    (finding,) = findings("secret-key", talk(answer=f"Use this: {text}"))
    assert finding["severity"] == "warning"


@pytest.mark.parametrize("text", ["password: hV8pQz2rT6wL", "数据库密码是 Vq8zT2mKx9Lp", "Пароль: Vq8zT2mKx9Lp"])
def test_a_short_password_that_looks_drawn_is_an_info_and_a_word_is_nothing(text):
    assert [one["severity"] for one in findings("secret-key", talk(answer=text))] == ["info"]
    assert findings("secret-key", talk(answer="password: MyP@ssw0rd1, Tr0ub4dor&3 or correcthorse1")) == []


def test_tool_calls_are_searched_without_a_place():
    example = chat(("user", "Mail her."), call(arguments='{"to": "nora@whitfield-gardens.co.uk"}'))
    (finding,) = findings("email-address", example)
    assert finding["message_index"] == 1 and finding["start"] is None
    assert finding["message"].startswith("The tool call holds a mail address: n•")


def test_a_message_full_of_addresses_is_cut_short_and_says_so():
    answer = " ".join(f"person{n}@whitfield-gardens.co.uk" for n in range(50))
    found = findings("email-address", talk(answer=answer))
    assert len(found) == 20 and found[-1]["message"].endswith("There are 30 more of them.")


def test_a_directory_of_telephone_numbers_is_counted_whole():
    numbers = "\n".join(f"Call ({212 + n % 7}) {300 + n % 200}-{4000 + n:04}" for n in range(3_000))
    found = findings("phone-number", talk(answer=numbers))
    assert len(found) == 20 and found[-1]["message"].endswith(" more of them.")


def test_the_last_word_for_a_telephone_before_a_number_is_the_one_that_counts():
    assert findings("phone-number", talk(answer="My phone broke. Handynummer: 0151 23456789"))
    assert findings("phone-number", talk(answer="Telefon\n030 901820"))
    assert findings("phone-number", talk(answer="My phone has 8 GB and costs 030 901820")) == []


def test_every_place_is_reported():
    answer = "Ann is at ann.b@harbour.net, Bob at bob.c@harbour.net."
    assert len(findings("email-address", talk(answer=answer))) == 2
