"""Texts that make a careless search slow: plain runs, and what a pattern itself says it would go back over."""

import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_PLAIN = (
    *"a \t\n-<[(&`~#|*_.,:;/\\\"'=+@{0é中ا",
    "aaaa-", "a b ", "a. ", "a, ", "1. a\n", "- a\n", "# a\n", "| a | b |\n", "a=1;", "a1", "Ab", "a.b", "a_b", "9 ",
    "0.", "1,", "12345678 ", "1:", "a:", "a@", "a@b.c ", "@a", "http://a", "www.", "https://a.b/c?d=e&", "&#", "&amp;",
    "&lt;", "<a ", "<a href=", "<br>", "</p>", "<!--", "<|", "<s>", "</s>", "[INST]", "```", "```\n", "~~~", "`a", "``",
    "\x1b[0m", "\x1b[", "\x00", "\x0b", "\r\n", "\n\n", "\n\t", " \n", "\u200b", "\u200d", "e\u0301", "\u0301",
    "\ufe0f", "👍\u200d", "Ã©", "â€™", "\ufffd", "\ud55c\uae00", "[[", "[a](", "![", "{{", "${{", "{a", '{"a":',
    '[{"a":', '"', '\\"', "\\n", "####", "$$", "%20", "the ", "i cannot ", "sorry, ", "TODO ", "TBD\t", "eyJ", "sk-",
    "-----BEGIN ", "password: ", "+49 ",
     "(555) ", "192.168.", "::", "fe80:", "DE12 ", "4111 ", "\u202e", "\ufeff", "\u2028", "\x85",
)  # fmt: skip
"""What is repeated; the names and forms in it are those that some check looks for."""


def plain() -> list[str]:
    """What to repeat, whatever the pattern."""
    return list(_PLAIN)


def made_for(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Beginning, what to repeat and end of texts for one pattern.

    For every repetition in it: what leads there, once, and its content again and again; and what leads there with its
    content once, again and again. The end is something that hardly any pattern continues with.
    """
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for before, once in dict.fromkeys(_pumps(parsed, "", {})):
        if once:
            yield before, once, "\x01"
            yield "", before + once, "\x01"
            yield before, once + once[::-1], "\n\x01"
    whole = _sample(parsed, {})
    if whole:
        yield "", whole, ""
        yield "", whole[:-1], "\x01"


def _pumps(items: Any, before: str, groups: dict[int, str]) -> Iterator[tuple[str, str]]:
    """Each repetition of more than a few rounds: a text that leads to it, and a text of one round."""
    for operation, argument in items:
        name = str(operation)
        if name.endswith("REPEAT"):
            _, most, inner = argument
            if most == _constants.MAXREPEAT or most > 8:
                yield before, _sample(inner, groups)
            yield from _pumps(inner, before, groups)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _pumps(branch, before, groups)
        elif name == "SUBPATTERN":
            yield from _pumps(argument[3], before, groups)
        elif name == "ATOMIC_GROUP":
            yield from _pumps(argument, before, groups)
        elif name == "ASSERT":
            yield from _pumps(argument[1], before, groups)
        before += _sample([(operation, argument)], groups)


def _sample(items: Any, groups: dict[int, str]) -> str:
    """A short text that the items would take, look-arounds left aside."""
    text = ""
    for operation, argument in items:
        name = str(operation)
        if name == "LITERAL":
            text += chr(argument)
        elif name in ("NOT_LITERAL", "ANY", "ANY_ALL", "IN"):
            text += _character(name, argument)
        elif name.endswith("REPEAT"):
            text += _sample(argument[2], groups) * max(argument[0], 1 if argument[1] == _constants.MAXREPEAT else 0)
        elif name == "BRANCH":
            text += _sample(argument[1][0], groups)
        elif name == "SUBPATTERN":
            groups[argument[0]] = _sample(argument[3], groups)
            text += groups[argument[0]]
        elif name == "ATOMIC_GROUP":
            text += _sample(argument, groups)
        elif name == "GROUPREF":
            text += groups.get(argument, "")
    return text


def _character(name: str, argument: Any) -> str:
    if name != "IN":
        return "a" if name != "NOT_LITERAL" or argument != ord("a") else "b"
    negated = str(argument[0][0]) == "NEGATE"
    if negated:
        state = _parser.State()
        state.flags = 0
        from re import _compiler  # type: ignore[attr-defined]

        one = _compiler.compile(_parser.SubPattern(state, [(_constants.IN, argument)]), 0)
        return next((character for character in "a \n-.b1<" if one.fullmatch(character)), "é")
    kind, value = argument[0]
    if str(kind) == "LITERAL":
        return chr(value)
    if str(kind) == "RANGE":
        return chr(value[0])
    return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}.get(str(value), "-")
