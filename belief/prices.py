"""All witnesses of prices, brought together: packaged history and everything read, believed once.

The one place that knows which inputs make ``core.price_*``; how intervals are made and believed is in
``history``. Every input is cut to the vintage day before it gets here or on its first line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

import reference
from belief import history
from belief.judgement import evidence, intervals
from belief.judgement.events import events
from belief.judgement.foreign_lists import with_currency
from belief.judgement.statements import ANNOUNCED, KEY, NO_TIME, PRICES, RANKS
from belief.meters import meters
from belief.names.aliases import resolve, split_at_moves
from belief.names.offer_keys import one_key
from sources.catalogue import Source

EVENT_DAYS = 31
"""Events of so many days before the vintage day are told."""
UNKNOWN_TIER = "host"
OWN_LISTS = {"openrouter": RANKS["host"]}
"""Packaged sources that are a seller's own list, though they are feeds of others' models."""


def build(
    quotes: pl.DataFrame, readings: pl.DataFrame, known: Mapping[str, Source], as_of: date, retirements: pl.DataFrame | None = None
) -> dict[str, pl.DataFrame]:
    """The price tables of a vintage, by table name.

    ``quotes``: all price quotes read (``reading.quote_schema('prices')``). ``readings``: one row per source
    (raw.reading). Returns core.price_witness, core.price_interval, core.price_event, core.quarantine,
    core.disagreement, core.announced_price, core.unmapped_label.
    """
    providers = reference.at("providers", as_of)
    parts = [history.packaged_intervals(reference.at("price_history", as_of), reference.at("price_snapshots", as_of), OWN_LISTS)]
    ranks = {s.key: s.contract.rank for s in known.values() if s.kind == "prices"}
    parts += [history.page_intervals(reference.at("price_pages", as_of), reference.at("exchange_rates", as_of), ranks)]
    parts += [
        _observed(quotes, row, known[row["source"]], providers, as_of)
        for row in readings.filter(pl.col("kind") == "prices").sort("source").iter_rows(named=True)
    ]
    aliases = reference.at("model_aliases", as_of)
    makers = providers.filter(pl.col("provider_tier") == "first_party")["provider"].drop_nulls().unique()
    listed = with_currency(pl.concat(parts), reference.at("exchange_rates", as_of))
    stated = one_key(resolve(split_at_moves(listed, aliases, makers), aliases))
    shorthand = [key for key, source in known.items() if source.contract.names_are_shorthand]
    unmapped = stated.filter(pl.col("model").is_null()).group_by("provider", "model_label", "source").len("n")
    stated = stated.filter(pl.col("model").is_not_null() | ~pl.col("source").is_in(shorthand))
    witnesses = stated.with_columns(pl.coalesce("model", pl.col("model_label").str.to_lowercase()).alias("model"))
    ends = _retirements(retirements, as_of)
    belief = evidence.weigh(witnesses, as_of, _allowed_change(known), ends)
    return {
        "core.price_witness": _identified(witnesses),
        "core.price_interval": _identified(_described(belief.intervals, providers, as_of)),
        "core.retirement": ends.with_columns(pl.col("retired_on").cast(pl.String)),
        "core.price_event": _told(events(belief, as_of - timedelta(days=EVENT_DAYS), as_of)),
        "core.quarantine": _set_aside(belief),
        "core.disagreement": intervals.disagreements(belief.intervals, belief.terms, as_of),
        "core.price_meter": meters(reference.at("price_meters", as_of), quotes, aliases),
        "core.announced_price": _announced(quotes),
        "core.unmapped_label": unmapped.with_columns(pl.col("n").cast(pl.Int64)).sort("provider", "model_label", "source"),
    }


def _observed(quotes: pl.DataFrame, state: dict[str, object], source: Source, providers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The intervals one source's captures show, with feeds' provider names mapped to ours."""
    contract = source.contract
    made = history.observed_intervals(
        quotes.filter(pl.col("source") == source.key),
        reference.at("exchange_rates", as_of),
        rank=contract.rank,
        witness=contract.witness or source.key,
        origin=str(state["origin"]),
        asked=contract.urls,
        as_of=as_of,
    )
    if contract.rank != "feed":
        return made
    names = (
        providers.filter(pl.col("source_name").str.replace_all("[^a-z0-9]", "") == source.name.replace("_", ""))
        .select(pl.col("source_provider").alias("provider"), pl.col("provider").alias("slug"), "packaged")
        .unique("provider")
    )
    mapped = made.join(names, on="provider", how="left", maintain_order="left").filter(pl.col("packaged").fill_null(True))
    own = pl.when(pl.col("provider") == source.name).then(pl.lit(RANKS["host"], dtype=pl.Int64)).otherwise("rank")
    return (
        mapped.with_columns(pl.coalesce("slug", "provider").alias("provider"))
        .with_columns(own.alias("rank"))
        .select(history.INTERVAL_COLUMNS)
    )


