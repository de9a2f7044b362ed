"""No parser knows its captures: no file names, dates, hashes, clocks, files or network in any ``parse`` folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from readable import DATA, ROOT

from sources.catalogue import sources

MODULES = sorted({path for source in sources().values() for path in source.folder.glob("*.py") if path.name != "__init__.py"})
KNOWING = re.compile(r"\b20\d\d-[01]\d(-[0-3]\d)?\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b")
FORBIDDEN = {
    "os",
    "pathlib",
    "requests",
    "urllib",
    "socket",
    "time",
    "random",
    "hashlib",
    "glob",
    "tempfile",
    "subprocess",
    "sqlite3",
    "duckdb",
    "importlib",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _strings(tree: ast.AST) -> list[str]:
    """String constants outside docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_parser_holds_no_date_and_no_hash(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [s for s in _strings(tree) if KNOWING.search(s)]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_parser_reads_nothing_but_its_page(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    clocks = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {"now", "today", "utcnow"}
    assert not imported & FORBIDDEN
    assert not called & {"open", "eval", "exec", "__import__", "hash"}
    assert not clocks


def test_no_parser_names_a_capture() -> None:
    if not (DATA / "README.md").exists():
        pytest.skip(f"the study data are not at {DATA}; set DEFLATION_DATA to their folder")
    stems = {p.name for p in (DATA / "prices" / "captures").glob("*/*")}
    for path in MODULES:
        strings = set(_strings(ast.parse(path.read_text(encoding="utf-8"))))
        assert not strings & stems, path
