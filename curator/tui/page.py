"""What every screen has: a title bar, the keys of its actions, and the review it is about."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from curator.tui.actions.action import Action
from curator.tui.actions.actions import actions_of
from curator.tui.faults import FaultsSaid
from curator.tui.fields import FieldsFirst
from curator.tui.widgets.key_bar import KeyBar
from curator.tui.widgets.notice_bar import NoticeBar
from curator.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from curator.review.session import Review
    from curator.tui.app import CuratorApp
    from curator.tui.open_session import Session


def bindings_of(screen: str) -> list[Binding]:
    """A Textual binding for each of a screen's own actions; their ids let a person remap them."""
    return [
        Binding(action.keys, action.call, action.label, show=False, id=action.id)
        for action in actions_of(screen)
        if action.screen == screen
    ]


class Page(FieldsFirst[None], FaultsSaid[None]):
    """A screen of the app.

    Attributes:
        page_name: under which its actions are registered.
        heading: what the title bar calls it.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (110, "-wide")]  # noqa: RUF012 - as textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-tall")]  # noqa: RUF012 - as textual declares it

    page_name: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """Title, body, keys."""
        yield TitleBar()
        leave = "Esc leaves." if self.writes else "q quits."
        yield Static(f"This needs 60 columns and 15 rows; please enlarge the terminal. {leave}", id="enlarge")
        yield from self.compose_body()
        yield NoticeBar()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """What is between the bars."""
        raise NotImplementedError

    @property
    def curator(self) -> "CuratorApp":
        """The app."""
        return cast("CuratorApp", self.app)

    @property
    def session(self) -> "Session":
        """What is open."""
        return self.curator.session

    @property
    def review(self) -> "Review":
        """The review in progress; only screens of open data ask."""
        review = self.session.review
        assert review is not None, "this screen is only shown for open data"
        return review

    def on_screen_resume(self) -> None:
        """Show what may have changed while another screen was in front."""
        self.refresh_bars()

    def title_detail(self) -> str:
        """What the title bar says after the name of the screen, such as the position."""
        return ""

    def refresh_bars(self) -> None:
        """Draw title and keys anew; a screen that is just coming or going has none."""
        for title in self.query(TitleBar):
            title.show(self.heading, self.title_detail())
        for keys in self.query(KeyBar):
            keys.refresh()

    def label_of(self, action: Action) -> str:
        """What the line of keys calls an action now."""
        return action.label

    def offers(self, action: Action) -> bool:  # noqa: ARG002 - most screens offer all they have
        """Whether the line of keys names an action now."""
        return True

    def step_back(self) -> bool:
        """Take one step back within this screen; whether there was one. Esc asks this first."""
        return False

    def review_changed(self) -> None:
        """The data were audited, or decisions changed elsewhere."""
        self.refresh_bars()
