"""How an answer refuses, in the languages beside English."""

import re

from curator.checks.patterns import lowered

_PHRASES = {
    "zh": r"(?:抱歉|对不起|對不起|不好意思|遗憾|遺憾)[^。\n你您]{0,30}?(?:无法|無法|不能|没有办法|没办法|不便|拒绝)"
    r"|我(?:无法|無法|不能|没有能力|不便)(?:直接|为您|为你|给您|给你|對|对|向您)?(?:回答|提供|完成|协助|協助|帮助"
    r"|幫助|满足|处理|生成|执行|继续"
    r"|访问|参与|讨论|支持|进行)[^。\n]{0,12}?(?:这个|該|该|您的|你的|此类|这类|这样的|请求|问题|任务|要求)",
    "ja": r"(?:申し訳|すみません|恐れ入り|残念)[^。\n]{0,60}?(?:できません|出来ません|できかね|いたしかね|致しかね"
    r"|お断り|応じられません|ありません(?:。|$))"
    r"|(?:お答え|ご質問に答え|対応|お手伝い|ご提供|提供)(?:する)?(?:こと)?(?:は|が)?(?:できません|できかねます"
    r"|いたしかねます)",
    "ko": r"(?:죄송|미안|유감|아쉽지만)[^.\n]{0,60}?(?:수 없|수는 없|못합니다|못해|불가능|어렵습니다|거절|않습니다)"
    r"|(?:도와드릴|제공할|답변할|대답할|수행할|답변해 드릴|답변드릴) 수(?:는)? 없",
    "de": r"\b(?:tut mir (?:sehr )?leid|leider|entschuldig\w*|ich bedauere)\b[^.\n]{0,60}?\b(?:kann ich|ich kann"
    r"|bin ich|ich bin|darf ich|ich darf"
    r"|ist es mir|werde ich|habe ich|ich habe)\b[^.\n]{0,60}?\b(?:nicht|kein\w*|außerstande)\b"
    r"|\bich kann (?:dir|ihnen|diese\w*|dabei|darauf|deine\w*|ihre\w*)\b[^.\n]{0,50}?\bnicht (?:\w+ )?(?:helfen"
    r"|beantworten|weiterhelfen|erfüllen"
    r"|bereitstellen|nachkommen|antworten|ausführen|geben|unterstützen)",
    "fr": r"\b(?:je suis (?:vraiment )?désolée?|désolée?|malheureusement|je m['’]excuse|je regrette"
    r"|excusez-moi)\b[^.\n]{0,60}?"
    r"(?:je ne (?:peux|suis|pourrai|puis|dispose|possède)\b|il m['’]est impossible|je n['’]ai pas (?:accès"
    r"|la capacité|la possibilité|d['’]accès))"
    r"|\bje ne (?:peux pas|suis pas en mesure de|suis pas capable de) (?:vous |t['’])?(?:répondre|aider|fournir"
    r"|accéder|effectuer|satisfaire|donner suite"
    r"|répondre|réaliser|générer|participer)",
    "es": r"\b(?:lo siento|lamento|lamentablemente|disculp[ae]\w*|perd[oó]n\w*|desafortunadamente"
    r"|me temo)\b[^.\n]{0,60}?\bno (?:puedo|podemos|soy capaz"
    r"|tengo (?:acceso|la capacidad)|es posible|me es posible|estoy|podré)\b"
    r"|\bno puedo (?:ayudar|cumplir|responder|proporcionar|realizar|completar|acceder|generar|continuar|atender"
    r"|ofrecer)\w*",
    "pt": r"\b(?:desculp[ae]\w*|sinto muito|lamento|infelizmente|peço desculpas?"
    r"|perdão)\b[^.\n]{0,60}?\bnão (?:posso|consigo|sou capaz"
    r"|tenho (?:acesso|a capacidade)|é possível|me é possível|estou|podemos)\b"
    r"|\bnão posso (?:ajud|atend|respond|fornec|realiz|complet|cumpr|continu|ger|acess)\w+",
    "it": r"\b(?:mi dispiace|spiacente|purtroppo|mi scuso|sono spiacente|ci dispiace)\b[^.\n]{0,60}?\bnon (?:posso"
    r"|sono in grado|ho (?:accesso|la capacità)"
    r"|mi è possibile|riesco|possiamo)\b"
    r"|\bnon (?:posso|sono in grado di) (?:aiutar|risponder|fornir|soddisf|complet|esegui|genera|continua|accede)\w+",
    "ru": r"\b(?:извините|простите|к сожалению|прошу прощения|мне (?:очень )?жаль"
    r"|сожалею)\b[^.\n]{0,60}?\bне (?:могу|в состоянии|можем|имею (?:возможности"
    r"|доступа)|способ\w+|умею|смогу)"
    r"|\bя не (?:могу|в состоянии) (?:помочь|выполнить|ответить|предоставить|обсуждать|создать|продолжить|отвечать"
    r"|помогать)",
    "ar": r"(?:عذر|آسف|أعتذر|للأسف|نأسف|معذرة|أسف)[^.\n]{0,70}?(?:لا (?:أستطيع|يمكنني|أملك|أقدر|نستطيع"
    r"|يمكننا|أتمكن)|لست قادر|غير قادر|لن أتمكن)"
    r"|لا (?:يمكنني|أستطيع) (?:مساعدتك|المساعدة|الإجابة|تقديم|تنفيذ|تلبية|إكمال|أن أساعد)",
    "hi": r"(?:क्षमा|माफ़|माफ|खेद|दुर्भाग्य)[^।\n]{0,80}?(?:नहीं (?:कर|दे|बता|कह) सक|असमर्थ|सक्षम नहीं|नहीं है)"
    r"|(?:सहायता|मदद|उत्तर|जवाब|प्रदान)[^।\n]{0,20}?नहीं (?:कर|दे) सकत",
}

