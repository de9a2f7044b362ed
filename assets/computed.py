"""From raw tables to believed prices, packaged facts, the engine's and the statistics' tables.

One line a step (``assets.step``): what it writes, what it reads, the function between. Steps that read a family of raw
tables, or something besides tables, are written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dagster as dg
import polars as pl

from assets.job import Job
from assets.step import DAY, as_of, asset_key, declared, described, specs, table, tables, written
from belief import packaged, prices
from belief.live_facts import latest_electricity
from belief.names import slugs
from belief.vintage import edition_day, vintage_frame
from forecasting.consequences import claims, meaning
from forecasting.floors import floor, floor_tables, hardware_costs, rentals, series_floor
from forecasting.forecast import issue
from forecasting.indices import headline, index_set
from forecasting.rates import acceleration, decompose, rates
from forecasting.tokens import publication, revealed, usage
from forecasting.track_record import replays, revisions, scoring
from reference import definitions
from reference.specs.history import disagreements
from sources.catalogue import of_kinds, sources
from sources.health import source_frame
from throughput.calibration import published_runs
from throughput.products import daily as engine
from warehouse.bulkhead import Families, without_culprits
from warehouse.issued import FACT, FORECAST, due, issued_before
from warehouse.kept import damages
from warehouse.schema.frames import distinct
from warehouse.schema.tables import raw_name
from warehouse.store import Store


def raw(*kinds: str) -> tuple[str, ...]:
    """The raw tables of the sources of some kinds, in order."""
    return tuple(map(raw_name, of_kinds(*kinds)))


PRICES = (
    "core.price_witness",
    "core.price_interval",
    "core.price_event",
    "core.price_meter",
    "core.retirement",
    "core.quarantine",
    "core.disagreement",
    "core.announced_price",
    "core.unmapped_label",
)
FACTS = (*packaged.TABLES, *packaged.ENGINE, *packaged.SHOWN)
INPUTS = ("core.input_price", "core.input_score", "core.input_model")
MEANING = tuple(map("stats.{}".format, claims.MEANING))
FLOORS = ("core.input_floor", "marts.model_floors", "marts.floor_assumptions")
FLOOR_INPUTS = ("engine.serving", "core.architectures", "core.hourly", "core.energy_price", "core.assumption", "core.hardware_part")
ENGINE = tuple(map("engine.{}".format, ("serving", "league", "latency", "stack", "ceiling", "lever_evidence", "software_gain")))
ENGINE_INPUTS = ("core.architectures", "core.accelerators", "core.hourly", *map("core.{}".format, engine.PUBLISHED))


@dg.asset(key=["core", "source"], deps=[*map(asset_key, (*raw(), *PRICES, *FACTS))], **described("core.source"))
def source_state(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Every source: its contract beside what reading it gave (raw.reading), once no step can refuse its rows any more."""
    rows = warehouse.write("core.source", source_frame(sources(), warehouse.read("raw.reading")))
    return dg.MaterializeResult(metadata={"rows": rows})


