"""Open data to work on: its sources, its project, its settings, and what is known about it so far."""

import getpass
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from curator.audit.decided.edited import Edited, contents_of
from curator.audit.engine import Audit, AuditOptions, Decided, audit, read_examples
from curator.audit.loading.load import Progress, ReadingOptions
from curator.audit.meaning.meaning_findings import NO_EMBEDDER, MeaningOptions
from curator.audit.pruning import note_more, prune
from curator.audit.saved_audit import any_saved, save_audit, saved_audit
from curator.audit.scores import with_scores
from curator.audit.stages.similar_pairs import has_features
from curator.checks.check import CheckSettings, offers_checks
from curator.data.files.permissions import allowed_by
from curator.data.sources.source import Source, expand
from curator.embedding.encoders.encoder import DEFAULT_ENCODER
from curator.project.folder import folder_for, remove_unnamed, sweep_unnamed
from curator.project.lock import only_one
from curator.project.opening import Project, open_project, trial_project
from curator.project.saved_split import saved_settings, saved_splits
from curator.settings.fields import Settings
from curator.settings.request import DataRequest
from curator.settings.resolve import settings_for


@dataclass
class Opened:
    """Data that is open.

    Attributes:
        request: what the person asked for.
        sources: the files, in order.
        project: where decisions and derived columns are kept.
        settings: what applies, from the command line down to the defaults.
        notes: sentences that a person should read once.
    """

    request: DataRequest
    sources: list[Source]
    project: Project
    settings: Settings
    notes: list[str] = field(default_factory=list)

    @property
    def paths(self) -> list[Path]:
        """The files, less standard input and pipes."""
        return _paths(self.sources)

    @property
    def allowed(self) -> int:
        """Permissions, at most, of what is made of the data for others; see `curator.data.files.permissions`."""
        return allowed_by(self.paths)

    @property
    def annotator(self) -> str:
        """Whose decisions are made."""
        return self.request.annotator or self.settings.annotator or getpass.getuser()

    def audited(self, progress: Progress, *, texts: bool = False, compare: bool = False) -> Audit:
        """The audit of the data, reusing whatever did not change.

        Args:
            progress: is told how far it is.
            texts: keep the texts too, for a person who will search them.
            compare: prepare for comparing examples, whichever checks run.

        Raises:
            CuratorError: see `curator.audit.engine.audit`.
        """
        cache = self.project.cache
        with only_one(self.project, "an audit"):
            cache.used.clear()
            as_in_source = audit(
                self.sources,
                self.options(texts=texts, compare=compare),
                cache,
                progress,
                self._decided(),
                self.project.folder.runs,
            )
            save_audit(as_in_source, cache)
            audited = self.as_edited(with_scores(as_in_source, self.project))
            if not self.project.database.readonly or cache.folder != self.project.folder.cache:
                prune(audited, cache)
        return audited

    def examples(self, progress: Progress, *, compare: bool = False) -> Audit:
        """The latest audit where the files are as they were then; else the examples alone, unchecked.

        It is for what needs no findings: only what it lacks is derived, and nothing is pruned.

        Args:
            progress: is told how far it is.
            compare: prepare for comparing examples.

        Raises:
            CuratorError: see `curator.audit.engine.read_examples`.
        """
        options, cache = self.options(compare=compare), self.project.cache
        known = self._audited_before(options)
        if known is not None and (not compare or has_features(known.loaded, cache)):
            return self.as_edited(known)
        with only_one(self.project, "reading the data"):
            fresh = read_examples(self.sources, options, cache, progress, compare=compare)
        if known is None or known.loaded.fingerprint != fresh.loaded.fingerprint:
            return self.as_edited(fresh)
        return self.as_edited(replace(known, loaded=replace(known.loaded, placed=fresh.loaded.placed)))

    def _audited_before(self, options: AuditOptions) -> Audit | None:
        """The saved audit of these files and options, whether or not meaning was looked at in it."""
        if not any_saved(self.project.cache):
            return None
        asked = options.meaning.embedder
        for embedder in dict.fromkeys((asked, NO_EMBEDDER, DEFAULT_ENCODER)):
            meaning = replace(options.meaning, embedder=embedder)
            known = saved_audit(self.sources, replace(options, meaning=meaning), self.project.cache)
            if known is not None:
                meant = known.meaning if embedder == asked else None
                return with_scores(replace(known, options=options, meaning=meant), self.project)
        return None

    def saved_audit(self) -> Audit | None:
        """The latest audit, in milliseconds, where neither files nor settings changed since; see `saved_audit`."""
        known = saved_audit(self.sources, self.options(), self.project.cache)
        return None if known is None else self.as_edited(with_scores(known, self.project))

    def as_edited(self, audit: Audit) -> Audit:
        """The audit with what the checks find in every edited and added example as it is now.

        Raises:
            WorkFailed: the disk is full.
        """
        contents = contents_of(self.state(), audit.loaded)
        if contents == audit.edited.contents:
            return audit
        if not contents:
            return replace(audit, edited=Edited())
        from curator.audit.decided.checking import check_contents, derived_key, read_derived

        cache = self.project.cache
        known = audit.edited if audit.edited.contents else read_derived(cache, audit.options)
        edited = check_contents(audit.options, audit.loaded, contents, known)
        if set(edited.derived["text"]) != set(known.derived["text"] if len(known.derived) else ()):
            cache.store(derived_key(audit.options), edited.derived.write_ipc)
        return replace(audit, edited=edited)

    def options(self, *, texts: bool = False, compare: bool = False) -> AuditOptions:
        """What the settings mean for an audit; checks of the user's own are among those that it runs."""
        settings = self.settings
        _use_own(settings.check_files)
        return AuditOptions(
            reading=ReadingOptions(settings.format, {str(role): key for role, key in settings.columns.items()}),
            select=tuple(settings.select),
            ignore=tuple(settings.ignore),
            settings=CheckSettings(settings.thresholds, settings.max_tokens or self._limit_of_target()),
            tokenizer=settings.tokenizer,
            target=settings.target,
            meaning=MeaningOptions(
                embedder=settings.embedder,
                map=settings.map,
                allow_download=self.request.allow_download,
                demanded=self.request.embedder is not None
                or (settings.embedder, settings.map) != (DEFAULT_ENCODER, "pca"),
            ),
            texts=texts,
            compare=compare,
            against=tuple(expand(self.request.against)),
            split=str((saved_settings(self.project.database) or {}).get("stamp", "")),
        )

    def _limit_of_target(self) -> int | None:
        """Tokens that every model of the target takes; None: no target, or its models differ.

        Raises:
            UsageError: there is no such target.
        """
        if not self.settings.target:
            return None
        from curator.targets.limits import limit
        from curator.targets.registry import target_named

        return limit(target_named(self.settings.target).name, "tokens-per-example")

    @property
    def own_prices(self) -> dict[str, Any]:
        """The user's `[prices]` table as `curator.targets.prices.prices` takes it."""
        table: dict[str, Any] = self.settings.model_dump()["prices"]
        return table

    def _decided(self) -> Decided:
        state, database = self.state(), self.project.database
        kept = state.filter((pl.col("status") == "keep") & pl.col("by_person"))["id"].to_list()
        dropped = state.filter(pl.col("status") == "drop")["id"].to_list()
        is_apart = bool((saved_settings(database) or {}).get("taken_apart"))
        return Decided(kept, dropped, self.splits(), taken_apart=is_apart)

    def splits(self) -> pl.DataFrame:
        """The saved split: `SIDES`, empty where there is none."""
        return saved_splits(self.project.database)

    def state(self) -> pl.DataFrame:
        """What was decided: `STATE`, a row per example that anything was decided about."""
        return self.project.states.present()