LIKELY = [
    *(
        "无法",
        "無法",
        "不能",
        "没有办法",
        "没办法",
        "没有能力",
        "不便",
        "拒绝",
        "できません",
        "出来ません",
        "できかね",
        "いたしかね",
        "致しかね",
        "お断り",
    ),
    *(
        "応じられません",
        "申し訳",
        "수 없",
        "수는 없",
        "못합니다",
        "못해",
        "불가능",
        "어렵습니다",
        "거절",
        "죄송",
        "tut mir",
        "leider ",
        "entschuldig",
        "bedauere",
    ),
    *(
        "ich kann ",
        "désolé",
        "malheureusement",
        "m'excuse",
        "m’excuse",
        "excusez-moi",
        "je regrette",
        "je ne peux",
        "je ne suis pas",
    ),
    *(
        "lo siento",
        "lamento",
        "lamentablemente",
        "disculp",
        "perdón",
        "perdon",
        "desafortunadamente",
        "me temo",
        "no puedo",
        "desculp",
        "sinto muito",
    ),
    *(
        "infelizmente",
        "peço desculpa",
        "perdão",
        "não posso",
        "mi dispiace",
        "ci dispiace",
        "spiacente",
        "purtroppo",
        "mi scuso",
        "non posso",
    ),
    *(
        "non sono in grado",
        "звините",
        "ростите",
        "сожалению",
        "рошу прощения",
        "жаль",
        "ожалею",
        "не могу",
        "не в состоянии",
        "عذر",
        "آسف",
        "أعتذر",
    ),
    *(
        "للأسف",
        "نأسف",
        "أسف",
        "معذرة",
        "لا يمكنني",
        "لا أستطيع",
        "क्षमा",
        "माफ",
        "खेद",
        "दुर्भाग्य",
        "नहीं कर सक",
        "नहीं दे सक",
    ),
]
"""Words of which every refusal in these languages holds one; polars looks for them, in any case of ASCII."""

_REFUSED = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES.values()))
"""Looked for in small letters, as the next one."""
_FIRST = 80
"""Characters from the beginning of an answer within which a refusal begins: behind them it speaks of something else."""

_HOWEVER = re.compile(
    r"[.!。！।，,]\s*(?:不过|不過|但是|然而|但下面|以下是|ただし|しかし|하지만|그러나|다만"
    r"|jedoch|allerdings|cependant|toutefois|néanmoins|sin embargo"
    r"|no obstante|no entanto|porém|tuttavia|però|однако|тем не менее|ومع ذلك|हालांकि)",
    re.IGNORECASE,
)
"""How an answer continues that says what it cannot do, and then does what it can."""

_PLAYED = re.compile(
    r"\b(?=[^\W\d_])(?:schreib\w*|brief\w*|e-?mail\w*|dialog\w*|geschicht\w*|gedicht\w*|übersetz\w*|antworte\w*|formulier\w*"
    r"|satz|sätze|rolle\w*|écri\w+|lettre\w*"
    r"|courriel\w*|dialogue\w*|histoire\w*|poème\w*|tradui\w+|rédige\w*|réponds|phrase\w*|escrib\w+|carta\w*"
    r"|correo\w*|diálogo\w*|historia\w*|poema\w*"
    r"|tradu\w+|redact\w+|respond\w+|frase\w*|escrev\w+|história\w*|scriv\w+|letter[ae]|storia|poesia|rispond\w+"
    r"|напиш\w+|письм\w+|диалог\w*|истори\w+"
    r"|перевед\w+|ответь\w*|предложени\w*|роль)\b"
    r"|写|信|邮件|郵件|对话|對話|故事|诗|翻译|翻譯|回复|扮演|改写|造句|客服|手紙|メール|対話|物語|翻訳|訳|返信|書い"
    r"|文章|편지|메일|대화|이야기|번역|답장|문장|쓰"
    r"|اكتب|رسالة|بريد|حوار|قصة|ترجم|جملة|लिख|पत्र|ईमेल|संवाद|कहानी|अनुवाद|वाक्य"
)
"""Words of prompts in which somebody else may be the one who refuses."""


def refusal_in(head: str, prompt: str) -> re.Match[str] | None:
    """The refusal with which an answer begins; None where there is none, or the prompt asks for a letter or a scene."""
    refused = _REFUSED.search(lowered(head))
    if refused is None or refused.start() > _FIRST or _PLAYED.search(lowered(prompt)):
        return None
    return None if _HOWEVER.search(head, refused.end()) else refused
