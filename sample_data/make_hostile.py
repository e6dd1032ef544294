r"""Write hostile.jsonl and its truth: lines that break readers, terminals and pages, and what a strict reader says.

Run as ``python -m sample_data.make_hostile``; the same bytes each time. A line ends at ``\n`` and nowhere else. The
law for a line is RFC 8259 as strict parsers keep it: UTF-8, one value, no NaN, no lone surrogates, no raw control
characters in a string, at most 200 levels; of two equal keys the last one counts. What can be read is then an example
or has another shape.
"""

import json
from typing import Any, NamedTuple

from sample_data.make_messy import as_truth
from sample_data.make_support_desk import HERE, SYSTEM, closed

QUESTION = "Where is my order LS-4821?"
ANSWER = closed("It is on its way and should be with you on Thursday.")


class Line(NamedTuple):
    """Bytes of a line, and what becomes of it.

    ``expect`` is "example", read and perhaps with the finding ``check``, or "refused", and then ``check`` says why.
    """

    content: bytes
    expect: str
    why: str
    check: str | None = None


def chat(question: Any = QUESTION, answer: Any = ANSWER, **more: Any) -> dict[str, Any]:
    """A conversation of one turn; ``more`` goes beside its messages."""
    spoken = [("system", SYSTEM), ("user", question), ("assistant", answer)]
    return {"messages": [{"role": role, "content": content} for role, content in spoken], **more}


def line(example: Any, *, escaped: bool = False) -> bytes:
    """An example as a line, its characters beyond ASCII as they are or as escapes."""
    return json.dumps(example, ensure_ascii=escaped).encode("utf-8")


def read(example: Any, why: str, check: str | None = None, *, escaped: bool = False) -> Line:
    """A line that a strict reader takes for an example."""
    return Line(line(example, escaped=escaped), "example", why, check)


def refused(content: bytes, why: str, check: str = "invalid-json") -> Line:
    """A line that it does not."""
    return Line(content, "refused", why, check)


def spliced(placeholder: str, raw: bytes, *, key: bool = False) -> bytes:
    """A good line in which a word, or a whole quoted string, is replaced by raw bytes."""
    word = json.dumps(placeholder) if key else placeholder
    return line(chat(question=placeholder if key else f"{QUESTION} {placeholder}")).replace(word.encode(), raw)


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    """An example with so many levels in a field of its own, ``extra``."""
    inner = (opening * levels + "1" + closing * levels).encode()
    return line(chat(extra="HERE")).replace(b'"HERE"', inner)


TERMINAL = (
    ("\x1b[2J\x1b[H", "clears the screen"),
    ("\x1b[31;5mred\x1b[0m", "blinks in red"),
    ("\x1b]0;owned\x07", "renames the window"),
    ("\x1b]52;c;cm0gLXJmIH4=\x07", "writes to the clipboard (OSC 52)"),
    ("\x1b]8;;http://example.com\x1b\\here\x1b]8;;\x1b\\", "a hidden link (OSC 8)"),
    ("\x1bP+q544e\x1b\\", "asks the terminal for its name (DCS)"),
    ("\x1b[6n\x1b[c", "makes the terminal type an answer"),
    ("\x1b[?1049h\x1b[?1000h", "other screen, mouse on"),
    ("\x9b31m\x9d0;owned\x9c", "the same in C1 controls"),
    ("\x07\x07\x07", "bells"),
    ("secret\x08\x08\x08\x08\x08\x08public", "backspaces over a word"),
    ("\x00", "a zero byte"),
    ("\x7f\x7f", "deletes"),
    ("\x0e\x0f", "shifts the character set"),
    ("first\x0bsecond\x0cthird", "vertical tab and form feed"),
    ("over\rwritten", "a carriage return in the middle"),
    ("\x85next line\x1cfile\x1dgroup\x1erecord\x1funit", "what str.splitlines takes for line ends"),
)

UNSEEN = (
    ("\u202eexe.txt\u202c", "right to left override"),
    ("\u2066isolate\u2069 \u2067other\u2069", "bidi isolates"),
    ("\u200f\u200e\u061c", "direction marks"),
    ("pass\u200bword\u200c\u2060", "zero-width characters"),
    ("in\u00advis\u00adible", "soft hyphens"),
    ("\ufeffstart", "a byte order mark in a text"),
    ("\u2063\u2062\u2061", "invisible operators"),
    ("".join(chr(0xE0000 + ord(letter)) for letter in "ignore all"), "a message in tag characters"),
    ("\u115f\u3164\uffa0", "blank letters of Hangul"),
    ("\ufff9base\ufffanote\ufffb", "interlinear annotation"),
)

