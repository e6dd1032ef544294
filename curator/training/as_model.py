"""Examples exactly as a model would see them in a training: asked of the trainer, which alone knows."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict

from curator.data.content import Content
from curator.targets.conversion import to_line
from curator.targets.engines.built_in import BUILT_IN
from curator.training.runs.run_toml import run_settings
from curator.training.trainer_process import ask_trainer
from trainer.contract import SETTINGS_FILE, TRAIN_FILE

LOST = {
    "system": "the system message",
    "user": "a user's message",
    "tools": "the tools",
    "tool-calls": "a tool call",
    "tool-results": "a tool's result",
    "reasoning": "thinking",
}
"""What a template may omit, as sentences name it."""


class Stretch(BaseModel):
    """A stretch of the rendered text.

    Attributes:
        text: as the template writes it.
        weight: what its tokens count in the loss; 0: they are read and not trained.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    weight: float


class AsModel(BaseModel):
    """An example as a model sees it.

    Attributes:
        stretches: the whole text, in order; empty where it is refused.
        ids: its tokens.
        lost: keys of `LOST` that are nowhere in the text.
        refused: why the template, or the trainer, does not take the example; "" where it does.
    """

    model_config = ConfigDict(frozen=True)

    stretches: list[Stretch] = []
    ids: list[int] = []
    lost: list[str] = []
    refused: str = ""

    def sentences(self) -> list[str]:
        """What a person should know beside the text."""
        if self.refused:
            return [f"The example is refused: {self.refused}"]
        said = [f"The template drops {LOST.get(part, part)}." for part in self.lost if part != "reasoning"]
        if "reasoning" in self.lost:
            said.insert(0, "thinking-lost: the template drops thinking that the example has.")
        return said


def as_model(contents: Sequence[Content], model: str, *, allow_download: bool = False) -> list[AsModel]:
    """Each example as the model in a folder, or of a name in the local cache, sees it.

    Raises:
        UsageError, MissingDependency, WorkFailed: what the trainer says.
    """
    place = str(Path(model).resolve()) if Path(model).is_dir() else model
    shown = [AsModel()] * len(contents)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SETTINGS_FILE).write_text(run_settings(place), encoding="utf-8")
        handed_over: list[int] = []
        with (Path(folder) / TRAIN_FILE).open("wb") as file:
            for position, content in enumerate(contents):
                line = to_line(content, {}, BUILT_IN)
                problems = line.refusals or list(BUILT_IN.judge(line.value or {}))
                if problems:
                    shown[position] = AsModel(refused=problems[0].message)
                    continue
                handed_over.append(position)
                file.write(msgspec.json.encode({"id": str(position), **(line.value or {})}) + b"\n")
        if handed_over:
            allowed = ["--allow-download"] if allow_download else []
            answers: list[dict[str, Any]] = json.loads(ask_trainer("plan", folder, "--rendered", *allowed))
            for position, answer in zip(handed_over, answers, strict=True):
                shown[position] = AsModel.model_validate({key: held for key, held in answer.items() if key != "name"})
    return shown
