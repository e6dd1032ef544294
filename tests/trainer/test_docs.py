"""The settings page names every setting, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from trainer.contract.settings import RunSettings
from trainer.evaluate.measures.measures import measure

LOOP = Path(__file__).parents[2] / "docs" / "loop.md"
PAGE = Path(__file__).parents[2] / "docs" / "trainer-settings.md"


def test_every_setting_is_described_in_its_section() -> None:
    sections = re.split(r"^## \[(\w+)\]$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    described = {
        name: set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", text, flags=re.MULTILINE))))
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }
    fields = {
        name: set(getattr(field.annotation, "model_fields", {})) for name, field in RunSettings.model_fields.items()
    }
    assert described == fields


def test_every_measure_of_an_answer_is_described() -> None:
    text = LOOP.read_text(encoding="utf-8").split("### Measures")[1].split("\n## ")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    assert described == {*measure("1", "1", "number"), *measure("{}", "{}", "json", {"type": "object"})}
