"""One thing that a person can do in the app."""

from dataclasses import dataclass

EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Action:
    """One thing to do on one screen.

    Attributes:
        screen: where; `EVERYWHERE`: on all of them.
        name: of its method, without `action_`; may hold a parameter, `choose(1)`, which the id has as `choose_1`.
        keys: default keys, separated by commas.
        label: one or two words, for the footer.
        description: a sentence, for help, palette and docs.
        footer: whether it stands in the footer; those that come first stay when there is little room.
        decides: whether it writes; not offered when the data are opened read-only.
        guarded: whether a key held down since the example before is ignored: nobody has read this one yet.
        opens: whether it goes to the screen of its name.
    """

    screen: str
    name: str
    keys: str
    label: str
    description: str
    footer: bool = False
    decides: bool = False
    guarded: bool = False
    opens: bool = False

    @property
    def call(self) -> str:
        """What Textual runs."""
        return f"show('{self.name}')" if self.opens else self.name

    @property
    def id(self) -> str:
        """By which settings name it."""
        return f"{self.screen}.{self.name.replace('(', '_').rstrip(')')}"


Row = tuple[str, str, str, str] | tuple[str, str, str, str, str]
"""Name, keys, label, description, and marks (f: footer, d: decides, g: guarded, o: opens)."""


def on(screen: str, *actions: Row) -> tuple[Action, ...]:
    """Actions of a screen from their rows."""
    made = []
    for name, keys, label, description, *marks in actions:
        mark = marks[0] if marks else ""
        made.append(Action(screen, name, keys, label, description, *(letter in mark for letter in "fdgo")))
    return tuple(made)
