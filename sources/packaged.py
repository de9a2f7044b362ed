"""The packaged reference facts of a vintage, as the tables the warehouse holds.

Only rows known by the vintage day: a fact from the day its source showed it, an accelerator from its launch,
an architecture from its model's release. Which table is called what in the warehouse is said here.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sources import reference
from sources.aliases import resolve
from sources.specs.engine import engine_table, read_list
from sources.specs.history import read_history

TABLES = {
    "core.model": "models", "core.model_alias": "model_aliases", "core.score": "quality_scores", "core.benchmark": "benchmarks",
    "core.task_tokens": "task_tokens", "core.rental_price": "rental_prices", "core.electricity": "electricity",
    "core.pue": "pue", "core.energy_measured": "energy_measured", "core.ownership_cost": "ownership_cost",
    "core.exchange_rate": "exchange_rates", "core.claim": "claims", "core.application": "applications",
    "core.assumption": "assumptions",
}
ENGINE = ("core.architectures", "core.accelerators", "core.spec_history")
"""Tables the engine reads; computed from the dated specification history and the models' release dates."""


def tables(as_of: date) -> dict[str, pl.DataFrame]:
    """Every packaged table at ``as_of``, by warehouse name."""
    known = {name: _known(reference.load(table), as_of) for name, table in TABLES.items()}
    history = _specs_at(as_of)
    return known | {"core.spec_history": history.rename({"value": "value_text"}), "core.accelerators": _accelerators(history, as_of),
                    "core.architectures": _architectures(as_of)}


def _specs_at(as_of: date) -> pl.DataFrame:
    """The specification history of a day. A specification is public from the launch: where a figure was read
    only later, its earliest reading stands in, so that later readings never change an earlier day."""
    history = read_history()
    known = history.filter(pl.col("observed_at") <= as_of)
    later = history.filter(pl.col("observed_at") > as_of).join(known.filter(pl.col("rejected_because") == ""), on=["accelerator", "field"], how="anti")
    first = later.filter(pl.col("observed_at") == pl.col("observed_at").min().over("accelerator", "field"))
    launches = history.filter(pl.col("field") == "launch_date").group_by("accelerator").agg(pl.col("value").min().str.to_date(strict=False).alias("launched"))
    public = first.join(launches, on="accelerator", how="left").filter(pl.col("launched").is_null() | (pl.col("launched") <= as_of)).drop("launched")
    order = ["accelerator", "field", "observed_at", "source", "label", "value"]
    return pl.concat([known, public]).sort(order)


def _accelerators(history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The engine's accelerators launched by the day, from the history of that day."""
    usable = history.filter(pl.col("rejected_because") == "")
    kinds = pl.col("field").str.extract(r"^(memory_bandwidth|memory_g|bf16_dense|fp16_dense)").str.replace("fp16", "bf16")
    complete = usable.group_by("accelerator").agg(kinds.drop_nulls().n_unique().alias("kinds")).filter(pl.col("kinds") == 3)
    names = read_list()
    sheet = pl.when(pl.col("half_of") != "").then(pl.col("half_of")).otherwise(pl.col("accelerator"))
    whole = names.filter(sheet.is_in(complete["accelerator"].implode()))
    table = engine_table(history, whole, as_of)
    launched = pl.col("launch_date").cast(pl.String).str.to_date(strict=False)
    accessed = pl.col("accessed_on").cast(pl.String).str.to_date(strict=False)
    return table.with_columns(launched, accessed).filter(pl.col("launch_date").is_null() | (pl.col("launch_date") <= as_of))


def _architectures(as_of: date) -> pl.DataFrame:
    """Architectures of models known to be released by the day (or read by then), with their canonical model."""
    frame = reference.load("architectures")
    labels = frame.select(pl.col("model").alias("model_label"), pl.lit("*").alias("provider"), pl.lit(as_of).alias("valid_from"))
    canonical = resolve(labels, reference.at("model_aliases", as_of))["model"].alias("canonical_model")
    released = reference.at("models", as_of).select(pl.col("model").alias("canonical_model"), "release_date")
    dated = frame.with_columns(canonical).join(released, on="canonical_model", how="left", maintain_order="left")
    read = pl.col("accessed_on").cast(pl.String).str.to_date(strict=False) <= as_of
    return dated.filter((pl.col("release_date") <= as_of).fill_null(False) | read).drop("release_date")


def _known(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The rows known on the day, by ``observed_at``; tables of definitions without it stay whole."""
    known = frame if "observed_at" not in frame.columns else frame.filter(pl.col("observed_at") <= as_of)
    decimals = [c for c, t in known.schema.items() if isinstance(t, pl.Decimal)]
    return known.with_columns(pl.col(decimals).cast(pl.Float64))
