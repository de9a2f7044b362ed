"""One asset per SQL model, one check per rule: discovered from ``warehouse/sql``, wired by the SQL itself."""

from __future__ import annotations

import dagster as dg

from assets.step import asset_key, described
from warehouse.dictionary import PROFILED, contents, start_here
from warehouse.models import Model, fact_inputs, fact_selects, lineage_inputs, lineage_selects, models
from warehouse.schema.tables import TABLES
from warehouse.store import Store

PREPARED = "raw.capture"
"""The asset that prepares the warehouse; what reads nothing else still comes after it."""


def model_asset(model: Model) -> dg.AssetsDefinition:
    """The asset that fills one table from its SELECT."""

    @dg.asset(
        key=asset_key(model.name),
        deps=[*map(asset_key, model.inputs or (PREPARED,))],
        **(described(model.name) | {"kinds": {"duckdb", "sql"}, "description": f"One row: {TABLES[model.name].text}. {model.text}"}),
    )
    def fill(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": warehouse.fill(model.name, (model.sql,))})

    return fill


def check(rule: Model) -> dg.AssetChecksDefinition:
    """The check of one rule: its SELECT must return no row; an error stops publishing, a warning is shown."""

    @dg.asset_check(
        asset=asset_key(rule.table),
        name=rule.name.partition(".")[2],
        description=rule.text,
        blocking=rule.blocking,
        additional_deps=[*map(asset_key, filter(rule.table.__ne__, rule.inputs))],
    )
    def hold(warehouse: dg.ResourceParam[Store]) -> dg.AssetCheckResult:
        broken = warehouse.read(rule.sql)
        severity = dg.AssetCheckSeverity.ERROR if rule.blocking else dg.AssetCheckSeverity.WARN
        return dg.AssetCheckResult(
            passed=broken.is_empty(), severity=severity, metadata={"rows": broken.height, "first": str(broken.head(3).to_dicts())}
        )

    return hold


@dg.asset(key=["facts", "fact"], deps=[*map(asset_key, fact_inputs())], **(described("facts.fact") | {"kinds": {"duckdb", "sql"}}))
def fact(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Every number of the report as a row, from the SELECTs in ``warehouse/sql/facts``."""
    return dg.MaterializeResult(metadata={"rows": warehouse.fill("facts.fact", fact_selects())})


@dg.asset(key=["facts", "lineage"], deps=[*map(asset_key, lineage_inputs())], **(described("facts.lineage") | {"kinds": {"duckdb", "sql"}}))
def lineage(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The chain of every fact down to source, date and words."""
    return dg.MaterializeResult(metadata={"rows": warehouse.fill("facts.lineage", lineage_selects())})


@dg.asset(key=["marts", "start_here"], deps=[asset_key(PREPARED)], **described("marts.start_here"))
def where_to_start(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Tables to begin with and example queries that run."""
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.start_here", start_here())})


@dg.asset(key=["marts", "dictionary"], deps=[*map(asset_key, PROFILED)], **described("marts.dictionary"))
def dictionary(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Every column with its meaning, the words it may hold, and how this build fills it."""
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.dictionary", contents(warehouse.read))})


model_assets = (*map(model_asset, models("core")), *map(model_asset, models("marts")))
model_checks = tuple(map(check, models("checks")))