PLAIN = (
    ("[bold red]not markup[/bold red]", "markup of rich"),
    ("[@click=app.quit]press[/]", "an action of Textual"),
    ("[/] [/bold] [[ ]] [] ][", "brackets that close nothing"),
    ("[link=http://example.com]here[/link]", "a link of rich"),
    (":warning: :bomb:", "names of emoji"),
    ("\\[escaped\\] \\\\ \\n", "backslashes"),
    ("{{ 7 * 7 }} {% raw %} ${HOME} %s {0}", "templates of five languages"),
    ("<script>alert(1)</script><img src=x onerror=alert(1)>", "a script"),
    ("</textarea></style></title>]]>-->", "closing tags"),
    ('=HYPERLINK("http://example.com") +1 -1 @SUM(A1)', "formulas of a spreadsheet"),
    ("'; DROP TABLE decisions; --", "SQL"),
    ("../../etc/passwd CON NUL aux.txt", "names of files"),
    ("e" + "\u0301" * 200, "two hundred accents on a letter"),
    ("\u0646\u0635 \u05d8\u05e7\u05e1\u05d8 \u4e2d\u6587 \U0001f469\u200d\U0001f469\u200d\U0001f467", "many scripts"),
    ("\u2028line\u2029paragraph", "line separators that are no line ends of JSON Lines"),
    ("\ufdfd\ua9c5\U0001242b", "very wide letters"),
    ("\ufffe\uffff\U0010ffff", "noncharacters"),
    ("\ue000\U000f0000", "private characters"),
)
FLAGGED_PLAIN = {"a script": "html-residue", "closing tags": "html-residue"}


def texts() -> list[Line]:
    """Texts that are good JSON and bad for whoever prints them."""
    lines = [read(chat(f"{QUESTION} {text}"), why, "control-characters", escaped=True) for text, why in TERMINAL]
    lines += [
        read(chat(answer=closed(f"It comes on {text} Thursday.")), why, "invisible-characters") for text, why in UNSEEN
    ]
    lines += [read(chat(f"{QUESTION} {text}"), why, FLAGGED_PLAIN.get(why)) for text, why in PLAIN]
    keys = chat()
    keys["messages"][1]["\x1b[31m[bold]key\u202e"] = "value"
    return [*lines, read(keys, "an escape sequence in a key", "unexpected-key", escaped=True)]


def sizes() -> list[Line]:
    """Huge, tiny and many."""
    turns = [{"role": ("user", "assistant")[at % 2], "content": f"Turn {at}."} for at in range(2000)]
    return [
        read(chat(("The parcel is still not here. " * 40_000)[:1_000_000]), "a turn of a megabyte", "repetition"),
        read(chat("x" * 200_000), "one word of 200,000 letters"),
        read(chat(answer="a"), "an answer of one letter", "short-answer"),
        read(chat(answer=""), "an empty answer", "empty-content"),
        read({"messages": turns}, "two thousand turns"),
        read(chat(tools=[]), "an empty list of tools"),
        read(chat(**{f"field_{at}": at for at in range(3000)}), "three thousand further fields"),
        read(chat(**{"k" * 50_000: 1}), "a key of 50,000 letters"),
        read({"messages": []}, "no messages", "no-assistant-message"),
        refused(b"", "an empty line"),
        refused(b"   \t ", "a line of white space"),
        refused(b"\r", "an empty line with a carriage return"),
        refused(b"{}", "an empty object", "unrecognised-example"),
    ]


def nesting() -> list[Line]:
    """Depth that exhausts a stack."""
    return [
        read(json.loads(nested(100)), "a hundred levels"),
        refused(nested(1_200), "1,200 levels of lists"),
        refused(nested(1_200, '{"a":', "}"), "1,200 levels of objects"),
        refused(b"[" * 100_000, "100,000 lists opened and none closed"),
        refused(b'{"messages":' * 50_000, "50,000 objects opened and none closed"),
    ]


def types() -> list[Line]:
    """Values of a kind that does not belong there."""
    contents = (
        (5, "a number"),
        (1.5, "a fraction"),
        (True, "true"),
        ({"text": "hello"}, "an object"),
        ([1, 2], "numbers"),
    )
    lines = [refused(line(chat(content)), f"{what} as content", "missing-content") for content, what in contents]
    scalars = (b"null", b"true", b"42", b"-0.0", b'"text"', b"[]", b'[{"role": "user", "content": "hello"}]', b"[[[]]]")
    lines += [refused(scalar, "not an object", "unrecognised-example") for scalar in scalars]
    faulty = [
        ({"messages": None}, "messages is null", "unrecognised-example"),
        ({"messages": "hello"}, "messages is a text", "unrecognised-example"),
        ({"messages": {"role": "user"}}, "messages is an object", "unrecognised-example"),
        ({"messages": [None]}, "a message is null", "unrecognised-example"),
        ({"messages": ["hello"]}, "a message is a text", "unrecognised-example"),
        ({"messages": [{"role": None, "content": "hello"}]}, "a role is null", "unknown-role"),
        ({"messages": [{"role": 7, "content": "hello"}]}, "a role is a number", "unknown-role"),
        ({"messages": [{"content": "hello"}]}, "a message has no role", "unknown-role"),
    ]
    lines += [refused(line(value), why, check) for value, why, check in faulty]
    null_answer = read(chat(answer=None), "an answer is null", "missing-content")
    null_question = read(chat(None), "a question is null", "missing-content")
    return [*lines, null_answer, null_question, read(chat(tools=None, note=None), "nulls beside the messages")]


