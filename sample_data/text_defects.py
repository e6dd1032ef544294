"""Defects of text, length and privacy: what scraping, copying, other models and people leave in a conversation."""

import random
from collections.abc import Callable

from sample_data.defects import (
    Defect,
    Example,
    about,
    answer_of,
    answering,
    asking,
    question_of,
    with_answer,
    with_question,
)
from sample_data.phrases import BOOK, Phrases


def misread(text: str, encoding: str = "cp1252", times: int = 1) -> str:
    """UTF-8 read as if it were ``encoding``, as many times as a careless pipeline does it."""
    for _ in range(times):
        text = text.encode().decode(encoding)
    return text


def answer_in_latin(example: Example, _rng: random.Random) -> Example:
    return with_answer(example, misread("It’s no trouble – " + answer_of(example) + " That’s all there is to it…"))


def question_in_latin(example: Example, _rng: random.Random) -> Example:
    return with_question(example, misread("I write from the Café Müller in Zürich. ", "latin-1") + question_of(example))


def answer_misread_twice(example: Example, _rng: random.Random) -> Example:
    return with_answer(example, answer_of(example) + " " + misread("Delivery to Köln and Málaga costs 9 €.", times=2))


def between_words(mark: str) -> Callable[[Example, random.Random], Example]:
    """A character slipped between or into the words of an answer."""

    def plant(example: Example, rng: random.Random) -> Example:
        words = answer_of(example).split(" ")
        for at in sorted(rng.sample(range(2, len(words) - 1), 3), reverse=True):
            words[at] = words[at][: len(words[at]) // 2] + mark + words[at][len(words[at]) // 2 :]
        return with_answer(example, " ".join(words))

    return plant


def said_again(times: int) -> Callable[[Example, random.Random], Example]:
    """A model that got stuck on its last sentence."""

    def plant(example: Example, _rng: random.Random) -> Example:
        *start, last = answer_of(example).removesuffix(".").split(". ")
        return with_answer(example, ". ".join([*start, *[last] * times]) + ".", sign=False)

    return plant


def stopped(example: Example, rng: random.Random) -> Example:
    """A long answer that ran into a limit in the middle of a sentence."""
    phrases = Phrases(rng)
    more = " ".join(phrases.say(sentences) for case in BOOK["cases"][:3] for sentences in case["answer"])
    words = f"{answer_of(example)} {more}".split(" ")[: rng.randrange(52, 75)]
    while not words[-1].isalpha():
        words.pop()
    return with_answer(example, " ".join(words), sign=False)


def forwarded(paragraphs: int) -> Callable[[Example, random.Random], Example]:
    """A question below a long thread of mails."""

    def plant(example: Example, rng: random.Random) -> Example:
        return with_question(example, letters(paragraphs, rng) + "\n\n" + question_of(example))

    return plant


def whole_manual(example: Example, rng: random.Random) -> Example:
    return with_answer(example, letters(14, rng))


def letters(count: int, rng: random.Random) -> str:
    """So many paragraphs of what the desk knows, each from a conversation of its own."""
    paragraphs = []
    for case in rng.sample(BOOK["cases"], count):
        phrases = Phrases(rng)
        answers = " ".join(phrases.say(sentences) for sentences in case["answer"])
        more = " ".join(phrases.say([reply]) for _, reply in case.get("then", []))
        paragraphs.append(f"{phrases.say(case['asks'])} {answers} {more}".strip())
    return "\n\n".join(paragraphs)


TEXT = (
    Defect("mojibake", "UTF-8 read as Windows-1252", answer_in_latin),
    Defect("mojibake", "UTF-8 read as Latin-1, in the question", question_in_latin),
    Defect("mojibake", "misread twice", answer_misread_twice),
    Defect("control-characters", "colours of a terminal", answering("\x1b[32m{answer}\x1b[0m")),
    Defect("control-characters", "a bell", answering("{answer}\x07")),
    Defect("control-characters", "vertical tabs out of a word processor", answering("Of course.\x0b{answer}")),
    Defect("control-characters", "zero bytes of a fixed-width field", asking("{question}\x00\x00\x00")),
    Defect("invisible-characters", "zero-width spaces", between_words("\u200b")),
    Defect("invisible-characters", "soft hyphens out of a web page", between_words("\u00ad")),
    Defect("invisible-characters", "a byte order mark in the middle", asking("\ufeff{question}")),
    Defect("invisible-characters", "text turned round by an override", asking("{question} \u202eLS-4821\u202c")),
    Defect("html-residue", "line breaks of a web form", answering("Of course.<br>{answer}<br><br>")),
    Defect(
        "html-residue", "paragraphs and entities", answering("<p>{answer}</p>\n<p>Larkspur&nbsp;&amp;&nbsp;friends</p>")
    ),
    Defect(
        "html-residue",
        "a styled block",
        asking('<div class="message"><span style="color:#333">{question}</span></div>'),
    ),
    Defect("repetition", "the last sentence eleven times", said_again(11)),
    Defect("repetition", "the last sentence fifteen times", said_again(15)),
    Defect("repetition", "one word without end", answering("{answer} " + "please " * 70 + "wait.")),
    Defect("truncated-response", "stops in the middle of a sentence", stopped),
    Defect("truncated-response", "stops in the middle of a sentence", stopped),
    Defect("truncated-response", "stops in the middle of a sentence", stopped, "turns"),
    Defect(
        "unbalanced-code-fence",
        "opened and never closed",
        about(
            "My office router blocks the Glow lamp. Which rule does it need?",
            "Add this rule on the router page:\n\n```\nallow udp 5683 from lamp to any\nreload",
        ),
    ),
    Defect(
        "unbalanced-code-fence",
        "closed twice",
        about(
            "How can my script ask for the state of the seed box?",
            "Send one request a day at most.\n\n```python\nbox = "
            "shop.seed_box(customer)\nprint(box.next_date)\n```\n\nThe date is in UTC.\n\n```",
        ),
    ),
    Defect("placeholder-text", "a form letter nobody filled in", answering("Dear [Customer Name], {answer}")),
    Defect("placeholder-text", "a template variable", answering("Hello {{customer_name}}, {answer}")),
    Defect("placeholder-text", "filler text", answering("Lorem ipsum dolor sit amet, consectetur adipiscing elit.")),
    Defect(
        "placeholder-text",
        "a link that was to be added",
        answering("{answer} You find all of it here: [INSERT LINK HERE]."),
    ),
    Defect(
        "refusal", "another model refused", answering("I'm sorry, but I can't assist with that request.", sign=False)
    ),
    Defect(
        "refusal",
        "another model refused",
        answering(
            "I cannot help with that. As this involves a purchase, I am unable to provide advice on it.", sign=False
        ),
    ),
    Defect(
        "refusal",
        "another model refused",
        answering(
            "I apologize, but I'm not able to fulfill this request because I don't have access to customer accounts.",
            sign=False,
        ),
    ),
    Defect(
        "assistant-boilerplate",
        "the model speaks of itself",
        answering("As an AI language model, I have no parcels of my own. {answer}"),
    ),
    Defect(
        "assistant-boilerplate",
        "the model speaks of its training",
        answering("{answer} Please note that my knowledge cutoff is September 2021, so prices may have changed."),
    ),
    Defect(
        "assistant-boilerplate",
        "the model speaks of its maker",
        answering("I am ChatGPT, a large language model trained by OpenAI. {answer}"),
    ),
    Defect("prompt-echo", "the answer repeats the question first", answering("{question} {answer}")),
    Defect("prompt-echo", "the answer is the question", answering("{question}", sign=False)),
    Defect(
        "merged-instructions",
        "several tasks, numbered",
        asking(
            "1. Write a reply to a customer whose kettle is broken.\n2. Explain how to set the Drizzle "
            "timer to six in the morning.\n"
            "3. Write a short text for the gift card page.\n4. List the steps of a return."
        ),
    ),
    Defect(
        "merged-instructions",
        "several tasks, joined by ##",
        asking(
            "{question} ## Write a polite reply to a customer who wants a refund. ## Explain how to "
            "descale the Ember kettle."
        ),
    ),
    Defect(
        "missing-attachment",
        "a photo that is not there",
        about(
            "Please look at the attached photo of my Ember kettle. What is this white layer?",
            "The photo shows lime from the water, which is harmless. Boil one part vinegar with two parts "
            "water to remove it.",
        ),
    ),
    Defect(
        "missing-attachment",
        "a screenshot that is not there",
        about(
            "See the screenshot below. Why does the page show this message when I enter my gift card?\n[image]",
            "The message in your screenshot means that the code was typed with the letter O in place of a zero.",
        ),
    ),
    Defect(
        "missing-attachment",
        "a file that is not there",
        about(
            "I have attached a PDF file with the invoice. Is the tax in it correct?",
            "Yes, the tax in your file is correct.",
        ),
    ),
    Defect(
        "language-mismatch",
        "answered in German",
        about(
            "How do I change the address of my order?",
            "Sie können die Adresse selbst ändern, bis das Paket um zwei Uhr nachmittags gepackt wird. "
            "Öffnen Sie dazu Ihre Bestellungen "
            "und wählen Sie Adresse bearbeiten. Danach leitet die Post das Paket für Sie um.",
            sign=False,
        ),
    ),
    Defect(
        "language-mismatch",
        "answered in Spanish",
        about(
            "How do I return something that I do not like?",
            "Puede devolver cualquier artículo durante treinta días sin pagar nada. Abra sus pedidos, "
            "elija Devolver e imprima la "
            "etiqueta. Después lleve el paquete a cualquier tienda de correos.",
            sign=False,
        ),
    ),
    Defect(
        "language-mismatch",
        "answered in French",
        about(
            "Where is the invoice for my last order?",
            "Vous trouverez la facture dans votre compte, sous Commandes. Le nom peut être modifié "
            "pendant quatorze jours. Ensuite, la "
            "facture est fermée et garde son nom.",
            sign=False,
        ),
    ),
)

LENGTH = (
    Defect(
        "over-token-limit",
        "a question below a long thread",
        forwarded(16),
        also=("answer-cut-by-limit",),
    ),
    Defect(
        "over-token-limit",
        "a question below a long thread",
        forwarded(19),
        also=("answer-cut-by-limit",),
    ),
    Defect(
        "answer-cut-by-limit",
        "a long thread leaves no room",
        forwarded(18),
        also=("over-token-limit",),
    ),
    Defect("short-answer", "one word", answering("Yes.", sign=False)),
    Defect("short-answer", "one word", answering("Done", sign=False)),
    Defect("short-answer", "two words", answering("Not yet.", sign=False)),
    Defect(
        "length-outlier",
        "the whole manual for an answer",
        whole_manual,
        also=("over-token-limit", "answer-cut-by-limit"),
    ),
    Defect(
        "length-outlier",
        "the whole manual for an answer",
        whole_manual,
        also=("over-token-limit", "answer-cut-by-limit"),
    ),
)


def key(prefix: str, alphabet: str, length: int) -> Callable[[Example, random.Random], Example]:
    """An access key that somebody pasted, made up here."""

    def plant(example: Example, rng: random.Random) -> Example:
        secret = prefix + "".join(rng.choice(alphabet) for _ in range(length))
        return with_question(example, f"{question_of(example)} Our shop script logs in with {secret} if that helps.")

    return plant


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = UPPER + UPPER.lower() + "0123456789"

# Telephone numbers are from ranges set aside for films; cards and IBANs are the ones that banks publish for tests.
PRIVACY = (
    Defect(
        "email-address",
        "in the question",
        asking("{question} You can reach me at nora.whitfield@whitfield-gardens.co.uk."),
    ),
    Defect("email-address", "in the answer", answering("I have sent it to amir_1984@mailpost.net just now. {answer}")),
    Defect("phone-number", "with the country", asking("{question} Please call me on +44 20 7946 0958.")),
    Defect("phone-number", "with the country", asking("{question} My number is +1 202-555-0143, best after six.")),
    Defect("phone-number", "as written at home", answering("{answer} I will ring you on (202) 555-0147.")),
    Defect("credit-card-number", "four groups", asking("{question} I paid with 4111 1111 1111 1111, valid until May.")),
    Defect("credit-card-number", "without spaces", asking("{question} The card was 5555555555554444.")),
    Defect("iban", "in groups", asking("{question} Please pay it to GB82 WEST 1234 5698 7654 32.")),
    Defect("iban", "without spaces", asking("{question} My account is DE89370400440532013000.")),
    Defect("ip-address", "version 4", asking("{question} Your page says that 81.2.69.142 is blocked.")),
    Defect("ip-address", "version 6", asking("{question} I come from 2a02:c7f:5a31:9e00:41d8:77b2:3c9e:10f4.")),
    Defect("secret-key", "a cloud key", key("AKIA", UPPER + "234567", 16)),
    Defect("secret-key", "a code host's token", key("ghp_", ALPHABET, 36)),
    Defect(
        "secret-key",
        "a private key",
        asking(
            "{question}\n-----BEGIN RSA PRIVATE "
            "KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
            "KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQJAIJLixBy2qpFoS4DSmoEm\n-----END RSA PRIVATE KEY-----"
        ),
    ),
)

OUTLIER = (
    Defect(
        "outlier",
        "a recipe",
        about(
            "How do I bake a sponge cake without eggs?",
            "Mix flour, sugar and baking powder, stir in soured milk and melted butter, and bake the "
            "batter for half an hour at medium heat.",
        ),
    ),
    Defect(
        "outlier",
        "a lesson in astronomy",
        about(
            "Why does Jupiter have so many moons?",
            "Its strong gravity caught asteroids, and others formed from the disc of gas and dust that "
            "circled the young planet.",
        ),
    ),
    Defect(
        "outlier",
        "a question on programming",
        about(
            "What is the difference between a mutex and a semaphore in C++?",
            "A mutex lets one thread into a critical section and is released by its owner; a semaphore "
            "counts permits that any thread may release.",
        ),
    ),
)

DEFECTS = (*TEXT, *LENGTH, *PRIVACY, *OUTLIER)
