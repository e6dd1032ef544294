"""`curator validate` on any file: from a pipe, with the model's limit, and with what must be known of the target."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def lines(longest: int) -> str:
    """Twelve conversations, the fifth with an answer of so many words."""
    texts = ["word " * longest if number == 5 else f"answer {number}" for number in range(1, 13)]
    return "".join(
        json.dumps({"messages": [{"role": "user", "content": f"Q{number}"}, {"role": "assistant", "content": text}]})
        + "\n"
        for number, text in enumerate(texts)
    )


def validate(*arguments: Any, **how: Any) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, "-m", "curator", "validate", *map(str, arguments)]
    return subprocess.run(given, capture_output=True, text=True, **how)


def test_what_the_model_cuts_off_is_said(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(lines(40_000))
    outcome = validate(file, "--target", "openai", "--model", "gpt-4.1-nano")
    assert outcome.returncode == 0
    assert f"{file}:5  warning over-token-limit" in outcome.stdout
    assert "40,0" in outcome.stdout  # the words, and a few tokens around them
    assert "over-token-limit" not in validate(file, "--target", "openai", "--model", "gpt-4.1-mini").stdout


def test_standard_input_is_a_file_too() -> None:
    outcome = validate("-", "--target", "together", input=lines(3) + '{"messages": 3}\n')
    assert outcome.returncode == 1
    assert "standard input:13  error" in outcome.stdout
    assert validate("-", "--target", "together", "--fix", input="").returncode == 2


def test_openai_s_wind_down_is_said_when_it_is_chosen() -> None:
    assert "2027-01-06" in validate("-", "--target", "openai", input=lines(3)).stderr
    assert "2027-01-06" not in validate("-", "--target", "together", input=lines(3)).stderr
