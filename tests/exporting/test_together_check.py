"""`together files check`, the function of Together's SDK, takes every file that we export for it."""

from pathlib import Path

import pytest
from together.lib.utils.files import check_file

from curator.data.batches import read_example
from curator.data.dialects.dialect import dialect_named
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample

DESK = Path(__file__).parents[2] / "sample_data" / "support_desk.jsonl"
PICTURE = "data:image/png;base64,iVBORw0KGgo="
PICTURED = (
    '{"messages":[{"role":"user","content":[{"type":"text","text":"What is it? %d"},{"type":"image_url",'
    f'"image_url":{{"url":"{PICTURE}"}}}}]}},{{"role":"assistant","content":[{{"type":"text","text":"Red."}}]}}]}}'
)
PAIR = '{"prompt":"Which one, %d?","chosen":"This one.","rejected":"That one."}'
TEXT = '{"text":"Chapter %d. It begins where the last one ended."}'
PROMPT = '{"prompt":"Say %d","completion":"It is said."}'

FILES = {
    "conversations with tools": ("chat", DESK.read_text().splitlines()),
    "pictures": ("chat", [PICTURED.replace("%d", str(number)) for number in range(12)]),
    "preferences": ("preference", [PAIR % number for number in range(12)]),
    "texts": ("text", [TEXT % number for number in range(12)]),
    "prompts and completions": ("prompt-completion", [PROMPT % number for number in range(12)]),
}


@pytest.mark.parametrize("name", FILES)
def test_together_s_own_check_takes_what_we_export(name: str, tmp_path: Path) -> None:
    dialect, lines = FILES[name]
    examples = []
    for number, line in enumerate(lines, start=1):
        read = read_example(line.encode(), dialect_named(dialect))
        assert not isinstance(read, list), read
        split = "train" if number % 6 else "validation"
        examples.append(ExportExample(f"{number:016x}", read[1], {}, split, "f", number, text_only=dialect == "text"))
    edits = write_export(examples, "together", tmp_path / "out")
    assert sum(edits.counts.values()) == len(lines)
    for file in edits.counts:
        report = check_file(tmp_path / "out" / file)
        assert report["is_check_passed"], report