def _allowed_change(known: Mapping[str, Source]) -> float:
    return float(min((s.contract.allowed_change for s in known.values() if s.kind == "prices"), default=5))


def _retirements(read: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """What sellers say of the end of their names, packaged and read: the newest statement of each that names a day as settled."""
    columns = ["provider", "model_label", "retired_on", "replacement", "status", "source", "source_url", "observed_at"]
    packaged = reference.at("retirements", as_of).select(columns)
    live = (
        pl.DataFrame(schema=packaged.schema)
        if read is None
        else read.filter(pl.col("observed_at") <= as_of)
        .with_columns(pl.col("retired_on").str.to_date("%Y-%m-%d", strict=False))
        .select(columns)
    )
    newest = (
        pl.concat([packaged, live])
        .sort("provider", "model_label", "observed_at")
        .unique(["provider", "model_label"], keep="last", maintain_order=True)
    )
    return newest.filter(pl.col("retired_on").is_not_null() & pl.col("status").is_in(["announced", "retired"]))


def _told(found: pl.DataFrame) -> pl.DataFrame:
    """The events under the warehouse's names, one per offer and token class."""
    return found.rename(
        {
            "component": "token_class",
            "event": "kind",
            "before": "price_before_usd_per_mtok",
            "after": "price_after_usd_per_mtok",
            "day": "event_date",
        }
    ).with_columns(
        (pl.col("price_after_usd_per_mtok") / pl.col("price_before_usd_per_mtok") - 1).alias("change_share"),
        pl.when(pl.col("evidence") == "").then(pl.format("as recorded by {}", "source")).otherwise("evidence").alias("evidence"),
    )


def _set_aside(belief: evidence.Belief) -> pl.DataFrame:
    """What was stated and is not believed: held until a second family says so, or no evidence at all; one row per token class."""
    refused = belief.refused.filter(~pl.col("reason").is_in([NO_TIME, ANNOUNCED])).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("kept_input"), pl.lit(None, dtype=pl.Float64).alias("kept_output")
    )
    columns = [*KEY, "source", "observed_at", "evidence", "reason", "kept_input", "kept_output", PRICES["input"], PRICES["output"]]
    rows = pl.concat([belief.held.select(columns), refused.select(columns)])
    parts = [
        rows.select(
            *KEY,
            pl.lit(token).alias("token_class"),
            pl.col(f"kept_{token}").alias("price_kept_usd_per_mtok"),
            pl.col(PRICES[token]).alias("price_refused_usd_per_mtok"),
            "reason",
            "observed_at",
            "source",
            "evidence",
        )
        for token in ("input", "output")
    ]
    found = pl.concat(parts).filter(pl.col("price_refused_usd_per_mtok").is_not_null())
    key = [*KEY, "token_class", "source"]
    return found.sort(*key, "observed_at", "price_refused_usd_per_mtok").unique(key, keep="last", maintain_order=True)


def _described(believed: pl.DataFrame, providers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add offer id, developer, family, open weights and who the provider is."""
    models = reference.at("models", as_of).select("model", "developer", "family", "open_weights").unique("model")
    tiers = providers.group_by("provider").agg(pl.col("provider_tier").first())
    columns = [*history.INTERVAL_COLUMNS, *intervals.OWN_COLUMNS]
    return (
        believed.select(columns)
        .join(models, on="model", how="left", maintain_order="left")
        .join(tiers, on="provider", how="left", maintain_order="left")
        .with_columns(
            pl.col("provider_tier").fill_null(UNKNOWN_TIER), pl.concat_str([pl.col(k) for k in KEY], separator="|").alias("offer_id")
        )
    )


def _announced(quotes: pl.DataFrame) -> pl.DataFrame:
    later = quotes.filter(
        (pl.col("status") == "announced") | (pl.col("effective_from").str.slice(0, 10) > pl.col("observed_at").cast(pl.String))
    )
    return later.select(
        "provider",
        "model_label",
        "tier",
        "condition",
        "component",
        "value",
        "currency",
        "unit",
        "effective_from",
        "effective_to",
        "observed_at",
        "source",
        "evidence",
        "quote_id",
    )


def _identified(intervals: pl.DataFrame) -> pl.DataFrame:
    """Add the content hash of each interval; equal rows of one witness are one interval."""
    parts = [*KEY, "model_label", "currency", "valid_from", "valid_to", "source", *PRICES.values()]
    text = intervals.select(pl.concat_str([pl.col(p).cast(pl.String).fill_null("") for p in parts], separator="\x1f").alias("t"))["t"]
    ids = pl.Series("interval_id", [hashlib.sha256(t.encode()).hexdigest()[:24] for t in text], dtype=pl.String)
    return intervals.with_columns(ids).unique("interval_id", keep="first", maintain_order=True)
