"""From raw tables to believed prices, packaged facts, the engine's and the statistics' tables."""

from __future__ import annotations

import dagster as dg

from assets.job import Job
from assets.models import asset_key
from belief import packaged, prices
from belief.live_facts import latest_electricity
from belief.vintage import vintage_frame
from forecasting import daily, outlook
from forecasting.floors import floor_tables, hardware_costs, rentals
from reference.specs.history import comparison
from sources.catalogue import sources
from sources.health import source_frame
from throughput.calibration import published_runs
from throughput.products import daily as throughput_daily
from warehouse.issued import FACT, FORECAST, issued_before
from warehouse.schema.tables import raw_name
from warehouse.store import Store

READ = tuple(map(asset_key, map(raw_name, sources())))
ENGINE = ("engine.serving", "engine.league", "engine.latency", "engine.stack", "engine.ceiling", "engine.lever_evidence", "engine.software_gain")
PUBLISHED = ("quantization_speedup", "speculative_decoding", "software_release")
CHECKS, CHECK_INPUTS = ("engine.check_measured", "engine.check_energy"), ("core.energy_measured", "core.software_release", "core.accelerators", "core.architectures")
PRICES = ("core.price_witness", "core.price_interval", "core.price_event", "core.quarantine", "core.disagreement", "core.announced_price",
          "core.unmapped_label")

INPUTS = tuple(map(asset_key, ("core.input_price", "core.input_score", "core.input_model", "core.input_tokens")))
INDEX_NAMES = ("frontier_price", "index_level", "latent_quality", "selection_audit", "cost_per_task")
INDICES = tuple(map("stats.{}".format, INDEX_NAMES))
FORECASTS = ("stats.forecast", "stats.event_probability", "stats.meeting_date", "stats.binding_constraint", "stats.series_floor")
MEANING_NAMES = ("what_it_means", "viability", "break_even", "wrapper_margin", "family_ratio", "jevons", "expectations")
MEANING = tuple(map("stats.{}".format, MEANING_NAMES))
RENTALS = ("marts.rental_index", "marts.rental_breaks", "marts.rental_now")
FLOORS = ("core.input_floor", "marts.model_floors", "marts.floor_assumptions")
FLOOR_INPUTS = ("architectures", "hourly", "energy_price", "assumption", "hardware_part")
TRACK = ("stats.track_record", "stats.track_record_summary", "stats.pit")
ISSUED = (FORECAST, FACT)


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


@dg.asset(key=["marts", "left_out"], deps=READ, group_name="marts", kinds={"duckdb"})
def left_out(warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What the newest pages and feeds print and nobody understood."""
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.left_out", warehouse.read("raw.left_out"))})


@dg.multi_asset(specs=specs(PRICES, "core", READ))
def believed_prices(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """What each witness said, what is believed, what is held back, who disagrees."""
    built = prices.build(warehouse.read_family("prices"), warehouse.read("raw.reading"), sources(), job.as_of)
    yield from written(warehouse.write_all(built))


@dg.multi_asset(specs=specs((*packaged.TABLES, *packaged.ENGINE, *packaged.SHOWN), "core", READ))
def known_facts(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """The facts known on the vintage day: packaged rows, and the sheets, offers and tariffs read since."""
    quotes = dict(zip(packaged.FAMILIES, map(warehouse.read_family, packaged.FAMILIES), strict=True))
    yield from written(warehouse.write_all(packaged.tables(job.as_of, quotes)))


@dg.asset(key=["core", "rental_believed"], deps=[asset_key("core.rental_price")], group_name="core", kinds={"duckdb"})
def rental_believed(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Rental prices that somebody was offered: dated, with a source, never generated."""
    made = rentals.believed(warehouse.read("core.rental_price"), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("core.rental_believed", made)})


