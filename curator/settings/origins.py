"""Settings as a file and the environment give them: names, values, and where each stands."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from curator.errors import UnreadableInput, UsageError
from curator.settings.fields import ANY_NAME, KNOWN_NAMES, NAMES_OR_FOLDERS, is_list, known_names

ENVIRONMENT = "CURATOR_"
_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_LOOSE_ENOUGH = 0.5


class Given(NamedTuple):
    """One setting as someone gave it.

    Attributes:
        name: section and key.
        value: as given.
        origin: where, for a person.
        beside: the curator.toml beside the data that it stands in; None: it is the user's own.
    """

    name: str
    value: Any
    origin: str
    beside: Path | None = None


def from_file(path: Path) -> list[Given]:
    """The settings of a curator.toml.

    Raises:
        UnreadableInput: the file cannot be read or is not TOML.
        UsageError: it has a key that does not exist; the sentence names the nearest that does.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except FileNotFoundError:
        raise UnreadableInput(f"The settings file {path} does not exist.") from None
    except OSError as error:
        raise UnreadableInput(f"The settings file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The settings file {path} is not sound TOML: {error}.") from None
    lines = lines_of_keys(text)
    known = set(known_names())
    given = []
    for keys, value in _leaves(values, (), known):
        place = f"{path}, line {_line_of(keys, lines)}"
        name = ".".join(_underscored(keys))
        if _generic(name) not in known:
            raise UsageError(f"{place}: {_unknown(name, known)}")
        given.append(Given(name, _relative_to(path, name, value), place))
    return given


def _relative_to(file: Path, name: str, value: Any) -> Any:
    """A folder that a settings file names is looked for beside that file first, wherever a command is run."""
    if name == "check.files" and isinstance(value, list):
        return [str(file.parent.absolute() / Path(str(one)).expanduser()) for one in value]
    if name not in NAMES_OR_FOLDERS or not isinstance(value, str) or value in KNOWN_NAMES:
        return value
    folder = file.parent.absolute() / value
    return str(folder) if folder.is_dir() else value


def from_environment(environment: Mapping[str, str]) -> list[Given]:
    """The settings of the environment: `tokens.max_tokens` is CURATOR_TOKENS_MAX_TOKENS; lists have commas.

    Raises:
        UsageError: a variable begins with CURATOR_ and is none of them.
    """
    names = {variable_of(name): name for name in known_names() if ANY_NAME not in name}
    given = []
    for variable, text in sorted(environment.items()):
        if not variable.startswith(ENVIRONMENT):
            continue
        if variable not in names:
            near = get_close_matches(variable, names, n=1, cutoff=_LOOSE_ENOUGH)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"The environment variable {variable} is no setting.{hint}")
        name = names[variable]
        value = [part.strip() for part in text.split(",") if part.strip()] if is_list(name) else text
        given.append(Given(name, value, f"the environment variable {variable}"))
    return given


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return ENVIRONMENT + name.upper().replace(".", "_")


def _leaves(table: Mapping[str, Any], above: tuple[str, ...], known: set[str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with its keys; a table is gone into, unless nothing is known below it."""
    for key, value in table.items():
        keys = (*above, key)
        generic = _generic(".".join(_underscored(keys)))
        if isinstance(value, dict) and any(name.startswith(f"{generic}.") for name in known):
            yield from _leaves(value, keys, known)
        else:
            yield keys, value


def _underscored(keys: tuple[str, ...]) -> list[str]:
    """Keys of ours may be written with hyphens; names that the user gives stay as they are."""
    return [
        key if depth == 1 and keys[0] in ("policies", "labels") else key.replace("-", "_")
        for depth, key in enumerate(keys)
    ]


def _generic(name: str) -> str:
    section, _, rest = name.partition(".")
    if section not in ("policies", "labels") or not rest:
        return name
    _, _, key = rest.rpartition(".") if "." in rest else ("", "", "")
    return f"{section}.{ANY_NAME}.{key}" if key else f"{section}.{ANY_NAME}"


def _unknown(name: str, known: set[str]) -> str:
    key = name.rpartition(".")[2]
    same_key = sorted(other for other in known if other.rpartition(".")[2] == key)
    near = same_key or get_close_matches(_generic(name), sorted(known), n=1, cutoff=_LOOSE_ENOUGH)
    if not near:
        return f"there is no setting '{name}'. `curator config show --skeleton` lists them all."
    section, _, nearest = near[0].replace(ANY_NAME, "NAME").rpartition(".")
    return f"there is no setting '{name}'. Did you mean {nearest} in [{section}]?"


def lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    """On which line each table and key begins."""
    lines_by_key: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            lines_by_key.setdefault(table, number)
        elif key := _KEY.match(line):
            lines_by_key.setdefault((*table, *_parts(key[1])), number)
    return lines_by_key


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _line_of(keys: tuple[str, ...], lines: Mapping[tuple[str, ...], int]) -> int:
    """The line of a key, or of the innermost table it is in."""
    for length in range(len(keys), 0, -1):
        if keys[:length] in lines:
            return lines[keys[:length]]
    return 1
