"""An audit of a set that grew reports what an audit of the whole at once reports, and compares only what is new."""

import json
import random

from tests.audit.run import chat, curator, write
from tests.duplicates.material import examples_with_copies


def findings(folder, name):
    outcome = curator(folder, "audit", name, "--quiet", "--findings", "f.jsonl", "--fail-on", "never")
    assert outcome.code == 0, outcome.err
    lines = (folder / "f.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "file": None, "related": None} for line in lines]


def test_adding_and_reordering_examples_gives_what_a_full_run_gives(tmp_path):
    examples = [chat(*example) for example in examples_with_copies(7, 80, 60)]
    random.Random(1).shuffle(examples)
    grown = write(tmp_path / "grown.jsonl", examples[:120])
    findings(tmp_path, grown)
    random.Random(2).shuffle(examples)
    write(tmp_path / grown, examples)
    at_once = write(tmp_path / "at_once.jsonl", examples)
    assert findings(tmp_path, grown) == findings(tmp_path, at_once)
