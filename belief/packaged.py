"""The facts of a vintage, as the tables the warehouse holds: packaged reference rows and what was read since.

Only rows known by the vintage day: a fact from the day its source showed it, an accelerator from its launch,
an architecture from its model's release. Which table is called what in the warehouse is said here; how live
readings join packaged rows is said in ``live_facts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

import reference
from belief import live_facts, scores
from belief.names.aliases import resolve
from reference.specs.engine import engine_table, project_names, read_list
from reference.specs.history import read_history

TABLES = {
    "core.model": "models",
    "core.model_alias": "model_aliases",
    "core.score": "quality_scores",
    "core.benchmark": "benchmarks",
    "core.task_tokens": "task_tokens",
    "core.rental_price": "rental_prices",
    "core.electricity": "electricity",
    "core.pue": "pue",
    "core.energy_measured": "energy_measured",
    "core.ownership_cost": "ownership_cost",
    "core.exchange_rate": "exchange_rates",
    "core.claim": "claims",
    "core.application": "applications",
    "core.software_release": "software_releases",
    "core.speculative_decoding": "speculative_decoding",
    "core.quantization_speedup": "quantization_speedups",
    "core.quantization_quality": "quantization_quality",
    "core.user_speed": "user_speed_published",
    "core.interactivity_measured": "interactivity_measured",
    "core.token_volume": "token_volumes",
    "core.listed_quote": "listed_index_quotes",
    "core.assumption": "assumptions",
    "core.hardware_part": "hardware_parts",
    "core.published_trend": "hardware_trends_published",
}
ENGINE = ("core.architectures", "core.accelerators", "core.spec_history")
"""Tables the engine reads; computed from the dated specification history and the models' release dates."""
SHOWN = ("core.unmapped_accelerator",)
"""Tables that only show what could not be used."""
FAMILIES = ("hardware", "rentals", "energy", "scores", "volumes")
"""Kinds of sources whose readings join packaged rows."""
PUBLIC_FROM = {"hardware_parts": "launch_date", "hardware_trends_published": "published_on"}
"""Tables whose facts are public from a day of their own: a part's figures from its launch, a trend from its paper."""


def tables(as_of: date, quotes: Mapping[str, pl.DataFrame] | None = None) -> dict[str, pl.DataFrame]:
    """Every table of facts at ``as_of``, by warehouse name.

    ``quotes``: family (of ``FAMILIES``) -> the rows read of it, in the columns of
    ``reading.quote_schema``; families that are absent rest on packaged rows alone. Readings after ``as_of`` are not
    looked at, so they never change an earlier day.
    """
    read = {kind: live_facts.known(frame, as_of) for kind, frame in (quotes or {}).items() if frame.height}
    known = {name: _known(table, as_of) for name, table in TABLES.items()}
    labels = reference.load("accelerator_labels")
    history, unmapped = live_facts.spec_history(read_history(), read["hardware"], labels) if "hardware" in read else (read_history(), [])
    rentals = live_facts.rental_prices(known["core.rental_price"], read.get("rentals"), project_names())
    if "energy" in read:
        known["core.electricity"] = live_facts.electricity(known["core.electricity"], read["energy"])
    known["core.score"] = scores.joined(known["core.score"], read.get("scores"), reference.at("model_aliases", as_of), as_of)
    known["core.token_volume"] = scores.volumes(known["core.token_volume"], read.get("volumes"))
    history = _specs_at(history, as_of)
    made = known | {
        "core.rental_price": rentals,
        "core.spec_history": history.rename({"value": "value_text"}),
        "core.accelerators": _accelerators(history, as_of),
        "core.architectures": _architectures(as_of),
        "core.unmapped_accelerator": live_facts.unmapped_names(unmapped, rentals, history, read.get("rentals")),
    }
    return {name: _plain(frame) for name, frame in made.items()}


def _specs_at(history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The specification history of a day. A specification is public from the launch: where a figure was read
    only later, its earliest reading stands in, so that later readings never change an earlier day.
    """
    known = history.filter(pl.col("observed_at") <= as_of)
    later = history.filter(pl.col("observed_at") > as_of).join(
        known.filter(pl.col("rejected_because") == ""), on=["accelerator", "field"], how="anti"
    )
    first = later.filter(pl.col("observed_at") == pl.col("observed_at").min().over("accelerator", "field"))
    launches = (
        history.filter(pl.col("field") == "launch_date")
        .group_by("accelerator")
        .agg(pl.col("value").min().str.to_date(strict=False).alias("launched"))
    )
    public = (
        first.join(launches, on="accelerator", how="left")
        .filter(pl.col("launched").is_null() | (pl.col("launched") <= as_of))
        .drop("launched")
    )
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
    """Architectures of models known to be released by the day (or read by then), with their canonical model and every
    canonical model that one of their names stands for.
    """
    frame = reference.load("architectures")
    every = pl.concat_str(pl.col("model"), pl.col("aliases").fill_null(""), separator="|").str.split("|")
    labels = (
        frame.select("model", every.alias("model_label"))
        .explode("model_label")
        .filter(pl.col("model_label") != "")
        .with_columns(pl.lit("*").alias("provider"), pl.lit(as_of).alias("valid_from"))
    )
    named = (
        resolve(labels.rename({"model": "architecture"}), reference.at("model_aliases", as_of))
        .group_by(pl.col("architecture").alias("model"), maintain_order=True)
        .agg(
            pl.col("model").filter(pl.col("model_label") == pl.col("architecture")).first().alias("canonical_model"),
            pl.col("model").drop_nulls().unique(maintain_order=True).str.join("|").alias("served_models"),
        )
    )
    frame = frame.join(named, on="model", how="left", maintain_order="left")
    released = reference.at("models", as_of).select(pl.col("model").alias("canonical_model"), "release_date")
    dated = frame.join(released, on="canonical_model", how="left", maintain_order="left")
    read = pl.col("accessed_on").cast(pl.String).str.to_date(strict=False) <= as_of
    return dated.filter((pl.col("release_date") <= as_of).fill_null(False) | read).drop("release_date")


def _known(name: str, as_of: date) -> pl.DataFrame:
    """The rows of a reference table known on the day; tables of definitions without a date stay whole."""
    frame = reference.load(name)
    day = PUBLIC_FROM.get(name, "observed_at")
    return frame.filter(pl.col(day) <= as_of) if day in frame.columns else frame


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Exact decimals as floats: from here on the figures are used in statistics."""
    return frame.with_columns(pl.col([c for c, t in frame.schema.items() if isinstance(t, pl.Decimal)]).cast(pl.Float64))
