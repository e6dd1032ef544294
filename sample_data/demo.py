"""`make demo`: the loop on the sample data, each step a command a person would type, with what it claims asserted.

With `MODEL=smollm2` it trains SmolLM2-135M-Instruct, which takes an hour or two on two cores.
"""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from sample_data import make_smollm2

HERE = Path(__file__).parent
FOLDER = HERE.parent / "demo"
RUNS = FOLDER / "desk.jsonl.curator" / "runs"
MODELS = {"tiny": HERE / "tiny-llama", "smollm2": Path(sys.prefix) / "smollm2"}
MARKER = "the Larkspur desk."
"""The house style: how an answer of the sample data ends."""
QUICK = "--set evaluation.answers=24 --set evaluation.sample_answers=0"


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


def main(name: str = "tiny") -> None:
    if name not in MODELS:
        sys.exit(f"There is no model {name!r} for the demo. Use one of {', '.join(MODELS)}.")
    model = MODELS[name]
    if name == "smollm2":
        make_smollm2.make(model)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shutil.copy(HERE / "messy.jsonl", FOLDER / "desk.jsonl")
    before = (FOLDER / "desk.jsonl").read_bytes()

    run("curator audit desk.jsonl --quiet --html report.html --findings findings.jsonl", expected=1)
    run("curator split desk.jsonl --validation 0.1")
    train(model)
    run("curator decide desk.jsonl --policy recommended --dry-run")
    run("curator decide desk.jsonl --policy recommended")
    run("curator undo desk.jsonl")
    run("curator undo desk.jsonl --redo")
    run("curator export desk.jsonl --target openai --out curated --skip-invalid", expected=1)
    run("curator export desk.jsonl --target openai --out curated --skip-invalid --mask-secrets")
    run("curator validate curated/train.jsonl --target openai --limit 5")
    train(model)
    first, second = sorted(path.name for path in RUNS.iterdir())
    run(f"curator compare desk.jsonl.curator/runs/{second} --answers 24 --failures 1")
    run(f"curator compare desk.jsonl.curator/runs/{second} desk.jsonl.curator/runs/{first}")
    run("curator runs desk.jsonl")

    check_findings_and_export(before)
    check_training(RUNS / first, least_styled=0.0)
    check_training(RUNS / second, least_styled=0.6 if name == "tiny" else 0.0)
    print(f"\nAll of it is in {FOLDER}:")
    print("  report.html     the audit as a page")
    print("  findings.jsonl  every finding")
    print("  curated/        what is kept, ready to upload, with a manifest and a dataset card")
    print("  desk.jsonl.curator/runs/*/adapter/  the adapters, trained before and after the curation")


def train(model: Path) -> None:
    allowed = "--skip-invalid --skip-untrainable --allow-leaks --mask-secrets"
    run(f"curator train desk.jsonl --model {shlex.quote(str(model))} {allowed} --quiet {QUICK}")


def check_findings_and_export(before: bytes) -> None:
    planted = json.loads((HERE / "truth.json").read_text(encoding="utf-8"))
    found = [json.loads(line) for line in (FOLDER / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    errors = {finding["line"] for finding in found if finding["severity"] == "error"}
    assert not errors & set(planted["clean_lines"]), "an error on a clean line"
    manifest = json.loads((FOLDER / "curated" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"], "an export without files"
    assert manifest["examples"]["validation"] > 0, "nothing to validate with"
    assert manifest["certificate"]["validation"]["leaking"] == 0, "the validation set leaks"
    assert manifest["secrets"] == {"policy": "mask", "examples": 3}, "a secret was exported"
    assert (FOLDER / "desk.jsonl").read_bytes() == before, "the source was written"


def check_training(folder: Path, *, least_styled: float) -> None:
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    facts, compared = result["model_facts"], result["evaluation"]
    assert facts["linear4bit_layers"] == facts["target_layers"] > 0, "a target layer is not in 4 bits"
    assert not facts["trained_outside_adapters"], "something but the adapters was trained"
    assert not facts["gradients_outside_adapters"], "something but the adapters got a gradient"
    assert compared["loss_fall"]["value"] >= 0.25, "the held-out loss fell by less than a quarter"
    lines = [json.loads(line) for line in (folder / "evaluation.jsonl").read_text(encoding="utf-8").splitlines()]
    tuned, untuned = (
        [line[name] for line in lines if name in line and MARKER in line["reference"]]
        for name in ("answer", "baseline_answer")
    )
    styled, unstyled = (sum(MARKER in answer for answer in answers) / len(answers) for answers in (tuned, untuned))
    print(f"{folder.name}: loss {compared['loss_fall']['value']:.0%} lower; ", end="")
    print(f"the house style in {styled:.0%} of the tuned answers, {unstyled:.0%} of the untuned ones' with a prompt.")
    assert styled >= least_styled, "the tuned model does not keep the house style"


if __name__ == "__main__":
    main(*sys.argv[1:])