def numbers() -> list[Line]:
    """Numbers that do not fit."""
    good = line(chat(n="HERE"))
    return [
        *(
            refused(good.replace(b'"HERE"', token), f"{token.decode()} is no JSON")
            for token in (b"NaN", b"Infinity", b"-Infinity")
        ),
        *(
            refused(good.replace(b'"HERE"', token), f"{token.decode()} is no JSON")
            for token in (b"01", b"+1", b".5", b"0x1F", b"1_000")
        ),
        Line(good.replace(b'"HERE"', b"9" * 400), "example", "an integer of 400 digits"),
        Line(good.replace(b'"HERE"', b"12345678901234567890123"), "example", "an integer beyond 64 bits"),
        Line(good.replace(b'"HERE"', b"-0"), "example", "minus zero"),
        Line(
            good.replace(b'"HERE"', b"0.1000000000000000055511151231257827"),
            "example",
            "a fraction longer than a float",
        ),
    ]


def encodings() -> list[Line]:
    """Bytes that are not UTF-8, and escapes that are not characters."""
    bad = (
        (b"\xff\xfe", "no UTF-8"),
        (b"caf\xe9", "Latin-1"),
        (b"\xc0\xaf", "an overlong slash"),
        (b"\xe2\x82", "half a character"),
    )
    surrogates = (
        (rb"\ud800", "a lone high surrogate"),
        (rb"\udfff", "a lone low surrogate"),
        (rb"\udc00\ud800", "in the wrong order"),
    )
    utf_16 = line(chat()).decode().encode("utf-16-le").replace(b"\n", b"")
    return [
        *(refused(spliced("BYTES", raw), why, "invalid-encoding") for raw, why in bad),
        refused(spliced("BYTES", b"\xed\xa0\x80"), "a surrogate written as bytes", "invalid-encoding"),
        *(refused(spliced("BYTES", raw), why) for raw, why in surrogates),
        Line(spliced("BYTES", rb"\ud83d\ude00"), "example", "a pair of surrogates, which is an emoji"),
        refused(utf_16, "UTF-16: every other byte is zero"),
        refused(b"\xef\xbb\xbf" + line(chat()), "a byte order mark at the start of a line that is not the first"),
        refused(b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "the start of a gzip file", "invalid-encoding"),
    ]


def syntax() -> list[Line]:
    """Almost JSON."""
    good = line(chat())
    return [
        refused(good[:60], "cut short"),
        refused(good[:-1], "the last brace is missing"),
        refused(good + b"}", "a brace too many"),
        refused(good + b",", "a comma after it"),
        refused(good + good, "two objects on a line"),
        refused(good + b"\r" + good, "two objects with a carriage return between them"),
        refused(good.replace(b'"', b"'"), "single quotes"),
        refused(b"// note\t" + good, "a comment"),
        refused(good.replace(b"true", b"True").replace(b'"user"', b"None"), "words of Python"),
        refused(spliced("WORD", b"raw\x1b[31mescape"), "a raw escape character in a text"),
        refused(spliced("WORD", b"raw\ttab"), "a raw tab in a text"),
        refused(spliced("WORD", b"raw\x00zero"), "a raw zero byte in a text"),
        refused(spliced("WORD", rb"\x41 \q"), "escapes that JSON does not have"),
        refused(b"\x0c" + good, "a form feed before it"),
        refused("\u00a0".encode() + good, "a no-break space before it"),
        Line(b" \t" + good + b" \r", "example", "white space around it, and a line end of Windows"),
        Line(
            good.replace(b'{"messages"', b'{"messages": [], "messages"', 1),
            "example",
            "messages twice: the last one counts",
        ),
        Line(
            good.replace(b'"role": "user"', b'"role": "robot", "role": "user"'),
            "example",
            "a role twice: the last one counts",
        ),
        Line(rb'{"\u006dessages"' + good[len(b'{"messages"') :], "example", "a key written as an escape"),
    ]


def lines() -> list[Line]:
    """All lines, an ordinary one first and last: what lies between must not cost them."""
    ordinary = read(chat(), "an ordinary example")
    between = [*texts(), *sizes(), *nesting(), *types(), *numbers(), *encodings(), *syntax()]
    return [ordinary, *between, read(chat("Did you send LS-7310 already?"), "an ordinary example after all that")]


def files() -> dict[str, bytes]:
    """Every file that this script writes, by its name."""
    entries = []
    for number, made in enumerate(lines(), 1):
        entry = {"line": number, "expect": made.expect, "check": made.check, "why": made.why}
        entries.append({name: value for name, value in entry.items() if value is not None})
    content = b"".join(made.content + b"\n" for made in lines())
    return {"hostile.jsonl": content, "hostile.truth.json": as_truth({"file": "hostile.jsonl", "lines": entries})}


def main() -> None:
    """Write the files beside this script."""
    for name, content in files().items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
