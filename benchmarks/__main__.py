"""Run every benchmark that needs nothing but the project itself; the others say in their first lines what they need."""

import runpy
import sys
from pathlib import Path


def main() -> None:
    sample = Path(__file__).parents[1] / "sample_data"
    for module, arguments in (("benchmarks.audit", [str(sample / "messy.jsonl")]),):
        print(f"\n## {module}\n")
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
