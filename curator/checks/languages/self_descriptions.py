"""What a chat model says of itself, and the names of other models, in twelve languages."""

import re

from curator.checks.patterns import lowered

_MODELS = (
    r"(?:chatgpt|gpt-?[345][\w.-]{0,8}|openai assistant|copilot|qwen[\w.-]{0,8}|deepseek[\w.-]{0,8}|通义千问"
    r"|通義千問|文心一言|讯飞星火|豆包|智谱清言|kimi智能助手"
    r"|(?:claude|gemini|bard|llama|mistral|grok|kimi)(?=,? (?:an? (?:ai|large|language|virtual)|from (?:anthropic"
    r"|google|meta|x)|by |developed|created"
    r"|made|trained|assistant|model)|[，,、 ]?(?:由|一个|是由|ein|un|uma|una|développ|desarroll|desenvolv|разработ)))"
)
_I_AM = (
    r"(?:\b(?=[^\W\d_])(?:i am |i['’]m |my name is |ich bin |ich heiße |mein name ist |je suis |je m['’]appelle |soy "
    r"|me llamo |mi nombre es |sou |meu nome é |sono |mi chiamo |я |меня зовут )"
    r"|我是|我叫|我的名字是|私は|私の名前は|저는 |제 이름은 |나는 |أنا |اسمي |मैं |मेरा नाम )"
)
NAMED = rf"{_I_AM}(?:the |a |an |just |openai['’]s |ein |eine |un |une |una |um |uma |一个|一款)?{_MODELS}"
"""An answer in which the model says that it is one of another maker's."""

_MAKERS = r"(?:openai|anthropic|google|meta ai|microsoft|deepmind|deepseek|阿里云|阿里巴巴|百度|科大讯飞|智谱)"
MADE_BY = (
    rf"\bi(?: was|['’]m| am| have been) (?:trained|developed|created|made|built) by {_MAKERS}"
    rf"|我是由? ?{_MAKERS}[^。\n]{{0,10}}?(?:开发|训练|创建|研发|推出)"
    rf"|私は、?{_MAKERS}(?:によって|が|に)|저는 {_MAKERS}(?:에서|이|가|에 의해)|\bich wurde von {_MAKERS}"
    rf"|\bj['’]ai été \w+ par {_MAKERS}|\bfui \w+ por {_MAKERS}"
    rf"|\bsono stat[oa] \w+ da {_MAKERS}|\bменя \w+ (?:компани\w+ )?{_MAKERS}|من قبل {_MAKERS}"
)

OF_ITSELF = (
    r"作为(?:一个|一名|一款|一位)?(?:AI|人工智能|大?型?语言模型)(?:助手|语言模型|模型|机器人|程序)?[，,、]? ?我"
    r"|我(?:只)?是(?:一个|一款|一名)?(?:AI|人工智能|大?型?语言模型)"
    r"|我的(?:知识|训练数据)[^。\n]{0,6}?截止|(?:AI|人工知能)(?:言語モデル|アシスタント)?として"
    r"|私は(?:単なる)?(?:AI|人工知能|大規模言語モデル|言語モデル)"
    r"|저는 (?:단지 )?(?:AI|인공지능|인공 지능|언어 모델)|(?:AI|인공지능)(?: 언어)?(?: 모델| 어시스턴트)?(?:로서"
    r"|으로서)"
    r"|\bals (?:eine? )?(?:KI|künstliche intelligenz|(?:großes )?sprachmodell|KI-\w+)\b[^.\n]{0,20}? (?:kann|habe"
    r"|bin|besitze|verfüge) ich"
    r"|\bich bin (?:nur )?(?:eine KI\b|eine künstliche intelligenz|ein (?:großes |KI-)?sprachmodell|ein KI-)"
    r"|\ben tant qu(?:e |['’])(?:une? )?(?:IA\b|intelligence artificielle|modèle de langage|modèle linguistique"
    r"|assistant (?:IA|virtuel))"
    r"|\bje suis (?:une IA\b|une intelligence artificielle|un modèle de langage|un assistant (?:IA|virtuel))"
    r"|\bcomo (?:una? )?(?:IA\b|inteligencia artificial|modelo de lenguaje|asistente (?:virtual|de IA))"
    r"|\bsoy (?:una IA\b|una inteligencia artificial"
    r"|un modelo de lenguaje|un asistente virtual)"
    r"|\bcomo (?:uma? )?(?:IA\b|inteligência artificial|modelo de linguagem|assistente (?:virtual|de IA))"
    r"|\bsou (?:uma IA\b|uma inteligência artificial"
    r"|um modelo de linguagem|um assistente virtual)"
    r"|\b(?:in quanto|come|in qualità di) (?:un['’] ?|una? )?(?:IA\b|intelligenza artificiale"
    r"|modello (?:linguistico|di linguaggio)|assistente virtuale)"
    r"|\bsono (?:un['’] ?)?(?:IA\b|intelligenza artificiale|un modello (?:linguistico|di linguaggio)"
    r"|un assistente virtuale)"
    r"|\bкак (?:ИИ\b|искусственный интеллект|(?:большая )?языковая модель)[^.\n]{0,15}? я|\bя (?:— |- |всего лишь "
    r"|просто )?(?:ИИ\b|искусственный интеллект"
    r"|(?:большая )?языковая модель|ИИ-)"
    r"|(?:بصفتي|كوني|باعتباري) (?:نموذج|ذكاء|مساعد)|أنا (?:مجرد )?(?:نموذج لغ|ذكاء اصطناعي|مساعد ذكاء|برنامج ذكاء)"
    r"|एक (?:एआई|AI|कृत्रिम बुद्धिमत्ता|भाषा मॉडल)[^।\n]{0,30}?(?:के रूप में|होने के नाते)|मैं (?:एक |सिर्फ "
    r"|केवल )?(?:एआई|AI|भाषा मॉडल|कृत्रिम)"
)
"""How a model speaks of itself in the languages beside English."""

