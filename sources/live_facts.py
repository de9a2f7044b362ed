"""Live readings joined to the packaged facts: specifications, rentals, electricity, in the packaged tables' columns.

A run tries the live sources and falls back to what is packaged; both then stand in one table, each row with its
source and day. Nothing is overwritten: a page that changed adds a row, a revised statistic adds a vintage. Which row
is used at a day is decided where it is used (``specs.history.best_specs``, ``latest_electricity``).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sources.reference.schema import SCHEMAS
from sources.specs.history import SCHEMA as SPEC_SCHEMA

EIA_TERMS, EUROSTAT_TERMS = "public domain (US government)", "CC-BY-4.0"


def spec_history(packaged: pl.DataFrame, quotes: pl.DataFrame, labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The history with today's sheets added, and the printed names that nobody has mapped yet.

    Args: ``packaged`` as ``read_history`` gives it; ``quotes`` the rows of ``hardware/*`` readings; ``labels`` of
    ``accelerator_labels.csv`` (source, label, accelerator). A value equal to the newest known one of its source, label
    and field adds nothing; a new or changed value adds a row with its day and words. Unmapped names add no rows: they
    are returned as ``source: name`` to be shown in the data-health section.
    """
    vendors = packaged.select("accelerator", "vendor").unique()
    named = quotes.select(
        pl.col("source"), pl.col("accelerator").alias("label"), "field", pl.col("value").cast(pl.Float64), "unit", "qualifier",
        "observed_at", "source_url", "evidence", "basis").join(labels, on=["source", "label"], how="left", maintain_order="left")
    unmapped = named.filter(pl.col("accelerator").is_null()).select(pl.concat_str("source", pl.lit(": "), "label")).to_series()
    divided = pl.col("label").str.contains(r"/\d+\)$")
    new = named.filter(pl.col("accelerator").fill_null("") != "").with_columns(
        qualifier=pl.when(divided).then(pl.concat_str([pl.col("qualifier"), pl.lit("divided from a board, rack or instance total")],
                                                      separator="; ").str.strip_chars("; ")).otherwise(pl.col("qualifier")),
        licence=pl.lit("facts"), rejected_because=pl.lit("")).join(vendors, on="accelerator", how="left", maintain_order="left")
    key = ["accelerator", "field", "source", "label", "qualifier"]
    newest = packaged.filter(pl.col("field") != "launch_date").sort("observed_at").group_by(key, maintain_order=True).last().select(
        *key, pl.col("value").cast(pl.Float64).alias("known"))
    changed = new.join(newest, on=key, how="left", maintain_order="left").filter(
        pl.col("known").is_null() | ((pl.col("value") / pl.col("known") - 1).abs() > 1e-9))
    changed = changed.sort(*key, "observed_at").filter((pl.col("value") != pl.col("value").shift().over(key)).fill_null(True))
    rows = changed.with_columns(value=pl.col("value").map_elements(lambda v: f"{v:.10g}", return_dtype=pl.String)).select(list(SPEC_SCHEMA))
    return pl.concat([packaged, rows.cast(pl.Schema(SPEC_SCHEMA))]).sort("accelerator", "field", "source", "label", "observed_at", "value"), \
        sorted(set(unmapped.to_list()))


def rental_prices(packaged: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """The dated offers with today's added, in the columns of ``rental_prices``; prices in USD only."""
    live = quotes.filter(pl.col("currency") == "USD").select(
        "provider", "accelerator", "region", "term", pl.col("value").cast(SCHEMAS["rental_prices"]["usd_per_accelerator_hour"])
        .alias("usd_per_accelerator_hour"), pl.col("accelerators_in_offer").cast(pl.Int64), pl.lit("cloud").alias("provider_kind"),
        pl.col("sku").alias("note"), "source", pl.col("quote_id").alias("source_ref"), "source_url",
        pl.lit("facts, see the source's contract").alias("licence"), "observed_at", pl.lit("quoted").alias("basis"))
    return pl.concat([packaged, live.cast(pl.Schema(SCHEMAS["rental_prices"]))]).sort(
        "provider", "accelerator", "region", "term", "note", "source", "observed_at")


def electricity(packaged: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Electricity prices with today's added as vintages: a revised figure is a new row, the old one stays.

    EIA's cents become dollars per kWh (``usd_per_kwh``), Eurostat's euros stay euros (``eur_per_kwh``); rows in other
    units are left out. ``sector`` is the printed sector or tax and consumption band.
    """
    cents, euros = pl.col("unit") == "cents per kilowatt-hour", pl.col("unit") == "EUR/kWh"
    priced = quotes.filter((pl.col("quantity") == "electricity_price") & (cents | euros))
    live = priced.select(
        "period", pl.when(pl.col("period").str.contains("S")).then(pl.lit("half_year")).when(pl.col("period").str.len_chars() == 4)
        .then(pl.lit("year")).otherwise(pl.lit("month")).alias("period_kind"),
        pl.col("subject").alias("region"), pl.col("qualifier").alias("sector"),
        pl.when(cents).then((pl.col("value") / 100).round(10)).alias("usd_per_kwh"), pl.when(euros).then(pl.col("value")).alias("eur_per_kwh"),
        pl.lit("").alias("note"), "source", pl.col("quote_id").alias("source_ref"), "source_url",
        pl.when(cents).then(pl.lit(EIA_TERMS)).otherwise(pl.lit(EUROSTAT_TERMS)).alias("licence"), "observed_at",
        pl.lit("quoted").alias("basis"))
    key = ["source", "region", "sector", "period"]
    value = pl.coalesce("usd_per_kwh", "eur_per_kwh")
    both = pl.concat([packaged, live.cast(pl.Schema(SCHEMAS["electricity"]))]).sort(*key, "observed_at", maintain_order=True)
    return both.filter((value != value.shift().over(key)).fill_null(True)).select(packaged.columns)


def latest_electricity(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The newest vintage of every region, sector and period known at a day, with how often and how far it was revised.

    Returns the table's columns and ``vintages_count``, ``revision_share`` (newest over first published, minus 1).
    """
    value = pl.coalesce("usd_per_kwh", "eur_per_kwh")
    known = table.filter(pl.col("observed_at") <= as_of).sort("source", "region", "sector", "period", "observed_at")
    return known.with_columns(vintages_count=pl.len().over("source", "region", "sector", "period"),
                              revision_share=(value / value.first() - 1).over("source", "region", "sector", "period")).group_by(
        "source", "region", "sector", "period", maintain_order=True).last().select(*table.columns, "vintages_count", "revision_share")
