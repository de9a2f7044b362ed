"""From quotes and packaged rows to witness intervals: what each witness said an offer cost and when.

A witness interval says what one source said; nothing is overwritten, a change begins a new interval. Which of
them is believed is decided in ``evidence``. All inputs are already cut to what was known on a day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from belief.judgement.statements import KEY, PRICES, RANKS
from belief.surcharges import multiplied
from units.quantity import TOKEN_UNITS

LISTED = {"listed_input_per_mtok": "input", "listed_output_per_mtok": "output"}
"""The figures as listed, in the list's own currency per million tokens, beside their conversion; null for lists in USD."""
INTERVAL_COLUMNS = [
    *KEY,
    "model_label",
    "currency",
    *PRICES.values(),
    "valid_from",
    "valid_to",
    "valid_from_basis",
    "end_reason",
    "observed_at",
    "closed_observed_at",
    "source",
    "source_ref",
    "source_url",
    "licence",
    "witness",
    "rank",
    "origin",
    "evidence",
    "snapshot_sha256",
    "quote_id",
    "confirmed_at",
    "price_kind",
    *LISTED,
]
LISTED_TWICE = 3
"""So many names printed twice on one page are two lists and no slip."""
FORGET_DAYS = 183
"""So long a price of an address that is no longer asked is taken to hold after it was last seen there."""


def observed_intervals(
    quotes: pl.DataFrame,
    rates: pl.DataFrame,
    *,
    rank: str,
    witness: str,
    origin: str,
    confirmed_at: date | None = None,
    asked: Collection[str] | None = None,
    as_of: date | None = None,
) -> pl.DataFrame:
    """Intervals of one source from its quotes (``reading.quote_schema('prices')``).

    A quote is a stretch: first shown at ``fetched_at``, gone at ``gone_at``. A start the page itself names counts from
    that day, once a page showed it then. ``rates``: month, currency, units_per_usd (ECB reference rates). A price not in USD is converted at the
    rate of the month in which it was first seen; whether it changed is decided in its own currency.
    A factor that the page states (``multiplier``) prices its condition. Announced and struck prices make no interval; a promotion ends with its last day. ``confirmed_at`` stands
    in for the last day a newest page was seen. ``asked``: the addresses asked today (None: all); what another
    address said last ends with the source's next page, at the latest ``FORGET_DAYS`` later, where that is past
    at ``as_of``. Returns ``INTERVAL_COLUMNS`` without a canonical model (``model`` holds the printed label).
    """
    if quotes.is_empty():
        return empty_intervals()
    offers = _offers(_in_usd(multiplied(quotes), rates))
    keys = ["source_url", "provider", "model_label", "tier", "condition", "currency", "twin"]
    runs = offers.sort([*keys, "fetched_at"])
    same = pl.all_horizontal(
        pl.col("fetched_at") == pl.col("gone_at").shift(1).over(keys),
        *(pl.col(f"list_{c}").eq_missing(pl.col(f"list_{c}").shift(1).over(keys)) for c in PRICES),
    )
    runs = runs.with_columns((~same.fill_null(False)).cum_sum().over(keys).alias("run"))
    runs = runs.group_by([*keys, "run"], maintain_order=True).agg(
        *(pl.col(p).first() for p in PRICES.values()),
        *(pl.when(pl.col("currency").first() != "USD").then(pl.col(f"list_{c}").first()).alias(name) for name, c in LISTED.items()),
        pl.col("begun_at").first().alias("valid_from"),
        pl.col("gone_at").last().dt.date().alias("valid_to"),
        pl.col("source").first(),
        pl.col("snapshot_sha256").last(),
        pl.col("evidence").last(),
        pl.col("quote_id").last(),
        pl.col("confirmed_at").max(),
        pl.col("ends").last(),
        pl.col("price_kind").first(),
        pl.col("since").first(),
    )
    changed = (pl.col("run").shift(-1).over(keys).is_not_null()) & (pl.col("valid_from").shift(-1).over(keys) == pl.col("valid_to"))
    stands_in = pl.lit(confirmed_at, dtype=pl.Date)
    runs = runs.with_columns(
        pl.when(pl.col("valid_to").is_null())
        .then(pl.lit(""))
        .when(changed)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("removed"))
        .alias("end_reason"),
        pl.when(pl.col("valid_to").is_null())
        .then(pl.max_horizontal("confirmed_at", stands_in))
        .otherwise("confirmed_at")
        .alias("confirmed_at"),
    )
    runs = _promotions_ended(_unasked_ended(runs, _page_days(quotes), asked, as_of), as_of)
    before = pl.col("valid_from").shift(1).over(keys)
    stated = (pl.col("since") <= pl.col("valid_from")) & (before.is_null() | (pl.col("since") > before))
    return runs.with_columns(
        pl.col("model_label").alias("model"),
        pl.when(stated).then(pl.lit("declared")).otherwise(pl.lit("observed")).alias("valid_from_basis"),
        pl.when(stated).then("since").otherwise("valid_from").alias("valid_from"),
        pl.col("valid_from").alias("observed_at"),
        pl.col("valid_to").alias("closed_observed_at"),
        pl.lit("").alias("source_ref"),
        pl.lit("").alias("licence"),
        pl.lit(witness or None).fill_null(pl.col("source")).alias("witness"),
        pl.lit(RANKS[rank], dtype=pl.Int64).alias("rank"),
        pl.lit(origin).alias("origin"),
    ).select(INTERVAL_COLUMNS)


