"""`make demo`: the loop on the sample data, each step a command a person would type, with what it claims asserted."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent / "demo"


def run(command: str, *, expected: int = 0) -> str:
    """Print a command, run it in the demo's folder, print and return what it says."""
    print(f"\n$ {command}", flush=True)
    program, *arguments = shlex.split(command)
    path = Path(sys.executable).with_name(program)
    outcome = subprocess.run([path, *arguments], cwd=FOLDER, stdout=subprocess.PIPE, text=True, check=False)
    print(outcome.stdout, end="", flush=True)
    if outcome.returncode != expected:
        sys.exit(f"This should have ended with {expected}, and ended with {outcome.returncode}.")
    return outcome.stdout


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shutil.copy(HERE / "messy.jsonl", FOLDER / "desk.jsonl")
    before = (FOLDER / "desk.jsonl").read_bytes()

    run("curator audit desk.jsonl --quiet --html report.html --findings findings.jsonl", expected=1)
    run("curator decide desk.jsonl --policy recommended --dry-run")
    run("curator decide desk.jsonl --policy recommended")
    run("curator undo desk.jsonl")
    run("curator undo desk.jsonl --redo")
    run("curator split desk.jsonl --validation 0.1")
    run("curator export desk.jsonl --target openai --out curated --skip-invalid")
    run("curator validate curated/train.jsonl --target openai --limit 5")

    planted = json.loads((HERE / "truth.json").read_text(encoding="utf-8"))
    found = [json.loads(line) for line in (FOLDER / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    errors = {finding["line"] for finding in found if finding["severity"] == "error"}
    assert not errors & set(planted["clean_lines"]), "an error on a clean line"
    manifest = json.loads((FOLDER / "curated" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"], "an export without files"
    assert manifest["examples"]["validation"] > 0, "nothing to validate with"
    assert manifest["certificate"]["validation"]["leaking"] == 0, "the validation set leaks"
    assert (FOLDER / "desk.jsonl").read_bytes() == before, "the source was written"
    print(f"\nAll of it is in {FOLDER}:")
    print("  report.html     the audit as a page")
    print("  findings.jsonl  every finding")
    print("  curated/        what is kept, ready to upload, with a manifest and a dataset card")


if __name__ == "__main__":
    main()
