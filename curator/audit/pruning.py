"""What of the cache audits still need; the rest goes when an audit ends.

Kept is what the latest audits of different settings used, as far as it is made of the data as they are now: nothing of
a text that was removed from the data outlives the next audit.
"""

from pathlib import Path

import msgspec

from curator.audit.engine import Audit
from curator.audit.saved_audit import audit_key
from curator.data.sources.source import expand
from curator.project.cache import Cache, Pruned
from curator.project.folder import folder_for
from curator.project.lock import only_one
from curator.project.opening import open_project
from curator.settings.request import DataRequest

KEPT = 8
"""Audits of different settings whose entries are kept: the review, exports and two or three targets in turn."""

_NAME = "uses-1"
"""Under which the cache keeps the list of them; counts up when its form changes."""


class _Use(msgspec.Struct):
    """The keys that an audit used, or with `is_more` what was done with it afterwards."""

    audit: str
    fingerprint: str
    keys: list[str]
    is_more: bool = False


def prune(audit: Audit, cache: Cache) -> Pruned:
    """Note what `audit` used of the cache, and remove what no present audit uses.

    Raises:
        WorkFailed: the disk is full.
    """
    loaded, options = audit.loaded, audit.options
    key = f"{audit_key([read.source for read in loaded.sources], options)}-{options.texts:d}{options.compare:d}"
    present = {placed.digest for placed in loaded.placed}
    uses = [_Use(key, loaded.fingerprint, sorted(cache.used))]
    for use in _uses(cache):
        if use.fingerprint != loaded.fingerprint:
            use.keys = [] if use.is_more else [name for name in use.keys if name.partition("-")[0] in present]
        if use.keys and (use.audit != key or use.is_more):
            uses.append(use)
    return _kept(uses, cache)


def note_more(cache: Cache) -> None:
    """Note what was used since the audit of this session, such as a comparison at another threshold."""
    uses = _uses(cache)
    more = cache.used.difference(*(use.keys for use in uses if not use.is_more), [_NAME])
    if uses and more and not uses[0].is_more:
        latest = uses[0]
        rest = [use for use in uses[1:] if not (use.is_more and use.audit == latest.audit)]
        _keep([latest, _Use(latest.audit, latest.fingerprint, sorted(more), is_more=True), *rest], cache)


def clear_cache(request: DataRequest) -> tuple[Path, Pruned]:
    """Remove everything derived from the data; where it was, and how much. Decisions, exports and runs stay.

    Raises:
        DecisionConflict: an audit is running.
        CuratorError: the data or the project cannot be used.
    """
    paths = [source.path for source in expand(request.data) if source.name != "-"]
    named = Path(request.project) if request.project else None
    folder = folder_for(paths, named, readonly=True)
    if not folder.database.exists():
        return folder.cache, Pruned(0, 0)
    with open_project(paths, named) as project, only_one(project, "clearing the cache"):
        return project.cache.folder, project.cache.clear()


def _kept(uses: list[_Use], cache: Cache) -> Pruned:
    uses = uses[:KEPT]
    _keep(uses, cache)
    return cache.prune({_NAME, *(name for use in uses for name in use.keys)})


def _keep(uses: list[_Use], cache: Cache) -> None:
    content = msgspec.json.encode(uses[:KEPT])
    cache.store(_NAME, lambda path: path.write_bytes(content))


def _uses(cache: Cache) -> list[_Use]:
    path = cache.entry(_NAME)
    try:
        return [] if path is None else msgspec.json.decode(path.read_bytes(), type=list[_Use])
    except (FileNotFoundError, msgspec.DecodeError):
        return []  # another audit replaced it just now: a list of conveniences is begun anew
