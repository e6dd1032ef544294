"""Writing in the review: edit an example here or elsewhere, repair it, write a new one."""

import numpy as np

from curator.data.content import Content
from curator.errors import CuratorError
from curator.review.new_content import repaired
from curator.tui.screens.reviewing.edit import EditScreen, in_editor
from curator.tui.screens.reviewing.example import ExampleScreen
from curator.tui.screens.reviewing.saving import Answer, SavingScreen


class WritingScreen(ExampleScreen):
    """A queue whose examples can be written anew; what was written is decided by `CuratorApp.save_content`."""

    def action_edit(self) -> None:
        """Edit here."""
        if self.shown is not None:
            self.app.push_screen(EditScreen(self.shown.content, self.shown.position, "edit"))

    def action_new(self) -> None:
        """Write a new example, under the same system message as this one."""
        messages = [] if self.shown is None else [m for m in self.shown.content.messages[:1] if m["role"] == "system"]
        content = Content([*messages, {"role": "user", "content": ""}, {"role": "assistant", "content": ""}])
        self.app.push_screen(EditScreen(content, None, "new"))

    def action_new_from(self) -> None:
        """Write a new example that begins as this one."""
        if self.shown is not None:
            self.app.push_screen(EditScreen(self.shown.content, None, "new from this"))

    async def action_editor(self) -> None:
        """Edit as JSON elsewhere."""
        if self.shown is None:
            return
        before, position = self.shown.content, self.shown.position
        try:
            after = in_editor(self.curator, before)
        except CuratorError as error:
            self.curator.say_error(error)
            return
        if after is not None:
            self._save(before, after, position, "edit")

    def action_fix(self) -> None:
        """Repair what can be repaired."""
        if self.shown is None:
            return
        mended = repaired(self.shown.content, self.shown.findings)
        if mended is None:
            self.notify("No check offers a repair for this example; e edits it.", markup=False)
        else:
            self._save(self.shown.content, mended, self.shown.position, "fix")

    def _save(self, before: Content, after: Content, position: int, what: str) -> None:
        async def answered(answer: Answer | None) -> None:
            if answer == "save":
                await self.curator.save_content(position, after)

        self.app.push_screen(SavingScreen(before, after, what), answered)

    def include(self, position: int) -> None:
        """Show an example that was just written, also where the filter does not find it."""
        if position not in self.queue:
            self.queue = np.insert(self.queue, min(self.place + 1, len(self.queue)), position)
        self.go_to_position([position])
