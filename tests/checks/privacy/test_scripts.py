"""Personal data beside letters of any script, in the words of the languages that people write."""

import pytest

from tests.checks.text.asked import said

LANGUAGES = {
    "en": ("Write to {}.", "Call me on {} today."),
    "zh": ("请联系{}谢谢。", "请拨打{}联系我们。"),
    "ja": ("連絡先は{}です。", "電話は{}です。"),
    "ko": ("이메일은 {}으로 보내 주세요.", "전화는 {}입니다."),
    "de": ("E-Mail:{}", "Meine Telefonnummer lautet {}."),
    "fr": ("Écrivez à {} s'il vous plaît.", "Tél. : {}"),
    "es": ("Escríbeme a {}.", "Llámame al {}."),
    "pt": ("O e-mail é {}.", "Ligue para {}."),
    "it": ("Scrivi a {}.", "Chiamami al {}."),
    "ru": ("Почта:{}", "Позвоните по номеру {}."),
    "ar": ("البريد {}، شكرا", "هاتف: {}"),
    "hi": ("ईमेल {}। धन्यवाद", "मेरा फोन नंबर {} है।"),
    "th": ("อีเมล{}ครับ", "โทร{}ครับ"),
}
NUMBERS = {
    "en": "020 7219 4272",
    "zh": "010 6552 9988",
    "ja": "03-3581-0101",
    "ko": "02-730-5800",
    "de": "030 901820",
    "fr": "01 42 76 40 40",
    "es": "91 540 45 11",
    "pt": "21 391 7000",
    "it": "06 6982 1234",
    "ru": "8 495 606-36-02",
    "ar": "011 435 0000",
    "hi": "011 2301 2345",
    "th": "02 356 7777",
}


def severities(check, text):
    return [finding["severity"] for finding in said(check, text)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [0, 400])
def test_an_address_touches_letters_of_any_script(language, size):
    mail, _ = LANGUAGES[language]
    text = (mail.format("")[:8] + " ") * size + mail.format("jane.miller84@gmail.com")
    (finding,) = said("email-address", text)
    assert (finding["severity"], text[finding["start"] : finding["end"]]) == ("warning", "jane.miller84@gmail.com")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_national_number_is_found_behind_the_word_for_a_telephone(language):
    _, call = LANGUAGES[language]
    assert severities("phone-number", call.format(NUMBERS[language])) == ["warning"]
    assert severities("phone-number", call.format("+44 20 7219 4272")) == ["warning"]


def test_digits_of_other_scripts_are_digits():
    assert severities("phone-number", "電話：０３－３５８１－０１０１") == ["warning"]
    assert severities("phone-number", "هاتف: ٠١١ ٤٣٥ ٠٠٠٠") == ["warning"]


@pytest.mark.parametrize("around", ["服务器{}请检查", "サーバーは{}です", "서버 {}입니다", "сервер {}.", "เครื่อง{}ล่ม"])
def test_machines_and_cards_touch_letters_of_any_script(around):
    assert severities("ip-address", around.format("84.17.45.201")) == ["warning"]
    assert severities("credit-card-number", around.format("4539578763621486")) == ["warning"]


@pytest.mark.parametrize(
    "word", ["密码：", "パスワードは", "비밀번호는 ", "Passwort lautet ", "contraseña es ", "пароль: ", "كلمة المرور: "]
)
def test_passwords_are_known_by_their_words(word):
    assert severities("secret-key", f"{word}Zb3kQ9vT7mXr2LpW") == ["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "foo@1.x.yaml and a@b.toml and main@dev.rs and x@y.go and build@main.yml and u@h.sh",
        "https://registry/lodash@4.17.21.tgz and root@db.prod and admin@cache.internal",
        "postgres://app:pw@db.company.com/main",
        "pkg:npm/%40angular/core@12.3.1 and purl pkg:pypi/django@1.11.1",
        'token_id = "732f51d4-033a-47be-baf4-c4d2a22f9368" and next_page_token = "CAUQAA1b2c3d4e5f6g7h8"',
        'access_token = response.json()["data"]["v2TokenValue1"]',
        "password = derivePassword2Sha256Value(user)",
        '<input type="password" id="inputPassword5x" name="pwdField1">',
        "fingerprint SHA1 is 3F:1A:77:0C:9B:2D:4E:5F",
    ],
)
def test_names_of_files_packages_functions_and_bytes_are_nothing(text):
    for check in ("email-address", "ip-address", "secret-key", "phone-number"):
        assert severities(check, text) == []


def test_a_provider_called_mail_is_one():
    assert severities("email-address", "Пиши на anna.k77@mail.ru") == ["warning"]
    assert severities("email-address", "Write to yourname@email.com") == ["info"]


def test_ranges_and_single_hosts_are_addresses():
    assert severities("ip-address", "84.17.45.201-84.17.45.220") == ["warning", "warning"]
    assert severities("ip-address", "The client 84.17.45.201/32 was blocked.") == ["warning"]
    assert severities("ip-address", "the network 84.17.45.0/24") == []
    assert severities("ip-address", "ping 1.2.3.4 first") == ["info"]
