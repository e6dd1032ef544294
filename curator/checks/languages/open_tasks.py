"""Whether two different answers to one question contradict each other or are both right."""

import re

from curator.checks.patterns import UNSPACED, lowered

_BEGINNING = 300
"""Characters at either end of a prompt in which its task is said."""

_OPEN = re.compile(
    r"\b(?=[^\W\d_])(?:generate|write|create|compose|suggest|design|brainstorm|come up with|think of|invent|imagine"
    r"|make up|draft|propose"
    r"|recommend|describe|explain|discuss|summari[sz]e|rewrite|rephrase|paraphrase|reword|edit|improve|outline"
    r"|elaborate"
    r"|tell (?:me|us)? ?(?:a|an|about|something|some)|(?:give|provide|list|name|find|offer|share"
    r"|think)\b[^.\n?]{0,30}?\b(?:an?|some|any|few"
    r"|several|one|two|three|four|five|six|seven|eight|nine|ten|\d+|examples?|ideas?|advice|tips|ways)\b|construct"
    r"|develop|plan"
    r"|how (?:can|could|should|would|do|does|might)|what (?:can|could|should|would|might|do you|is a good|are some"
    r"|are the (?:ways|steps|benefits"
    r"|advantages))|why\b|in your (?:own )?(?:words|opinion)|do you think|would you|your favou?rite|should (?:i|we"
    r"|you)|random\w*|story|poem"
    r"|joke|haiku|slogan|headline|tagline|caption|example of|an example|a sentence|sentences? (?:using|with|that"
    r"|about)|for example"
    r"|schreib\w*|erstell\w*|erzähl\w*|beschreib\w*|erklär\w*|nenne (?:mir )?(?:ein|einige|drei|fünf|\d)\w*"
    r"|formulier\w*|entwirf|entwickl\w*|warum|wie (?:kann|könnte|soll)\w*"
    r"|écri\w+|rédig\w+|créez?|génér\w+|raconte\w*|décri\w+|expliqu\w+|propos\w+|invent\w+|imagin\w+|pourquoi"
    r"|comment|donne\w* (?:moi )?(?:un|une|des|quelques|trois|cinq|\d)\w*"
    r"|escrib\w+|cre[ae]\w*|gener[ae]\w*|redact\w+|descri[bv]\w+|expli[cq]\w+|cuént\w*|por qué|cómo|sugier\w*"
    r"|propon\w*|invent\w+|d(?:a|ame|é) (?:un|una|algunos|tres|cinco|\d)\w*"
    r"|escrev\w+|cri[ae]\w*|descrev\w+|por que|como|sug[ie]r\w+|cont[ae] (?:uma?|me)|dê (?:uma?|alguns|três|cinco"
    r"|\d)\w*"
    r"|scriv\w+|crea\w*|raccont\w+|descriv\w+|spieg\w+|perché|come|sugger\w+|elenca \d+|d(?:ammi|ai) (?:un|una"
    r"|alcuni|tre|cinque|\d)\w*"
    r"|напиш\w+|созда\w+|придума\w+|расскаж\w+|опиш\w+|объясн\w+|сочин\w+|предлож\w+|почему|как\b"
    r"|привед\w+ (?:пример|несколько)\w*"
    r")(?!\w)"
    r"|写|創作|创作|编写|編寫|撰写|生成|设计|設計|描述|解释|解釋|介绍|介紹|想出|提出|列举|列舉|举例|舉例|推荐|建议"
    r"|讲一|讲个|改写|为什么|如何|怎么|怎样|起个|给出一|提供一些|谈谈|随机"
    r"|書い|作成|作って|考え|説明|紹介|教えて|挙げて|提案|おすすめ|なぜ|どうして|どのように|どうすれば|まとめ|描写"
    r"|써|작성|만들|생성|설명|추천|제안|소개|알려|예를 들|왜|어떻게|묘사|지어|요약"
    r"|اكتب|أنشئ|صف|اشرح|اقترح|احك|قدم|ألف|لماذا|كيف|ولّ?د|لخص|اذكر"
    r"|लिख|बना|वर्णन|समझा|सुझा|बता|क्यों|कैसे|उदाहरण|कहानी|कविता"
)
"""In small letters: words by which something is asked for that many answers satisfy, in twelve languages."""

_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LABEL = 5
"""Words of an answer that is a label or a name."""
_SENTENCE = 20
"""Words of an answer that states one fact."""
_SLOT = 2
"""Words by which two such sentences differ that state different facts: `Paris` and `Lyon`."""
_NAME = 3
"""Letters of a word that can be a name."""
_END = 60
"""Characters at the end of a long answer in which its result stands."""


def contradict(prompt: str, answer: str, other: str) -> bool:
    """Whether two answers to `prompt` cannot both be right, as far as words show.

    They are labels or names of which neither is in the other, sentences that differ in one place, or end with different
    numbers. Answers to a task that leaves room, and other texts, are variety.
    """
    if is_open(prompt):
        return False
    numbers = [_NUMBER.findall(text) for text in (answer, other)]
    ours, theirs = ({word.casefold() for word in _WORD.findall(text)} for text in (answer, other))
    longest, apart = max(len(ours), len(theirs)), max(len(ours - theirs), len(theirs - ours))
    if ours <= theirs or theirs <= ours or (any(numbers) and sorted(numbers[0]) == sorted(numbers[1])):
        return False
    if longest <= _LABEL or (longest <= _SENTENCE and apart <= _SLOT and _names(ours - theirs, theirs - ours)):
        return True
    results = [_NUMBER.findall(text[-_END:]) for text in (answer, other)]
    return all(results) and _value(results[0][-1]) != _value(results[1][-1])


def is_open(prompt: str) -> bool:
    """Whether `prompt` asks for something that many different answers satisfy."""
    begins, ends = lowered(prompt[:_BEGINNING]), lowered(prompt[-_BEGINNING:])
    return _OPEN.search(begins) is not None or _OPEN.search(ends) is not None


def _names(*apart: set[str]) -> bool:
    """Whether each of the sets of words has one that can be a name or a number: not a sign of Han alone."""
    return all(any(word.isdigit() or len(word) >= _NAME for word in words) for words in apart)


def _value(number: str) -> str:
    """`1,200.50` as 1200.5, so that one number written in two ways is one."""
    integer, point, rest = number.replace(",", "").partition(".")
    return (integer + point + rest.rstrip("0")).rstrip(".")
