"""The architecture, held by tests: who may import whom, thin assets, no clock in libraries, units in names."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import reference
from tests.conftest import ROOT
from units.grammar import unit_of
from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import RAW_SHAPES, TABLES

LIBRARIES = ("units", "reference", "sources", "belief", "throughput", "forecasting", "warehouse", "reports")
LIBRARY_FILES = sorted(p for lib in LIBRARIES for p in (ROOT / lib).rglob("*.py"))
ASSET_FILES = sorted((ROOT / "assets").glob("*.py"))
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("datetime", "today")}
ENVIRONMENT = {("os", "environ"), ("os", "getenv")}


def _attributes(path: Path) -> set[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {(n.value.id, n.attr) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}


def _where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_import_contracts_hold() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("path", LIBRARY_FILES, ids=_where)
def test_a_library_reads_no_clock_and_no_environment(path: Path) -> None:
    used = _attributes(path) & (CLOCKS | ENVIRONMENT)
    assert not used, f"{_where(path)} uses {used}; take it as an argument"


@pytest.mark.parametrize("path", ASSET_FILES, ids=_where)
def test_assets_hold_no_loop_arithmetic_or_sql(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    heavy = (ast.For, ast.While)
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        found = [type(n).__name__ for n in ast.walk(function) if isinstance(n, heavy)]
        assert not found, f"{_where(path)}:{function.lineno} {function.name} holds {found}; move it to a library"
        words = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert not [w for w in words if re.match(r"(?i)\s*(select|from|with|insert)\s", w)], f"{function.name} holds SQL"
        body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        assert len(body) <= 12, f"{_where(path)} {function.name} has {len(body)} statements"


def test_no_asset_depends_on_a_key_nobody_makes() -> None:
    import dagster as dg

    from pipelines.definitions import defs

    graph = defs.resolve_asset_graph()
    made = graph.materializable_asset_keys
    assert len(made) > 100
    dangling = {
        f"{key.to_user_string()} -> {parent.to_user_string()}"
        for key in made
        for parent in graph.get(key).parent_keys
        if parent not in made
    }
    assert not dangling, dangling
    assert dg.AssetKey(["marts", "price_now"]) in made


def test_asset_keys_are_table_names() -> None:
    from pipelines.definitions import defs

    keys = {".".join(k.path) for k in defs.resolve_asset_graph().materializable_asset_keys}
    outside = {"published.warehouse", "site.edition", "mail.delivery", "issued.forecast"}
    unknown = {k for k in keys - outside if k not in TABLES and not k.startswith("raw.")}
    assert not unknown, unknown
    unmade = {t for t in TABLES if t not in keys} - {"raw.reading", "raw.left_out"}
    assert not unmade, f"declared tables that no asset makes: {unmade}"


def test_every_column_is_declared_once_and_numbers_carry_units() -> None:
    for table in (*TABLES.values(), *RAW_SHAPES.values()):
        for name in table.columns:
            assert name in COLUMNS, f"{table.name}.{name} is not in the dictionary"
    # in the unit that the row's own column ``unit`` (or ``measured_unit``) names
    plain = {
        "value",
        "lower",
        "upper",
        "interval_level",
        "quantile",
        "statistic",
        "low",
        "mode",
        "high",
        "se",
        "value_low",
        "value_high",
        "interval_low",
        "interval_high",
        "measured_value",
        "measured_lower",
        "measured_upper",
        "claimed_low",
        "claimed_high",
        "quoted_value",
        "ours_value",
        "first_value",
        "last_value",
        "query_matrices",
        "expert_matrices",  # these two count matrices, fractions of one where they are low-rank
        "listed_input_per_mtok",
        "listed_output_per_mtok",  # in the currency of the row's column currency
    }
    without = [c.name for c in COLUMNS.values() if c.type == "DOUBLE" and not unit_of(c.name) and c.name not in plain]
    assert not without, f"numbers whose name carries no unit: {without}"


def test_columns_are_explained() -> None:
    assert not [c.name for c in COLUMNS.values() if len(c.text) < 3]


PACKAGES = (*LIBRARIES, "assets", "pipelines", "research", "benchmarks")
ROOMS_AT_MOST = 15
BY_PRESENCE = {"pipelines/commands"}
"""Folders that hold one module per member of a list: there the list is the folder."""


def test_no_folder_holds_more_modules_than_a_reader_can_take_in() -> None:
    folders: dict[str, int] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "__init__.py":
                place = path.parent.relative_to(ROOT).as_posix()
                folders[place] = folders.get(place, 0) + 1
    assert {f: n for f, n in folders.items() if n > ROOMS_AT_MOST and f not in BY_PRESENCE} == {}


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def test_every_module_of_ours_that_is_imported_is_there() -> None:
    own = {*PACKAGES, "tests"}
    lost = {
        f"{path.relative_to(ROOT)}: {module}"
        for package in own
        for path in (ROOT / package).rglob("*.py")
        for module, _ in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if module.split(".")[0] in own and not (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()
        if not (ROOT / module.replace(".", "/")).is_dir()
    }
    assert not lost


def test_every_mart_says_what_makes_a_row_one_of_a_kind() -> None:
    assert [name for name, declared in TABLES.items() if name.startswith("marts.") and not declared.key] == []
    assert [name for name, declared in TABLES.items() if len(declared.text.split()) < 3] == []


SELLERS = sorted(p.parent.name for p in (ROOT / "sources" / "providers").glob("*/contract.toml"))
SOURCE_FOLDERS = ("providers", "aggregators", "hardware", "rentals", "energy", "scores", "volumes", "retirements")
HELP = ("pipelines/commands", "warehouse/sql/examples")
"""Examples that a reader may type name a seller as an example of a name."""
WORDS = {"together", "perplexity"}
"""Sellers whose names are plain words that the code may use."""
COLOURS = "reports/writing/drawing.py"
"""Names the colours of the charts, one of which is azure."""


def _told_in_code(path: Path) -> Iterator[str]:
    """The literals of a file that are no docstring; of SQL every line before its comment."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        yield from (line.partition("--")[0] for line in text.splitlines())
        return
    tree = ast.parse(text)
    docs = {id(c.value) for n in ast.walk(tree) for c in ast.iter_child_nodes(n) if isinstance(c, ast.Expr)}
    yield from (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs)