def _page_days(quotes: pl.DataFrame) -> pl.DataFrame:
    """The days on which a page of the source is known to have been read, as ``next_page``."""
    days = (quotes["observed_at"], quotes["confirmed_at"], quotes["gone_at"].dt.date())
    return pl.DataFrame({"next_page": pl.concat([d.rename("next_page") for d in days])}).drop_nulls().unique().sort("next_page")


def _unasked_ended(runs: pl.DataFrame, days: pl.DataFrame, asked: Collection[str] | None, as_of: date | None) -> pl.DataFrame:
    """End what an address said that is no longer asked: nobody would notice a change there any more."""
    if asked is None:
        return runs
    gone = pl.col("valid_to").is_null() & ~pl.col("source_url").is_in(sorted(asked))
    runs = runs.with_row_index("place").with_columns(pl.col("confirmed_at").dt.offset_by("1d").alias("after")).sort("after")
    runs = runs.join_asof(days, left_on="after", right_on="next_page", strategy="forward").sort("place")
    end = pl.max_horizontal("valid_from", pl.min_horizontal("next_page", pl.col("confirmed_at").dt.offset_by(f"{FORGET_DAYS}d")))
    ended = gone & (pl.lit(True) if as_of is None else end <= as_of)
    return runs.with_columns(
        pl.when(ended).then(end).otherwise("valid_to").alias("valid_to"),
        pl.when(ended).then(pl.lit("unobserved")).otherwise("end_reason").alias("end_reason"),
    ).drop("place", "after", "next_page")


