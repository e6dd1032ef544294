"""Instruction data made from a seed: ordinary questions, edited copies, forms and labels."""

import random

SUBJECTS = ["the moon", "rust on iron", "a sonnet", "compound interest", "the French Revolution", "bread", "jazz"]
VERBS = ["Explain", "Summarise", "Compare", "Describe", "Criticise", "Translate", "Classify", "List"]
_WORDS = """
water light number garden river stone market teacher paper engine letter window music doctor winter summer yellow
morning evening quickly slowly never always often under above between because although while during without many few
several small large early late open closed simple complex modern ancient public private local foreign cheap
"""
WORDS = _WORDS.split()


def sentence(generator, length):
    return " ".join(generator.choice(WORDS) for _ in range(length))


def question(generator):
    verb, subject = generator.choice(VERBS), generator.choice(SUBJECTS)
    return f"{verb} {subject} {sentence(generator, 18)}?", f"{sentence(generator, 25).capitalize()}. 12 {subject}"


def edited(generator, text, share):
    """`text` with about `share` of its words replaced, left out or followed by another."""
    out = []
    for word in text.split(" "):
        if generator.random() >= share:
            out.append(word)
            continue
        kind = generator.randrange(3)
        out += [[generator.choice(WORDS)], [], [word, generator.choice(WORDS)]][kind]
    return " ".join(out)


def examples_with_copies(seed, count=300, copies=200):
    """Questions, then copies of some of them with 1 to 12 % of the words of either part edited."""
    generator = random.Random(seed)
    originals = [question(generator) for _ in range(count)]
    more = []
    for _ in range(copies):
        prompt, answer = generator.choice(originals)
        shares = generator.choice([(0.02, 0.02), (0.0, 0.08), (0.12, 0.0), (0.03, 0.9), (0.9, 0.03)])
        more.append((edited(generator, prompt, shares[0]), edited(generator, answer, shares[1])))
    return originals + more
