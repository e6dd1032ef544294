"""Labels: the questions of curator.toml, answered with digits; suggestions that say how sure they are."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.worker import get_current_worker

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.review.labelling.label_suggestions import most_uncertain_first, suggestions, vectors_of
from curator.review.labelling.labels import NO_QUESTIONS, Labels, Value, choices_of, label
from curator.review.labelling.suggest import ENOUGH, Suggestions
from curator.review.positions import Positions
from curator.review.session import ShownExample
from curator.settings.fields import LabelQuestion
from curator.tui.page import bindings_of
from curator.tui.screens.reviewing.example import ExampleScreen
from curator.tui.screens.reviewing.label_texts import agreement_text, others_text, suggestion_text
from curator.tui.widgets.dialogs.ask_text import AskText
from curator.tui.widgets.findings_pane import FindingsPane

Mode = Literal["file", "uncertain", "disagreements"]
_MODES: tuple[Mode, ...] = ("file", "uncertain", "disagreements")
_SAID = {
    "file": "In the order of the file.",
    "uncertain": "Where an answer teaches the suggestions most comes first.",
    "disagreements": "Only what annotators answer differently.",
}
_LEARN_EVERY = 5
"""Answers after which the suggestions are learned anew."""


class LabelsScreen(ExampleScreen):
    """One question at a time about one example at a time."""

    page_name = "labels"
    heading = "Labels"
    session_name: ClassVar[str] = "labels"
    finished: ClassVar[str] = "Every example of this queue has an answer of yours. v shows the disagreements."
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("labels")]

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "file"
        self.guesses: dict[str, Suggestions] = {}
        self._question = 0
        self._vectors: npt.NDArray[np.float32] | None = None
        self._since_learned = 0
        self._answered: set[int] = set()

    def on_mount(self) -> None:
        """Load the answers, then as the review does."""
        self.labels = Labels(self.review.opened)
        self._count_answers()
        super().on_mount()
        self._learn()

    def on_screen_resume(self) -> None:
        """Answers may have changed meanwhile."""
        self.labels.reload()
        self._count_answers()
        super().on_screen_resume()

    def review_changed(self) -> None:
        """The whole set is known now."""
        self._vectors = None
        self._count_answers()
        super().review_changed()
        self._learn()

    # Questions and the queue

    @property
    def question(self) -> tuple[str, LabelQuestion] | None:
        """The question at hand: its name and itself; None: curator.toml has none."""
        questions = list(self.labels.questions.items())
        return questions[self._question % len(questions)] if questions else None

    def in_order(self) -> Positions:
        """By the mode."""
        everything: Positions = np.flatnonzero(self.review.decisions.there)
        if self.question is None:
            return everything
        name, _ = self.question
        if self.mode == "uncertain" and name in self.guesses:
            return most_uncertain_first(self.guesses[name], everything.tolist())
        if self.mode == "disagreements":
            found = (self.review.positions.position_of(id_) for id_ in self.labels.agreement(name).disagreements)
            return np.array([position for position in found if position is not None], dtype=np.int64)
        return everything

    def is_open(self, positions: Positions) -> npt.NDArray[np.bool_]:
        """Whether each of these examples lacks an answer of this annotator to the question at hand."""
        if self.mode == "disagreements":
            return np.ones(len(positions), dtype=bool)
        return ~np.isin(positions, list(self._answered))

    def _count_answers(self) -> None:
        own = self.labels.own(self.question[0]) if self.question else {}
        positions = (self.review.positions.position_of(id_) for id_ in own)
        self._answered = {position for position in positions if position is not None}

    def title_detail(self) -> str:
        """Who answers what, and where."""
        if self.question is None:
            return "no questions yet"
        return f"{self.question[0]}  {super().title_detail()}  by {self.review.opened.annotator}"

    def show_side(self, shown: ShownExample | None) -> None:
        """The question, its answers with their digits, the suggestion, and what others say."""
        pane = self.query_one(FindingsPane)
        if self.question is None:
            pane.update(Text(NO_QUESTIONS))
            return
        if shown is None:
            pane.update("")
            return
        name, question = self.question
        text = Text(visible(question.question or name, one_line=True) + "\n", style="bold")
        given = self.labels.of(shown.id, name)
        own = given.get(self.review.opened.annotator)
        chosen = own if isinstance(own, list) else [] if own is None else [str(own)]
        for number, choice in enumerate(choices_of(question), 1):
            mark = "●" if choice in chosen else "○"
            text.append(
                f"{number} {mark} {visible(choice, one_line=True)}\n", style="bold" if mark == "●" else "not bold"
            )
        if question.kind == "note":
            text.append(f"m writes it: {visible(str(own or '(nothing yet)'), one_line=True)}\n", style="not bold")
        guesses, own_answers = self.guesses.get(name), len(self.labels.own(name))
        text.append(suggestion_text(guesses, shown.position, own_answers, question), style="italic not bold")
        others = {who: value for who, value in given.items() if who != self.review.opened.annotator}
        is_blind = own is None and self.review.opened.settings.review.blind
        text.append(others_text(others, is_blind=is_blind), style="not bold")
        text.append(agreement_text(self.labels.agreement(name)), style="dim not bold")
        pane.update(text)

    def show_progress(self) -> None:
        """How many have an answer of this annotator to the question at hand."""
        self._progress(len(self._answered), len(self.review), "answered")

    # Answering

    async def action_choose(self, number: int) -> None:
        """An answer by its digit."""
        if self.question is None or self.shown is None:
            return
        name, question = self.question
        choices = choices_of(question)
        if number > len(choices):
            return
        choice = choices[number - 1]
        if question.kind == "choices":
            own = self.labels.of(self.shown.id, name).get(self.review.opened.annotator, [])
            chosen = set(own if isinstance(own, list) else []) ^ {choice}
            await self._answer([value for value in choices if value in chosen] or None, go_on=False)
        else:
            await self._answer(int(choice) if question.kind == "rating" else choice)

    async def action_accept(self) -> None:
        """The suggestion; or, of several choices, enough."""
        if self.question is None or self.shown is None:
            return
        name, question = self.question
        if question.kind in ("choices", "note"):
            self._go_on()
        elif name in self.guesses and self.shown.position < len(self.guesses[name].probabilities):
            value, _ = self.guesses[name].best(self.shown.position)
            await self._answer(int(value) if question.kind == "rating" else value)
        else:
            self.notify(f"There is no suggestion yet; they begin after {ENOUGH} answers.", markup=False)

    async def action_unlabel(self) -> None:
        """No answer."""
        await self._answer(None, go_on=False)

    def action_note(self) -> None:
        """The answer as text."""
        if self.question is None or self.shown is None or self.question[1].kind != "note":
            self.notify("This question is answered with digits.", markup=False)
            return
        own = self.labels.of(self.shown.id, self.question[0]).get(self.review.opened.annotator, "")
        self.app.push_screen(AskText(self.question[1].question or self.question[0], str(own)), self._noted)

    async def _noted(self, text: str | None) -> None:
        if text is not None:
            await self._answer(text.strip() or None)

    async def _answer(self, value: Value | None, *, go_on: bool = True) -> None:
        assert self.question is not None, "an answer is to a question"
        assert self.shown is not None, "and about an example"
        name, id_, position = self.question[0], self.shown.id, self.shown.position
        review, at = self.review, self.review.positions.id_at
        what = f"{name}: {'no answer' if value is None else value if not isinstance(value, list) else ', '.join(value)}"
        if not await self._change(what, lambda these: label(review.opened, [at(one) for one in these], name, value)):
            return
        self.labels.refresh([id_])
        (self._answered.discard if value is None else self._answered.add)(position)
        self._since_learned += 1
        if self._since_learned >= _LEARN_EVERY or name not in self.guesses:
            self._learn()
        if go_on:
            self._go_on()
        else:
            self.show_side(self.shown)

    def decided_elsewhere(self, positions: Sequence[int]) -> None:
        """Those like the example have an answer too."""
        self.labels.refresh([self.review.positions.id_at(position) for position in positions])
        self._count_answers()
        self._learn()

    def _go_on(self) -> None:
        """To the next question about this example that has no answer yet; after the last one to the next example."""
        assert self.shown is not None, "something was answered"
        names = list(self.labels.questions)
        for number in range(self._question + 1, len(names)):
            if self.review.opened.annotator not in self.labels.of(self.shown.id, names[number]):
                self._ask(number)
                return
        if self._question:
            self._ask(0)
        self.advance()

    def _ask(self, number: int) -> None:
        self._question = number
        self._count_answers()
        self.show_side(self.shown)
        self.refresh_bars()

    def action_next_question(self) -> None:
        """The next question, about the same example."""
        if self.labels.questions:
            self._ask((self._question + 1) % len(self.labels.questions))
            self._learn()

    def action_mode(self) -> None:
        """The next order."""
        self.mode = _MODES[(_MODES.index(self.mode) + 1) % len(_MODES)]
        self.notify(_SAID[self.mode], markup=False)
        if self.mode == "file":
            self._find_around(self.where)
        else:
            self._find(self.where, lambda: self.show_place(self.next_open(-1) or 0))

    async def action_undo(self) -> None:
        """As in the review; an answer too."""
        await super().action_undo()
        self._reload()

    async def action_redo(self) -> None:
        """As in the review; an answer too."""
        await super().action_redo()
        self._reload()

    def _reload(self) -> None:
        self.labels.reload()
        self._count_answers()
        self.show_side(self.shown)

    # Suggestions

    def _learn(self) -> None:
        """Learn the suggestions anew, beside everything else."""
        self._since_learned = 0
        if self.question is not None and not self.review.partial and len(self.labels.own(self.question[0])) >= ENOUGH:
            self._learn_beside(self.question[0])

    @work(thread=True, exclusive=True, group="suggestions")
    def _learn_beside(self, name: str) -> None:
        review, worker = self.review, get_current_worker()
        try:
            if self._vectors is None:
                self._vectors = vectors_of(review.audit, review.opened.project.cache, lambda *_: None)
            guesses = suggestions(review, self.labels, name, self._vectors)
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)
            return
        if guesses is not None and not worker.is_cancelled:
            self.app.call_from_thread(self._take_guesses, name, guesses)

    def _take_guesses(self, name: str, guesses: Suggestions) -> None:
        self.guesses[name] = guesses
        self.show_side(self.shown)
