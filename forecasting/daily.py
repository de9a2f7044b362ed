"""The facade of the daily job: one function per family of marts, frames in, declared tables out.

Every returned frame is a table of ``outputs.TABLES`` (columns, types and meanings are there), sorted by its
key, computed only from the arguments. No clock: ``as_of`` is a date. No randomness from outside: draws are
seeded from ``as_of`` and the series. Belongs here: the order of calls. Not here: any method.

Inputs, shared by all functions (extra columns are ignored; dates may be Date or Datetime):

``prices``  one row per interval: offer_id, model, provider, provider_tier (first_party | host | open_weights),
            price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_usd_per_mtok, valid_from,
            valid_to (null = in force), observed_at, source. Usable at vintage t only if valid_from <= t and
            observed_at <= t.
``scores``  model, benchmark, benchmark_version, score, as_of, source. Usable at t only if as_of <= t
            (``hindsight=True`` lifts that and labels the result).
``models``  model, developer, family, release_date, open_weights.
``floors``  model, floor_kind (energy | gpu_hour), low_usd_per_mtok, mode_usd_per_mtok, high_usd_per_mtok, and
            optionally cost_factor_low_per_year, cost_factor_mode_per_year, cost_factor_high_per_year (times
            cheaper a year) and reason. One row per model and kind: its cheapest accelerator at the vintage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl

HORIZONS_DAYS = (30, 90, 180, 365)


def indices(
    prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date, *,
    tokens: pl.DataFrame | None = None, hindsight: bool = False,
) -> dict[str, pl.DataFrame]:
    """All price indices at ``as_of``: frontier_price, index_level, latent_quality, selection_audit, cost_per_task.

    ``tokens`` (optional): model, benchmark, tokens_output_per_task, as_of, source; without it the
    per-task table is empty. Thresholds come from reference/thresholds.toml, fixed before estimation.
    """
    from forecasting.indices import index_set

    return index_set.build(prices, scores, models, as_of, tokens=tokens, hindsight=hindsight)


def decline_rates(index: Mapping[str, pl.DataFrame], prices: pl.DataFrame, scores: pl.DataFrame,
                  models: pl.DataFrame, as_of: date, *, hindsight: bool = False) -> pl.DataFrame:
    """Table decline_rate: hedonic rates by sample and window, and each frontier series by each estimator.

    ``index`` is what ``indices`` returned. ``is_headline`` marks hedonic, all listings, last 12 months.
    """
    from forecasting.rates import rates

    return rates.build(index, prices, scores, models, as_of, hindsight=hindsight)


def acceleration(prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date, *,
                 hindsight: bool = False) -> pl.DataFrame:
    """Table acceleration: the four declared tests on each quality scale and the row (all, rule)."""
    from forecasting.rates import acceleration as tests

    return tests.build(prices, scores, models, as_of, hindsight=hindsight)


def series_from_frontier(frontier_price: pl.DataFrame) -> pl.DataFrame:
    """The forecasting input (unique_id, ds, y) from table frontier_price, provider_tier 'all', change points
    and month ends only; pass it to ``forecasts`` and ``events`` as ``series``.
    """
    from forecasting.forecast import issue

    return issue.series_from_frontier(frontier_price)


def series_floors(frontier_price: pl.DataFrame, floors: pl.DataFrame, scores: pl.DataFrame, as_of: date, *,
                  hindsight: bool = False) -> pl.DataFrame:
    """Floor of each series: the cheapest model that reaches the threshold, by kind.

    Columns series_id, floor_kind, model, low_usd_per_mtok, mode_usd_per_mtok, high_usd_per_mtok,
    cost_factor_low_per_year, cost_factor_mode_per_year, cost_factor_high_per_year.
    """
    from forecasting.floors import floor

    return floor.series_floors(frontier_price, floors, scores, as_of, hindsight=hindsight)


def forecasts(series: pl.DataFrame, floors: pl.DataFrame | None, as_of: date, *,
              horizons_days: Sequence[int] = HORIZONS_DAYS, all_models: bool = True) -> pl.DataFrame:
    """Table forecast: 19 quantiles per series, model and horizon; the champion's rows have is_champion.

    ``series``: unique_id, ds, y (USD per Mtok). ``floors``: what ``series_floors`` returned, or None.
    Energy floors clip, GPU-hour floors attract.
    """
    from forecasting.forecast import issue

    return issue.forecasts(series, floors, as_of, horizons_days=horizons_days, all_models=all_models)


def events(series: pl.DataFrame, floors: pl.DataFrame | None, as_of: date, *,
           horizons_days: Sequence[int] = HORIZONS_DAYS) -> pl.DataFrame:
    """Table event_probability: new low, halving, rise of each series within each horizon, with base rates."""
    from forecasting.forecast import issue

    return issue.events(series, floors, as_of, horizons_days=horizons_days)


def meeting_dates(series: pl.DataFrame, floors: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table meeting_date: probability of meeting each floor by 2027, 2028, 2030, and never, per stated trend."""
    from forecasting.floors import floor

    return floor.meeting_dates(series, floors, as_of)


