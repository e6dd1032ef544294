"""The keys of the actions: as a person chose them, and as a person reads them."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from curator.errors import UsageError
from curator.tui.actions.action import Action
from curator.tui.actions.actions import ACTIONS, actions_of, screens


def keymap(chosen: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Keys by action id, the defaults replaced by what a person chose (`[keys.SCREEN]`).

    Raises:
        UsageError: an action does not exist, or two of one screen have the same key; the sentence names both.
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
            keys[id_] = ",".join(_key_name(key) for key in _split(value))
    for clash in _clashes(keys):
        raise UsageError(clash)
    return keys


def _split(value: str) -> list[str]:
    """Keys separated by commas; a comma alone is itself."""
    return [part.strip() for part in value.split(",")] if value.strip(", ") else [","]


def _key_name(key: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else key


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
    screen: str, keys: Mapping[str, str] | None = None, *, own_only: bool = False
) -> list[tuple[str, str, str]]:
    """Keys, label and description of each action of a screen, for help and docs; what digits do is one row."""
    rows = []
    for action in actions_of(screen):
        if own_only and action.screen != screen:
            continue
        shown = "  ".join(shown_key(key) for key in (keys or {}).get(action.id, action.keys).split(","))
        if "(" not in action.name:
            rows.append((shown, action.label, action.description))
        elif action.name.endswith("(1)"):
            label, description = (re.sub(r"\d", "N", text) for text in (action.label, action.description))
            rows.append((f"{shown} … 9", label, description))
    return rows
