"""Twelve languages: what a check knows of English it knows of them, and ordinary text in them is left alone."""

import pytest

from tests.checks.finding import findings
from tests.checks.text.asked import is_found, talk

QUESTION = {
    "en": "What is a tide?",
    "zh": "什么是潮汐？",
    "ja": "潮汐とは何ですか？",
    "ko": "조수란 무엇인가요?",
    "de": "Was sind die Gezeiten?",
    "fr": "Que sont les marées ?",
    "es": "¿Qué es la marea?",
    "pt": "O que é a maré?",
    "it": "Che cosa sono le maree?",
    "ru": "Что такое прилив?",
    "ar": "ما هو المد والجزر؟",
    "hi": "ज्वार क्या है?",
}
PLAIN = {
    "en": "The sea rises and falls because the moon pulls at it. It cannot stop.",
    "zh": "海水因为月亮的引力而上升和下降，人们不能阻止它，但可以计算它的时间。",
    "ja": "月の引力で海水が上下します。人がそれを止めることはできませんが、時刻は計算できます。",
    "ko": "달의 인력 때문에 바닷물이 오르내립니다. 사람은 그것을 막을 수 없지만 시간을 계산합니다.",
    "de": "Das Meer steigt und fällt, weil der Mond es anzieht. Man kann das nicht verhindern, aber berechnen.",
    "fr": "La mer monte et descend parce que la lune l'attire. On ne peut pas l'empêcher, mais on la calcule.",
    "es": "El mar sube y baja porque la luna lo atrae. No se puede evitar, pero se puede calcular.",
    "pt": "O mar sobe e desce porque a lua o atrai. Não se pode evitar, mas pode-se calcular.",
    "it": "Il mare sale e scende perché la luna lo attira. Non si può evitare, ma si può calcolare.",
    "ru": "Море поднимается и опускается из-за притяжения Луны. Его нельзя остановить, но можно рассчитать.",
    "ar": "يرتفع البحر وينخفض بسبب جاذبية القمر. لا يستطيع أحد منعه، ولكن يمكن حسابه.",
    "hi": "चंद्रमा के आकर्षण से समुद्र ऊपर और नीचे होता है। इसे रोका नहीं जा सकता, पर गिना जा सकता है।",
}
REFUSED = {
    "en": "I'm sorry, but I can't help with that request.",
    "zh": "很抱歉，我无法回答这个问题。",
    "ja": "申し訳ありませんが、そのご質問にはお答えできません。",
    "ko": "죄송하지만 그 요청은 도와드릴 수 없습니다.",
    "de": "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
    "fr": "Je suis désolé, mais je ne peux pas répondre à cette demande.",
    "es": "Lo siento, pero no puedo ayudarte con eso.",
    "pt": "Desculpe, mas não posso ajudar com esse pedido.",
    "it": "Mi dispiace, ma non posso aiutarti con questa richiesta.",
    "ru": "Извините, но я не могу помочь с этим запросом.",
    "ar": "عذرًا، لا أستطيع المساعدة في هذا الطلب.",
    "hi": "क्षमा करें, मैं इस अनुरोध में सहायता नहीं कर सकता।",
}
OF_ITSELF = {
    "en": "As an AI language model, I know no feelings.",
    "zh": "作为一个人工智能语言模型，我没有感情。",
    "ja": "AI言語モデルとして、私には感情がありません。",
    "ko": "저는 인공지능이기 때문에 감정이 없습니다.",
    "de": "Als KI-Sprachmodell habe ich keine Gefühle.",
    "fr": "En tant que modèle de langage, je n'ai pas de sentiments.",
    "es": "Como modelo de lenguaje, no tengo sentimientos.",
    "pt": "Como modelo de linguagem, não tenho sentimentos.",
    "it": "In quanto modello linguistico, non ho sentimenti.",
    "ru": "Как языковая модель, я не имею чувств.",
    "ar": "بصفتي نموذج لغة، ليس لدي مشاعر.",
    "hi": "एक भाषा मॉडल के रूप में मेरी भावनाएँ नहीं हैं।",
}
NAMED = {
    "en": "I am ChatGPT, and I know the tides.",
    "zh": "我是ChatGPT，我知道潮汐。",
    "ja": "私はChatGPTです。",
    "ko": "저는 ChatGPT입니다.",
    "de": "Ich bin ChatGPT und kenne die Gezeiten.",
    "fr": "Je suis ChatGPT et je connais les marées.",
    "es": "Soy ChatGPT y conozco las mareas.",
    "pt": "Eu sou ChatGPT e conheço as marés.",
    "it": "Sono ChatGPT e conosco le maree.",
    "ru": "Я ChatGPT и знаю приливы.",
    "ar": "أنا ChatGPT وأعرف المد.",
    "hi": "मैं ChatGPT हूँ।",
}
BLANK = {
    "en": "Ask [Your Name] about it.",
    "zh": "请问[您的姓名]。",
    "ja": "【お名前】に聞いてください。",
    "ko": "[이름]에게 물어보세요.",
    "de": "Frag [Ihr Name] danach.",
    "fr": "Demandez à [Votre nom].",
    "es": "Pregunte a [Su nombre].",
    "pt": "Pergunte a [Seu nome].",
    "it": "Chieda a [Il tuo nome].",
    "ru": "Спросите [Ваше имя].",
    "ar": "اسأل [اسمك].",
    "hi": "[आपका नाम] से पूछिए।",
}
PICTURE = {
    "en": "What is in the attached picture?",
    "zh": "请描述这张图片。",
    "ja": "この画像を説明してください。",
    "ko": "첨부된 이미지를 설명해 주세요.",
    "de": "Was ist auf dem Bild zu sehen?",
    "fr": "Que voit-on sur cette image ?",
    "es": "¿Qué se ve en la imagen adjunta?",
    "pt": "O que se vê na imagem em anexo?",
    "it": "Che cosa si vede nell'immagine allegata?",
    "ru": "Что изображено на этом фото?",
    "ar": "صف الصورة المرفقة.",
    "hi": "दी गई तस्वीर का वर्णन करें।",
}
CUT = {
    "en": "It rises and the",
    "zh": "它会上升和",
    "ja": "それは海の",
    "ko": "그것은 바다를",
    "de": "Es steigt und",
    "fr": "Elle monte et la",
    "es": "Sube y la",
    "pt": "Ele sobe e a",
    "it": "Sale e il",
    "ru": "Оно поднимается и",
    "ar": "يرتفع البحر في",
    "hi": "समुद्र ऊपर और",
}
CHECKS = ("refusal", "assistant-boilerplate", "placeholder-text", "missing-attachment", "language-mismatch", "mojibake")


