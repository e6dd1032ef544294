"""Print the tables of what the program promises.

Usage: python -m benchmarks [FOLDER]

Without FOLDER: what needs nothing but the project. With it, also what is measured on real sets, for those of these
files that are there: alpaca_52k.jsonl.gz, gsm8k_train.jsonl, gpteacher_roleplay.json, toy_chat_fine_tuning.jsonl.
Benchmarks of other programs, and long ones, say in their first lines how they are run.
"""

import runpy
import sys
import tempfile
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "sample_data"
OUT = "{out}"
"""Stands for a folder that is gone afterwards."""

BENCHMARKS = (
    ("benchmarks.audit", [str(SAMPLES / "messy.jsonl"), "alpaca_52k.jsonl.gz"]),
    ("benchmarks.commands", ["alpaca_52k.jsonl.gz"]),
    ("benchmarks.mutation.planted", []),
    ("benchmarks.loop", []),
    ("benchmarks.mutation", ["--gsm8k", "gsm8k_train.jsonl", "--roleplay", "gpteacher_roleplay.json", "--out", OUT]),
    ("benchmarks.cookbook", ["toy_chat_fine_tuning.jsonl"]),
    ("benchmarks.targets", []),
)


def arguments_for(wanted: list[str], data: Path | None, out: str) -> list[str] | None:
    """`wanted` with files found in `data`; without those that are not there, None where an option needs one."""
    found: list[str] = []
    for word in wanted:
        if word == OUT or word.startswith("--") or Path(word).is_absolute():
            found.append(out if word == OUT else word)
        elif data is not None and (data / word).exists():
            found.append(str(data / word))
        elif found and found[-1].startswith("--"):
            return None
    return found if found or not wanted else None


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for module, wanted in BENCHMARKS:
        with tempfile.TemporaryDirectory() as out:
            arguments = arguments_for(wanted, data, out)
            if arguments is None:
                continue
            print(f"\n## {module}\n", flush=True)
            sys.argv = [module, *arguments]
            runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
