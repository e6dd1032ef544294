"""Where the house starts processes, compiles and unpickles: one way each, and no other."""

import ast
from pathlib import Path

from curator.jit import ROOMS

ROOT = Path(__file__).parents[2]
FILES = {
    str(file.relative_to(ROOT)): file for room in ("curator", "trainer") for file in sorted((ROOT / room).rglob("*.py"))
}
STARTS = {"subprocess", "multiprocessing", "concurrent.futures.process"}
PLACES = {
    "curator/project/jobs/job.py",
    "curator/tui/screens/reviewing/edit.py",  # the person's own editor
    "curator/training/trainer_process.py",
    "curator/training/prepare.py",
    "curator/audit/runners/local.py",
    "curator/checks/own/own_checks.py",  # a person's own checks, asked for by name
}
"""Modules that start processes. A new one uses `curator.module_path`, and is named here."""


def nodes(kind):
    return [
        (name, node)
        for name, file in FILES.items()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, kind)
    ]


def imports(names):
    """Files that import one of these modules or from it."""
    found = set()
    for file, node in nodes((ast.Import, ast.ImportFrom)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        found |= {file for module in modules if module in names or module.partition(".")[0] in names}
    return found


def test_processes_are_started_in_few_places():
    assert imports(STARTS) == PLACES


def test_the_command_of_a_process_is_made_in_one_place():
    executables = {file for file, node in nodes(ast.Attribute) if ast.unparse(node) == "sys.executable"}
    assert executables == {"curator/module_path.py", "curator/cli/setup/info.py"}
    assert {file for file, node in nodes(ast.Constant) if node.value == "-m"} == {"curator/module_path.py"}


def test_no_program_is_run_by_a_shell_or_replaced_but_by_the_launcher():
    called = ("os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "os.fork")
    assert {file for file, node in nodes(ast.Attribute) if ast.unparse(node).startswith(called)} == {
        "curator/project/jobs/launch.py",
        "trainer/contract/bounded.py",  # a child of itself, which the system ends when it takes too much
    }


def test_only_one_module_imports_numba_and_kernels_are_in_the_rooms_that_its_digest_counts():
    assert imports({"numba"}) == {"curator/jit.py"}
    holders = imports({"curator.jit"}) - {"curator/audit/loading/load.py"}  # which asks whether it will compile
    assert [file for file in holders if not file.startswith(tuple(f"curator/{room}/" for room in ROOMS))] == []


def test_nothing_is_unpickled():
    assert imports({"pickle", "dill", "cloudpickle", "joblib", "shelve"}) == set()
    assert imports({"marshal"}) == {"trainer/contract/bounded.py"}  # from a child of its own, through a pipe
