"""One way to make an asset of the warehouse: the tables it writes, the tables it reads, the function between them.

    table("stats.acceleration", reads=("core.input_price", "core.input_score", "core.input_model"), make=acceleration.build)

``make`` gets the read tables as frames, in the order of ``reads``, and the vintage day as ``as_of``. Dependencies and
frames come from the one tuple, so a step can read nothing that the graph does not show; what it made of the same frames
is remembered (``warehouse.memo``). Belongs here: the kinds of
steps. Not here: which steps there are (``computed``), what they compute (the libraries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.job import Job
from warehouse.schema.tables import TABLES
from warehouse.store import Store

DAYS = dg.DailyPartitionsDefinition(start_date="2023-01-01", end_offset=1, timezone="UTC")
"""The vintage days: what is kept per day (captures, publications, issued forecasts, editions, deliveries) is a partition,
and a past day is a run of its partition. The first day is the first with a listing to read."""
Frames = Mapping[str, pl.DataFrame]
DAY = "core.edition_day"
"""The table that says of which day a dated step speaks."""


def asset_key(table_name: str) -> dg.AssetKey:
    """``marts.price_now`` -> the asset key of the same name."""
    return dg.AssetKey(table_name.split("."))


def described(name: str) -> dict[str, Any]:
    """What every asset of a table says of itself: its grain, group, kind and owner."""
    group = name.partition(".")[0]
    return {
        "group_name": group,
        "kinds": {"duckdb"},
        "owners": [f"team:{OWNERS[group]}"],
        "description": f"One row: {TABLES[name].text}.",
        "metadata": {"columns": len(TABLES[name].columns), "key": ", ".join(TABLES[name].key)},
    }


OWNERS = {
    "raw": "sources",
    "core": "belief",
    "engine": "throughput",
    "stats": "forecasting",
    "marts": "forecasting",
    "facts": "reports",
    "published": "operations",
    "site": "reports",
    "mail": "operations",
    "issued": "forecasting",
}
"""Which room answers for the tables of a schema; a team in Dagster's sense."""


def table(
    name: str, *, reads: Sequence[str], make: Callable[..., pl.DataFrame], dated: bool = True, after: Sequence[str] = ()
) -> dg.AssetsDefinition:
    """The asset that makes one table from the tables it reads.

    ``dated`` False: ``make`` takes no ``as_of``. ``after``: tables that must be written first though they are not
    read as frames (the raw tables a family is stacked from).
    """

    @dg.asset(key=asset_key(name), deps=[*map(asset_key, (*reads, *after, *_day_read(dated)))], **described(name))
    def one(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
        frames = tuple(map(warehouse.read, reads))
        made = job.memo.made(name, lambda *given, **day: {name: make(*given, **day)}, frames, _day(warehouse, dated))
        return dg.MaterializeResult(metadata={"rows": warehouse.write(name, made[name])})

    return one


def tables(
    names: Sequence[str], *, reads: Sequence[str], make: Callable[..., Frames], step: str, dated: bool = True, after: Sequence[str] = ()
) -> dg.AssetsDefinition:
    """The asset of several tables that one function makes together, named ``step`` in the graph.

    ``make`` returns the frames by table name, with or without the schema; exactly the declared ones.
    """

    @dg.multi_asset(name=step, specs=specs(names, (*reads, *after, *_day_read(dated))))
    def many(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
        made = job.memo.made(step, make, tuple(map(warehouse.read, reads)), _day(warehouse, dated))
        yield from written(warehouse.write_all(declared(made, names)))

    return many


def specs(names: Sequence[str], reads: Sequence[str]) -> list[dg.AssetSpec]:
    """Asset specs of tables that one step writes together."""
    return [dg.AssetSpec(asset_key(name), deps=[*map(asset_key, reads)], **described(name)) for name in names]


def written(counts: Mapping[str, int]) -> Iterator[dg.MaterializeResult]:
    """One result per table written."""
    return (dg.MaterializeResult(asset_key=asset_key(name), metadata={"rows": rows}) for name, rows in counts.items())


def declared(made: Frames, names: Sequence[str]) -> Frames:
    """``made`` under the full names. Raises ``ValueError`` when it holds other tables than the declared ones."""
    full = {name.partition(".")[2]: name for name in names}
    found = {full.get(name, name): frame for name, frame in made.items()}
    if set(found) != set(names):
        raise ValueError(f"a step declared {sorted(names)} and made {sorted(found)}; declare in assets what the library makes")
    return found


def as_of(warehouse: Store) -> date:
    """The vintage day: the last day on which a price was seen."""
    return warehouse.read(DAY).row(0, named=True)["as_of"]


def _day_read(dated: bool) -> tuple[str, ...]:
    return (DAY,) if dated else ()


def _day(warehouse: Store, dated: bool) -> dict[str, Any]:
    return {"as_of": as_of(warehouse)} if dated else {}
