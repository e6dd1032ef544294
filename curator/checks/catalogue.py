"""All checks, and which of them a person asked for."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, overload

from curator.checks.agents import AGENT_CHECKS
from curator.checks.check import Check, offers_checks
from curator.checks.dataset import DATASET_CHECKS
from curator.checks.found_elsewhere import AFTER_TRAINING_CHECKS, SCORE_CHECKS, SIMILARITY_CHECKS
from curator.checks.length import LENGTH_CHECKS
from curator.checks.media import MEDIA_CHECKS
from curator.checks.preference import PREFERENCE_CHECKS
from curator.checks.privacy import PRIVACY_CHECKS
from curator.checks.reasoning import REASONING_CHECKS
from curator.checks.rewards import REWARD_CHECKS
from curator.checks.structure import STRUCTURE_CHECKS
from curator.checks.text import TEXT_CHECKS
from curator.errors import UsageError

if TYPE_CHECKING:
    from curator.checks.own.own_checks import OwnSource


class Catalogue(Sequence[Check]):
    """The program's own checks, and after them those that a person wrote for the data that was opened last.

    Attributes:
        sources: of the latter.
    """

    def __init__(self, built_in: tuple[Check, ...]) -> None:
        self._built_in, self._all = built_in, built_in
        self.sources: tuple[OwnSource, ...] = ()

    def use(self, sources: "tuple[OwnSource, ...]") -> None:
        """Take the checks of these sources in the place of earlier ones.

        Raises:
            UsageError: a source cannot be run, or one of its checks has the name of one of ours.
        """
        if sources == self.sources:
            return
        from curator.checks.own.own_checks import own_checks

        own = own_checks(sources)
        for name in {check.name for check in own} & {check.name for check in self._built_in}:
            raise UsageError(f"There is a check called '{name}' already. Give your own another name.")
        self._all, self.sources = (*self._built_in, *own), sources

    @overload
    def __getitem__(self, at: int) -> Check: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Check, ...]: ...
    def __getitem__(self, at: int | slice) -> Check | tuple[Check, ...]:
        return self._all[at]

    def __iter__(self) -> Iterator[Check]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


_BUILT_IN: tuple[Check, ...] = (
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
CHECKS = Catalogue(_BUILT_IN)
"""All checks."""


def use_own(files: Iterable[str]) -> None:
    """Run also the checks of these files, and of installed packages, from now on.

    Raises:
        UsageError: a file cannot be run, or one of its checks has a name that is taken.
        UnreadableInput: a file cannot be read.
    """
    named = tuple(files)
    if not named and not offers_checks():
        CHECKS.use(())
        return
    from curator.checks.own.own_checks import own_sources

    CHECKS.use(own_sources(named))


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
