"""The contract's definitions, written as plainly as possible: what the compiled code is held against."""

import unicodedata
from collections import Counter
from itertools import combinations

import polars as pl

from curator.data.text import VIEWS

HAN = ("CJK ", "HANGZHOU ", "IDEOGRAPHIC ITERATION", "IDEOGRAPHIC NUMBER", "VERTICAL IDEOGRAPHIC ITERATION")
KANA = ("HIRAGANA", "KATAKANA", "HENTAIGANA", "HALFWIDTH KATAKANA")
ALONE_NAMES = (*HAN, *KANA, "THAI ", "LAO ", "KHMER ", "MYANMAR ")


def is_alone(character):
    return unicodedata.name(character, "").startswith(ALONE_NAMES)


SYMBOLS = "#%&*+-/\\@^|~<>="


def is_letter(character):
    return unicodedata.category(character)[0] == "L" and not is_alone(character)


def in_words(text):
    """For each character of normalised text whether it belongs to a word."""
    belongs = []
    letter_before = False
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        if character in "+#":
            belongs.append(letter_before)
            continue
        if character == ".":
            behind = at + 1 < len(text) and is_letter(text[at + 1])
            belongs.append(behind and text[max(at - 1, 0) : at] != ".")
        else:
            belongs.append(category[0] in "LMN" or category == "Pc")
        letter_before = is_letter(character) or (letter_before and category[0] == "M")
    return belongs


def read(text):
    """The words and the symbols of a text, in the order in which they stand in it."""
    found, current, alone = [], "", False
    text = unicodedata.normalize("NFKC", text).casefold()
    for character, belongs in zip(text, in_words(text), strict=True):
        category = unicodedata.category(character)
        if not belongs:
            found.append(current)
            current, alone = "", False
            if category[0] == "S" or character in SYMBOLS:
                found.append((character,))
        elif category[0] == "M":
            current += character
        elif is_alone(character) or alone:
            found.append(current)
            current, alone = character, is_alone(character)
        else:
            current += character
    return [item for item in [*found, current] if item]


def words(text):
    return [item for item in read(text) if isinstance(item, str)]


def symbols(text):
    return [item for item in read(text) if isinstance(item, tuple)]


def shingles(text):
    spoken = words(text)
    if not spoken:
        return set()
    return {tuple(spoken[at : at + 5]) for at in range(max(1, len(spoken) - 4))}


def jaccard(left, right):
    return len(left & right) / len(left | right) if left | right else 0.0


def template(examples):
    """Template shingles of `(prompt, answer)` examples, exact duplicates counted once."""
    unique = {(prompt.strip(), answer.strip()): prompt for prompt, answer in examples}
    counts = Counter(shingle for prompt in unique.values() for shingle in shingles(prompt))
    return {shingle for shingle, count in counts.items() if count >= max(20, 0.01 * len(unique))}


def without_template(left, right, forms):
    """p*: similarity of two prompts, as shingle sets, outside the shingles of `forms`."""
    if not left - forms and not right - forms:
        return jaccard(left, right)
    if not left - forms or not right - forms:
        return 0.0
    return jaccard(left - forms, right - forms)


def similar_pairs(examples, floor):
    """(left, right) -> (whole, prompt, outside, answer) of every pair with a view at `floor` or above."""
    forms = template(examples)
    sets = [(shingles(f"{p}\n{a}"), shingles(p), shingles(a)) for p, a in examples]
    found = {}
    for (i, left), (j, right) in combinations(enumerate(sets), 2):
        w, p, a = (jaccard(x, y) for x, y in zip(left, right, strict=True))
        if max(w, p, a) >= floor:
            found[i, j] = (w, p, without_template(left[1], right[1], forms), a)
    return found


def relation(similarities, answers, threshold):
    """The relation of two chat examples with the same context and different words."""
    w, p, form_free, a = similarities
    if min(p, form_free, a) >= threshold:
        return "copy"
    if min(p, form_free) >= threshold:
        return "same-prompt"
    if a >= threshold and all(len(words(answer)) >= 20 for answer in answers):
        return "same-answer"
    return "template" if max(p, w) >= threshold else None


def views(examples, contexts=None, text_only=False):
    """`VIEWS` of `(prompt, answer)` examples; exact duplicates are those with equal trimmed texts."""
    keys = {}
    columns = {
        "prompt": [prompt for prompt, _ in examples],
        "answer": [answer for _, answer in examples],
        "context": contexts or [0] * len(examples),
        "weights": [0] * len(examples),
        "exact": [keys.setdefault((p.strip(), a.strip()), len(keys) + 1) for p, a in examples],
        "text_only": [text_only] * len(examples),
    }
    return pl.DataFrame(columns, schema=VIEWS)
