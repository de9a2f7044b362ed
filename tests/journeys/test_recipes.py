"""The recipes of ``docs/data-access.md``, each run by the real program on the file or the site of an offline run.

They fetch other people's programs from PyPI and npm, so they are deselected by default (``-m live``). R has to be there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.live
RECIPES = ROOT / "docs" / "recipes"
UV = Path(sys.executable).with_name("uv")
OLDER = "duckdb==1.4.4"
"""The long-term release that drivers of other programs bundle."""


def told(*command: object, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-800:] + done.stderr[-1500:]
    return done.stdout


def with_python(packages: list[str], script: list[object], cwd: Path) -> str:
    chosen = [word for name in packages for word in ("--with", name)]
    return told(UV, "run", "--no-project", "--isolated", "--python", sys.executable, *chosen, *script, cwd=cwd)


def test_r_reads_the_price_of_a_model_from_the_site(offline_home: Path, tmp_path: Path) -> None:
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed (apt-get install r-base-core r-cran-jsonlite)")
    said = told("Rscript", RECIPES / "prices.R", offline_home / "site", "openai", "gpt-4o-2024-08-06", cwd=tmp_path)
    assert said.split()[4:6] == ["2.5", "10"]


def test_the_marimo_notebook_runs_and_shows_the_bill(offline_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "notebook.html"
    script = ["marimo", "export", "html", RECIPES / "prices_marimo.py", "-o", out, "--", "--file", offline_home / "published.duckdb"]
    with_python(["marimo", "polars", "pyarrow", "duckdb"], script, tmp_path)
    page = out.read_text()
    assert "1250" in page and "start_here" in page and "Traceback" not in page


def test_sqlalchemy_as_superset_uses_it_lists_the_marts_and_asks_a_bill(offline_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(
        "import json, sys, sqlalchemy as sa\n"
        "engine = sa.create_engine('duckdb:///' + sys.argv[1], connect_args={'read_only': True})\n"
        "with engine.connect() as con:\n"
        "    tables = sa.inspect(engine).get_table_names(schema='marts')\n"
        "    bill = con.execute(sa.text(\"select cost_usd from marts.bill('gpt-4o', input_tokens => 300e6, output_tokens => 50e6) where provider = 'openai'\"))\n"
        "    print(json.dumps({'tables': tables, 'bill': bill.scalar()}))\n"
    )
    answered = json.loads(with_python(["duckdb-engine", OLDER], ["python", script, offline_home / "published.duckdb"], tmp_path))
    assert {"price_now", "start_here", "dictionary"} <= set(answered["tables"]) and answered["bill"] == 1250.0


def test_the_connector_of_evidence_reads_the_file(offline_home: Path, tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    told("npm", "install", "--no-audit", "--no-fund", "--silent", "@evidence-dev/duckdb", cwd=tmp_path)
    (tmp_path / "ask.cjs").write_text(
        "const { getRunner } = require('@evidence-dev/duckdb');\n"
        "(async () => {\n"
        "  const run = await getRunner({ filename: process.argv[2] });\n"
        "  const got = await run('select count(*)::int as n from marts.price_now', 'prices.sql', 100);\n"
        "  const rows = [];\n"
        "  for await (const batch of (typeof got.rows === 'function' ? got.rows() : [got.rows])) rows.push(...batch);\n"
        "  console.log(JSON.stringify({ rows, types: got.columnTypes }));\n"
        "})();\n"
    )
    answered = json.loads(told("node", "ask.cjs", offline_home / "published.duckdb", cwd=tmp_path))
    assert answered["rows"][0]["n"] > 1000 and answered["types"][0]["evidenceType"] == "number"
