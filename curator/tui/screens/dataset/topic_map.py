"""The map of meaning: what is near is alike; a topic of the list stands out on it, and Enter reviews its examples."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.audit.meaning.meaning import Meaning
from curator.data.safe_text import visible
from curator.reporting.wording import share
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.charts.text_charts import ScatterMap

_NO_MAP = (
    "There is no map: this audit did not look at meaning. `curator info` says whether an embedding model is here, and "
    "`meaning.embedder` in curator.toml, or --embedder, which one is used."
)
_WAITING = "The data are still being checked; the map is here once that is done."


class TopicMapScreen(Page):
    """Topics as a list, the largest first, beside all examples as points.

    Attributes:
        topics: numbers of the listed topics, in the order of the list.
    """

    page_name = "map"
    heading = "Map"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("map")]

    def __init__(self) -> None:
        super().__init__()
        self.topics: list[int] = []
        self._there: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)

    def compose_body(self) -> ComposeResult:
        """List and map, or why there is none."""
        yield Static("", id="about", markup=False)
        with Horizontal(id="map"):
            yield OptionList(id="topics")
            yield ScatterMap()

    def on_mount(self) -> None:
        """Draw."""
        self.review_changed()

    @property
    def meaning(self) -> Meaning | None:
        """What the audit found about meaning; None: it did not look."""
        return self.review.audit.meaning

    def title_detail(self) -> str:
        """How many topics."""
        return f"{len(self.topics):,} topics" if self.topics else ""

    def review_changed(self) -> None:
        """The data were audited."""
        meaning, about = self.meaning, self.query_one("#about", Static)
        self.query_one("#map").display = meaning is not None
        if meaning is None:
            about.update(_WAITING if self.review.partial else _NO_MAP)
            return
        about.update(f"Each dot is an example; what is near is alike in meaning ({visible(meaning.encoder)}).")
        self._there = meaning.examples["topic"].to_numpy() >= 0
        self.topics = meaning.topics["topic"].to_list()
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(row)) for row in meaning.topics.iter_rows(named=True)])
        options.highlighted = 0 if self.topics else None
        options.focus()
        self.refresh_bars()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark its examples on the map."""
        assert self.meaning is not None, "only topics are listed"
        examples = self.meaning.examples
        marked = examples["topic"].to_numpy() == self.topics[event.option_index]
        points = examples.select("x", "y").to_numpy()
        self.query_one(ScatterMap).show(points[self._there], marked[self._there])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Review the examples of the topic; a filter counts topics from 1."""
        self.curator.review_found(f"topic:{self.topics[event.option_index] + 1}")

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()


def _line(row: dict[str, object]) -> Text:
    line = Text(visible(str(row["title"]), one_line=True))
    line.append(f"\n  {row['examples']:,} examples, {share(float(str(row['share'])))}", style="dim")
    line.append("".join(f", {word}" for word in ("thin", "dominant") if row[word]), style="bold")
    return line
