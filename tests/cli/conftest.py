"""What tests of the command line share."""

import pytest


@pytest.fixture
def without_meaning(monkeypatch):
    """Audits without embeddings, where a test is about something else."""
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
