"""The tokenizers by name, and what each one's model puts around the text of a message.

A name is either one of `TOKENIZERS` or the folder of a local model. What surrounds a message is data here, taken from
what the makers publish; the models' templates for tools and reasoning are not, and such examples are marked as not
exactly counted (see `counting.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from curator.errors import UsageError


@dataclass(frozen=True)
class Frame:
    """What a chat template adds to messages, for those with nothing but text.

    Attributes:
        begin: tokens before the first message.
        end: tokens after the last one.
        marks: special tokens around a message, by role; "" is any other role.
        role_as: "text": the role is a text of its own between special tokens; "head": it stands, with a line end,
            right before the content, and a token may reach across; "none": the special tokens tell it.
        lead: ordinary text right before the content.
        tail: ordinary text after the message's last special token.
        roles: how the template spells a role; others are spelled as they are.
        strip: outer white space of the content is taken off.
        system_into: the system text is not a message but stands before the "first" or "last" user's text.
        closes: special tokens at an answer's end that are trained with it.
        thought: special tokens and texts of an empty thought before an answer that ends the conversation, in tokens;
            None: there is none.
        per_name: tokens for a message that has a name, beyond those of the name; None: names are not written.
        reasoning: the reasoning of an answer is written.
    """

    begin: int
    end: int
    marks: dict[str, int]
    role_as: Literal["text", "head", "none"]
    lead: str = ""
    tail: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    strip: bool = False
    system_into: Literal["", "first", "last"] = ""
    closes: int = 1
    thought: int | None = None
    per_name: int | None = None
    reasoning: bool = True


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary known by name.

    Attributes:
        name: as `--tokenizer` takes it.
        vocabulary: its name in the package that carries it.
        library: "tiktoken" or "splintr".
        models: whose vocabulary it is.
        frame: what surrounds a message.
        frame_source: who says so.
        complete: ids (first, and the one after the last) of pieces that the vocabulary always keeps whole, such as the
            HTML tags of Gemma's.
    """

    name: str
    vocabulary: str
    library: str
    models: str
    frame: Frame
    frame_source: str
    complete: tuple[int, int] | None = None


_OPENAI = Frame(begin=0, end=3, marks={"": 3}, role_as="text", closes=0, per_name=1, reasoning=False)
_OPENAI_SOURCE = (
    "OpenAI cookbook, 'How to count tokens with tiktoken': 3 per message, role and content as text, 1 more per name,"
    " 3 at the end"
)
_LLAMA3 = Frame(
    begin=1,
    end=0,
    marks={"": 3},
    role_as="text",
    lead="\n\n",
    strip=True,
    roles={"developer": "system", "tool": "ipython"},
)
_QWEN3 = Frame(begin=0, end=0, marks={"": 2}, role_as="head", tail="\n", roles={"developer": "system"}, thought=3)
_GEMMA3 = Frame(
    begin=1,
    end=0,
    marks={"": 2},
    role_as="head",
    tail="\n",
    roles={"assistant": "model"},
    strip=True,
    system_into="first",
)
_MISTRAL3 = Frame(begin=1, end=0, marks={"assistant": 1, "": 2}, role_as="none", system_into="last")

TOKENIZERS = (
    Tokenizer("o200k_base", "o200k_base", "tiktoken", "GPT-4o, GPT-4.1, o-series", _OPENAI, _OPENAI_SOURCE),
    Tokenizer("cl100k_base", "cl100k_base", "tiktoken", "GPT-4, GPT-3.5 Turbo", _OPENAI, _OPENAI_SOURCE),
    Tokenizer(
        "llama3",
        "llama3",
        "splintr",
        "Llama 3 (3.1 and later add a dated system header)",
        _LLAMA3,
        "Meta's Llama 3 Instruct prompt format",
    ),
    Tokenizer(
        "qwen3",
        "qwen3",
        "splintr",
        "Qwen 3 (its template puts an empty thought before the last answer)",
        _QWEN3,
        "chat template of Qwen3",
    ),
    Tokenizer("gemma3", "gemma3", "splintr", "Gemma 3", _GEMMA3, "chat template of Gemma 3 IT", (168, 238)),
    Tokenizer(
        "mistral_v3",
        "mistral_v3",
        "splintr",
        "Mistral NeMo and others with the Tekken vocabulary",
        _MISTRAL3,
        "mistral-common, instruct tokenizer V3 with Tekken",
    ),
)

COUNTING_VERSION = 1
"""Counts up whenever the counts of unchanged data would change; see `fingerprint`."""

TextCounter = Callable[[list[str]], list[int]]
"""Tokens of each text; special tokens spelled out in a text are ordinary text."""


def tokenizer_named(name: str) -> Tokenizer | Path:
    """The named tokenizer, or the folder of a local model.

    Raises:
        UsageError: it is neither; the sentence names the nearest.
    """
    for tokenizer in TOKENIZERS:
        if tokenizer.name == name:
            return tokenizer
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    names = [tokenizer.name for tokenizer in TOKENIZERS]
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise UsageError(
        f"There is no tokenizer '{name}', and no folder of that name.{hint}"
        f" Known ones: {', '.join(names)}, or the folder of a local model."
    )


def fingerprint(name: str) -> str:
    """What a tokenizer's counts depend on besides the data: our rules, and for a local model its folder's files.

    Raises:
        UsageError: `name` is neither a known name nor a folder.
    """
    named = tokenizer_named(name)
    if isinstance(named, Tokenizer):
        return f"{COUNTING_VERSION}:{name}"
    states = [
        (file.name, file.stat()) for file in sorted(named.iterdir()) if file.suffix in (".json", ".jinja", ".model")
    ]
    files = ",".join(f"{file}:{state.st_size}:{state.st_mtime_ns}" for file, state in states)
    return f"{COUNTING_VERSION}:{named.resolve()}:{files}"
