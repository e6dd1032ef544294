"""Audit, validation, export, reading back and training say the same of every line, sound or unsound."""

import pytest

from benchmarks.targets.agreement import JUDGES, disagreements
from benchmarks.targets.random_lines import KINDS, Lines

SHARES = 5
"""Each line is asked about at a fifth of the targets, so that every kind of line meets every target."""
LINES = 50
"""Of a kind, for a target. With the following: 5,000 lines."""
MORE = {"openai-preference": 260, "chat": 150}
"""Lines of a kind of which few are sound: OpenAI takes no file with fewer than ten."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_of_them_disagree_about_a_line(kind, tmp_path):
    made = Lines(seed=1)
    for share in range(SHARES):
        folder = tmp_path / str(share)
        folder.mkdir()
        lines = [made.line(kind) for _ in range(MORE.get(kind, LINES))]
        assert list(disagreements(folder, kind, lines, JUDGES[share::SHARES])) == []
