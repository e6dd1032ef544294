"""A stranger finds the room of a thing: small files, short functions, names that mean one thing."""

import ast
from collections import Counter, defaultdict

from tests.house.product import ROOT, room_of, sources, trees

MOST_FILES, MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_ROOMS_OF_A_NAME = 15, 300, 60, 2
NO_NAME = ("__init__.py", "__main__.py")

LONG_FUNCTIONS = {
    "curator/audit/engine.py:audit",
    "curator/cli/train/train.py:command",
    "curator/duplicates/search.py:find",
    "curator/duplicates/text/words.py:read_words",
    "curator/exporting/write.py:write_export",
}
"""Functions that are longer still. None may join them; one that is divided leaves."""


def test_a_folder_holds_few_enough_files_to_be_read_at_a_glance():
    files = Counter(str(path.parent.relative_to(ROOT)) for path in sources() if path.name != "__init__.py")
    assert {folder: count for folder, count in files.items() if count > MOST_FILES} == {}


def test_a_file_holds_one_thing():
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_a_function_fits_on_a_screen():
    long = set()
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_LINES_OF_A_FUNCTION:
                    long.add(f"{path}:{node.name}")
    assert long == LONG_FUNCTIONS


def test_a_file_name_is_used_in_two_rooms_at_most():
    rooms = defaultdict(set)
    for path, _ in trees():
        if path.name not in NO_NAME:
            rooms[path.name].add(room_of(path))
    assert {name: sorted(where) for name, where in rooms.items() if len(where) > MOST_ROOMS_OF_A_NAME} == {}


def test_no_two_classes_have_one_name():
    places = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_tests_are_in_folders_named_after_the_rooms_they_test():
    across = {"house", "reach", "safety", "sample_data", "trainer"}
    rooms = {path.name for path in (ROOT / "curator").iterdir() if path.is_dir()}
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    assert folders <= rooms | across


def test_one_room_enters_another_by_its_door():
    """A room's `__init__.py` names in `__all__` the modules that other rooms may use."""
    doors = {}
    for path, tree in trees():
        if path.name == "__init__.py" and len(path.parts) == 3:
            doors[room_of(path)] = _named_in_all(tree)
    through_the_wall = []
    for path, tree in trees():
        for module in _imported(tree):
            parts = module.split(".")
            room = "/".join(parts[:2])
            if len(parts) > 2 and room in doors and room != room_of(path):
                inside = ".".join(parts[2:])
                if not any(inside == name or inside.startswith(f"{name}.") for name in doors[room]):
                    through_the_wall.append(f"{path} -> {module}")
    assert through_the_wall == []


def _named_in_all(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def _imported(tree: ast.Module) -> list[str]:
    modules = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = (ROOT / f"{whole.replace('.', '/')}.py").exists() or (
                    ROOT / whole.replace(".", "/")
                ).is_dir()
                modules.append(whole if is_module else node.module)
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return [module for module in modules if module.split(".")[0] in ("curator", "trainer")]