@dg.multi_asset(specs=specs(RENTALS, "marts", (asset_key("core.rental_believed"),)))
def rental_marts(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Matched-panel index, breaks and today's prices of rented accelerators."""
    made = hardware_costs.rental_tables(warehouse.read("core.rental_believed"), job.as_of)
    yield from written(warehouse.write_schema("marts", made))


@dg.asset(key=["marts", "electricity"], deps=[asset_key("core.electricity")], group_name="marts", kinds={"duckdb"})
def electricity(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The newest vintage of every electricity price, and how far it was revised."""
    made = latest_electricity(warehouse.read("core.electricity"), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.electricity", made)})


@dg.asset(key=["marts", "hardware_trends"], deps=[*map(asset_key, ("core.hardware_part", "core.published_trend"))], group_name="marts", kinds={"duckdb"})
def hardware_trends(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """How fast accelerators improve, fitted with intervals, beside published growth."""
    made = hardware_costs.trend_table(warehouse.read("core.hardware_part"), warehouse.read("core.published_trend"), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.hardware_trends", made)})


@dg.asset(key=["marts", "ownership_cost"], deps=[*map(asset_key, ("core.ownership_cost", "core.energy_price", "core.assumption"))],
          group_name="marts", kinds={"duckdb"})
def ownership_cost(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What an owned accelerator costs by the hour: capital, power and overhead, each from stated assumptions."""
    given = warehouse.frames("core", ("ownership_cost", "energy_price", "assumption"))
    made = hardware_costs.ownership_table(given["ownership_cost"], given["energy_price"], given["assumption"], job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.ownership_cost", made)})


@dg.asset(key=["core", "vintage"], deps=[*map(asset_key, (*PRICES, *packaged.TABLES, *packaged.ENGINE))], group_name="core", kinds={"duckdb"})
def vintage(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The day this build speaks of and its id, a hash of inputs and code."""
    frame = vintage_frame(job.as_of, job.code_version, map(warehouse.read, (*PRICES, *packaged.TABLES, *packaged.ENGINE)))
    warehouse.write("core.vintage", frame)
    return dg.MaterializeResult(metadata=frame.row(0, named=True) | {"as_of": str(job.as_of)})


@dg.multi_asset(specs=specs(ISSUED, "core", (asset_key("raw.capture"),)))
def issued_earlier(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """What earlier vintages issued, as they issued it."""
    yield from written(warehouse.write_all(issued_before(job.issued_path, job.as_of)))


@dg.multi_asset(specs=specs(INDICES, "stats", INPUTS))
def price_indices(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Buyer frontier, hedonic, matched and quantile indices, latent quality, cost per task, selection audit."""
    given = warehouse.frames("core", ("input_price", "input_score", "input_model", "input_tokens"))
    made = daily.indices(given["input_price"], given["input_score"], given["input_model"], job.as_of, tokens=given["input_tokens"])
    yield from written(warehouse.write_schema("stats", made))


@dg.asset(key=["stats", "decline_rate"], deps=[*map(asset_key, INDICES), *INPUTS], group_name="stats", kinds={"duckdb"})
def decline_rate(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """How many times cheaper a year, by every declared estimator."""
    given = warehouse.frames("core", ("input_price", "input_score", "input_model"))
    made = daily.decline_rates(warehouse.frames("stats", INDEX_NAMES), given["input_price"], given["input_score"], given["input_model"], job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("stats.decline_rate", made)})


@dg.asset(key=["stats", "acceleration"], deps=INPUTS, group_name="stats", kinds={"duckdb"})
def acceleration(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The declared tests of a constant rate, and the rule's verdict."""
    given = warehouse.frames("core", ("input_price", "input_score", "input_model"))
    made = daily.acceleration(given["input_price"], given["input_score"], given["input_model"], job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("stats.acceleration", made)})


@dg.multi_asset(specs=specs(FORECASTS, "stats", (*map(asset_key, INDICES), *INPUTS, asset_key("core.input_floor"))))
def price_forecasts(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Forecasts, checkable events, meeting dates and what binds, for every frontier series."""
    given = warehouse.frames("core", ("input_floor", "input_score"))
    made = outlook.build(warehouse.read("stats.frontier_price"), given["input_floor"], given["input_score"], job.as_of)
    yield from written(warehouse.write_schema("stats", made))


@dg.multi_asset(specs=specs(TRACK, "stats", (*map(asset_key, ISSUED), asset_key("stats.frontier_price"))))
def track_record(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Issued forecasts whose day came, scored against what happened."""
    actuals = daily.series_from_frontier(warehouse.read("stats.frontier_price"))
    made = daily.track_record(warehouse.read("core.issued_forecast"), actuals, job.as_of)
    yield from written(warehouse.write_schema("stats", made))


@dg.multi_asset(specs=specs(ENGINE, "engine", (*map(asset_key, packaged.ENGINE), asset_key("core.hourly"), *map(asset_key, map("core.{}".format, PUBLISHED)))))
def engine_tables(warehouse: dg.ResourceParam[Store]):
    """Every open model on every accelerator, the leagues of cost and speed, the deflation stack, what was measured of each lever."""
    given = warehouse.frames("core", ("architectures", "accelerators", "hourly", *PUBLISHED))
    made = throughput_daily.build(given["architectures"], given["accelerators"], given["hourly"], given)
    yield from written(warehouse.write_schema("engine", made))


@dg.multi_asset(specs=specs(FLOORS, "core", (asset_key("engine.serving"), *map(asset_key, map("core.{}".format, FLOOR_INPUTS)))))
def model_floors(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Both floors of every open model with intervals, boundaries and assumptions, by Monte Carlo."""
    made = floor_tables.build(warehouse.read("engine.serving"), warehouse.frames("core", FLOOR_INPUTS), job.as_of)
    yield from written(warehouse.write_schema("core", made) | warehouse.write_schema("marts", made))


@dg.multi_asset(specs=specs(CHECKS, "engine", tuple(map(asset_key, CHECK_INPUTS))))
def engine_check(warehouse: dg.ResourceParam[Store]):
    """The engine beside published measurements: tokens per second, joules per token."""
    yield from written(warehouse.write_schema("engine", published_runs.check(*map(warehouse.read, CHECK_INPUTS))))


@dg.asset(key=["marts", "spec_disagreements"], deps=[asset_key("core.spec_history")], group_name="marts", kinds={"duckdb"})
def spec_disagreements(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What official pages and two databases say of each specification, and which is used."""
    made = comparison(warehouse.read("core.spec_history").rename({"value_text": "value"}), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("marts.spec_disagreements", made)})


@dg.asset(key=["stats", "decomposition"], deps=[asset_key("core.input_cost")], group_name="stats", kinds={"duckdb"})
def decomposition(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Markup, rental, throughput, utilisation, energy and what is not attributed, summing exactly."""
    made = daily.decomposition(warehouse.read("core.input_cost").rename({"period_day": "period"}), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("stats.decomposition", made)})


@dg.asset(key=["stats", "revision"], deps=[*INPUTS, *map(asset_key, (*ISSUED, "stats.forecast", "core.input_floor"))], group_name="stats", kinds={"duckdb"})
def revision(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Why the forecast differs from the last one issued."""
    given = warehouse.frames("core", ("issued_forecast", "input_price", "input_score", "input_model", "input_floor"))
    made = outlook.revision(given, warehouse.read("stats.forecast"), job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("stats.revision", made)})


@dg.multi_asset(specs=specs(MEANING, "stats", (*INPUTS, *map(asset_key, (*INDICES, "core.input_floor", "core.input_engine", "core.application")))))
def what_it_means(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]):
    """Viability, break-even, thin wrappers, family ratios, Jevons, expectations, each from sourced assumptions."""
    given = warehouse.frames("core", ("application", "assumption", "input_price", "input_score", "input_model", "input_floor", "input_engine"))
    made = outlook.consequences(given, warehouse.frames("stats", INDEX_NAMES), job.as_of)
    yield from written(warehouse.write_schema("stats", made))


@dg.asset(key=["stats", "claims"], deps=[*map(asset_key, (*INDICES, *MEANING, "core.input_claim", "stats.decline_rate", "stats.acceleration", "stats.forecast"))],
          group_name="stats", kinds={"duckdb"})
def claims(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The essay's twenty claims against today's measurements."""
    given = warehouse.frames("stats", (*INDEX_NAMES, "decline_rate", "acceleration", "binding_constraint", *MEANING_NAMES))
    made = outlook.claims(warehouse.read("core.claim"), warehouse.read("core.input_claim"), given, job.as_of)
    return dg.MaterializeResult(metadata={"rows": warehouse.write("stats.claims", made)})
