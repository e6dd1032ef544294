"""All checks, and which of them a person asked for."""

from collections.abc import Iterable
from difflib import get_close_matches

from curator.checks.after_training import AFTER_TRAINING_CHECKS
from curator.checks.agents import AGENT_CHECKS
from curator.checks.check import Check
from curator.checks.dataset import DATASET_CHECKS
from curator.checks.length import LENGTH_CHECKS
from curator.checks.media import MEDIA_CHECKS
from curator.checks.preference import PREFERENCE_CHECKS
from curator.checks.privacy import PRIVACY_CHECKS
from curator.checks.reasoning import REASONING_CHECKS
from curator.checks.rewards import REWARD_CHECKS
from curator.checks.scores import SCORE_CHECKS
from curator.checks.similarity import SIMILARITY_CHECKS
from curator.checks.structure import STRUCTURE_CHECKS
from curator.checks.text import TEXT_CHECKS
from curator.errors import UsageError

CHECKS: tuple[Check, ...] = (
    *STRUCTURE_CHECKS,
    *LENGTH_CHECKS,
    *TEXT_CHECKS,
    *PRIVACY_CHECKS,
    *PREFERENCE_CHECKS,
    *AGENT_CHECKS,
    *REASONING_CHECKS,
    *REWARD_CHECKS,
    *MEDIA_CHECKS,
    *SIMILARITY_CHECKS,
    *DATASET_CHECKS,
    *AFTER_TRAINING_CHECKS,
    *SCORE_CHECKS,
)


def check_named(name: str) -> Check:
    """The check of that name.

    Raises:
        UsageError: there is none; the sentence names the nearest.
    """
    for check in CHECKS:
        if check.name == name:
            return check
    near = get_close_matches(name, [check.name for check in CHECKS], n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise UsageError(f"There is no check '{name}'.{hint} `curator checks` lists them.")


def chosen(select: Iterable[str], ignore: Iterable[str]) -> tuple[Check, ...]:
    """The checks named by `select` (all of them where it is empty) without those named by `ignore`.

    Raises:
        UsageError: a name is not a check's.
    """
    wanted = {check_named(name).name for name in select} or {check.name for check in CHECKS}
    unwanted = {check_named(name).name for name in ignore}
    return tuple(check for check in CHECKS if check.name in wanted - unwanted)


def of_examples(checks: Iterable[Check]) -> tuple[str, ...]:
    """Names of those that look at one example at a time, the question to the target among them."""
    return tuple(check.name for check in checks if check.find is not None or check.name == "rejected-by-target")
