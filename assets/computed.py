"""From raw tables to believed prices, packaged facts, the engine's and the statistics' tables."""

from __future__ import annotations

import dagster as dg

from assets.job import Job
from assets.models import asset_key
from forecasting import daily
from sources import packaged, prices
from sources.catalog import sources
from sources.health import source_frame
from sources.vintage import vintage_frame
from warehouse.schema.tables import raw_name
from warehouse.store import Store

READ = tuple(map(asset_key, map(raw_name, sources())))
PRICES = ("core.price_witness", "core.price_interval", "core.quarantine", "core.disagreement", "core.announced_price",
          "core.unmapped_label")


def written(counts: dict[str, int]) -> map:
    """One result per table written."""
    return map(lambda item: dg.MaterializeResult(asset_key=asset_key(item[0]), metadata={"rows": item[1]}), counts.items())


def specs(tables: tuple[str, ...], group: str, deps: tuple[dg.AssetKey, ...]) -> list[dg.AssetSpec]:
    """Asset specs of tables that one step writes together."""
    return [*map(lambda name: dg.AssetSpec(asset_key(name), deps=deps, group_name=group, kinds={"duckdb"}), tables)]


@dg.asset(key=["core", "source"], deps=READ, group_name="core", kinds={"duckdb"})
def source_state(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Every source: its contract beside what reading it gave."""
    rows = warehouse.write("core.source", source_frame(sources(), warehouse.read("raw.reading")))
    return dg.MaterializeResult(metadata={"rows": rows})


@dg.multi_asset(specs=specs(PRICES, "core", READ))
def believed_prices(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """What each witness said, what is believed, what is held back, who disagrees."""
    built = prices.build(warehouse.read_family("prices"), warehouse.read("raw.reading"), sources(), job.as_of)
    yield from written(warehouse.write_all(built))


@dg.multi_asset(specs=specs(tuple(packaged.TABLES), "core", (asset_key("raw.capture"),)))
def packaged_facts(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """The packaged reference facts known on the vintage day."""
    yield from written(warehouse.write_all(packaged.tables(job.as_of)))


@dg.asset(key=["core", "vintage"], deps=[*map(asset_key, (*PRICES, *packaged.TABLES))], group_name="core", kinds={"duckdb"})
def vintage(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The day this build speaks of and its id, a hash of inputs and code."""
    frame = vintage_frame(job.as_of, job.code_version, map(warehouse.read, (*PRICES, *packaged.TABLES)))
    warehouse.write("core.vintage", frame)
    return dg.MaterializeResult(metadata=frame.row(0, named=True) | {"as_of": str(job.as_of)})
