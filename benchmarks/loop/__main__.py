"""Whether following only what reports say ends in *ready*: `python -m benchmarks.loop [NAME...] [--no-meaning]`.

For each sample set of `sets.py` every next step of every report is held against what its command finds, verdict, table
and exit code against each other, and what is exported against the rules of its target. Without names: all sets.
"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.loop.follow import follow
from benchmarks.loop.sets import SETS


def main() -> None:
    """A row of Markdown for each set, and what is wrong below it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *SETS], metavar="NAME")
    parser.add_argument("--no-meaning", action="store_true")
    options = parser.parse_args()
    if options.no_meaning:
        os.environ["CURATOR_MEANING_EMBEDDER"] = "none"
    print("| set | steps | wrong | commands | ends with |\n| --- | --- | --- | --- | --- |")
    steps = wrong = 0
    for name in options.names or SETS:
        with tempfile.TemporaryDirectory() as folder:
            before = Path.cwd()
            os.chdir(folder)
            try:
                became = follow(SETS[name](), Path(folder))
            finally:
                os.chdir(before)
        steps, wrong = steps + became.steps, wrong + len(became.wrong)
        print(f"| {name} | {became.steps} | {len(became.wrong)} | {became.commands} | {became.end} |", flush=True)
        for sentence in became.wrong:
            print(f"    {sentence}", flush=True)
    print(f"\n{len(options.names or SETS)} sets, {steps} steps, {wrong} wrong")


if __name__ == "__main__":
    main()
