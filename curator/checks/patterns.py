"""One pattern for two engines: Rust looks at every message, Python at the few that are left.

Rust's engine takes time in proportion to the text whatever the pattern. Python's goes back, and one message can make it
go back for ever, so that the tests prove of each of its patterns that it cannot.
"""

FENCED = r"(`{3,})[\s\S]*?(?:(?<!`)\1|\Z)|(~{3,})[\s\S]*?(?:(?<!~)\2|\Z)"
"""A block of code with its fences, in Python; one that nothing closes continues to the end. A closing fence is compared
where a run of its characters begins and nowhere else in it."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, kana and Han, inside a class: scripts that put no spaces between words. Each of their
characters counts as a word."""

CODE = rf"{FENCED}|`[^`\n]+`"
"""Blocks and spans of code, in Python."""


def lowered(text: str) -> str:
    """`text` in small letters and of the same length, for patterns of many words.

    Python tells at once that a letter begins none of them, but only where they are compared in one case.
    """
    return text.replace("İ", "i").lower()


def anywhere(pattern: str) -> str:
    """`pattern`, written for Python, as polars' `str.contains` should get it: any case, ASCII classes.

    Rust's Unicode word boundaries and classes are exact, but build automata so large that they cost more than the
    search. Words of these patterns are English, so ASCII ones find the same. Look-around is not supported.
    """
    for code in ("b", "w", "d", "s"):
        pattern = pattern.replace(rf"\{code}", rf"(?-u:\{code})")
    return f"(?i){pattern}"
