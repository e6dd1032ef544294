"""What a command writes never takes the place of what it reads, nor of anything in a project's folder."""

import os
from collections.abc import Iterable
from pathlib import Path

from curator.audit.open_data import Opened
from curator.data.sources.source import expand
from curator.errors import UsageError
from curator.project.folder import DATABASE, ENDING, NAMES
from curator.settings.resolve import project_file


def check_files(opened: Opened, *files: str | None) -> None:
    """See that files can be written, before the work whose outcome they are to hold.

    Args:
        opened: the data.
        files: their names; None and `-` (standard output) are no files.

    Raises:
        UsageError: one is a source of this command, or data with a project of its own; it lies in a project's folder;
            or it is named twice.
    """
    refuse_outputs(files, sources_of(opened), opened.project.folder.path)
    for name, path in _named(files):
        if (path.parent / f"{path.name}{ENDING}" / DATABASE).exists():
            raise UsageError(f"{name} is data with a project of its own, so it is not overwritten. {_ANOTHER}")


def check_folder(opened: Opened, folder: Path, *, replace: bool) -> None:
    """See that an export can be written to a folder, before the work.

    Raises:
        UsageError: it holds a source of this command or anything but an earlier export, or lies in a project's folder
            elsewhere than under `exports/`.
    """
    from curator.exporting.replacing import refuse_existing

    refuse_existing(folder, replace=replace)
    wanted = folder.resolve()
    for source in sources_of(opened):
        if source.resolve().is_relative_to(wanted):
            raise UsageError(f"{folder} holds {source.name}, a source of this command. Name another folder.")
    project = _project_around(wanted, opened.project.folder.path)
    if project is not None and not (wanted.parent == project / "exports" and wanted != project):
        raise UsageError(
            f"{folder} lies in the project folder {project}. Name a folder elsewhere, or directly below "
            f"{project / 'exports'}."
        )


def refuse_outputs(files: Iterable[str | None], sources: Iterable[Path], project: Path | None = None) -> None:
    """See that no file that is to be written is a source, by whatever name, in a project's folder, or named twice.

    Args:
        files: as `check_files` takes them.
        sources: what the command reads.
        project: the folder of the data's project; others are known by what is in them.

    Raises:
        UsageError: one is, or cannot be written.
    """
    done: set[Path] = set()
    known = [source for source in sources if source.exists()]
    for name, path in _named(files):
        if any(path == source.resolve() or (path.exists() and path.samefile(source)) for source in known):
            raise UsageError(f"{name} is a source of this command, so it is not overwritten. {_ANOTHER}")
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(f"{name} is a folder, or its folder does not exist. {_ANOTHER}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"{name} may not be written by this user. {_ANOTHER}")
        if path in done and (path.is_file() or not path.exists()):
            raise UsageError(f"{name} is named twice, and one would overwrite the other. {_ANOTHER}")
        if around := _project_around(path, project):
            raise UsageError(f"{name} lies in the project folder {around}, where no output goes. {_ANOTHER}")
        done.add(path)


_ANOTHER = "Name another file."


def sources_of(opened: Opened) -> list[Path]:
    """Every file that a command on this data reads: the data, evaluation sets, settings."""
    against = [source.path for source in expand(name for name in opened.request.against if name != "-")]
    settings = [Path(opened.request.config)] if opened.request.config else []
    beside = project_file(opened.paths)
    return [*opened.paths, *against, *settings, *([beside] if beside else [])]


def _named(files: Iterable[str | None]) -> list[tuple[str, Path]]:
    return [(name, Path(name).resolve()) for name in files if name and name != "-"]


def _project_around(path: Path, own: Path | None) -> Path | None:
    """The project folder that a place lies in, or is; None: none.

    Of a folder that is also somebody's own (`--project .`) only what the project keeps there counts.
    """
    for folder in (path, *path.parents):
        if folder.name.endswith(ENDING):
            return folder
        if (own is not None and folder == own.resolve()) or (folder / DATABASE).is_file():
            below = path.relative_to(folder).parts
            return folder if not below or below[0] in NAMES else None
    return None
