"""Make text from data safe to show: nothing in it may move a cursor, ring a bell, reorder a line or hide.

Every character that a terminal, an HTML page or a log could act on is replaced by something visible: control
characters by their control pictures (U+2400 block), everything else of the kind by `<U+XXXX>`. Newlines and tabs are
kept or shown as asked.
"""

import os
import re

_KEEP = "\n\t"
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL and C1 controls, without tab and newline
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers
    "\u200b-\u200f\u2028-\u202f\u205f-\u206f"  # zero-width, direction marks and overrides, odd separators
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\uffff"  # fillers, selectors, byte order mark, specials
    "\ud800-\udfff"  # lone surrogates
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and musical format controls
    "\U000e0000-\U000e0fff"  # tags and further selectors
    "]"
)
_JOINERS = "\u200d\u200c"
_JOINER = re.compile(f"[{_JOINERS}]")


def visible(text: str, *, one_line: bool = False) -> str:
    """`text` with every invisible or dangerous character made visible.

    The zero-width joiner and non-joiner are kept between two other characters, where emoji and Indic or Persian
    script need them. With `one_line`, newlines and tabs become `⏎` and a space.
    """
    if found := set(_INVISIBLE.findall(text)):
        if not found.isdisjoint(_JOINERS):
            text = _JOINER.sub(lambda match: match.group() if _joins(text, match) else _picture(match.group()), text)
        text = text.translate({ord(character): _picture(character) for character in found.difference(_JOINERS)})
    if one_line:
        text = text.replace("\n", "⏎").replace("\t", " ")
    return text


def as_text(name: str | os.PathLike[str]) -> str:
    r"""A file's name as text that can be written anywhere: bytes in it that are not UTF-8 as `\xe9`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _joins(text: str, joiner: re.Match[str]) -> bool:
    """Whether a joiner is between two characters of which the first may need it."""
    start, end = joiner.span()
    return start > 0 and end < len(text) and not text[start - 1].isascii()


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"
