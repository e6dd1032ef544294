"""Files that say so when somebody runs them."""

import ast
import os
import pickle
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("curator", "trainer")


class Mark:
    """A file that is written to when a trap is sprung."""

    def __init__(self, path):
        self.path = path

    @property
    def sprung(self):
        """What ran, or [] where nothing did."""
        return sorted(set(self.path.read_text().split())) if self.path.exists() else []

    def code(self, name):
        return f"open({str(self.path)!r}, 'a').write({name + chr(10)!r})\n"

    def pickle(self, name):
        """A pickle that writes when it is read."""
        return pickle.dumps(_Runs(self.code(name)))


class _Runs:
    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


def imported_names():
    """Top-level names of every module that the program imports anywhere, and of all of the standard library."""
    names = set(sys.stdlib_module_names) | {"sitecustomize", "usercustomize", "conftest", *OURS}
    for file in (file for room in OURS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return sorted(names)


def plant_modules(folder, mark, names):
    """In `folder`, a module of each name."""
    for name in names:
        (folder / f"{name}.py").write_text(mark.code(name))


def environment(**more):
    """Of a user who has this checkout installed, and sees no meaning, which is quicker."""
    plain = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "PYTHONSAFEPATH")}
    return {**plain, "PYTHONPATH": str(ROOT), "CURATOR_MEANING_EMBEDDER": "none", "OMP_NUM_THREADS": "1", **more}
