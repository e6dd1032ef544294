"""The product's own source files, as the rules of the house look at them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSES = ("curator", "trainer")


def sources() -> list[Path]:
    """Every Python file of the product, sorted."""
    return sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.py"))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every file with its syntax tree."""
    for path in sources():
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def room_of(path: Path) -> str:
    """`curator/data/sources/source.py` is in the room `curator/data`; a file at the top is in the package itself."""
    return "/".join(path.parts[: min(2, len(path.parts) - 1)])
