"""Sources whose elements are no examples yet: questions below a passage, rows of a tree, events of a session."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from curator.data.blocks import Element
from curator.data.json_line import decode_json
from curator.data.sources.file_kind import SQUAD, TREE_ROWS


def regrouped(elements: Iterable[Element], kind: str) -> Iterator[Element]:
    """The examples in them; what cannot be read stays as it is."""
    if kind == SQUAD:
        yield from _questions(elements)
    elif kind == TREE_ROWS:
        yield from _trees(elements)
    else:
        from curator.data.logs.sessions import conversations_in

        yield from conversations_in(elements, kind)


def _questions(elements: Iterable[Element]) -> Iterator[Element]:
    """A question with its passage and its first answer, numbered from 1."""
    number = 0
    for element in elements:
        values = None if element.fault else _questions_of(element.raw)
        if values is None:
            number += 1
            yield Element(number, element.raw, element.fault)
            continue
        for value in values:
            number += 1
            yield Element(number, msgspec.json.encode(value))


def _questions_of(raw: bytes) -> list[dict[str, Any]] | None:
    try:
        article = decode_json(raw)
        values = []
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = asked.get("answers") or []
                value = {**asked, "context": paragraph["context"], "question": asked["question"]}
                values.append(value | ({"answer": answers[0]["text"]} if answers else {}))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    return values


def _trees(elements: Iterable[Element]) -> Iterator[Element]:
    """Rows that follow each other and belong to one tree as the tree, at the place of its first row."""
    for tree, rows in groupby(((element, _row_of(element)) for element in elements), lambda pair: _tree_of(pair[1])):
        together = list(rows)
        if tree is None:
            yield from (element for element, _ in together)
            continue
        yield Element(together[0][0].number, msgspec.json.encode(_tree(tree, [row for _, row in together])))


def _row_of(element: Element) -> dict[str, Any]:
    try:
        value = {} if element.fault else decode_json(element.raw)
    except ValueError:
        value = {}
    return value if isinstance(value, dict) else {}


def _tree_of(row: dict[str, Any]) -> str | None:
    tree = row.get("message_tree_id")
    return tree if isinstance(tree, str) else None


def _tree(tree: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows as OASST writes a tree; one whose parent is not among them hangs beside the first."""
    nodes = {row.get("message_id") or at: {**row, "replies": []} for at, row in enumerate(rows)}
    roots: list[dict[str, Any]] = []
    for node in nodes.values():
        above = nodes.get(node.get("parent_id"))
        (roots if above is None or above is node else above["replies"]).append(node)
    return {"message_tree_id": tree, "prompt": roots[0] if roots else {}, "other_roots": roots[1:]}