@dg.asset(key=["marts", "left_out"], deps=[*map(asset_key, raw())], **described("marts.left_out"))
def left_out(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What the newest pages and feeds print and nobody understood."""
    return dg.MaterializeResult(
        metadata={"rows": warehouse.write("marts.left_out", distinct("marts.left_out", warehouse.read("raw.left_out")))}
    )


@dg.asset(key=asset_key(DAY), deps=[*map(asset_key, raw("prices"))], **described(DAY))
def day(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Of which day the edition speaks: the last one on which a price was seen."""
    frame = edition_day(warehouse.read("raw.reading"), job.as_of, job.clock)
    warehouse.write(DAY, frame)
    return dg.MaterializeResult(metadata={"as_of": str(frame["as_of"][0]), "age_days": frame["age_days"][0]})


@dg.multi_asset(specs=specs(PRICES, (*raw("prices", "retirements"), DAY)))
def believed_prices(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """What each witness said, what is believed, what is held back, who disagrees."""
    readings, read = warehouse.read("raw.reading"), {family: warehouse.read_family(family) for family in ("prices", "retirements")}

    def believe(quotes: pl.DataFrame, ends: pl.DataFrame, readings: pl.DataFrame, as_of: date) -> Mapping[str, pl.DataFrame]:
        return prices.build(quotes, readings, sources(), as_of, ends)

    def remembered(quotes: Families) -> Mapping[str, pl.DataFrame]:
        return job.memo.made("believed_prices", believe, (quotes["prices"], quotes["retirements"], readings), {"as_of": as_of(warehouse)})

    built = without_culprits(remembered, read, warehouse)
    yield from written(warehouse.write_all(declared(built, PRICES)))


@dg.multi_asset(specs=specs(FACTS, (*raw(*packaged.FAMILIES), DAY)))
def known_facts(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """The facts known on the vintage day: packaged rows, and the sheets, offers and tariffs read since."""
    quotes = dict(zip(packaged.FAMILIES, map(warehouse.read_family, packaged.FAMILIES), strict=True))

    def known(*read: pl.DataFrame, as_of: date) -> Mapping[str, pl.DataFrame]:
        return packaged.tables(as_of, dict(zip(packaged.FAMILIES, read, strict=True)))

    def remembered(given: Families) -> Mapping[str, pl.DataFrame]:
        return job.memo.made("known_facts", known, tuple(map(given.__getitem__, packaged.FAMILIES)), {"as_of": as_of(warehouse)})

    made = without_culprits(remembered, quotes, warehouse)
    yield from written(warehouse.write_all(declared(made, FACTS)))


VINTAGE_INPUTS = (*PRICES, *packaged.TABLES, *packaged.ENGINE)


@dg.asset(key=["core", "vintage"], deps=[*map(asset_key, (*VINTAGE_INPUTS, DAY))], **described("core.vintage"))
def vintage(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The day this build speaks of and its id, a hash of inputs and code."""
    frame = vintage_frame(as_of(warehouse), job.code_version, map(warehouse.read, VINTAGE_INPUTS))
    warehouse.write("core.vintage", frame)
    return dg.MaterializeResult(metadata=frame.row(0, named=True) | {"as_of": str(frame["as_of"][0])})


@dg.asset(key=["core", "damage"], deps=[asset_key("raw.capture")], **described("core.damage"))
def damage(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What of the kept state is not as it was written."""
    return dg.MaterializeResult(metadata={"rows": warehouse.write("core.damage", damages(job.home))})


ISSUED = (FORECAST, FACT)


@dg.multi_asset(specs=specs(ISSUED, (DAY,)))
def issued_earlier(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """What earlier vintages issued, as they issued it; before the first one the packaged replays stand in for them."""
    day = as_of(warehouse)
    earlier = issued_before(job.issued_path, day)
    yield from written(warehouse.write_all(earlier | {FORECAST: replays.newest_first_day(earlier[FORECAST], day)}))


TRACK_RECORD = ("stats.track_record", "stats.track_record_summary", "stats.pit")


@dg.multi_asset(specs=specs(TRACK_RECORD, (DAY, "stats.frontier_price")))
def track_record(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Issued forecasts whose day came, read from the files they were issued in, against what happened."""
    day = as_of(warehouse)
    made = scoring.build(due(job.issued_path, day, scoring.widened), warehouse.read("stats.frontier_price"), day)
    yield from written(warehouse.write_all(declared(made, TRACK_RECORD)))


STEPS = (
    # what the project means by its words, and facts that only need joining
    table("core.definition", reads=(), after=("raw.capture",), make=definitions.table, dated=False),
    table("core.rental_believed", reads=("core.rental_price",), make=rentals.believed),
    tables(
        ("marts.rental_index", "marts.rental_breaks", "marts.rental_now"),
        step="rental_marts",
        reads=("core.rental_believed",),
        make=hardware_costs.rental_tables,
    ),
    table("marts.electricity", reads=("core.electricity",), make=latest_electricity),
    table("marts.hardware_trends", reads=("core.hardware_part", "core.published_trend"), make=hardware_costs.trend_table),
    table(
        "marts.ownership_cost", reads=("core.ownership_cost", "core.energy_price", "core.assumption"), make=hardware_costs.ownership_table
    ),
    table("marts.spec_disagreements", reads=("core.spec_history",), make=disagreements),
    # the engine
    tables(ENGINE, step="engine_tables", reads=ENGINE_INPUTS, make=engine.build, dated=False),
    tables(
        ("engine.check_measured", "engine.check_energy"),
        step="engine_check",
        dated=False,
        make=published_runs.check,
        reads=("core.energy_measured", "core.software_release", "core.accelerators", "core.architectures"),
    ),
    tables(FLOORS, step="model_floors", reads=FLOOR_INPUTS, make=floor_tables.build),
    # what is measured
    tables(
        tuple(map("stats.{}".format, index_set.TABLES)), step="price_indices", reads=(*INPUTS, "core.input_tokens"), make=index_set.build
    ),
    table("core.token_name", reads=("core.token_volume", "core.model_alias", "core.input_price"), make=slugs.named),
    tables(
        ("stats.token_weight", "stats.token_index"),
        step="token_indices",
        make=publication.build,
        reads=("core.token_volume", "core.token_name", "core.input_price", "core.input_model", "stats.latent_quality"),
    ),
    table("stats.decline_rate", reads=("stats.index_level", "stats.frontier_price", "stats.cost_per_task", *INPUTS), make=rates.build),
    table(
        "stats.revealed_price",
        make=revealed.build,
        dated=False,
        reads=("core.token_volume", "core.token_name", "core.input_price", "core.input_model"),
    ),
    table("stats.measured_usage", reads=("stats.token_weight", "core.token_volume"), make=usage.build, dated=False),
    tables(
        tuple(map("stats.{}".format, headline.TABLES)),
        step="headline_methods",
        make=headline.build,
        reads=(*INPUTS, "stats.latent_quality", "stats.decline_rate", "stats.token_index"),
    ),
    table("stats.acceleration", reads=INPUTS, make=acceleration.build),
    table("stats.decomposition", reads=("core.input_cost",), make=decompose.build),
    # where it goes, and how wrong we were
    table("stats.series_floor", reads=("stats.frontier_price", "core.input_floor", "core.input_score"), make=series_floor.series_floors),
    tables(
        ("stats.forecast", "stats.event_probability"),
        step="price_forecasts",
        reads=("stats.frontier_price", "stats.series_floor"),
        make=issue.build,
    ),
    tables(
        ("stats.meeting_date", "stats.binding_constraint"),
        step="floor_meetings",
        reads=("stats.frontier_price", "stats.series_floor"),
        make=floor.build,
    ),
    table("stats.revision", reads=(FORECAST, *INPUTS, "core.input_floor", "stats.forecast"), make=revisions.since_last),
    # what it means
    tables(
        ("stats.what_it_means", *MEANING),
        step="what_it_means",
        make=meaning.build,
        reads=("core.application", "core.assumption", "stats.frontier_price", *INPUTS, "core.input_engine"),
    ),
    table(
        "stats.claims",
        reads=("core.claim", "core.input_claim", "stats.decline_rate", "stats.acceleration", "stats.binding_constraint", *MEANING),
        make=claims.build,
    ),
)
"""Every step whose input is tables alone."""
