"""The house's rules about imports, proven by running."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

from importlinter.cli import lint_imports

from tests.house.product import trees

HEAVY = (
    "polars",
    "numpy",
    "numba",
    "pydantic",
    "rich",
    "textual",
    "torch",
    "transformers",
    "peft",
    "sentence_transformers",
)


def loaded_by(code: str) -> set[str]:
    """Top-level modules that are loaded after `code` ran in a fresh interpreter."""
    report = "import sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    outcome = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(outcome.stdout.split())


def test_help_imports_nothing_heavy():
    code = (
        "from curator.cli.boundary import run\nimport contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(['--help'])"
    )
    assert loaded_by(code).isdisjoint(HEAVY)


def test_listing_the_checks_needs_no_model_and_no_compiler():
    code = (
        "import contextlib, io\nfrom curator.cli.boundary import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(['checks'])"
    )
    assert loaded_by(code).isdisjoint({"torch", "transformers", "peft", "sentence_transformers", "numba", "textual"})


def test_arrows_between_rooms_point_down(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    assert lint_imports(no_cache=True) == 0


def test_no_files_import_one_another_in_a_circle():
    files = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): tree for path, tree in trees()}
    entered = {}
    for name, tree in files.items():
        imported = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module)
        modules = {
            f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in files else node.module
            for node in imported
            for alias in node.names
        }
        entered[name] = modules & files.keys() - {name}
    TopologicalSorter(entered).prepare()  # raises CycleError, which names the circle