@pytest.mark.parametrize("language", QUESTION)
@pytest.mark.parametrize("copies", [1, 60])
def test_ordinary_text_is_left_alone(language, copies):
    space = "" if language in ("zh", "ja") else " "
    answer = space.join(f"{number}. {PLAIN[language]}" for number in range(copies))
    for check in CHECKS:
        assert not is_found(check, answer, QUESTION[language]), check
        assert not is_found(check, PLAIN[language], answer), check


@pytest.mark.parametrize("language", QUESTION)
def test_a_refusal_is_found(language):
    assert is_found("refusal", f"{REFUSED[language]} {PLAIN[language]}", QUESTION[language])
    assert is_found("refusal", f"<think>{PLAIN[language]}</think>\n{REFUSED[language]}", QUESTION[language])


@pytest.mark.parametrize("language", QUESTION)
def test_what_a_model_says_of_itself_is_found(language):
    assert is_found("assistant-boilerplate", f"{OF_ITSELF[language]} {PLAIN[language]}", QUESTION[language])
    assert is_found("assistant-boilerplate", f"{NAMED[language]} {PLAIN[language]}", QUESTION[language])


@pytest.mark.parametrize("language", QUESTION)
def test_a_blank_is_found(language):
    assert is_found("placeholder-text", f"{PLAIN[language]} {BLANK[language]}", QUESTION[language])


@pytest.mark.parametrize("language", QUESTION)
def test_a_picture_that_is_not_there_is_found(language):
    assert is_found("missing-attachment", PLAIN[language], PICTURE[language])
    shown = {**talk(PICTURE[language], PLAIN[language]), "images": ["tide.png"]}
    assert findings("missing-attachment", shown) == []


@pytest.mark.parametrize("language", QUESTION)
def test_an_answer_that_stops_behind_a_word_that_something_follows_is_cut(language):
    space = "" if language in ("zh", "ja") else " "
    ended = space.join([PLAIN[language]] * 6)
    said = [talk(QUESTION[language], ended)] * 19
    found = findings("truncated-response", *said, talk(QUESTION[language], f"{ended}{space}{CUT[language]}"))
    assert [(finding["row"], finding["severity"]) for finding in found] == [(19, "warning")]
