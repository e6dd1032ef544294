"""One word per idea, the field's own where it has one; and plain English in whatever a person reads."""

import ast
import re

from tests.house.product import ROOT, trees

PRIVATE = {
    "whole": "corpus, or full text",
    "prepared": "block features",
    "hot": "oversized bucket",
    "leaders": "representatives",
    "standing": "representative, or decision state",
    "parities": "bitmap",
    "outside": "without template",
    "ties": "must-link",
    "postings": "inverted index",
    "sought": "searched",
    "contained": "containment",
    "cells": "IVF lists",
    "centres": "centroids",
    "turned": "projected",
    "moments": "mean and covariance",
    "rarity": "surprisal",
    "pieces": "pre-tokens, subwords, parts",
    "places": "offsets, spans, locations",
    "passages": "spans",
    "judging": "validation (a judge is a model that scores)",
    "judged": "validated",
    "sides": "splits",
    "written": "edits, edited",
    "remembered": "saved audit",
    "seen": "decision state, known",
    "fate": "truncation report",
    "told": "reported",
}
"""What a name of the product's own is not, and what it is instead."""

MEANT_OTHERWISE = {
    "cells": {"curator/tui/"},  # of a terminal
    "judged": {"curator/training/judge/"},  # by a judge, a model that scores
}


PHRASES = {
    r"\b(?:go|goes|going|gone|went) on\b": "resume, continue, move on",
    r"\b(?:leave|leaves|leaving|left) out\b": "skip, omit, not written",
    r"\b(?:tell|tells|telling|told) (?:\w+ )?apart\b": "distinguish; a significant difference",
    r"\brefused lines?\b": "unreadable line, rejected line",
    r"\bno fault\b": "not a problem",
    r"\b(?:stand|stands) for\b": "mean, represent, take the place of",
    r"\bstill stands\b": "nothing to undo",
    r"\bstands there\b": "is there",
    r"\bnobody (?:answers|asked|counted|decided|decides|looked|read|said|says|votes)\b": "say what was not done",
    r"\bby nobody\b": "say what was not done",
}
"""What reads as translated in a message, a docstring or a page, and what to say instead."""

PAGES = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "curator/**/*.md", "curator/**/*.toml", "curator/**/*.jinja")


def test_sentences_are_plain_english():
    texts = [(str(path), node.value) for path, tree in trees() for node in ast.walk(tree) if _is_text(node)]
    texts += [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for p in PAGES for path in ROOT.glob(p)]
    found = {
        f"{path}: {match[0]} (say: {instead})"
        for path, text in texts
        for phrase, instead in PHRASES.items()
        if (match := re.search(phrase, re.sub(r"\s+", " ", text), re.IGNORECASE))
    }
    assert found == set()


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_names_are_the_fields_own():
    found = {}
    for path, tree in trees():
        for name in _names(tree):
            for word in _words(name):
                if word in PRIVATE and not any(str(path).startswith(room) for room in MEANT_OTHERWISE.get(word, ())):
                    found.setdefault(f"{name}: say {PRIVATE[word]}", set()).add(str(path))
    assert found == {}


def _names(tree: ast.Module) -> set[str]:
    """Every name that the file itself gives: of classes, functions, parameters, variables, attributes, modules."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.ImportFrom(module=str(module)):
                names.update(module.split("."))
    return names


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
