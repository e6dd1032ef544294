"""Which data a person opened lately, for the start screen."""

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

MOST = 12


@dataclass(frozen=True)
class Recent:
    """Data that were opened before.

    Attributes:
        data: absolute names of the files.
        time: when last, UTC, ISO 8601.
        detail: how far the work was, such as `1,200 examples, 340 decided`.
    """

    data: tuple[str, ...]
    time: str
    detail: str = ""


def recent() -> list[Recent]:
    """The latest first; files that are gone are skipped."""
    try:
        entries = json.loads(_file().read_text(encoding="utf-8"))
        known = [Recent(tuple(entry["data"]), entry["time"], entry.get("detail", "")) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a list of conveniences: one that is missing or damaged is begun anew
    return [entry for entry in known if all(Path(name).exists() for name in entry.data)]


def note_recent(data: tuple[Path, ...], detail: str) -> None:
    """Put data at the head of the list; where the user's state folder cannot be written, there is no list."""
    names = tuple(str(path.resolve()) for path in data)
    entry = Recent(names, datetime.now(UTC).isoformat(timespec="seconds"), detail)
    rest = [other for other in recent() if other.data != names]
    values = [{"data": list(one.data), "time": one.time, "detail": one.detail} for one in [entry, *rest][:MOST]]
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        unfinished = _file().with_suffix(".unfinished")
        unfinished.write_text(json.dumps(values, indent=1), encoding="utf-8")
        unfinished.replace(_file())


def _file() -> Path:
    return platformdirs.user_state_path("curator") / "recent.json"
