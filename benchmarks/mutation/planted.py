"""Audit ``sample_data`` and compare with its truth: ``python -m benchmarks.mutation.planted``.

Every planted defect should be reported on its line, and no clean line should have a finding of severity error.
"""

import json
import tempfile
from pathlib import Path

from benchmarks.mutation.audit import audit
from benchmarks.mutation.score import recalls

SAMPLES = Path(__file__).parents[2] / "sample_data"
TRUTHS = ("truth.json", "json_answers.truth.json")


def options_of(settings: dict) -> list[str]:
    """The command line options that a truth asks for."""
    options = []
    for name, value in settings.items():
        options += [f"--{name.replace('_', '-')}", str(SAMPLES / value if name == "against" else value)]
    return options


def main() -> None:
    """Print a line of Markdown for each check, and what is wrong by name."""
    found, misses, wrong = {}, [], []
    for name in TRUTHS:
        truth = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            findings = audit(SAMPLES / truth["file"], Path(folder) / "findings.jsonl", *options_of(truth["settings"]))
        planted = [entry | {"variant": f"line {entry['line']}: {entry['note']}"} for entry in truth["planted"]]
        found |= recalls(planted, findings)
        clean = set(truth["clean_lines"])
        wrong += [
            f"{truth['file']} line {finding['line']}: {finding['check']}: {finding['message']}"
            for finding in findings
            if finding["severity"] == "error" and finding["line"] in clean
        ]
    print("| check | planted | found |\n| --- | --- | --- |")
    for check, one in found.items():
        print(f"| {check} | {one.planted} | {one.found} |")
        misses += [f"{check}, {variant}" for variant in one.missed]
    planted, reported = (sum(getattr(one, name) for one in found.values()) for name in ("planted", "found"))
    print(f"\n{reported} of {planted} planted defects reported on their line; {len(wrong)} errors on clean lines.")
    print("".join(f"\n- missed: {miss}" for miss in misses) + "".join(f"\n- on a clean line: {one}" for one in wrong))


if __name__ == "__main__":
    main()