def binding_constraints(series: pl.DataFrame, floors: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table binding_constraint: every limit as share of the price; the largest binds."""
    from forecasting.floors import floor

    return floor.binding_constraints(series, floors, as_of)


def decomposition(cost: pl.DataFrame, as_of: date, *,
                  levers: Mapping[str, Mapping[frozenset[str], float]] | None = None) -> pl.DataFrame:
    """Table decomposition: LMDI of price between consecutive periods, Shapley of engine levers.

    ``cost``: series_id, period (date), model, price_usd_per_mtok, rental_usd_per_hour,
    throughput_tok_per_s, utilisation_share, energy_usd_per_mtok (null where unknown: the change is then
    'not attributed'). ``levers``: scenario -> {frozenset of levers in: tok/s}, all 2**n subsets.
    """
    from forecasting.rates import decompose

    return decompose.build(cost, as_of, levers=levers)


def claims(claims_reference: pl.DataFrame, measurements: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table claims: reference/claims.csv held against measurements.

    ``measurements``: claim_id, value, low, high, basis (null value: not measurable today).
    """
    from forecasting.consequences import claims as table

    return table.build(claims_reference, measurements, as_of)


def claim_measurements(index: Mapping[str, pl.DataFrame], rates: pl.DataFrame, accelerating: pl.DataFrame,
                       constraints: pl.DataFrame, meaning: Mapping[str, pl.DataFrame],
                       engine: pl.DataFrame | None = None) -> pl.DataFrame:
    """The measurements the forecasting tables can make (C1, C8, C13-C19); ``engine`` adds rows for the others.

    ``engine``: claim_id, value, low, high, basis, from throughput (C2-C7, C9-C12, C20).
    """
    from forecasting.consequences import claims as table

    return table.measurements(index, rates, accelerating, constraints, meaning, engine)


def what_it_means(
    applications: pl.DataFrame, assumptions: pl.DataFrame, index: Mapping[str, pl.DataFrame],
    prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, series: pl.DataFrame,
    floors: pl.DataFrame | None, as_of: date, *, engine: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """The essay's consequences: what_it_means (facts), viability, break_even, wrapper_margin, family_ratio,
    jevons, expectations.

    ``applications``, ``assumptions``: reference/applications.csv and assumptions.csv. ``engine``: model,
    accelerator, rental_usd_per_hour, accelerators_count, throughput_tok_per_s (one replica at full load, in
    tokens of the price's own mix: 3 input to 1 output), price_usd_per_mtok optional. A section without its inputs says 'not yet measured'.
    """
    from forecasting.consequences import meaning

    return meaning.build(applications, assumptions, index, prices, scores, models, series, floors, as_of,
                         engine=engine)


def track_record(issued: pl.DataFrame, actuals: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables track_record, track_record_summary and pit of the issued forecasts whose day came by ``as_of``.

    ``issued``: table forecast as stored. ``actuals``: unique_id, ds, y (``series_from_frontier`` of today); the
    actual of a target date is the last y at or before it, if the series was still observed then.
    """
    from forecasting.track_record import scoring

    return scoring.track_record(issued, actuals, as_of)


def champion(track: Mapping[str, pl.DataFrame], as_of: date, *, incumbent: str | None = None,
             held_since: date | None = None) -> tuple[str, str]:
    """The model of record by rule and the sentence that says why, from what ``track_record`` returned."""
    from forecasting.forecast import champion as rule

    return rule.review(track["track_record"], incumbent or rule.INCUMBENT, held_since, as_of)


def revision(previous: pl.DataFrame, stages: Sequence[tuple[str, Callable[[], pl.DataFrame]]],
             as_of: date) -> pl.DataFrame:
    """Table revision: why today's medians differ from ``previous`` (table forecast of the last vintage).

    ``stages``: (cause, function that gives table forecast with that input swapped in as well), in order; the
    last stage is today's forecast. Contributions sum to the total exactly.
    """
    from forecasting.track_record import revisions

    return revisions.build(previous, stages, as_of)
