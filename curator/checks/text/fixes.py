"""Repairs by the name of the check that asks for them.

Those in `LOSSLESS` lose nothing that a person wrote, and leave code, quotations and tables as they are; the others are
for a person to look at first.
"""

import html
import re
from collections.abc import Callable

from curator.checks.text.invisible import CONTROL, invisible_offsets
from curator.checks.text.markup import ENTITY, TAG
from curator.checks.text.protected import repaired_around, without_trailing_space

_COLOURS = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_BREAKS = re.compile("[\x0b\x0c\x85]")
_CONTROLS = re.compile(CONTROL)
_NEW_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\s*/?>[ \t]*\n?", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>\s*", re.IGNORECASE)
_TAG = re.compile(TAG, re.IGNORECASE)
_ENTITY = re.compile(ENTITY)
_MANY_LINES = re.compile(r"\n{3,}")


def repair_mojibake(text: str) -> str:
    """`text` decoded rightly, outside what `curator.checks.text.protected` names."""
    return repaired_around(text, decoded_rightly)


def decoded_rightly(text: str) -> str:
    """`text` with wrongly decoded characters decoded rightly; as it is where nothing is wrong or nothing can be saved.

    Line ends, quotation marks, ligatures and width are left as they are: only the decoding is repaired.
    """
    if text.isascii():
        return text
    from ftfy import TextFixerConfig, fix_encoding

    config = TextFixerConfig(restore_byte_a0=True, replace_lossy_sequences=False, decode_inconsistent_utf8=True)
    return str(fix_encoding(text, config))


def remove_controls(text: str) -> str:
    """`text` without control characters, outside what `curator.checks.text.protected` names."""
    return repaired_around(text, without_controls)


def without_controls(text: str) -> str:
    """`text` without control characters; tab, newline and carriage return stay.

    A terminal's colour codes go as a whole; line and page breaks of other programs become newlines.
    """
    return _CONTROLS.sub("", _BREAKS.sub("\n", _COLOURS.sub("", text)))


def remove_invisible(text: str) -> str:
    """`text` without the invisible characters that its check reports; those at work in a script or emoji stay."""
    unwanted = set(invisible_offsets(text))
    return "".join(character for place, character in enumerate(text) if place not in unwanted) if unwanted else text


def unwrap_html(text: str) -> str:
    """`text` with line-breaking tags as newlines, list items as `- `, other tags gone and entities as characters."""
    *before, rest = _NEW_LINE.split(text)
    lines = "\n".join([*(line.rstrip() for line in before), rest])
    plain = _TAG.sub("", _ITEM.sub("- ", lines))
    plain = _ENTITY.sub(lambda match: html.unescape(match.group()).replace("\xa0", " "), plain)
    return plain if plain == text else _MANY_LINES.sub("\n\n", plain).strip()


LOSSLESS: dict[str, Callable[[str], str]] = {
    "mojibake": repair_mojibake,
    "control-characters": remove_controls,
    "trailing-space": without_trailing_space,
}
REPAIRS: dict[str, Callable[[str], str]] = {
    **LOSSLESS,
    "invisible-characters": remove_invisible,
    "html-residue": unwrap_html,
}


def repair_losslessly(text: str) -> str:
    """All of `LOSSLESS`, until none finds anything: what one takes away may be what kept another from acting."""
    repaired, text = text, ""
    while repaired != text:
        text = repaired
        for repair in LOSSLESS.values():
            repaired = repair(repaired)
    return repaired
