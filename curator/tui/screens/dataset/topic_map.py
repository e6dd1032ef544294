"""The map of meaning: what is near is alike. Topics as a list beside it; topics and regions open as filters."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.audit.meaning.meaning import Meaning, map_coordinates
from curator.data.frames import SEVERITIES
from curator.data.safe_text import visible
from curator.reporting.wording import share
from curator.review.listing import Listing
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.charts.scatter import PLAIN, Colour, ScatterMap

_NO_MAP = (
    "There is no map: this audit did not look at meaning. `curator info` says whether an embedding model is here, and "
    "`meaning.embedder` in curator.toml, or --embedder, which one is used."
)
_WAITING = "The data are still being checked; the map is here once that is done."
_BEGINNING = 120  # characters of an example at the cursor

_COLOURS = {
    "topic": (PLAIN, Colour("the topic in the list", "bold $accent", "reverse")),
    "finding": (
        PLAIN,
        Colour("info", "$text-primary", "underline"),
        Colour("warning", "$text-warning", "bold"),
        Colour("error", "bold $text-error", "reverse"),
    ),
    "decision": (
        PLAIN,
        Colour("keep", "$text-success", "bold"),
        Colour("drop", "bold $text-error", "reverse"),
        Colour("flag", "$text-warning", "underline"),
    ),
}
"""By what the map is coloured: the colours, in the order of their classes."""


class TopicMapScreen(Page):
    """Topics as a list, the largest first, beside all examples as points.

    Attributes:
        topics: numbers of the listed topics, in the order of the list.
        coloured_by: a key of `_COLOURS`.
    """

    page_name = "map"
    heading = "Map"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("map")]

    def __init__(self) -> None:
        super().__init__()
        self.topics: list[int] = []
        self.coloured_by = "topic"
        self._coordinates: npt.NDArray[np.floating] = np.zeros((0, 2))

    def compose_body(self) -> ComposeResult:
        """List and map, or why there is none."""
        yield Static("", id="about", markup=False)
        with Horizontal(id="map"):
            yield OptionList(id="topics")
            with Vertical():
                yield ScatterMap()
                yield Static("", id="here", markup=False)

    def on_mount(self) -> None:
        """Draw."""
        self.review_changed()

    @property
    def meaning(self) -> Meaning | None:
        """What the audit found about meaning; None: it did not look."""
        return self.review.audit.meaning

    @property
    def plot(self) -> ScatterMap:
        """The map itself."""
        return self.query_one(ScatterMap)

    def title_detail(self) -> str:
        """How many topics."""
        return f"{len(self.topics):,} topics" if self.topics else ""

    def review_changed(self) -> None:
        """The data were audited, or decisions changed elsewhere."""
        meaning, about = self.meaning, self.query_one("#about", Static)
        self.query_one("#map").display = meaning is not None
        if meaning is None:
            about.update(_WAITING if self.review.partial else _NO_MAP)
            return
        about.update(f"Each dot is an example; what is near is alike in meaning ({visible(meaning.encoder)}).")
        self._coordinates = map_coordinates(meaning.examples)
        self.topics = meaning.topics["topic"].to_list()
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(row)) for row in meaning.topics.iter_rows(named=True)])
        options.highlighted = 0 if self.topics else None
        options.focus()
        self.draw()
        self.refresh_bars()

    def on_screen_resume(self) -> None:
        """Decisions may have been made meanwhile."""
        super().on_screen_resume()
        self.draw()

    def draw(self) -> None:
        """Draw the points in their colours."""
        if self.meaning is None:
            return
        there, kinds = ~np.isnan(self._coordinates[:, 0]), self._kinds(self.meaning)
        self.plot.show(self._coordinates[there], kinds[there], _COLOURS[self.coloured_by])
        self._say_what_is_here()

    def _kinds(self, meaning: Meaning) -> npt.NDArray[np.integer]:
        if self.coloured_by == "finding":
            gravity = len(SEVERITIES) - self.review.edits.severity[: len(self._coordinates)]
            return np.asarray(gravity, dtype=np.int8)
        if self.coloured_by == "decision":
            return self.review.decisions.status[: len(self._coordinates)]
        highlighted = self.query_one(OptionList).highlighted
        listed = -1 if highlighted is None else self.topics[highlighted]
        return np.asarray(meaning.examples["topic"].to_numpy() == listed, dtype=np.int8)

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Mark its examples on the map."""
        self.draw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Review the examples of the topic; a filter counts topics from 1."""
        self.curator.review_found(f"topic:{self.topics[event.option_index] + 1}")

    def on_scatter_map_cursor_moved(self, _: ScatterMap.CursorMoved) -> None:
        """Say what is at the cursor."""
        self._say_what_is_here()

    @property
    def filter_here(self) -> str:
        """A filter for what is in the region, or at the cursor."""
        left, right, bottom, top = self.plot.bounds
        return f"map-x:{left:.2f}..{right:.2f} map-y:{bottom:.2f}..{top:.2f}"

    def _say_what_is_here(self) -> None:
        """How many examples are in the region, how one of them begins, and what the colours mean."""
        legend = Content(f"Coloured by {self.coloured_by}. ").stylize("$text-muted")
        for colour in _COLOURS[self.coloured_by][1:]:
            style = colour.without if self.app.no_color else colour.style
            legend += Content(f"⣿ {colour.name}").stylize(style) + "  "
        here = "Tab: to the map."
        if self.plot.has_focus:
            found = np.flatnonzero(self.review.matching(self.filter_here))
            here = f"{len(found):,} {'example' if len(found) == 1 else 'examples'} here"
            if len(found):
                beginning = Listing(self.review).beginning(int(found[0]), _BEGINNING)
                here += f": {visible(beginning, one_line=True)}"
        self.query_one("#here", Static).update(Content("\n").join([legend, Content(here)]))

    def action_open(self) -> None:
        """Review what is in the region, or the topic in the list."""
        if not self.plot.has_focus:
            self.query_one(OptionList).action_select()
        elif self.review.matching(self.filter_here).any():
            self.curator.review_found(self.filter_here)
        else:
            self.notify("No example is here. The arrow keys move the cursor; space begins a region.", markup=False)

    def action_other(self) -> None:
        """From the list to the map, and back."""
        (self.query_one(OptionList) if self.plot.has_focus else self.plot).focus()
        self._say_what_is_here()

    def action_region(self) -> None:
        """Begin a region, or take it back."""
        if self.plot.has_focus:
            self.plot.begin_region()
        else:
            self.action_other()

    def action_colours(self) -> None:
        """Colour by something else."""
        kinds = list(_COLOURS)
        self.coloured_by = kinds[(kinds.index(self.coloured_by) + 1) % len(kinds)]
        self.draw()


def _line(row: dict[str, object]) -> Text:
    line = Text(visible(str(row["title"]), one_line=True))
    line.append(f"\n  {row['examples']:,} examples, {share(float(str(row['share'])))}", style="dim")
    line.append("".join(f", {word}" for word in ("thin", "dominant") if row[word]), style="bold")
    return line
