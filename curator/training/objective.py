"""What a run learns from: answers, pairs of answers, or rated answers. One kind, and the objective that fits it."""

from collections import Counter

import numpy as np

from curator.audit.engine import Audit
from curator.data.content import Content
from curator.errors import UsageError
from curator.splitting.members import Members
from curator.targets.capabilities import kind_of

SETTING = "training.objective"
_OBJECTIVES = {"preference": "dpo", "kto": "kto"}
_KINDS = {"preference": "pairs of answers", "kto": "rated answers"}
LEARNS = {
    "sft": "answers",
    "dpo": "pairs of a chosen and a rejected answer (DPO); --objective orpo learns from them too, --use chosen learns "
    "the chosen answers alone",
    "orpo": "pairs of a chosen and a rejected answer (ORPO); --objective dpo learns from them too",
    "kto": "answers that are rated good or bad (KTO); --use chosen learns the good ones alone",
}
"""By objective, as the sheet says it."""


def kinds_of(audit: Audit, members: Members, rejected: set[str]) -> Counter[str]:
    """How many of the kept examples are of which kind."""
    is_left = ~members.ids.is_in(list(rejected)).to_numpy()
    positions = members.locations
    kinds = Counter(audit.loaded.facts["kind"].gather(positions[is_left & (positions >= 0)]).to_list())
    added = (int(index) for index in np.flatnonzero(is_left & (positions < 0)))
    return kinds + Counter(kind_of(members.contents[index]) for index in added)


def with_objective(settings: tuple[str, ...], use: str | None, kinds: Counter[str]) -> tuple[str, ...]:
    """The settings with the objective that fits the examples: DPO where all are pairs, KTO where all are rated.

    Raises:
        UsageError: they are of several kinds.
    """
    preferences = {kind: count for kind, count in kinds.items() if kind in _OBJECTIVES}
    if use == "chosen" or not preferences or any(one.partition("=")[0].strip() == SETTING for one in settings):
        return settings
    others = kinds.total() - sum(preferences.values())
    if others or len(preferences) > 1:
        listed = [f"{count:,} {_KINDS[kind]}" for kind, count in preferences.items()]
        listed += [f"{others:,} conversations"] if others else []
        raise UsageError(
            f"The kept examples are of several kinds ({', '.join(listed)}), and a run learns from one. Drop the "
            "others, for example with `curator decide DATA --where kind:preference --drop`, or say --use chosen to "
            "learn the chosen answers and the good ones like the others."
        )
    return (*settings, f"{SETTING}={_OBJECTIVES[next(iter(preferences))]}")


def as_handed(content: Content, use: str | None) -> Content:
    """What the trainer gets; with `use` "chosen" the preferred answer is one to learn, and a bad one stays rated."""
    if use != "chosen":
        return content
    if content.chosen is not None:
        return Content([*content.messages, *content.chosen], content.tools)
    return content._replace(label=None) if content.label else content
