"""From quotes to history: what each witness said an offer cost and when, and which of them is believed.

An offer is (provider, canonical model, tier, condition). A witness interval says what one source said;
nothing is overwritten, a change begins a new interval. Belief ranks witnesses (first-party page, host's own
page, documented correction, feed) day by day, quarantines moves nobody confirms, and writes down every
disagreement (``quarantine``). All inputs are already cut to what was known on a day, so the result is vintage-true.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from sources.gate import PRICE_COLUMNS
from units.quantity import TOKEN_UNITS

KEY = ["provider", "model", "tier", "condition"]
PRICES = PRICE_COLUMNS
INTERVAL_COLUMNS = [
    *KEY, "model_label", "currency", *PRICES.values(), "valid_from", "valid_to", "valid_from_basis", "end_reason",
    "observed_at", "closed_observed_at", "source", "source_ref", "source_url", "licence", "witness", "rank", "origin",
    "evidence", "snapshot_sha256", "quote_id", "confirmed_at",
]
RANKS = {"first_party": 0, "host": 1, "correction": 2, "feed": 3}
AGREE_SHARE = 0.01
"""Two prices agree when they differ by at most this share (feeds round)."""
GRACE_DAYS = 7
"""So long after a page was last seen it still outranks what another witness began to say since; then it is overtaken."""
FORGET_DAYS = 183
"""So long a price of an address that is no longer asked is taken to hold after it was last seen there."""


def observed_intervals(quotes: pl.DataFrame, rates: pl.DataFrame, *, rank: str, witness: str, origin: str,
                       confirmed_at: date | None = None, asked: Collection[str] | None = None,
                       as_of: date | None = None) -> pl.DataFrame:
    """Intervals of one source from its quotes (``reading.quote_schema('prices')``).

    A quote is a stretch: first shown at ``fetched_at``, gone at ``gone_at``. A start the page itself names counts from
    that day, once a page showed it then. ``rates``: month, currency, units_per_usd (ECB reference rates). A price not in USD is converted at the
    rate of the month in which it was first seen; whether it changed is decided in its own currency.
    Announced and struck prices make no interval; a promotion ends with its last day. ``confirmed_at`` stands
    in for the last day a newest page was seen. ``asked``: the addresses asked today (None: all); what another
    address said last ends with the source's next page, at the latest ``FORGET_DAYS`` later, where that is past
    at ``as_of``. Returns ``INTERVAL_COLUMNS`` without a canonical model (``model`` holds the printed label).
    """
    if quotes.is_empty():
        return empty_intervals()
    offers = _offers(_in_usd(quotes, rates))
    keys = ["source_url", "provider", "model_label", "tier", "condition", "currency", "twin"]
    runs = offers.sort([*keys, "fetched_at"])
    same = pl.all_horizontal(
        pl.col("fetched_at") == pl.col("gone_at").shift(1).over(keys),
        *(pl.col(f"list_{c}").eq_missing(pl.col(f"list_{c}").shift(1).over(keys)) for c in PRICES),
    )
    runs = runs.with_columns((~same.fill_null(False)).cum_sum().over(keys).alias("run"))
    runs = runs.group_by([*keys, "run"], maintain_order=True).agg(
        *(pl.col(p).first() for p in PRICES.values()), pl.col("begun_at").first().alias("valid_from"),
        pl.col("gone_at").last().dt.date().alias("valid_to"), pl.col("source").first(),
        pl.col("snapshot_sha256").last(), pl.col("evidence").last(), pl.col("quote_id").last(),
        pl.col("confirmed_at").max(), pl.col("ends").last(),
    )
    changed = (pl.col("run").shift(-1).over(keys).is_not_null()) & (pl.col("valid_from").shift(-1).over(keys) == pl.col("valid_to"))
    stands_in = pl.lit(confirmed_at, dtype=pl.Date)
    runs = runs.with_columns(
        pl.when(pl.col("valid_to").is_null()).then(pl.lit("")).when(changed).then(pl.lit("changed"))
        .otherwise(pl.lit("removed")).alias("end_reason"),
        pl.when(pl.col("valid_to").is_null()).then(pl.max_horizontal("confirmed_at", stands_in)).otherwise("confirmed_at").alias("confirmed_at"),
    )
    runs = _promotions_ended(_unasked_ended(runs, _page_days(quotes), asked, as_of), as_of)
    return runs.with_columns(
        pl.col("model_label").alias("model"), pl.lit("observed").alias("valid_from_basis"),
        pl.col("valid_from").alias("observed_at"), pl.col("valid_to").alias("closed_observed_at"),
        pl.lit("").alias("source_ref"), pl.lit("").alias("licence"), pl.lit(witness or None).fill_null(pl.col("source")).alias("witness"),
        pl.lit(RANKS[rank], dtype=pl.Int64).alias("rank"), pl.lit(origin).alias("origin"),
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
    return runs.with_columns(pl.when(ended).then(end).otherwise("valid_to").alias("valid_to"),
                             pl.when(ended).then(pl.lit("unobserved")).otherwise("end_reason").alias("end_reason")).drop("place", "after", "next_page")


def _promotions_ended(runs: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """End a price that named its own last day with that day, where no page was read in between."""
    past = pl.lit(True) if as_of is None else pl.col("ends") <= as_of
    ended = pl.col("ends").is_not_null() & (pl.col("ends") > pl.col("valid_from")) & past & (pl.col("valid_to").is_null() | (pl.col("ends") < pl.col("valid_to")))
    return runs.with_columns(pl.when(ended).then("ends").otherwise("valid_to").alias("valid_to"),
                             pl.when(ended).then(pl.lit("ended")).otherwise("end_reason").alias("end_reason"))


def _in_usd(quotes: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Wide-form quotes in force as USD per million tokens."""
    factors = {k: float(v) for k, v in TOKEN_UNITS.items()}
    rows = quotes.filter(
        pl.col("wide_row").is_not_null() & pl.col("unit").is_in(list(factors)) & pl.col("component").is_in(list(PRICES))
        & pl.col("status").is_in(["in_force", "promotional"])
        & ((pl.col("effective_from") == "") | (pl.col("effective_from").str.slice(0, 10) <= pl.coalesce("confirmed_at", "observed_at").cast(pl.String)))
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
    return rows.with_columns(listed.alias("listed"), (listed / units).alias("usd"), end.alias("ends")).filter(pl.col("usd").is_not_null())


def _over() -> pl.Expr:
    """Whether a price's own end lies before the day it was read; a promotion's last day still counts."""
    end, day = pl.col("effective_to").str.slice(0, 10), pl.col("observed_at").cast(pl.String)
    return (end != "") & pl.when(pl.col("status") == "promotional").then(end < day).otherwise(end <= day)


def _offers(quotes: pl.DataFrame) -> pl.DataFrame:
    """One row per offer and capture: components side by side; ``twin`` tells offers of one name apart."""
    place = pl.when(pl.col("region") == "").then(pl.col("condition")).otherwise(
        pl.concat_str(pl.col("condition"), pl.lit(" region "), pl.col("region")).str.strip_chars())
    rows = quotes.with_columns(place.alias("condition"))
    key = ["source", "source_url", "fetched_at", "begun_at", "gone_at", "provider", "model_label", "tier", "condition", "currency"]
    offers = rows.group_by([*key, "wide_row"], maintain_order=True).agg(
        *(pl.col("usd").filter(pl.col("component") == c).first().alias(p) for c, p in PRICES.items()),
        *(pl.col("listed").filter(pl.col("component") == c).first().alias(f"list_{c}") for c in PRICES),
        pl.coalesce("confirmed_at", "observed_at").max().alias("confirmed_at"), pl.col("ends").min(),
        pl.col("evidence").first(), pl.col("snapshot_sha256").first(), pl.col("quote_id").first(),
    )
    offers = offers.sort([*key, "wide_row"]).unique([*key, *PRICES.values()], keep="first", maintain_order=True)
    return offers.with_columns(pl.int_range(pl.len()).over(key).alias("twin"))


def empty_intervals() -> pl.DataFrame:
    """No intervals, with the right columns."""
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(INTERVAL_COLUMNS, pl.String)
    schema |= dict.fromkeys(PRICES.values(), pl.Float64)
    schema |= dict.fromkeys(("valid_from", "valid_to", "observed_at", "closed_observed_at", "confirmed_at"), pl.Date)
    return pl.DataFrame(schema=schema | {"rank": pl.Int64})


def packaged_intervals(history: pl.DataFrame, rank_of: dict[str, int]) -> pl.DataFrame:
    """The packaged history (``reference.at('price_history', as_of)``) in the shape of witness intervals."""
    rank = pl.col("source").replace_strict(rank_of, default=RANKS["feed"], return_dtype=pl.Int64)
    rank = pl.when(pl.col("correction_id") != "").then(RANKS["correction"]).otherwise(rank)
    return history.with_columns(
        *(pl.col(p).cast(pl.Float64) for p in PRICES.values()), pl.col("model_label").alias("model"), rank.alias("rank"),
        pl.lit("packaged").alias("origin"), pl.lit("").alias("evidence"), pl.lit("").alias("snapshot_sha256"),
        pl.lit("").alias("quote_id"), pl.coalesce("closed_observed_at", "observed_at").alias("confirmed_at"),
    ).select(INTERVAL_COLUMNS)


def believe(witnesses: pl.DataFrame, allowed_change: float = 5.0, as_of: date | None = None) -> pl.DataFrame:
    """The believed history: per offer and day the interval of the best-ranked witness, adjacent ones merged.

    A page that was last seen more than ``GRACE_DAYS`` ago is overtaken by a witness that began to say
    something else since, at most ``allowed_change`` times as much or as little. Ties go to the witness that
    knew it most recently; nobody is overtaken after ``as_of``. Returns ``INTERVAL_COLUMNS``.
    """
    ranked = witnesses.filter(pl.any_horizontal(pl.col(p).is_not_null() for p in ("price_input_usd_per_mtok", "price_output_usd_per_mtok")))
    ranked = ranked.sort([*KEY, "rank", "observed_at", "source", "model_label", "valid_from", *PRICES.values()], nulls_last=True)
    ranked = ranked.with_columns(pl.int_range(pl.len()).alias("interval"), (pl.col("confirmed_at").dt.offset_by(f"{GRACE_DAYS}d")).alias("stale_from"))
    ends = pl.concat([
        ranked.select(*KEY, pl.col("valid_from").alias("day")), ranked.select(*KEY, pl.col("valid_to").alias("day")),
        ranked.filter((pl.col("origin") != "packaged") & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("stale_from"))))
        .filter(pl.lit(True) if as_of is None else pl.col("stale_from") <= as_of)
        .select(*KEY, pl.col("stale_from").alias("day")),
    ])
    days = ends.drop_nulls("day").unique().sort([*KEY, "day"])
    days = days.with_columns(pl.col("day").shift(-1).over(KEY).alias("until"))
    cover = days.join(ranked.select(*KEY, "interval", "valid_from", "valid_to", "rank", "observed_at", "origin", "witness", "confirmed_at", "stale_from"), on=KEY)
    cover = cover.filter((pl.col("valid_from") <= pl.col("day")) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("day"))))
    cover = cover.join(_overtaken(cover, ranked, allowed_change), on=["interval", "day"], how="left").with_columns(pl.col("overtaken").fill_null(False))
    best = cover.sort([*KEY, "day", "overtaken", "rank", "observed_at", "interval"], descending=[False] * 7 + [True, False])
    best = best.unique([*KEY, "day"], keep="first", maintain_order=True).select("interval", "day", "until")
    chosen = best.join(ranked, on="interval").sort([*KEY, "day"])
    return _merged(chosen)


