"""A small fixed set of general questions: what did the tuning make the model forget?"""

from __future__ import annotations

from pathlib import Path

from trainer.contract.examples import Conversation
from trainer.data.read import read_conversations

GENERAL_FILE = Path(__file__).with_name("general.jsonl")
"""Sixty questions of general knowledge, arithmetic, language and reasoning with short answers, written for this
project (CC0). Their loss is compared, not their answers: a small model knows few of them, and what it does know shows
in the loss first."""


def general_questions() -> list[Conversation]:
    """The conversations of the set."""
    return read_conversations(GENERAL_FILE)
