"""The size of things, and what may not be written where."""

from __future__ import annotations

import ast
from math import ceil
from pathlib import Path
from statistics import median

import pytest

from tests.architecture.source import ROOT, functions, length, place, python_files, tree

# A budget is kept by splitting, never by raising it.
FILE_P95, FILE_MOST = 400, 600
FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_MOST = 8, 35, 80
CSS_MOST = 30_000  # bytes

WRITES = {
    "save",
    "create",
    "get_or_create",
    "update",
    "update_or_create",
    "delete",
    "bulk_create",
    "bulk_update",
}
# Methods whose meaning is their framework's: a docstring would repeat its manual.
FRAMEWORK = {
    "add_arguments",
    "get_context_data",
    "get_full_name",
    "get_success_url",
    "handle",
    "is_open_for_signup",
    "process_exception",
    "ready",
    "run",
}

HAND_WRITTEN = python_files("preau", "tests", "tools")


def p95(sizes: list[int]) -> int:
    return sorted(sizes)[ceil(0.95 * len(sizes)) - 1]


def test_files_stay_short() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in HAND_WRITTEN}
    assert p95(list(sizes.values())) <= FILE_P95
    assert [f"{path}: {size}" for path, size in sizes.items() if size > FILE_MOST] == []


@pytest.mark.parametrize("folder", ["preau", "tests"])
def test_functions_stay_short(folder: str) -> None:
    sizes = [length(node) for path in python_files(folder) for node in functions(path)]
    assert median(sizes) <= FUNCTION_MEDIAN
    assert p95(sizes) <= FUNCTION_P95


def test_no_function_is_long() -> None:
    long = [
        f"{place(path, node)} {node.name}: {length(node)} lines"
        for path in HAND_WRITTEN
        for node in functions(path)
        if length(node) > FUNCTION_MOST
    ]
    assert long == []


def test_pages_write_nothing_themselves() -> None:
    written = [
        f"{place(path, node)} .{node.func.attr}("
        for path in python_files("preau/web")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    ]
    assert written == [], "a view parses, calls an action and renders"


def public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [n for n in body if isinstance(n, kinds) and not n.name.startswith("_")]


def undocumented(path: Path) -> list[str]:
    found = []
    for node in public(tree(path).body):
        members: list[ast.stmt] = node.body if isinstance(node, ast.ClassDef) else []
        methods = [each for each in public(members) if isinstance(each, ast.FunctionDef)]
        silent = [
            each
            for each in (node, *methods)
            if each.name not in FRAMEWORK and not ast.get_docstring(each)
        ]
        found += [f"{place(path, each)} {each.name}" for each in silent]
    return found


def test_what_others_may_call_says_what_it_does() -> None:
    paths = [path for path in python_files("preau") if path.name != "apps.py"]
    assert [fault for path in paths for fault in undocumented(path)] == []


@pytest.mark.parametrize("sheet", ["preau.css", "office.css"])
def test_each_style_sheet_stays_light(sheet: str) -> None:
    """A parent's phone loads the first only: what the office has besides is in the second."""
    assert (ROOT / "preau" / "static" / "preau" / sheet).stat().st_size <= CSS_MOST


def test_there_are_no_other_style_sheets() -> None:
    sheets = sorted(path.name for path in (ROOT / "preau" / "static").rglob("*.css"))
    assert sheets == ["office.css", "preau.css"]
