"""Questions in other words, made by rules: what a paraphrase search is chosen on (`FIRST`) and measured on (`SECOND`).

The two tables share no replacement. Each rewriting replaces every phrase of the table that it finds, with a fixed
chance, and may put the question before what is told, or a sentence of courtesy before or behind it. Numbers, names and
what the question is about stay.
"""

import random
import re

Rules = tuple[tuple[str, tuple[str, ...]], ...]

FIRST: Rules = (
    (r"how many ([a-z]+(?: [a-z]+)?) (?:does|do|did|will|is|are) ", (r"what number of \1 would ",)),
    (r"how many", ("what number of", "which count of")),
    (r"how much money", ("what sum", "what amount of money")),
    (r"how much", ("what amount", "which sum")),
    (r"what is", ("tell me", "give", "work out")),
    (r"what are", ("name", "which are")),
    (r"generate|create|write|compose|produce", ("come up with", "draft", "put together")),
    (r"describe|explain", ("give an account of", "set out", "say something about")),
    (r"list|name", ("enumerate", "state")),
    (r"find|identify", ("spot", "point out")),
    (r"rewrite|edit", ("rework", "revise")),
    (r"suggest", ("propose", "recommend")),
    (r"in total|altogether|total", ("all told", "overall", "taken together")),
    (r"each", ("every single", "apiece each")),
    (r"buys|bought|buy", ("gets hold of", "acquired", "acquires")),
    (r"sells|sold|sell", ("gave away for money", "trades")),
    (r"has|have", ("owns", "holds", "is in possession of")),
    (r"makes|made|make", ("turns out", "prepares", "crafts")),
    (r"costs|cost", ("goes for", "is priced at")),
    (r"twice as many", ("double the number of", "two times the number of")),
    (r"twice", ("two times",)),
    (r"half", ("one out of two of", "fifty percent of")),
    (r"more than", ("above", "over and above")),
    (r"less than|fewer than", ("below", "under")),
    (r"needs|need", ("is in want of", "requires")),
    (r"wants to|want to", ("would like to", "plans to")),
    (r"gives|gave|give", ("hands over", "passes on")),
    (r"takes|took|take", ("uses up", "requires")),
    (r"every day|per day|a day", ("on a daily basis", "daily")),
    (r"a week|per week|every week", ("weekly", "in seven days")),
    (r"an hour|per hour", ("hourly", "in sixty minutes")),
    (r"children|kids", ("youngsters", "little ones")),
    (r"house", ("home", "dwelling")),
    (r"if", ("supposing", "provided that")),
    (r"then", ("after that", "next")),
    (r"because", ("since", "as")),
    (r"good", ("decent", "fine")),
    (r"short", ("brief", "concise")),
    (r"following|given", ("below-mentioned", "next")),
    (r"sentence", ("line of text", "phrase")),
    (r"text|passage", ("piece of writing", "extract")),
    (r"example|examples", ("instance", "sample")),
    (r"ways|way", ("methods", "manner")),
    (r"difference between", ("contrast between", "distinction of")),
    (r"important", ("crucial", "of weight")),
    (r"people|persons", ("folks", "individuals")),
    (r"start|begin", ("set out", "commence")),
    (r"finish|complete", ("end", "wrap up")),
    (r"left|remaining", ("still there", "remaining over")),
    (r"spends|spent|spend", ("pays out", "lays out")),
)
SECOND: Rules = (
    (
        r"how many (.+?)\?",
        (r"find the number of \1.", r"can you count the \1?", r"determine how large the count of \1."),
    ),
    (r"how much (.+?)\?", (r"calculate the amount that \1.", r"I would like to know the amount \1.")),
    (r"what is", ("could you tell me", "I need to know", "please determine")),
    (r"what are", ("could you list", "I would like to learn about")),
    (r"generate|create|produce", ("make", "develop", "prepare")),
    (r"write|compose", ("author", "make", "pen")),
    (r"describe", ("outline", "depict", "portray")),
    (r"explain", ("clarify", "shed light on", "help me understand")),
    (r"list|name", ("give me", "mention", "provide")),
    (r"find|identify", ("locate", "determine", "pick out")),
    (r"rewrite|edit", ("reformulate", "rephrase", "change")),
    (r"suggest", ("think of", "offer", "advise")),
    (r"classify|categorize", ("sort", "assign a class to")),
    (r"summarize", ("sum up", "condense")),
    (r"in total|altogether", ("in all", "combined", "as a whole")),
    (r"total", ("sum", "combined")),
    (r"each", ("per item", "individually")),
    (r"buys|bought|buy", ("purchases", "purchased", "picks up")),
    (r"sells|sold|sell", ("is selling", "retails")),
    (r"has|have", ("possesses", "had", "keeps")),
    (r"makes|made|make", ("produces", "manufactures", "creates")),
    (r"costs|cost", ("sells for", "comes to", "has a price of")),
    (r"twice", ("double",)),
    (r"more than", ("in excess of", "beyond")),
    (r"less than|fewer than", ("not as many as", "short of")),
    (r"needs|need", ("must have", "has to get")),
    (r"wants to|want to", ("intends to", "wishes to")),
    (r"gives|gave|give", ("offers", "donates", "presents")),
    (r"every day|per day|a day", ("each day", "day after day")),
    (r"a week|per week|every week", ("each week", "in one week")),
    (r"an hour|per hour", ("each hour", "in one hour")),
    (r"children|kids", ("boys and girls", "young people")),
    (r"people|persons", ("men and women", "humans")),
    (r"friends|friend", ("pals", "mates", "buddy")),
    (r"money", ("cash", "funds")),
    (r"store|shop", ("market", "outlet")),
    (r"if", ("assuming", "in case", "when")),
    (r"because", ("given that", "due to the fact that")),
    (r"good|best", ("excellent", "top", "great")),
    (r"short|brief", ("small", "compact")),
    (r"following|given", ("provided", "subsequent")),
    (r"example|examples", ("case", "illustration")),
    (r"ways|way|methods", ("approaches", "means", "techniques")),
    (r"important", ("significant", "essential", "key")),
    (r"start|begin", ("launch", "initiate")),
    (r"finish|complete", ("conclude", "finalise")),
    (r"left|remaining", ("over", "not used")),
    (r"spends|spent|spend", ("uses", "expends", "pays")),
    (r"works|worked|work", ("labours", "is employed", "toils")),
    (r"walks|walked|walk", ("goes on foot", "strolls")),
    (r"car", ("vehicle", "automobile")),
)
_COURTESY = {
    "FIRST": (("Help me with this: ", ""), ("", " Thank you."), ("", ""), ("", "")),
    "SECOND": (("Please answer. ", ""), ("", " Show the result."), ("Here is a question: ", ""), ("", "")),
}
CHANCE = 0.85


def rephrased(text: str, rules: str, seed: int) -> str:
    """`text` in other words by the table of that name, "FIRST" or "SECOND"; the same for the same seed."""
    draw = random.Random(f"{seed}|{text}")
    told, asked = _parted(text)
    parts = [_replaced(part, globals()[rules], draw) for part in (told, asked)]
    if told and draw.random() < 0.4:
        parts.reverse()
    before, behind = draw.choice(_COURTESY[rules])
    return f"{before}{' '.join(filter(None, parts))}{behind}"


def _parted(text: str) -> tuple[str, str]:
    """What is told before the last question, and that question; ("", text) where there is no such thing."""
    found = re.fullmatch(r"(.*[.!?])\s+([^.!?]+\?)\s*", text, re.DOTALL)
    return (found[1], found[2]) if found else ("", text)


def _replaced(text: str, rules: Rules, draw: random.Random) -> str:
    for pattern, others in rules:
        if draw.random() < CHANCE:
            other = draw.choice(others)
            text = re.sub(rf"\b(?:{pattern})(?!\w)", other, text, flags=re.IGNORECASE)
    return text
