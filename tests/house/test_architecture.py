"""The page on architecture is true: every room is on it, every arrow is an import, every file it names exists."""

import ast
import re

from tests.house.product import HOUSES, ROOT, trees

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_room_is_on_the_page():
    rooms = {path.name for house in HOUSES for path in (ROOT / house).iterdir() if any(path.glob("*.py"))}
    assert {room for room in rooms if f"`{room}`" not in PAGE} == set()


def test_every_arrow_is_an_import():
    arrows = set(re.findall(r"^ +(\w+) --> (\w+)$", PAGE, re.MULTILINE))
    assert arrows - {(path.parts[1], room) for path, tree in trees() for room in _rooms_imported(tree)} == set()


def test_every_file_that_a_page_names_exists():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (page.name, name)
        for page in pages
        for name in re.findall(
            r"`((?:curator|trainer|tests|docs|benchmarks)/[\w./]+)`", page.read_text(encoding="utf-8")
        )
    }
    assert {(page, name) for page, name in named if "NAME" not in name and not (ROOT / name).exists()} == set()


def _rooms_imported(tree: ast.Module) -> set[str]:
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {module.split(".")[1] for module in modules if module.split(".")[0] in HOUSES and "." in module}