def test_no_seller_is_named_in_code_outside_its_folder() -> None:
    vendors = {v.lower() for v in reference.load("accelerators")["vendor"].unique()}
    names = [n for n in SELLERS if n not in WORDS]
    found = re.compile(rf"(?<![A-Za-z-])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z]|-[A-Za-z0-9])", re.IGNORECASE)
    told = {
        f"{place}: {m[0]} in {literal[:60]!r}"
        for package in LIBRARIES + ("assets", "pipelines")
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".py", ".sql") and not (place := path.relative_to(ROOT).as_posix()).startswith((*HELP, COLOURS))
        if not (path.is_relative_to(ROOT / "sources") and path.relative_to(ROOT / "sources").parts[0] in SOURCE_FOLDERS)
        for literal in _told_in_code(path)
        if (m := found.search(literal)) and not (m[0].lower() in vendors and package in ("throughput", "reference"))
    }
    assert not told, "what is special about one seller is a line of its contract"


def test_no_dict_of_columns_and_types_repeats_a_declared_table() -> None:
    """One schema: what has the columns of a table of ``warehouse.schema`` asks for them there."""
    declared = {frozenset(spec.columns): name for name, spec in TABLES.items()}
    repeated = []
    for path in (p for p in (*LIBRARY_FILES, *ASSET_FILES) if "warehouse/schema" not in p.as_posix()):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict) and node.keys and all(isinstance(k, ast.Constant) for k in node.keys):
                name = declared.get(frozenset(k.value for k in node.keys if isinstance(k, ast.Constant)))
                if name and all(ast.unparse(v).startswith("pl.") for v in node.values):
                    repeated.append(f"{path.relative_to(ROOT)}:{node.lineno} is {name}")
    assert not repeated, repeated


def test_what_tests_and_benchmarks_import_from_the_project_exists() -> None:
    """A renamed thing is renamed everywhere: what only a benchmark or a late test imports would fail where nobody looks."""
    missing = []
    for path in (p for folder in ("tests", "benchmarks") for p in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in (
                *LIBRARIES,
                "assets",
                "pipelines",
                "benchmarks",
            ):
                continue
            module = importlib.import_module(str(node.module))
            submodules = {p.name.removesuffix(".py") for folder in getattr(module, "__path__", []) for p in Path(folder).iterdir()}
            missing += [
                f"{_where(path)}:{node.lineno} {node.module}.{a.name}"
                for a in node.names
                if not hasattr(module, a.name) and a.name not in submodules
            ]
    assert not missing, missing
