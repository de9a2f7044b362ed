"""All that looks ahead from one vintage, in the order it is computed: floors, forecasts, events, meetings.

Belongs here: the order of calls, so that an asset makes one. Not here: any method (``daily`` names them).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from forecasting import daily, outputs
from forecasting.indices import frontier
from forecasting.panel import listings, reference


def build(frontier_price: pl.DataFrame, floors: pl.DataFrame, scores: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables forecast, event_probability, meeting_date, binding_constraint and series_floor of a vintage.

    ``frontier_price``: table of that name. ``floors``: one row per model and kind (see ``daily``); may be
    empty, then prices are forecast without floors and the floor tables are empty.
    """
    series = daily.series_from_frontier(frontier_price)
    floor_of = daily.series_floors(frontier_price, floors, scores, as_of)
    known = floor_of if floor_of.height else None
    return {
        "forecast": daily.forecasts(series, known, as_of),
        "event_probability": daily.events(series, known, as_of),
        "meeting_date": daily.meeting_dates(series, floor_of, as_of),
        "binding_constraint": daily.binding_constraints(series, floor_of, as_of),
        "series_floor": floor_of,
    }


def revision(core: Mapping[str, pl.DataFrame], current: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table revision: why today's medians differ from the last issued ones, one input swapped in at a time.

    ``core``: issued_forecast (empty: nothing to compare), input_price, input_score, input_model, input_floor.
    ``current``: today's forecast. The order is code (the old vintage recomputed today), passage of time, new prices, new scores, floors;
    contributions sum to the total exactly.
    """
    previous, prices, scores = core["issued_forecast"], core["input_price"], core["input_score"]
    models, floors = core["input_model"], core["input_floor"]
    if previous.is_empty():
        return outputs.empty("revision")
    last = max(previous["vintage"].to_list())
    old_prices = prices.filter(pl.col("observed_at") <= last)
    old_scores = scores.filter(pl.col("as_of") <= last)

    def issued(given: pl.DataFrame, judged: pl.DataFrame, day: date, with_floors: bool) -> pl.DataFrame:
        front = frontier_at(given, judged, models, day)
        floor_of = daily.series_floors(front, floors, judged, day) if with_floors else None
        known = floor_of if floor_of is not None and floor_of.height else None
        return daily.forecasts(daily.series_from_frontier(front), known, day, all_models=False)

    stages = (
        ("code", lambda: issued(old_prices, old_scores, last, True)),
        ("passage_of_time", lambda: issued(old_prices, old_scores, as_of, True)),
        ("new_prices", lambda: issued(prices, old_scores, as_of, True)),
        ("new_scores", lambda: issued(prices, scores, as_of, True)),
        ("re_estimation", lambda: current),
    )
    return daily.revision(previous.filter(pl.col("vintage") == last), stages, as_of)


def frontier_at(prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table frontier_price alone, without the other indices."""
    known = listings.usable_scores(scores, as_of, False)
    reach = [(s, listings.scale_scores(known, s)) for s in reference.thresholds()]
    return frontier.frontier(listings.usable_prices(prices, as_of), models, [r for r in reach if not r[1].is_empty()])


def consequences(core: Mapping[str, pl.DataFrame], index: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The tables of ``daily.what_it_means`` from the core frames (application, assumption, input_*)."""
    front = index["frontier_price"]
    floors = daily.series_floors(front, core["input_floor"], core["input_score"], as_of)
    return daily.what_it_means(
        core["application"], core["assumption"], index, core["input_price"], core["input_score"], core["input_model"],
        daily.series_from_frontier(front), floors if floors.height else None, as_of, engine=core["input_engine"])


def claims(claims_reference: pl.DataFrame, engine: pl.DataFrame, stats: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Table claims from the statistics' tables and the engine's measurements."""
    measured = daily.claim_measurements(stats, stats["decline_rate"], stats["acceleration"], stats["binding_constraint"], stats, engine)
    return daily.claims(claims_reference, measured, as_of)
