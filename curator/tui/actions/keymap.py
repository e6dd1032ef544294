"""The keys of the actions: as a person chose them, and as a person reads them."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from string import ascii_lowercase

from textual.keys import Keys, _character_to_key, key_to_character

from curator.data.safe_text import visible
from curator.errors import UsageError
from curator.tui.actions.action import Action
from curator.tui.actions.actions import ACTIONS, actions_of, screens

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super"})


def keymap(chosen: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Keys by action id, the defaults replaced by what a person chose (`[keys.SCREEN]`).

    Raises:
        UsageError: an action or a key does not exist, or two actions of one screen have the same key; the sentence
            names both.
    """
    keys = {action.id: action.keys for action in ACTIONS}
    for screen, by_name in chosen.items():
        for name, value in by_name.items():
            id_ = f"{screen}.{name}"
            if id_ not in keys:
                near = get_close_matches(id_, keys, n=1, cutoff=0.4)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise UsageError(f"[keys]: there is no action '{id_}'.{hint}")
            if not value.strip():
                raise UsageError(f"[keys]: '{id_}' needs a key; take the line away to have the usual one.")
            keys[id_] = ",".join(_key_name(key, id_) for key in _split(value))
    for clash in _clashes(keys):
        raise UsageError(clash)
    return keys


def _split(value: str) -> list[str]:
    """Keys separated by commas; a comma alone is itself."""
    return [part.strip() for part in value.split(",")] if value.strip(", ") else [","]


def _key_name(typed: str, action: str) -> str:
    """A key as Textual names it, from how a person writes it: `K`, `?`, `f5`, `PgDn`, `^s`, `ctrl+s`, `shift+k`.

    Raises:
        UsageError: there is no such key; the sentence names the nearest.
    """
    if len(typed) == 1:
        return _key_names().get(typed) or _character_to_key(typed)
    *modifiers, name = (part.strip() for part in re.sub(r"^\^(?=.$)", "ctrl+", typed).split("+"))
    modifiers = [modifier.lower() for modifier in modifiers]
    key = _base_key(name)
    if key is None or not _MODIFIERS.issuperset(modifiers):
        near = get_close_matches(typed.lower(), [*_key_names(), *(f"ctrl+{letter}" for letter in ascii_lowercase)], n=1)
        instead = (
            f"Did you mean {near[0]}?" if near else "A key is a character, or a name such as f5, ctrl+s or pagedown."
        )
        raise UsageError(f"[keys]: '{action}': there is no key '{visible(typed, one_line=True)}'. {instead}")
    if key.isalpha() and len(key) == 1:
        key = key.upper() if modifiers == ["shift"] else key.lower() if modifiers else key
        modifiers = [] if modifiers == ["shift"] else modifiers
    return "+".join([*sorted(modifiers), key])


def _base_key(name: str) -> str | None:
    """A key without modifiers; None: there is none of that name."""
    if len(name) == 1:
        return _character_to_key(name)
    key = _key_names().get(name.lower())
    return key or (name.lower() if key_to_character(name.lower()) is not None else None)


@cache
def _key_names() -> dict[str, str]:
    """The keys of a keyboard by the names that a person may use: Textual's, and those that the app shows."""
    named = [key.value for key in Keys if key.value.isalnum() and key is not Keys.Return]  # Enter comes as enter
    return {name: name for name in named} | {shown.lower(): key for key, shown in _SHOWN.items()}


def _clashes(keys: Mapping[str, str]) -> Iterator[str]:
    for screen in screens():
        taken: dict[str, Action] = {}
        for action in actions_of(screen):
            for key in keys[action.id].split(","):
                other = taken.setdefault(key, action)
                if other.id != action.id and (other.screen == action.screen or _was_chosen(keys, other, action)):
                    yield (
                        f"[keys]: '{shown_key(key)}' would do two things on the {screen} screen: "
                        f"{other.id} ({other.label}) and {action.id} ({action.label}). Give one of them another key."
                    )


def _was_chosen(keys: Mapping[str, str], *actions: Action) -> bool:
    """Whether a person gave one of these its key; by default a screen's own key outranks one that works everywhere."""
    return any(keys[action.id] != action.keys for action in actions)


_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "comma": ",",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "less_than_sign": "<",
    "vertical_line": "|",
    "space": "space",
    "escape": "Esc",
    "enter": "Enter",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "backspace": "⌫",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}


def shown_key(key: str) -> str:
    """A key as a person knows it."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _SHOWN.get(key, key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key)


def rows_of(
    screen: str, keys: Mapping[str, str] | None = None, among: Callable[[Action], bool] = lambda _: True
) -> list[tuple[str, str, str]]:
    """Keys, label and description of some actions of a screen, for help and docs; what digits do is one row."""
    rows = []
    for action in filter(among, actions_of(screen)):
        shown = "  ".join(shown_key(key) for key in (keys or {}).get(action.id, action.keys).split(","))
        if "(" not in action.name:
            rows.append((shown, action.label, action.description))
        elif action.name.endswith("(1)"):
            label, description = (re.sub(r"\d", "N", text) for text in (action.label, action.description))
            rows.append((f"{shown} … 9", label, description))
    return rows