LIKELY = [
    *(
        "作为",
        "我是",
        "我只是",
        "我叫",
        "截止",
        "AI言語",
        "AIアシスタント",
        "AIとして",
        "人工知能",
        "言語モデル",
        "私は",
        "저는 ",
        "나는 ",
        "인공지능",
        "언어 모델",
        "AI로서",
        "제 이름은",
    ),
    *(
        "als ki",
        "als eine ki",
        "ich bin eine ki",
        "ich bin nur eine ki",
        "künstliche",
        "sprachmodell",
        "ich bin ein ki-",
        "tant qu",
        "je suis une ia",
    ),
    *(
        "je suis un modèle",
        "intelligence artificielle",
        "je suis un assistant",
        "como ia",
        "como una ia",
        "como uma ia",
        "soy una ia",
        "sou uma ia",
    ),
    *(
        "inteligencia artificial",
        "modelo de lenguaje",
        "asistente virtual",
        "asistente de ia",
        "inteligência artificial",
        "modelo de linguagem",
    ),
    *(
        "assistente virtual",
        "assistente de ia",
        "quanto ia",
        "come ia",
        "un'ia",
        "intelligenza artificiale",
        "modello linguistico",
        "modello di linguaggio",
    ),
    *(
        "как ИИ",
        "Как ИИ",
        "скусственный интеллект",
        "зыковая модель",
        "я ИИ",
        "Я ИИ",
        "— ИИ",
        "всего лишь ИИ",
        "просто ИИ",
        "ИИ-",
        "بصفتي",
        "كوني",
    ),
    *(
        "باعتباري",
        "أنا مجرد",
        "أنا نموذج",
        "أنا ذكاء",
        "أنا مساعد",
        "एआई",
        "AI के",
        "मैं AI",
        "भाषा मॉडल",
        "कृत्रिम",
        "chatgpt",
        "gpt-3",
        "gpt-4",
        "gpt-5",
        "openai",
    ),
    *(
        "anthropic",
        "claude",
        "gemini",
        "copilot",
        "qwen",
        "deepseek",
        "i am bard",
        "i'm bard",
        "i am llama",
        "i'm llama",
        "i am grok",
        "i'm grok",
        "mistral",
    ),
    *("by google", "by microsoft", "by meta ai", "by deepmind"),
]
"""Words of which every such sentence holds one; polars looks for them, in any case of ASCII."""

ABOUT_AI = (
    r"人工智能|语言模型|語言模型|机器人|機器人|AI|你是谁|你叫什么|你能做什么|你有没有|你会不会|人工知能|言語モデル"
    r"|ロボット|あなたは誰|あなたの名前|인공지능|로봇|언어 모델|너는 누구|당신은 누구"
    r"|\bKI\b|künstliche|sprachmodell|roboter|wer bist du|\bIA\b|intelligence artificielle|modèle de langage"
    r"|qui es-tu|qui êtes-vous|inteligencia artificial"
    r"|quién eres|inteligência artificial|quem é você|intelligenza artificiale|chi sei|\bИИ\b"
    r"|искусственн\w+ интеллект\w*|кто ты|кто вы|ذكاء|روبوت|من أنت|एआई|रोबोट|तुम कौन|आप कौन"
)
"""Words of prompts that ask about machines or the model itself, beside the English ones."""

SELF = re.compile(lowered(OF_ITSELF))
OTHER_MODEL = re.compile(f"{NAMED}|{MADE_BY}")
"""Both are looked for in small letters."""
