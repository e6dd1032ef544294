"""Print the table: per target, rules broken, found on the right line, and neighbours accepted.

python -m benchmarks.targets
"""

import tempfile
from pathlib import Path

from benchmarks.targets.corpus import TARGETS, cases, try_case
from benchmarks.targets.file_cases import file_cases


def main() -> None:
    print("| target | rules | defects | found, right line and rule | valid neighbours | refused |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for target in TARGETS:
            outcomes = [(case.rule, *try_case(folder, target, case)) for case in cases(target)]
            outcomes += [(case.rule, case.is_found(folder), case.is_accepted(folder)) for case in file_cases(target)]
            rules = len({rule for rule, _, _ in outcomes})
            found = sum(found for _, found, _ in outcomes)
            refused = sum(not accepted for _, _, accepted in outcomes)
            print(f"| {target} | {rules} | {len(outcomes)} | {found} | {len(outcomes)} | {refused} |")


if __name__ == "__main__":
    main()
