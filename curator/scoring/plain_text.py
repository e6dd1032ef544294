"""A text without its Markdown: what a judge reads, so that headings and bold type win nothing.

Of the biases of judges, the one for style is the largest by far (0.76 to 0.92 of the cases against 0.04 for position;
arXiv 2604.23178).
"""

import json


def without_markdown(text: str) -> str:
    """The words as they are read: no headings, emphasis, rules, links or fences; lists keep their numbers.

    Code keeps its characters, and a text that is JSON is left as it is.
    """
    from markdown_it import MarkdownIt

    if _is_json(text):
        return text.strip()
    # A backslash or an ampersand may be LaTeX or code outside a fence: those rules would eat characters.
    reader = MarkdownIt("commonmark", {"html": False}).disable(["escape", "entity"])
    blocks: list[str] = []
    mark = ""
    for token in reader.parse(text):
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            blocks.append(mark + "".join(_inline(part.type, part.content) for part in token.children or ()))
            mark = ""
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
    return "\n".join(blocks)


def _inline(kind: str, content: str) -> str:
    return "\n" if kind in ("softbreak", "hardbreak") else content


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