def _use_own(files: Sequence[str]) -> None:
    """Have checks of a person's own in the catalogue; where there are none, a fresh catalogue need not be loaded."""
    catalogue = "curator.checks.catalogue"
    if files or catalogue in sys.modules or offers_checks():
        import_module(catalogue).use_own(files)


@contextmanager
def open_data(
    request: DataRequest, *, readonly: bool = False, trial: bool = False, sources: list[Source] | None = None
) -> Iterator[Opened]:
    """Open the data that the request names, making its project where there is none.

    Args:
        request: what the person asked for.
        readonly: nothing is decided, and the project must be there.
        trial: everything happens in a copy of the project that goes at the end; beside the data nothing is written.
        sources: the data, where they are no files that the request could name.

    Raises:
        CuratorError: a file, setting or project cannot be used; the sentence says which.
    """
    sources = expand(request.data) if sources is None else sources
    paths = _paths(sources)
    settings = settings_for(request, paths)
    _use_own(settings.check_files)
    named = Path(request.project) if request.project else None
    sweep_unnamed()
    unnamed: Path | None = None
    try:
        opening = trial_project(paths, named) if trial else open_project(paths, named, readonly=readonly)
        with opening as project:
            unnamed = None if paths or named or trial else project.folder.path
            notes = [project.folder.note] if project.folder.note else []
            yield Opened(request, sources, project, settings, notes)
            if not readonly:
                note_more(project.cache)
    finally:
        if unnamed is not None:
            remove_unnamed(unnamed)


def database_of(request: DataRequest) -> Path:
    """Where the decisions about the data are kept, whether or not that can be opened."""
    named = Path(request.project) if request.project else None
    return folder_for(_paths(expand(request.data)), named, readonly=True).database


def _paths(sources: list[Source]) -> list[Path]:
    return list(dict.fromkeys(source.path for source in sources if not source.is_copy))
