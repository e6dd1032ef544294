"""Two similar examples as a person sees them: where they are, and how one becomes the other, word by word."""

import re

from rich.text import Text

from curator.data.safe_text import visible
from curator.review.difference import word_difference
from curator.review.pair_parts import Parts

_SHOWN_AROUND = 12
"""Words shown on each side of a difference; what lies between is not shown."""


def difference_text(left: Parts, right: Parts) -> Text:
    """For a terminal, every text made safe: `[-only in the first-]`, `{+only in the second+}`, long agreement cut."""
    text = Text()
    for name, before, after in (("prompt", left.prompt, right.prompt), ("answer", left.answer, right.answer)):
        if not before and not after:
            continue
        text.append(f"  {name}\n", style="cyan")
        text.append("    ")
        parts = word_difference(before, after)
        for number, part in enumerate(parts):
            shown = visible(part.text, one_line=True)
            match part.kind:
                case "removed":
                    text.append(f"[-{shown}-]", style="red")
                case "added":
                    text.append(f"{{+{shown}+}}", style="green")
                case "same":
                    text.append(_cut(shown, first=number == 0, last=number == len(parts) - 1))
        text.append("\n")
    return text


def _cut(text: str, *, first: bool, last: bool) -> str:
    """`text` without what is far from a difference."""
    words = re.findall(r"\S+\s*|\s+", text)
    if len(words) <= 2 * _SHOWN_AROUND:
        return text
    before = "" if first and not last else "".join(words[:_SHOWN_AROUND])
    after = "" if last else "".join(words[-_SHOWN_AROUND:])
    return f"{before}… {after}"
