"""Split what is kept so that nothing leaks, keep the split, and extend it by what is new."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.audit.engine import Audit
from curator.audit.loading.load import Loaded, Progress
from curator.audit.meaning.meaning_search import semantic_must_link
from curator.audit.open_data import Opened
from curator.audit.stages.known_splits import known_splits
from curator.errors import UsageError
from curator.project.saved_split import NAMES, TRAIN, Splits, save_splits, saved_settings, saved_splits
from curator.settings.fields import SplitSettings
from curator.splitting.certify import Certified, certified
from curator.splitting.components import Components, components
from curator.splitting.members import Members, members_of, must_link_of
from curator.splitting.source_fields import conversation_field, numbered_values
from curator.splitting.split import Split, split

Edges = npt.NDArray[np.int64]
Asked = Mapping[str, str | float]


@dataclass(frozen=True)
class Splitting:
    """A split of what is kept.

    Attributes:
        members: what was split.
        settings: what it was asked for; `group_by` as it was used.
        split: the sides, by index of the member.
        certificates: of the validation set and of the test set, where there are any.
        placed: examples that had no side before.
        encoder: whose semantic duplicates were kept on one side; None: meaning was not looked at.
        saved_before: whether there was a saved split that this one extends.
        notes: sentences that a person should read.
        unread: the one of them on examples that the encoder does not read; "" where there are none.
    """

    members: Members
    settings: SplitSettings
    split: Split
    certificates: tuple[Certified, ...]
    placed: int
    saved_before: bool
    notes: tuple[str, ...]
    encoder: str | None = None
    unread: str = ""

    def splits(self) -> dict[str, str]:
        """train, validation or test by id."""
        return {id_: NAMES[side] for id_, side in zip(self.members.ids, self.split.splits.tolist(), strict=True)}


def make_split(
    opened: Opened,
    audit: Audit,
    asked: Asked,
    *,
    anew: bool = False,
    progress: Progress = lambda *_: None,
) -> Splitting:
    """Split what is kept, certify it and save it. Examples that have a side keep it.

    Args:
        opened: the data.
        audit: of the data, for comparison.
        asked: fields of `SplitSettings` that a person named just now; others are as in the saved split, else as set.
        anew: forget the saved split and what the names of the files say.
        progress: is told how far the search for what says the same in other words is.

    Raises:
        UsageError: shares that leave nothing for training, or a field that no example has.
        DecisionConflict, WorkFailed: the split could not be saved.
        MissingDependency: the encoder that a person asked for is not on this machine.
    """
    database = opened.project.database
    earlier = None if anew else saved_settings(database)
    settings = _settings(opened, earlier, asked)
    members = members_of(opened, audit)
    settings, groups, strata = _fields(audit.loaded, settings, members)
    must_link = semantic_must_link(audit, opened.project.cache, progress, members.rewritten)
    kept_together = _components(members, groups, None if must_link is None else must_link.edges)
    before = np.full(len(members.ids), -1, dtype=np.int8) if anew else _before(opened, audit.loaded, members)
    result = split(
        members.ids,
        kept_together,
        validation=settings.validation,
        test=settings.test,
        seed=settings.seed,
        strata=strata,
        before=before,
    )
    prompts = None if must_link is None else must_link.prompts.at(members.texts)
    certificates = certified(members.corpus, result, audit.options.duplicate_threshold, settings.seed, prompts)
    if earlier is None or asked or (result.splits != before).any():
        splits = zip(members.ids.to_list(), result.splits.tolist(), strict=True)
        about = {"taken_apart": bool(kept_together.oversized), "stamp": secrets.token_hex(8)}
        save_splits(database, splits, settings.model_dump() | about, anew=anew)
    placed = int((before < 0).sum())
    notes = _notes(result, before, earlier, asked)
    encoder, unread = (None, "") if must_link is None else (must_link.encoder, must_link.unread)
    notes = (*notes, unread) if unread else notes
    return Splitting(members, settings, result, certificates, placed, earlier is not None, notes, encoder, unread)


def _settings(opened: Opened, earlier: dict[str, object] | None, asked: Asked) -> SplitSettings:
    """Named now, else as in the saved split, else as set."""
    known = {name: value for name, value in (earlier or {}).items() if name in SplitSettings.model_fields}
    settings = SplitSettings.model_validate(opened.settings.split.model_dump() | known | dict(asked))
    if settings.validation + settings.test >= 1:
        raise UsageError(
            f"Validation {settings.validation:g} and test {settings.test:g} leave nothing to train on: together they "
            "must be below 1."
        )
    return settings


def _fields(
    loaded: Loaded, settings: SplitSettings, members: Members
) -> tuple[SplitSettings, npt.NDArray[np.int64] | None, npt.NDArray[np.int64] | None]:
    """Settings with the field to group by, groups of every text, and strata of the members."""
    field = settings.group_by or conversation_field(loaded)
    settings = settings.model_copy(update={"group_by": field})
    wanted = [name for name in (field, settings.stratify) if name is not None]
    values = numbered_values(loaded, wanted) if wanted else {}
    groups, strata = None, None
    if field is not None:
        groups = np.full(len(members.comparison.corpus), -1, dtype=np.int64)
        groups[: len(values[field])] = values[field]
        groups[members.texts] = _of_members(values[field], members)
    if settings.stratify is not None:
        strata = _of_members(values[settings.stratify], members) + 1
    return settings, groups, strata


def _of_members(values: npt.NDArray[np.int64], members: Members) -> npt.NDArray[np.int64]:
    """Values of examples in the files as those of the members; -1 for added ones."""
    result: npt.NDArray[np.int64] = np.where(members.locations < 0, -1, values[members.locations])
    return result


def _components(members: Members, groups: npt.NDArray[np.int64] | None, semantic: Edges | None) -> Components:
    must_link, close = must_link_of(members.comparison)
    if semantic is not None:
        must_link = np.concatenate([must_link, semantic])
    counted = np.zeros(len(members.comparison.corpus), dtype=np.bool_)
    counted[members.texts] = True
    return components(len(counted), must_link, close, groups, counted).at(members.texts)


def _before(opened: Opened, loaded: Loaded, members: Members) -> Splits:
    """The side each member was on; -1 for none."""
    files = loaded.facts["file"].to_numpy().astype(np.int64)
    files = np.where(members.locations < 0, -1, files[members.locations])
    names = [read.source.name for read in loaded.sources]
    return known_splits(members.ids, files, names, saved_splits(opened.project.database))


def _notes(
    result: Split,
    before: Splits,
    earlier: dict[str, object] | None,
    asked: Asked,
) -> tuple[str, ...]:
    notes = []
    changed = [name for name, value in asked.items() if earlier is not None and earlier.get(name) != value]
    if changed and (before >= 0).any():
        named = " and ".join(f"--{name.replace('_', '-')}" for name in changed)
        notes.append(f"{named}: holds for new examples; the others keep their side. --anew splits all of them again.")
    elif earlier is None and (before >= 0).any():
        notes.append("The names of the files say which side an example is on; --anew splits all of them again.")
    if len(result.joined):
        notes.append(
            f"{len(result.joined):,} examples moved to the training set, because something in it now resembles them."
        )
    for name, share in result.asked.items():
        examples = len(result.splits)
        missing = round(abs(result.reached[name] - share) * examples)
        if name != NAMES[TRAIN] and missing > max(1, 0.01 * examples):
            notes.append(
                f"{name} was to hold {share:.1%} and holds {result.reached[name]:.1%}: what belongs together is not "
                "divided, and what has a side keeps it."
            )
    if result.components.oversized:
        notes.append(
            f"{result.components.oversized:,} examples hang together by similarity, more than a fifth of all. Among "
            "them only copies, equal prompts and equal groups were kept on one side; the certificate counts what "
            "leaks by that."
        )
    return tuple(notes)
