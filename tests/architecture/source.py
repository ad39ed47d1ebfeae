"""Our own source, read as data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def python_files(*folders: str) -> list[Path]:
    """Python files of these folders of the repository, written by hand: migrations apart."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """A file as its syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, methods and inner ones too."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(node: Function) -> int:
    """Lines of a function, its signature and docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def place(path: Path, node: ast.stmt | ast.expr) -> str:
    """Where to look, as "preau/web/errors.py:12"."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def templates(*folders: str) -> list[Path]:
    """Templates of these folders of `preau/templates`, or all of them."""
    whole = ROOT / "preau" / "templates"
    return sorted(path for each in folders or ("",) for path in (whole / each).rglob("*.html"))
