"""Live readings joined to the packaged facts: specifications, rentals, electricity, in the packaged tables' columns.

A run tries the live sources and falls back to what is packaged; both then stand in one table, each row with its
source and day. Nothing is overwritten: a page that changed adds a row, a revised statistic adds a vintage. A row is
kept or left out by what stands before it in time alone, so a later reading never changes an earlier day. Which row
is used at a day is decided where it is used (``specs.history.best_specs``, ``latest_electricity``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from reference.schema import SCHEMAS
from reference.specs.history import SCHEMA as SPEC_SCHEMA

EIA_TERMS, EUROSTAT_TERMS = "public domain (US government)", "CC-BY-4.0"
OFFER = ("provider", "accelerator", "region", "term", "accelerators_in_offer", "note", "source")
"""What identifies one offer of one observer."""


def known(quotes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The rows read by the end of a day, in order of reading; a page shown again later than that counts as shown once."""
    again = pl.col("confirmed_at")
    return (
        quotes.filter(pl.col("observed_at") <= as_of)
        .sort("fetched_at", maintain_order=True)
        .with_columns(pl.when(again <= as_of).then(again).alias("confirmed_at"))
    )


def spec_history(packaged: pl.DataFrame, quotes: pl.DataFrame, labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The history with the sheets read since added, and the printed names that nobody has mapped yet.

    Args: ``packaged`` as ``read_history`` gives it; ``quotes`` the rows of ``hardware/*`` readings; ``labels`` of
    ``accelerator_labels.csv`` (source, label, accelerator; empty: looked at and outside the project). A value equal to
    the one before it of its source, label and field adds nothing; a new or changed value adds a row with its day and
    words; one that is an earlier official figure rounded says so, so that it never displaces the finer one. Unmapped
    names add no rows: they are returned as ``source: name`` to be shown.
    """
    vendors = packaged.select("accelerator", "vendor").unique("accelerator", keep="first", maintain_order=True)
    named = quotes.select(
        pl.col("source"),
        pl.col("accelerator").alias("label"),
        "field",
        pl.col("value").cast(pl.Float64),
        "unit",
        "qualifier",
        "observed_at",
        "source_url",
        "evidence",
        "basis",
    ).join(labels.with_columns(listed=True), on=["source", "label"], how="left", maintain_order="left")
    unmapped = named.filter(pl.col("listed").is_null()).select(pl.concat_str("source", pl.lit(": "), "label")).to_series()
    divided = pl.col("label").str.contains(r"/\d+\)$")
    read = (
        named.filter(pl.col("accelerator").fill_null("") != "")
        .with_columns(
            qualifier=pl.when(divided)
            .then(
                pl.concat_str(
                    [pl.col("qualifier"), pl.lit("divided from a board, rack or instance total")], separator="; "
                ).str.strip_chars("; ")
            )
            .otherwise(pl.col("qualifier")),
            value=pl.col("value").map_elements(lambda v: f"{v:.10g}", return_dtype=pl.String),
            licence=pl.lit("facts"),
            rejected_because=pl.lit(""),
        )
        .join(vendors, on="accelerator", how="left", maintain_order="left")
    )
    rows = read.select(list(SPEC_SCHEMA)).cast(pl.Schema(SPEC_SCHEMA))
    key = ["accelerator", "field", "source", "label", "qualifier"]
    both = pl.concat([packaged.with_columns(live=False), rows.with_columns(live=True)]).sort(
        *key, "observed_at", "live", maintain_order=True
    )
    value = pl.col("value").cast(pl.Float64, strict=False)
    same = ((value / value.shift().over(key) - 1).abs() <= 1e-9).fill_null(False)
    changed = _rounded(both.filter(~(pl.col("live") & same))).select(list(SPEC_SCHEMA))
    return changed.sort("accelerator", "field", "source", "label", "observed_at", "value", maintain_order=True), sorted(
        set(unmapped.to_list())
    )


def _rounded(history: pl.DataFrame) -> pl.DataFrame:
    """Live figures that an earlier official one rounds to at their own digits (1,300 of 1,307.4) get that qualifier."""
    finer = history.filter(
        (pl.col("basis") == "official") & (pl.col("rejected_because") == "") & (pl.col("field") != "launch_date")
    ).select("accelerator", "field", pl.col("observed_at").alias("before"), pl.col("value").cast(pl.Float64, strict=False).alias("finer"))
    value = pl.col("value").cast(pl.Float64, strict=False)
    digits = pl.col("value").str.replace(".", "", literal=True).str.strip_chars("0").str.len_chars().clip(1)
    pairs = (
        history.filter("live")
        .join(finer, on=["accelerator", "field"])
        .filter((pl.col("before") <= pl.col("observed_at")) & (pl.col("finer") != value) & (pl.col("finer") > 0))
    )
    unit = 10.0 ** ((value.log10().floor() + 1) - digits)
    coarse = (
        pairs.filter(((pl.col("finer") / unit).round() * unit / value - 1).abs() < 1e-9).select(*_READING, coarse=pl.lit(True)).unique()
    )
    told = pl.concat_str([pl.col("qualifier"), pl.lit("rounded")], separator="; ").str.strip_chars("; ")
    return history.join(coarse, on=list(_READING), how="left", maintain_order="left").with_columns(
        qualifier=pl.when(pl.col("live") & pl.col("coarse")).then(told).otherwise("qualifier")
    )


_READING = ("accelerator", "field", "source", "label", "qualifier", "observed_at", "value")
"""What is one reading of one figure."""


def rental_prices(packaged: pl.DataFrame, quotes: pl.DataFrame | None = None, names: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The dated offers with those read since added, in the columns of ``rental_prices``; prices in USD per accelerator only.

    ``names``: names of accelerators as ``specs.engine.project_names`` gives them -> the project's name. An offer whose page was shown again is
    seen on both days. Of readings that repeat a price only the first and the last look stay: a daily feed does not grow
    the table, and how long a price held is not lost.
    """
    bare = pl.col("accelerator").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    name = bare.replace_strict(names or {}, default=pl.col("accelerator"), return_dtype=pl.String)
    table = packaged.with_columns(name.alias("accelerator"))
    if quotes is not None:
        seen = quotes.filter((pl.col("currency") == "USD") & (pl.col("left_out") == ""))
        again = seen.filter(pl.col("confirmed_at") > pl.col("observed_at")).with_columns(observed_at="confirmed_at")
        live = _in_force(pl.concat([again, seen])).select(  # of two looks on one day the newer page comes last
            "provider",
            name.alias("accelerator"),
            "region",
            "term",
            pl.col("value").cast(SCHEMAS["rental_prices"]["usd_per_accelerator_hour"]).alias("usd_per_accelerator_hour"),
            pl.col("accelerators_in_offer").cast(pl.Int64),
            pl.lit("cloud").alias("provider_kind"),
            pl.col("sku").alias("note"),
            "source",
            pl.col("quote_id").alias("source_ref"),
            "source_url",
            pl.lit("facts, see the source's contract").alias("licence"),
            "observed_at",
            pl.lit("quoted").alias("basis"),
        )
        table = pl.concat([table, _ends_of_spells(live.cast(pl.Schema(SCHEMAS["rental_prices"])))])
    return table.sort("provider", "accelerator", "region", "term", "note", "source", "observed_at", maintain_order=True)


def _in_force(offers: pl.DataFrame) -> pl.DataFrame:
    """Without prices that begin after the day they were seen, and without those that such a price has replaced by then."""
    begun = offers.filter((pl.col("effective_from") == "") | (pl.col("effective_from").str.to_date(strict=False) <= pl.col("observed_at")))
    return begun.filter(pl.col("effective_from") == pl.col("effective_from").max().over(*OFFER_PRINTED, "fetched_at", "observed_at"))


OFFER_PRINTED = ("source", "provider", "accelerator", "sku", "region", "term")
"""What is one offer as a page prints it."""


def _ends_of_spells(live: pl.DataFrame) -> pl.DataFrame:
    """The first and the last look of every run of equal prices of one offer."""
    ordered = live.sort(*OFFER, "observed_at", maintain_order=True).unique([*OFFER, "observed_at"], keep="last", maintain_order=True)
    price = pl.col("usd_per_accelerator_hour")
    inside = ((price == price.shift().over(OFFER)) & (price == price.shift(-1).over(OFFER))).fill_null(False)
    return ordered.filter(~inside)


def unmapped_names(specs: list[str], rentals: pl.DataFrame, history: pl.DataFrame, offers: pl.DataFrame | None = None) -> pl.DataFrame:
    """What was printed and cannot be used, to be shown: source, accelerator_label, reason; sorted.

    ``specs``: ``source: name`` as ``spec_history`` returns them; rentals of parts that have no specification follow,
    then the offers read (``offers``) that the parser left out, with how many the newest reading has.
    """
    parts = pl.DataFrame({"printed": specs}, schema={"printed": pl.String}).select(
        pl.col("printed").str.extract(r"^(.*?): ").alias("source"),
        pl.col("printed").str.replace(r"^.*?: ", "").alias("accelerator_label"),
        pl.lit("nobody has mapped this name; add it to reference/accelerator_labels.csv").alias("reason"),
    )
    lone = rentals.join(history, on="accelerator", how="anti").select(
        "source",
        pl.col("accelerator").alias("accelerator_label"),
        pl.lit("rented but without a specification; add an alias in reference/accelerator_list.csv or a sheet").alias("reason"),
    )
    found = [parts, lone] if offers is None else [parts, lone, _left_out(offers)]
    return pl.concat(found).unique().sort("source", "accelerator_label", "reason")


def _left_out(offers: pl.DataFrame) -> pl.DataFrame:
    """The offers left out of the newest reading of each source, one row per name and reason, counted in the reason."""
    newest = offers.filter(pl.col("observed_at") == pl.col("observed_at").max().over("source"))
    left = newest.filter(pl.col("left_out") != "").group_by("source", pl.col("accelerator").alias("accelerator_label"), "left_out").len()
    return left.select("source", "accelerator_label", pl.format("{} ({} offers)", "left_out", "len").alias("reason"))


def electricity(packaged: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Electricity prices with those read since added as vintages: a revised figure is a new row, the old one stays.

    EIA's cents become dollars per kWh (``usd_per_kwh``), Eurostat's euros stay euros (``eur_per_kwh``); rows in other
    units are left out. ``sector`` is the printed sector or tax and consumption band.
    """
    cents, euros = pl.col("unit") == "cents per kilowatt-hour", pl.col("unit") == "EUR/kWh"
    priced = quotes.filter((pl.col("quantity") == "electricity_price") & (cents | euros))
    live = priced.select(
        "period",
        pl.when(pl.col("period").str.contains("S"))
        .then(pl.lit("half_year"))
        .when(pl.col("period").str.len_chars() == 4)
        .then(pl.lit("year"))
        .otherwise(pl.lit("month"))
        .alias("period_kind"),
        pl.col("subject").alias("region"),
        pl.col("qualifier").alias("sector"),
        pl.when(cents).then((pl.col("value") / 100).round(10)).alias("usd_per_kwh"),
        pl.when(euros).then(pl.col("value")).alias("eur_per_kwh"),
        pl.lit("").alias("note"),
        "source",
        pl.col("quote_id").alias("source_ref"),
        "source_url",
        pl.when(cents).then(pl.lit(EIA_TERMS)).otherwise(pl.lit(EUROSTAT_TERMS)).alias("licence"),
        "observed_at",
        pl.lit("quoted").alias("basis"),
    )
    value = pl.coalesce("usd_per_kwh", "eur_per_kwh")
    both = _by_series(pl.concat([packaged, live.cast(pl.Schema(SCHEMAS["electricity"]))]))
    return both.filter((value != value.shift().over(SERIES)).fill_null(True)).select(packaged.columns)


SERIES = ("publisher", "region", "sector", "period")
"""What has one electricity price at a time; packaged ``EIA`` and live ``energy/eia`` are one publisher."""


def _by_series(table: pl.DataFrame) -> pl.DataFrame:
    """With ``publisher``, sorted by series and day."""
    publisher = pl.col("source").str.strip_prefix("energy/").str.to_lowercase()
    return table.with_columns(publisher=publisher).sort(*SERIES, "observed_at", maintain_order=True)


def latest_electricity(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The newest vintage of every region, sector and period known at a day, with how often and how far it was revised.

    Returns the table's columns and ``vintages_count``, ``revision_share`` (newest over first published, minus 1).
    """
    value = pl.coalesce("usd_per_kwh", "eur_per_kwh")
    seen = _by_series(table.filter(pl.col("observed_at") <= as_of))
    return (
        seen.with_columns(vintages_count=pl.len().over(SERIES), revision_share=(value / value.first() - 1).over(SERIES))
        .group_by(SERIES, maintain_order=True)
        .last()
        .select(*table.columns, "vintages_count", "revision_share")
    )
