"""Audit, validation, export, reading back and training say the same of every line, sound or unsound."""

import pytest

from benchmarks.targets.agreement import disagreements
from benchmarks.targets.random_lines import KINDS, Lines

LINES = 90
MORE = {"openai-preference": 260}
"""Lines of a kind of which few are sound: OpenAI takes no file with fewer than ten."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_of_them_disagree_about_a_line(kind, tmp_path):
    made = Lines(seed=1)
    assert list(disagreements(tmp_path, kind, [made.line(kind) for _ in range(MORE.get(kind, LINES))])) == []