def _promotions_ended(runs: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """End a price that named its own last day with that day, where no page was read in between."""
    past = pl.lit(True) if as_of is None else pl.col("ends") <= as_of
    ended = (
        pl.col("ends").is_not_null()
        & (pl.col("ends") > pl.col("valid_from"))
        & past
        & (pl.col("valid_to").is_null() | (pl.col("ends") < pl.col("valid_to")))
    )
    return runs.with_columns(
        pl.when(ended).then("ends").otherwise("valid_to").alias("valid_to"),
        pl.when(ended).then(pl.lit("ended")).otherwise("end_reason").alias("end_reason"),
    )


def _in_usd(quotes: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Wide-form quotes in force as USD per million tokens."""
    factors = {k: float(v) for k, v in TOKEN_UNITS.items()}
    rows = quotes.filter(
        pl.col("wide_row").is_not_null()
        & pl.col("unit").is_in(list(factors))
        & pl.col("component").is_in(list(PRICES))
        & pl.col("status").is_in(["in_force", "promotional"])
        & (
            (pl.col("effective_from") == "")
            | (pl.col("effective_from").str.slice(0, 10) <= pl.coalesce("confirmed_at", "observed_at").cast(pl.String))
        )
        & ~_over()
    )
    starts = pl.col("effective_from").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    rows = rows.with_columns(pl.max_horizontal("observed_at", starts).alias("begun_at"))
    rows = rows.with_columns(pl.col("begun_at").dt.truncate("1mo").alias("month")).sort("month")
    known = rates.select("month", "currency", "units_per_usd").sort("month")
    rows = rows.join_asof(known, on="month", by="currency", check_sortedness=False)
    units = pl.when(pl.col("currency") == "USD").then(1.0).otherwise(pl.col("units_per_usd"))
    listed = pl.col("value") * pl.col("unit").replace_strict(factors, return_dtype=pl.Float64)
    end = pl.col("effective_to").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    end = pl.when(pl.col("effective_to").str.len_chars() == 10).then(end.dt.offset_by("1d")).otherwise(end)
    return rows.with_columns(
        listed.alias("listed"),
        (listed / units).alias("usd"),
        end.alias("ends"),
        pl.col("effective_from").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("since"),
    ).filter(pl.col("usd").is_not_null())


def _over() -> pl.Expr:
    """Whether a price's own end lies before the day it was read; a promotion's last day still counts."""
    end, day = pl.col("effective_to").str.slice(0, 10), pl.col("observed_at").cast(pl.String)
    return (end != "") & pl.when(pl.col("status") == "promotional").then(end < day).otherwise(end <= day)


def _offers(quotes: pl.DataFrame) -> pl.DataFrame:
    """One row per offer and capture: components side by side; ``twin`` tells offers of one name apart."""
    place = (
        pl.when(pl.col("region") == "")
        .then(pl.col("condition"))
        .otherwise(pl.concat_str(pl.col("condition"), pl.lit(" region "), pl.col("region")).str.strip_chars())
    )
    rows = quotes.with_columns(place.alias("condition"))
    key = ["source", "source_url", "fetched_at", "begun_at", "gone_at", "provider", "model_label", "tier", "condition", "currency"]
    offers = rows.group_by([*key, "wide_row"], maintain_order=True).agg(
        *(pl.col("usd").filter(pl.col("component") == c).first().alias(p) for c, p in PRICES.items()),
        *(pl.col("listed").filter(pl.col("component") == c).first().alias(f"list_{c}") for c in PRICES),
        pl.coalesce("confirmed_at", "observed_at").max().alias("confirmed_at"),
        pl.col("ends").min(),
        pl.col("since").max(),
        pl.when((pl.col("status") == "promotional").any()).then(pl.lit("sale")).otherwise(pl.lit("")).alias("price_kind"),
        pl.col("evidence").first(),
        pl.col("snapshot_sha256").first(),
        pl.col("quote_id").first(),
    )
    offers = offers.sort([*key, "wide_row"]).unique([*key, *PRICES.values()], keep="first", maintain_order=True)
    return _two_lists(offers.with_columns(pl.int_range(pl.len()).over(key).alias("twin")), key)


def _two_lists(offers: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Where a page prints several names twice at two prices it holds two lists (of two regions, say): each is an offer of its own.

    Which of them is meant for whom the rows do not say, so neither is the plain one. Fewer names printed twice contradict one another.
    """
    twice = pl.len().over(key) > 1
    names = pl.col("model_label").filter(twice).n_unique().over("source", "source_url", "fetched_at")
    told = pl.concat_str([pl.col("condition"), pl.format("list {} on the page", pl.col("twin") + 1)], separator=", ").str.strip_prefix(", ")
    return offers.with_columns(pl.when(twice & (names >= LISTED_TWICE)).then(told).otherwise("condition").alias("condition"))


def empty_intervals() -> pl.DataFrame:
    """No intervals, with the right columns."""
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(INTERVAL_COLUMNS, pl.String)
    schema |= dict.fromkeys((*PRICES.values(), *LISTED), pl.Float64)
    schema |= dict.fromkeys(("valid_from", "valid_to", "observed_at", "closed_observed_at", "confirmed_at"), pl.Date)
    return pl.DataFrame(schema=schema | {"rank": pl.Int64})


def packaged_intervals(history: pl.DataFrame, looks: pl.DataFrame, rank_of: dict[str, int]) -> pl.DataFrame:
    """The packaged history (``reference.at('price_history', as_of)``) in the shape of witness intervals.

    ``looks``: source, observed_at: the days each source was looked at (``reference.at('price_snapshots', as_of)``). A row
    was last seen at its source's last look before its end, whatever day it began.
    """
    rank = pl.col("source").replace_strict(rank_of, default=RANKS["feed"], return_dtype=pl.Int64)
    days = looks.select("source", pl.col("observed_at").alias("look")).unique().sort("look")
    horizon = pl.lit(days["look"].max(), dtype=pl.Date)
    until = pl.coalesce("closed_observed_at", horizon.dt.offset_by("1d"))
    seen = (
        history.with_columns(until.alias("_until"))
        .sort("_until")
        .join_asof(
            days, left_on="_until", right_on="look", by="source", strategy="backward", allow_exact_matches=False, check_sortedness=False
        )
    )
    return seen.with_columns(
        *(pl.col(p).cast(pl.Float64) for p in PRICES.values()),
        pl.col("model_label").alias("model"),
        rank.alias("rank"),
        pl.lit("packaged").alias("origin"),
        pl.lit("").alias("evidence"),
        pl.lit("").alias("snapshot_sha256"),
        pl.lit("").alias("quote_id"),
        pl.lit("").alias("price_kind"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in LISTED),
        pl.max_horizontal("observed_at", "look").alias("confirmed_at"),
    ).select(INTERVAL_COLUMNS)


def page_intervals(pages: pl.DataFrame, rates: pl.DataFrame, rank_of: Mapping[str, str]) -> pl.DataFrame:
    """The packaged figures of sellers' own pages (``reference.at('price_pages', as_of)``) as their captures would give them.

    ``rank_of``: source -> rank of its contract; a seller without one speaks for itself as a host.
    """
    copies = (
        pages.select("source_url", "observed_at")
        .unique()
        .sort("source_url", "observed_at")
        .with_columns(pl.col("observed_at").shift(-1).over("source_url").cast(pl.Datetime("us", "UTC")).alias("gone_at"))
    )
    quotes = pages.join(copies, on=["source_url", "observed_at"], how="left", maintain_order="left").with_columns(
        pl.col("observed_at").cast(pl.Datetime("us", "UTC")).alias("fetched_at"),
        pl.lit("").alias("region"),
        pl.lit("").alias("snapshot_sha256"),
        pl.concat_str("source", "observed_at", "source_url", "wide_row", "component", separator="|").alias("quote_id"),
    )
    parts = [
        observed_intervals(part, rates, rank=rank_of.get(source, "host"), witness=source, origin="packaged").with_columns(
            pl.lit("facts of public price lists").alias("licence")
        )
        for (source,), part in sorted(quotes.partition_by("source", as_dict=True).items())
    ]
    return pl.concat(parts) if parts else empty_intervals()
