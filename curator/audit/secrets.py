"""Secrets in what is about to leave: found in every string of it, and masked or let through as a person says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
import polars as pl

from curator.checks.privacy.secret_keys import MASK, cut_out, likely_secret, secret_keys
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.safe_text import visible
from curator.errors import CuratorError

Policy = Literal["stop", "mask", "allow"]
"""What becomes of an example that holds a secret: it stops the work, is masked, or is let through."""

LISTED = 20
"""Examples that a refusal names; all are counted."""
_BLOCK_EXAMPLES, _BLOCK_CHARACTERS = 8192, 8 << 20
"""Examples looked at together, at most, and their size from which no more are: each look builds the search anew."""

Item = TypeVar("Item")


class Site(NamedTuple):
    """A string that holds secrets.

    Attributes:
        holder: the object or list it is in.
        key: under which it is there.
        masked: the string with `[SECRET]` in their places.
        kinds: what each one is, itself masked.
        place: where, such as `messages[1].content`.
        is_key: whether the string is the key itself.
    """

    holder: Any
    key: Any
    masked: str
    kinds: list[str]
    place: str
    is_key: bool = False


@dataclass
class Held:
    """An example that holds a secret, by place and kind."""

    where: str
    sites: list[Site] = field(default_factory=list)

    def sentence(self) -> str:
        """For people; a secret is never shown."""
        found = [f"{kind} in {visible(site.place, one_line=True)}" for site in self.sites for kind in site.kinds]
        more = f" and {len(found) - 2} more" if len(found) > 2 else ""
        return f"{visible(self.where, one_line=True)}: {'; '.join(found[:2])}{more}"


class HoldsSecrets(CuratorError):
    """Kept examples hold secrets; nothing was written."""

    exit_code = 1


def refusal(held: list[Held], count: int) -> HoldsSecrets:
    """What stands in the way, and the ways out of it."""
    examples = "A kept example holds" if count == 1 else f"{count:,} kept examples hold"
    more = [f"  and {count - LISTED:,} more."] if count > LISTED else []
    return HoldsSecrets(
        "\n".join(
            [
                f"{examples} a secret, so nothing was written:",
                *(f"  {one.sentence()}" for one in held[:LISTED]),
                *more,
                'Drop them: curator decide DATA --where check:secret-key/warning --drop --reason "a secret"',
                f"Or edit them in `curator review DATA`, say --mask-secrets to write {MASK} in the place of each "
                "secret, or --allow-secrets to let them through.",
            ]
        )
    )


def sites(value: Any) -> list[Site]:
    """Every string of a JSON value that holds a secret, keys and JSON within strings included."""
    result: list[Site] = []
    open_: list[tuple[Any, str]] = [(value, "")]
    while open_:
        holder, place = open_.pop()
        pairs = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, inner in pairs:
            here = f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}".lstrip(".")
            if isinstance(inner, dict | list):
                open_.append((inner, here))
            elif isinstance(inner, str) and (found := _in_text(inner, str(key))):
                result.append(Site(holder, key, *found, here))
            if isinstance(key, str) and (found := _in_text(key, "")):
                result.append(Site(holder, key, *found, f"a key of {place or 'the example'}", is_key=True))
    return result


def mask(found: list[Site]) -> None:
    """Write `[SECRET]` in the place of each secret, where it stands."""
    for site in sorted(found, key=lambda site: site.is_key):
        if site.is_key:
            site.holder[site.masked] = site.holder.pop(site.key)
        else:
            site.holder[site.key] = site.masked


def _in_text(text: str, name: str) -> tuple[str, list[str]] | None:
    """`text` masked and the kinds of its secrets; `name` is what the text is called, None where it holds none.

    A text that is JSON stays JSON: where a secret cannot be cut out of it as it stands, it is written anew.
    """
    before = f"{name}: "
    found = sorted(
        (one for one in secret_keys(before + text) if one.severity is None and one.start >= len(before)),
        key=lambda one: one.start,
    )
    masked = cut_out(text, [(one.start - len(before), one.end - len(before)) for one in found])
    kinds = [one.shown for one in found]
    inner = _json(text)
    if inner is None:
        return (masked, kinds) if found else None
    within = sites(inner)
    after = _json(masked)
    if within and (not found or after is None or sites(after)):
        mask(within)
        return msgspec.json.encode(inner).decode(), [kind for site in within for kind in site.kinds]
    return (masked, kinds) if found else None


def _json(text: str) -> Any:
    """The object or list that a text is; None: it is neither."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = decode_json(text.encode("utf-8", "surrogatepass"))
    except (InvalidJson, InvalidEncoding):
        return None
    return value if isinstance(value, dict | list) else None


def searched(items: Iterable[Item], value_of: Callable[[Item], Any]) -> Iterator[tuple[Item, Any, list[Site]]]:
    """Each item, its value, and the strings in that which hold a secret; what cannot hold one is passed over."""
    block: list[tuple[Item, Any, str]] = []
    size = 0
    for item in items:
        value = value_of(item)
        text = msgspec.json.encode(value).decode()
        block.append((item, value, text))
        size += len(text)
        if len(block) == _BLOCK_EXAMPLES or size >= _BLOCK_CHARACTERS:
            yield from _searched_block(block)
            block, size = [], 0
    yield from _searched_block(block)


def _searched_block(block: list[tuple[Item, Any, str]]) -> Iterator[tuple[Item, Any, list[Site]]]:
    texts = pl.DataFrame({"text": [text for _, _, text in block]}, schema={"text": pl.String})
    likely = texts.select(likely_secret(pl.col("text"))).to_series()
    for (item, value, _), may in zip(block, likely, strict=True):
        yield item, value, sites(value) if may else []


def passing(
    items: Iterable[Item], value_of: Callable[[Item], Any], where: Callable[[Item], str], policy: Policy
) -> Iterator[tuple[Item, Any, bool]]:
    """The items that may leave, each with its value and whether that holds, or held, a secret.

    Args:
        items: what is about to leave.
        value_of: its JSON value; masking changes the strings in it, where they stand.
        where: it comes from, for people.
        policy: `stop` refuses at the end, and lets nothing pass from the first secret on.

    Raises:
        HoldsSecrets: `policy` is `stop` and some of them hold a secret.
    """
    held: list[Held] = []
    count = 0
    for item, value, found in searched(items, value_of):
        if found and policy == "stop":
            count += 1
            if len(held) < LISTED:
                held.append(Held(where(item), found))
            continue
        if found and policy == "mask":
            mask(found)
        if not count:
            yield item, value, bool(found)
    if count:
        raise refusal(held, count)
