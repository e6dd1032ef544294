"""Every regular expression of the product and how it is used, found by importing all modules and reading them."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import curator
import trainer
from tests.house.linear import FULLMATCH, MATCH, SEARCH

_USES = {"match": MATCH, "fullmatch": FULLMATCH}
_CALLS = ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")


@dataclass(frozen=True)
class Found:
    """A pattern of the product.

    Attributes:
        place: module and name, or module and line.
        pattern: None where it is only known when the program runs.
        uses: which of the doors of the engine it is put through.
    """

    place: str
    pattern: re.Pattern[Any] | None
    uses: frozenset[str]


def modules() -> Iterator[ModuleType]:
    """All modules of the product, imported."""
    for package in (curator, trainer):
        for name in sorted(module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")):
            if not name.endswith("__main__"):
                yield importlib.import_module(name)


def patterns() -> list[Found]:
    """Every pattern: those at the top of a module, and those that functions write down where they use them."""
    found: list[Found] = []
    everything = list(modules())
    trees = {module: ast.parse(Path(str(module.__file__)).read_text()) for module in everything}
    uses = _uses(trees)
    for module, tree in trees.items():
        for name, value in vars(module).items():
            for place, pattern in _named(name, value):
                own = uses.get((module.__name__, name), frozenset())
                if own or not _is_imported(tree, name):
                    found.append(Found(f"{module.__name__}.{place}", pattern, own or frozenset({SEARCH})))
        found += _in_functions(module, tree)
    return found


def _named(name: str, value: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict):
        yield from ((f"{name}[{key!r}]", one) for key, one in value.items() if isinstance(one, re.Pattern))
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((f"{name}[{place}]", one) for place, one in enumerate(value) if isinstance(one, re.Pattern))


def _is_imported(tree: ast.Module, name: str) -> bool:
    return any(
        alias.asname == name or alias.name == name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def _uses(trees: dict[ModuleType, ast.Module]) -> dict[tuple[str, str], frozenset[str]]:
    """By module and name: the ways in which the name is used there."""
    uses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module, tree in trees.items():
        through = {node.value: node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                uses[module.__name__, node.id].add(_USES.get(through.get(node, ""), SEARCH))
    return {place: frozenset(ways) for place, ways in uses.items()}


def _in_functions(module: ModuleType, tree: ast.Module) -> Iterator[Found]:
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _CALLS
        ):
            continue
        flags = next((word.value for word in node.keywords if word.arg == "flags"), None)
        given = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(node.func.attr, 2)
        flags = flags or (node.args[given] if len(node.args) > given else None)
        use = frozenset({_USES.get(node.func.attr, SEARCH)})
        place = f"{module.__name__}:{node.lineno} {ast.unparse(node.args[0])}"
        try:
            pattern = re.compile(_value(node.args[0], module), _value(flags, module) if flags else 0)
        except NameError:
            yield Found(place, None, use)
        else:
            if node.func.attr != "compile":  # what is compiled at the top of a module has a name
                yield Found(place, pattern, use)


def _value(node: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(node), module.__name__, "eval"), dict(vars(module)))
