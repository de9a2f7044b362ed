"""The headline and everything a textbook could answer instead, on one day, in one table.

Three questions lead, in this order: what a fixed quality costs a buyer (``fixed_quality``), what the same model's list
price did (matched, multilateral), what new models cost against last year's at equal quality (hedonic, at most a year
old). Every other defensible method stands below them with its own value, so that a different choice finds itself
already there. Belongs here: the choice, the range and the record of revisions. Not here: an estimator.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.estimators.decline import Rate
from forecasting.indices import family, fixed_quality, hedonic, index_set, item_panel
from forecasting.panel import latent, listings, reference
from reference import definitions
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

TABLES = ("fixed_quality", "score_coverage", "headline_method", "headline_revision")
REVISION_VINTAGES, REVISION_STEP_DAYS = 4, 90
MONTHS = 13
MINIMUM_WEEKS = 26
"""Weeks of the token index under which it is not turned into a yearly rate."""
STAND_INS = ("fixed_quality_today", "hedonic_fresh_latent", "hedonic_all_latent", "hedonic_all", "matched_geks")
"""What leads, in this order, where the basket has no supported year (early vintages)."""
WHY = {
    "fixed_quality": "the buyer's question: any model as able as the reference, from the second-cheapest confirmed seller, geometric mean over the basket",
    "fixed_quality_today": "the same to the edition's day, when few new models are scored yet: an unscored cheap model can only make it larger",
    "fixed_quality_all_sellers": "the same to today with every seller, confirmed or not: what one witness alone says may be an error or a promotion",
    "matched_geks": "list price of the same offer, equal weights, GEKS over 13 months: free of chain drift",
    "matched_tpd": "the same by time-product dummy",
    "matched_chained": "the same by chained Jevons, as a statistical office would begin",
    "matched_first_party": "makers' own lists alone, GEKS",
    "hedonic_fresh_latent": "models listed at most a year at equal place on the joint scale",
    "hedonic_fresh": "the same at equal score on one benchmark: fewer of the new models are scored on it",
    "hedonic_launch": "launch prices at equal score on one benchmark: the fewest models of all",
    "hedonic_launch_latent": "one price a model, that of its first month, as studies of launch prices have it: few models a year",
    "hedonic_age": "all listings at equal quality and equal age of the model",
    "hedonic_all": "all listings at equal score on one benchmark, whatever their age: an ageing sample reads as inflation",
    "hedonic_all_latent": "all listings at equal place on the joint scale, whatever their age: an ageing sample reads as inflation",
    "frontier": "one threshold of one benchmark: a cheaper model that nobody measured on it cannot set it, so its fall is understated",
    "tokens_pure_price": "same models weighted by use on one router, chained Tornqvist, annualised from the weeks held",
    "tokens_quality": "a unit of ability weighted by use on one router, annualised from the weeks held",
    "tokens_expenditure": "what an average paid token cost on one router: price, mix and entry together",
}


def build(
    prices: pl.DataFrame,
    scores: pl.DataFrame,
    models: pl.DataFrame,
    joint: pl.DataFrame,
    rates: pl.DataFrame,
    tokens: pl.DataFrame,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """Tables of ``TABLES``, from core.input_price, input_score, input_model, stats.latent_quality, decline_rate, token_index."""
    basket = fixed_quality.prices(prices, joint, as_of)
    coverage = fixed_quality.coverage(prices, joint, as_of)
    until = fixed_quality.supported_until(coverage)
    rows = [
        *_basket(basket, until, as_of),
        *_all_sellers(prices, joint, as_of),
        *_thresholds(rates, as_of),
        *_matched(prices, as_of),
        *_hedonic(prices, scores, models, rates, as_of),
        *_tokens(tokens),
    ]
    return {
        "fixed_quality": basket,
        "score_coverage": coverage,
        "headline_method": frames.from_rows("stats.headline_method", _led(rows)),
        "headline_revision": revisions(prices, scores, basket, as_of),
    }


def _led(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """``rows`` with a first one: on a day that no supported basket reaches, the best method there is leads."""
    if not any(r["headline_rank"] == 1 for r in rows):
        stand_in = next((r for name in STAND_INS for r in rows if r["method_id"] == name), None)
        if stand_in is not None:
            stand_in["headline_rank"] = 1
    return rows


def _row(
    method: str, question: str, window: tuple[date, date], rate: Rate, status: str = "final", rank: int | None = None
) -> dict[str, object]:
    return {
        "method_id": method,
        "question": question,
        "headline_rank": rank,
        "window_from": window[0],
        "window_to": window[1],
        "factor_per_year": rate.factor,
        "factor_low_per_year": rate.factor_low,
        "factor_high_per_year": rate.factor_high,
        "observations_count": rate.observations,
        "status": status,
        "why": WHY[max((name for name in WHY if method.startswith(name)), key=len)],
    }


def _year(end: date) -> tuple[date, date]:
    return end - timedelta(days=round(definitions.number("window.year"))), end


def _basket(basket: pl.DataFrame, until: date | None, as_of: date) -> Iterator[dict[str, object]]:
    question = "what a fixed quality costs a buyer"
    if until is not None and (rate := fixed_quality.rate(basket, until)) is not None:
        yield _row("fixed_quality", question, _year(until), rate, rank=1)
    if (rate := fixed_quality.rate(basket, as_of)) is not None:
        yield _row("fixed_quality_today", question, _year(as_of), rate, "preliminary")


def _all_sellers(prices: pl.DataFrame, joint: pl.DataFrame, as_of: date) -> Iterator[dict[str, object]]:
    everybody = fixed_quality.prices(prices.drop("status", strict=False), joint, as_of, years=1.1)
    if (rate := fixed_quality.rate(everybody, as_of)) is not None:
        yield _row("fixed_quality_all_sellers", "what a fixed quality costs a buyer", _year(as_of), rate, "preliminary")


def _thresholds(rates: pl.DataFrame, as_of: date) -> Iterator[dict[str, object]]:
    """The frontier at each threshold of each benchmark alone, first against last month of the year: whoever picks one of
    them can have almost any answer, so all of them are in the table.
    """
    start, end = _year(as_of)
    scales = {str(s["scale"]) for s in reference.thresholds()}
    chosen = rates.filter(
        pl.col("index_id").str.split("-").list.first().is_in(scales),
        pl.col("estimator") == "random_walk_drift",
        pl.col("window_to") == as_of,
        (pl.col("window_from") - start).dt.total_days().abs() <= 1,
    ).sort("index_id")
    for r in chosen.iter_rows(named=True):
        slope, low, high = (-float(np.log(r[k])) for k in ("factor_per_year", "factor_high_per_year", "factor_low_per_year"))
        name = "frontier_" + "_".join(r["index_id"].split("-")[:2])
        yield _row(
            name, "what one threshold of one benchmark costs", (start, end), Rate(slope, low, high, r["observations_count"]), "preliminary"
        )


def _matched(prices: pl.DataFrame, as_of: date) -> Iterator[dict[str, object]]:
    question = "what the same model's list price did"
    for suffix, chosen in (("", prices), ("_first_party", prices.filter(pl.col("provider_tier") == "first_party"))):
        offers = listings.monthly_offers(listings.usable_prices(chosen, as_of), as_of)
        recent = offers.filter(pl.col("month") >= pl.lit(as_of.replace(day=1)).dt.offset_by(f"-{MONTHS - 1}mo"))
        if recent["month"].n_unique() < MONTHS:
            continue
        level = pl.col("log_price").exp()
        panel = item_panel.read(
            recent.select(
                pl.col("offer_id").alias("item"), pl.col("month").alias("day"), level.alias("price"), (1 / level).alias("quantity")
            )
        )
        table, _ = family.compute(panel, MONTHS, ("price", "geks", "tpd"))
        last = {r["index"]: r for r in table.filter(pl.col("day") == table["day"].max()).iter_rows(named=True)}
        for index, method in (("geks", "matched_geks"), ("tpd", "matched_tpd"), ("price", "matched_chained")):
            name = f"matched{suffix}" if suffix else method
            found = last[index]
            if (suffix and index != "geks") or found["lower"] is None:
                continue
            value, low, high = (float(np.log(found[k])) for k in ("value", "lower", "upper"))
            yield _row(
                name,
                question,
                (recent["month"].min(), recent["month"].max()),  # type: ignore[arg-type]
                Rate(value, low, high, recent["offer_id"].n_unique()),
                rank=2 if name == "matched_geks" else None,
            )


def _hedonic(
    prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, rates: pl.DataFrame, as_of: date
) -> Iterator[dict[str, object]]:
    start, end = _year(as_of)
    scale = definitions.text("headline.scale")
    chosen = rates.filter(
        (pl.col("estimator") == "hedonic_cluster")
        & (pl.col("window_to") == as_of)
        & ((pl.col("window_from") - start).dt.total_days().abs() <= 1)
    )
    asked = {
        "hedonic-fresh-latent": ("hedonic_fresh_latent", 3),
        f"hedonic-fresh-{scale}": (f"hedonic_fresh_{scale}", None),
        "hedonic-all-latent": ("hedonic_all_latent", None),
        f"hedonic-all-{scale}": ("hedonic_all", None),
        "hedonic-launch-latent": ("hedonic_launch_latent", None),
        f"hedonic-launch-{scale}": (f"hedonic_launch_{scale}", None),
    }
    for r in chosen.filter(pl.col("index_id").is_in(list(asked))).sort("index_id").iter_rows(named=True):
        method, rank = asked[r["index_id"]]
        question = (
            "what all listings cost at equal quality" if "all" in method else "what new models cost against last year's at equal quality"
        )
        slope, low, high = (-float(np.log(r[k])) for k in ("factor_per_year", "factor_high_per_year", "factor_low_per_year"))
        yield _row(method, question, (start, end), Rate(slope, low, high, r["observations_count"]), "preliminary", rank)
    panel = index_set.panels(prices, scores, models, as_of)["latent"]
    years = [(d - date(2000, 1, 1)).days / DAYS_PER_YEAR for d in (start, end)]
    aged = hedonic.rate(panel.filter(pl.col("years").is_between(years[0], years[1], closed="right")), age=True) if panel.height else None
    if aged is not None:
        yield _row("hedonic_age", "what all listings cost at equal quality", (start, end), aged, "preliminary")


def _tokens(tokens: pl.DataFrame) -> Iterator[dict[str, object]]:
    for index, method, question in (
        ("tok.price", "tokens_pure_price", "what the same model's list price did, by use"),
        ("tok.quality", "tokens_quality", "what a unit of ability costs, by use"),
        ("tok.spend.paid", "tokens_expenditure", "what an average token costs"),
    ):
        series = tokens.filter(pl.col("index_id") == index).drop_nulls("value").sort("period_start")
        if series.height < MINIMUM_WEEKS:  # a few weeks are no year
            continue
        first, last = series.row(0, named=True), series.row(-1, named=True)
        scale = DAYS_PER_YEAR / (last["period_start"] - first["period_start"]).days
        base = float(np.log(first["value"]))
        value, low, high = (None if last[k] is None else (float(np.log(last[k])) - base) * scale for k in ("value", "lower", "upper"))
        if value is not None and low is not None and high is not None:
            yield _row(
                method, question, (first["period_start"], last["period_start"]), Rate(value, low, high, series.height), "part of a year"
            )  # type: ignore[arg-type]


def revisions(prices: pl.DataFrame, scores: pl.DataFrame, basket: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ``stats.headline_revision``: the basket's year as computed with the prices and scores known at earlier vintages, and
    the same year with what is known today. Later scores find cheaper models that were able enough all along.
    """
    rows = []
    for k in range(1, REVISION_VINTAGES + 1):
        day = as_of - timedelta(days=k * REVISION_STEP_DAYS)
        then = latent.fit(listings.usable_scores(scores, day))
        first = fixed_quality.rate(fixed_quality.prices(prices, then, day, years=1.1), day)
        latest = fixed_quality.rate(basket, day)
        if first is not None and latest is not None:
            rows.append(
                {
                    "vintage_day": day,
                    "first_factor_per_year": first.factor,
                    "latest_factor_per_year": latest.factor,
                    "revision_log": float(np.log(latest.factor / first.factor)),
                }
            )
    return frames.from_rows("stats.headline_revision", rows)