def _overtaken(cover: pl.DataFrame, ranked: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """The (interval, day) pairs whose page was not seen for long while another witness began to say something else.

    A page stays overtaken when the newer price ends. A newer price far from the page's is no reason: feeds
    mix up modalities and slip by tens.
    """
    figures = [PRICES["input"], PRICES["output"]]
    stale = cover.filter((pl.col("origin") != "packaged") & (pl.col("day") >= pl.col("stale_from"))).select(
        *KEY, "interval", "day", "witness", "confirmed_at").join(ranked.select("interval", *figures), on="interval")
    newer = stale.join(ranked.select(*KEY, "witness", "valid_from", *figures), on=KEY, suffix="_other").filter(
        (pl.col("witness") != pl.col("witness_other")) & (pl.col("valid_from") >= pl.col("confirmed_at")) & (pl.col("valid_from") <= pl.col("day")))
    ratios = [pl.col(f"{f}_other") / pl.col(f) for f in figures]
    differs = pl.any_horizontal((r - 1).abs() > AGREE_SHARE for r in ratios)
    near = pl.all_horizontal(r.is_between(1 / allowed_change, allowed_change).fill_null(True) for r in ratios)
    return newer.filter(differs & near).select("interval", "day").unique().with_columns(pl.lit(True).alias("overtaken"))


def _merged(chosen: pl.DataFrame) -> pl.DataFrame:
    """Join segments that follow one another at the same prices into one interval, with its best-ranked witness's words."""
    same = pl.all_horizontal(
        pl.col("day") == pl.col("until").shift(1).over(KEY),
        *(pl.col(p).eq_missing(pl.col(p).shift(1).over(KEY)) for p in PRICES.values()),
    )
    runs = chosen.with_columns((~same.fill_null(False)).cum_sum().over(KEY).alias("run"))
    own = (*KEY, "valid_from", "valid_to", "valid_from_basis", "closed_observed_at", "end_reason", "confirmed_at")
    carried = [c for c in INTERVAL_COLUMNS if c not in own]
    merged = runs.group_by([*KEY, "run"], maintain_order=True).agg(
        *(pl.col(c).sort_by("rank", maintain_order=True).first() for c in carried), pl.col("valid_from_basis").first(),
        pl.col("day").first().alias("valid_from"), pl.col("until").last().alias("valid_to"),
        pl.col("closed_observed_at").last(), pl.col("end_reason").last(), pl.col("confirmed_at").max(),
    )
    followed = pl.col("valid_from").shift(-1).over(KEY) == pl.col("valid_to")
    reason = pl.when(pl.col("valid_to").is_null()).then(pl.lit("")).when(followed).then(pl.lit("changed")).otherwise("end_reason")
    return merged.with_columns(reason.alias("end_reason")).select(INTERVAL_COLUMNS)
