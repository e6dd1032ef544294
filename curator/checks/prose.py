"""What of a message is prose: code, data and markup are recognised first, with a fence or without."""

import re
from itertools import islice

from curator.checks.patterns import CODE

_CODE = re.compile(CODE)
_LINE = re.compile(r"[^\n]+")

_TAGS = (
    r"<(?:html|head|body|div|ul|ol|li|table|tr|td|th|form|span|script|style"
    r"|section|header|footer|nav|main|button|input|img)\b"
)

_BEGINS_PROGRAM = re.compile(
    rf"\s*+(?:#include\b|#define\b|#!/|<\?php|</\w|<\w[\w:-]*+\s[\w:@*#.\[(-]{{1,40}}+=|<[\w:-]++>[^<\n]*+</"
    rf"|{_TAGS}|<!--|<!DOCTYPE|//|/\*|@\w+\b"
    r"|import [\w.{*\"']|from [\w.]+ import |using [\w.]+;|package [\w.]+|require[ (]['\"]"
    r"|(?:async )?(?:def|function|fn|func|sub) [\w$.]+ ?[(:{<]|(?:class|struct|interface|enum|trait"
    r"|module) \w+ ?(?:[(:{<]|$|extends\b|implements\b)"
    r"|(?:public|private|protected|static|final|abstract|virtual|override|export)(?: \w[\w<>\[\],]*+)+ ?[\w(={]"
    r"|(?:const|let|var|val|int|float|double|char|bool|string|String|auto) [\w$*&\[\]]+ ?[=;,(\[]"
    r"|(?:if|for|while|switch|elif|elsif|unless|until|catch|foreach) ?\([^\n]*[{:)] ?$|(?:if|for|while|elif|with"
    r"|except|try|else)\b[^\n.?!]*:$"
    r"|(?:else|try|do|begin|end|then|fi|done|esac) ?[{;]?$|return\b(?! (?:the|a|an|to|it|him|her|us|them|in|on|for"
    r"|from|with|and)\b)[^\n.]*$"
    r"|(?:print|println|printf|puts|echo|console\.log|System\.out|cout|raise|throw|assert|yield|await)\b ?[\"'($<{]"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|DROP TABLE|FROM|WHERE|GROUP BY|ORDER BY"
    r"|(?:LEFT |INNER |RIGHT )?JOIN)\b [\w*`'\"(]"
    r"|[$@]?[A-Za-z_][\w.$\[\]'\"]*+ ?(?:[-+*/|&]|:|\?\?)?= ?[^=\s]|\$ ?(?:sudo|pip|npm|git|cd|apt|docker|curl)\b"
    r"|[\"'][\w $.-]{1,60}[\"'] ?: ?[\[{\"'\dtfn-]"
    r"|[A-Za-z_][\w.]*+\([^()\n]*\)(?:\.\w+|;)*;?$)"
)
"""How a line of a program, of data or of a style sheet begins. `[A-Za-z_]x = 1` counts; `E = mc²` alone does not make
a text a program, as most lines must be such."""
_INSIDE = re.compile(
    r"#\{\w|\$\{\w|\w\.\w{1,40}+\(|\w\[\w{1,40}+\]|\w\(\w{0,40}+\)|=>|->|::|==|!=|&&|\|\||\w_\w{1,40}+\(|\)\s?\{|%\w\b"
)
_PROGRAM_ENDS = (";", "{", "}", "});", ")}", "],", "},", "/>")
_ITEM = re.compile(r"\s*+(?:\d{1,3}[.)]|[-*•])\s")
_ONLY_SIGNS = re.compile(r"[\s{}()\[\];,<>/]+")
_DATA = re.compile(r"\s*+(?:[{\[]\s*+(?:[\"'{\[\d}\]-]|true|false|null)|<[A-Za-z!?][^<>]*+>)")
_LAST = 200
"""Characters at the end of a text in which its last bracket or tag stands."""

PAGE = re.compile(r"(?i)<!doctype|<html|<body|<head>|<script|<style|<form\b|<svg|<\?php|<\?xml|<template\b")


def program_line(line: str) -> bool:
    """Whether a line is one of a program, of data or of markup."""
    stripped = line.rstrip()
    if _BEGINS_PROGRAM.match(stripped) is not None:
        return True
    if stripped.endswith(_PROGRAM_ENDS) and _ITEM.match(stripped) is None:
        return True
    return len(list(islice(_INSIDE.finditer(stripped), 2))) == 2


def is_code(text: str) -> bool:
    """Whether `text` is mostly a program, data or a page of markup, without its fenced parts."""
    return is_data(text) or _most_lines_are_code(_without_fences(text))


def is_data(text: str) -> bool:
    """Whether `text` as a whole is JSON or markup: it begins and ends as such."""
    if _DATA.match(text) is None:
        return False
    tail = text[-_LAST:].rstrip()
    return tail.endswith(("}", "]")) or (tail.endswith(">") and ("</" in text or "/>" in text or '="' in text))


def prose(text: str) -> str:
    """`text` with spaces in the place of code, data and markup; of the same length.

    Fenced blocks and code spans, lines of programs, and the whole text where most of its lines are such.
    """
    left = _without_fences(text)
    if is_data(text) or _most_lines_are_code(left):
        return " " * len(text)
    return _LINE.sub(lambda line: _blank(line) if program_line(line.group()) else line.group(), left)


def _without_fences(text: str) -> str:
    return _CODE.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _most_lines_are_code(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    worded = [line for line in lines if _ONLY_SIGNS.fullmatch(line) is None]
    return bool(worded) and 2 * sum(map(program_line, worded)) >= len(worded)
