"""How long whole commands take, from start to end, with nothing cached but compiled kernels.

Usage: python -m benchmarks.commands ALPACA [PYTHON]

ALPACA is alpaca_52k.jsonl.gz. `duplicates` looks at it with 10 % edited copies, and with it run, in turns, plain
scripts around datasketch and around rensa that read the same file; PYTHON is an interpreter that has rensa, where this
one has not. A tool that is not there is left out, and named. Each runs `TIMES` times in turns; given are medians.
"""

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, machine, measured
from benchmarks.studies.duplicates.material import read_instructions, with_edited_copies

TIMES = 3
SHARE = 0.1

OTHERS = {
    "datasketch": """
import json, re, sys
from datasketch import MinHash, MinHashLSH
texts = [f"{e['instruction']} {e['input']}\\n{e['output']}" for e in map(json.loads, open(sys.argv[1]))]
words = [re.findall(r"\\w+", text.lower()) for text in texts]
sets = [{" ".join(w[at : at + 5]).encode() for at in range(max(1, len(w) - 4))} for w in words]
lsh, marked = MinHashLSH(threshold=0.7, num_perm=128), 0
for number, minhash in enumerate(MinHash.bulk(sets, num_perm=128)):
    marked += bool(lsh.query(minhash))
    lsh.insert(number, minhash)
print(marked)
""",
    "rensa": """
import json, re, sys
from rensa import RMinHashDeduplicator
texts = [f"{e['instruction']} {e['input']}\\n{e['output']}" for e in map(json.loads, open(sys.argv[1]))]
words = [re.findall(r"\\w+", text.lower()) for text in texts]
sets = [[" ".join(w[at : at + 5]) for at in range(max(1, len(w) - 4))] for w in words]
keep = RMinHashDeduplicator(threshold=0.7, num_perm=128, use_lsh=True).add_pairs(zip(map(str, range(len(sets))), sets))
print(sum(not kept for kept in keep))
""",
}
"""Scripts as the tools' own pages show them."""


def prepare(source: Path, folder: Path) -> tuple[Path, Path, Path]:
    """The set, the set with edited copies, and the last thousand examples of the set, as JSON Lines."""
    raw = source.read_bytes()
    lines = (gzip.decompress(raw) if source.suffix == ".gz" else raw).splitlines()
    examples, _ = with_edited_copies(read_instructions(source), SHARE)
    copies = [
        json.dumps({"instruction": prompt, "input": "", "output": answer}).encode()
        for prompt, answer in examples[len(lines) :]
    ]
    files = {"set": lines, "copies": lines + copies, "held": lines[-1000:]}
    for name, content in files.items():
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(content) + b"\n")
    return folder / "set.jsonl", folder / "copies.jsonl", folder / "held.jsonl"


def has(python: str, tool: str) -> bool:
    """Whether an interpreter can import a tool."""
    return subprocess.run([python, "-c", f"import {tool}"], capture_output=True, check=False).returncode == 0


def commands(folder: Path, files: tuple[Path, Path, Path], pythons: list[str]) -> dict[str, list[str]]:
    """What is measured, by name; `{}` stands for a project that is not there yet."""
    whole, copies, held = map(str, files)
    chosen = {
        "curator duplicates, with copies": ["curator", "duplicates", copies, "--project", "{}"],
        "curator leaks": ["curator", "leaks", whole, held],
        "curator split --no-meaning": ["curator", "split", whole, "--no-meaning", "--project", "{}"],
        "curator split": ["curator", "split", whole, "--project", "{}"],
        "curator show --where words:<3": ["curator", "show", whole, "--where", "words:<3", "--project", "{}"],
        "curator validate --target alpaca": ["curator", "validate", whole, "--target", "alpaca"],
    }
    for tool, script in OTHERS.items():
        python = next((python for python in pythons if has(python, tool)), None)
        if python is None:
            print(f"{tool} is not installed and left out.")
            continue
        (folder / f"{tool}_script.py").write_text(script, encoding="utf-8")
        chosen[f"{tool}, a plain script, with copies"] = [python, str(folder / f"{tool}_script.py"), copies]
    return chosen


def main() -> None:
    pythons = [sys.executable, *sys.argv[2:]]
    with tempfile.TemporaryDirectory(prefix="curator-bench-") as name:
        folder = Path(name)
        chosen = commands(folder, prepare(Path(sys.argv[1]), folder), pythons)
        runs: dict[str, list[Measured]] = {what: [] for what in chosen}
        for turn in range(TIMES):
            for number, (what, command) in enumerate(chosen.items()):
                project = str(folder / f"project-{turn}-{number}")
                run = measured([word.replace("{}", project) for word in command])
                assert run.exit_code in (0, 1), f"{what} ended with {run.exit_code}"
                runs[what].append(run)
    print(f"Machine: {machine()}; medians of {TIMES}\n")
    print("| command | seconds | processor seconds | memory |\n| --- | --- | --- | --- |")
    for what, taken in runs.items():
        wall = statistics.median(run.seconds for run in taken)
        used = statistics.median(run.processor_seconds for run in taken)
        peak = statistics.median(run.mebibytes for run in taken)
        print(f"| `{what}` | {wall:.2f} | {used:.2f} | {peak:,.0f} MiB |")


if __name__ == "__main__":
    main()
