"""A step reads what the graph says it reads: a real offline run with every read of the warehouse written down."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from pipelines.context import make_job
from pipelines.definitions import build_definitions
from pipelines.resources import raw_tables
from pipelines.settings import load_settings
from warehouse.store import Store, query

WRITTEN_BY_EVERY_SOURCE = {"raw.reading", "raw.left_out"}
"""The tables that every source's step writes a part of; a step that depends on any raw table may read them."""


class TracedStore(Store):
    """The warehouse that remembers what was read since it was last asked."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.since: set[str] = set()

    def read(self, sql: str) -> pl.DataFrame:
        if " " not in sql.strip():
            self.since.add(sql)
        return super().read(sql)

    def read_family(self, family: str) -> pl.DataFrame:
        self.since.add(f"raw.{family}_*")
        return super().read_family(family)

    def taken(self) -> set[str]:
        seen, self.since = self.since, set()
        return seen


@pytest.fixture(scope="module")
def traced_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the traced run keeps its state; it remembers nothing, as a remembered step might read nothing."""
    return tmp_path_factory.mktemp("traced")


@pytest.fixture(scope="module")
def traced(traced_home: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Tables read and tables declared, by step, of one offline run."""
    settings = load_settings().model_copy(update={"home": traced_home})
    read: dict[str, set[str]] = defaultdict(set)
    store = TracedStore(settings.warehouse_path)
    with store.session(raw_tables()):
        job = make_job(settings, None, offline=True, on_step=lambda step: read[step].update(store.taken()))
        definitions = build_definitions(
            job=dg.ResourceDefinition.hardcoded_resource(job), warehouse=dg.ResourceDefinition.hardcoded_resource(store)
        )
        with dg.DagsterInstance.ephemeral() as instance:
            result = definitions.resolve_job_def("daily").execute_in_process(
                instance=instance, partition_key=str(job.as_of), run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            )
    assert result.success
    declared = {
        a.op.name: {".".join(k.path) for keys in a.asset_deps.values() for k in keys}
        for a in definitions.assets
        if isinstance(a, dg.AssetsDefinition)
    }
    return dict(read), declared


def _undeclared(read: set[str], declared: set[str]) -> set[str]:
    raw = {d for d in declared if d.startswith("raw.")}
    allowed = declared | (WRITTEN_BY_EVERY_SOURCE if raw else set())
    return {t for t in read if t not in allowed and not (t.endswith("*") and any(d.startswith(t[:-1]) for d in raw))}


def test_no_step_reads_a_table_it_does_not_declare(traced: tuple[dict[str, set[str]], dict[str, set[str]]]) -> None:
    read, declared = traced
    assert sum(map(len, read.values())) > 100, "the trace saw no reads"
    secret = {step: bad for step, tables in read.items() if step in declared and (bad := _undeclared(tables, declared[step]))}
    assert not secret, secret


def test_python_steps_declare_no_table_they_do_not_read(traced: tuple[dict[str, set[str]], dict[str, set[str]]]) -> None:
    """SQL models are read by the database and parsed for their inputs; steps of frames must read each declared table."""
    read, declared = traced
    frames = {step: tables for step, tables in read.items() if any(t.split(".")[0] in ("core", "stats", "engine") for t in tables)}
    idle = {
        step: unread
        for step, tables in frames.items()
        if step in declared and (unread := {d for d in declared[step] - tables if d.split(".")[0] in ("core", "stats", "engine")})
    }
    assert not idle, idle


def test_the_same_inputs_give_the_same_facts_and_the_same_page_in_another_process(
    traced: tuple[dict[str, set[str]], dict[str, set[str]]], traced_home: Path, offline_home: Path
) -> None:
    """The traced run made everything itself, in this process; the other in one of its own."""
    facts = "select * from facts.fact order by fact_id"
    here, there = (query(home / "published.duckdb", facts) for home in (traced_home, offline_home))
    assert here.height > 50 and here.equals(there)
    first, second = (home / "site" / "latest" / "index.html" for home in (traced_home, offline_home))
    assert first.read_bytes() == second.read_bytes()
