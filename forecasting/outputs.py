"""The tables this package hands out: every column with its type and its meaning, once.

Belongs here: column declarations and the one function that holds a frame against them. Does not belong here:
how a number is computed (the module named after the method), and DDL (the warehouse generates its own from
its dictionary; a test there may compare).
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

TEXT, REAL, COUNT, DAY, FLAG = pl.String, pl.Float64, pl.Int64, pl.Date, pl.Boolean


class Column(NamedTuple):
    """One column: its name (unit last), polars type, and meaning in one sentence."""

    name: str
    dtype: type[pl.DataType]
    meaning: str


class Table(NamedTuple):
    """One output table: what a row is, its columns in order, and the columns that identify a row."""

    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_SERIES = Column("series_id", TEXT, "scale-threshold-tier-blend, e.g. 'gpqa_diamond-80-all-3to1'")
_VINTAGE = Column("vintage", DAY, "the as-of date: nothing known later was used")
_SCALE = Column("scale", TEXT, "quality scale (benchmark, or 'latent' for the joint scale)")
_TIER = Column("provider_tier", TEXT, "first_party | host | open_weights | all")
_HORIZON = Column("horizon_days", COUNT, "days from vintage to target date")
_TARGET = Column("target_date", DAY, "the day the forecast is about")

TABLES: dict[str, Table] = {
    "frontier_price": Table(
        "the cheapest way to buy a fixed quality on one day", ("series_id", "day"),
        (
            _SERIES, _SCALE, Column("scale_version", TEXT, "version of the benchmark, never mixed"),
            Column("threshold_score", REAL, "minimum score, in the scale's own unit"), _TIER,
            Column("blend", TEXT, "token mix of the price: 3to1 (input:output), 1to1, output"),
            Column("day", DAY, "day"),
            Column("price_usd_per_mtok", REAL, "robust minimum: second-lowest offer, or a low that lasted"),
            Column("price_raw_minimum_usd_per_mtok", REAL, "lowest offer of the day, promotions included"),
            Column("model", TEXT, "model that sets the robust minimum"),
            Column("provider", TEXT, "provider that sets the robust minimum"),
            Column("offer_id", TEXT, "offer that sets the robust minimum"),
            Column("models_count", COUNT, "models at or above the threshold with a price that day"),
            Column("offers_count", COUNT, "offers of those models that day"),
        ),
    ),
    "index_level": Table(
        "one price index in one month", ("index_id", "month"),
        (
            Column("index_id", TEXT, "method-sample-scale, e.g. 'hedonic-fresh-gpqa_diamond'"),
            Column("method", TEXT, "hedonic | hedonic_rolling | matched_jevons | quantile_10 | per_task"),
            Column("sample", TEXT, "all | fresh (listed at most one year) | launch (first price of a model)"),
            _SCALE, Column("month", DAY, "first day of the month"),
            Column("index_log", REAL, "log price at fixed quality relative to the first month"),
            Column("index_ratio", REAL, "exp(index_log)"),
            Column("standard_error_log", REAL, "cluster-robust by model family; null where not defined"),
            Column("prices_count", COUNT, "prices behind the month"),
            Column("models_count", COUNT, "models behind the month"),
        ),
    ),
    "latent_quality": Table(
        "one model on the joint quality scale", ("model",),
        (
            Column("model", TEXT, "model"), Column("ability_logit", REAL, "latent ability, ECI-like logits"),
            Column("standard_error_logit", REAL, "from the curvature of the fit"),
            Column("benchmarks_count", COUNT, "benchmarks with a score"),
        ),
    ),
    "selection_audit": Table(
        "what an estimator reports when there is no trend at all", ("estimator", "scale"),
        (
            Column("estimator", TEXT, "name of the estimator audited"), _SCALE,
            Column("measured_factor_per_year", REAL, "what it reports on the data"),
            Column("no_trend_factor_per_year", REAL, "median of what it reports on the same dates and scores, "
                   "zero trend"),
            Column("no_trend_low_factor_per_year", REAL, "5 % quantile over simulations"),
            Column("no_trend_high_factor_per_year", REAL, "95 % quantile over simulations"),
            Column("simulations_count", COUNT, "simulations"),
        ),
    ),
    "decline_rate": Table(
        "one estimate of how many times a year the price divides", ("rate_id",),
        (
            Column("rate_id", TEXT, "index_id or series_id, estimator and window"),
            Column("index_id", TEXT, "index_id or series_id the rate is measured on"),
            Column("estimator", TEXT, "hedonic_cluster | log_linear_hac | random_walk_drift | farmer_lafond | "
                   "smooth_trend | wright"),
            Column("window_from", DAY, "first day used"), Column("window_to", DAY, "last day used"),
            Column("factor_per_year", REAL, "exp(-365.25 x slope per day); above 1 = falling"),
            Column("factor_low_per_year", REAL, "5 % bound"), Column("factor_high_per_year", REAL, "95 % bound"),
            Column("observations_count", COUNT, "observations"),
            Column("clusters_count", COUNT, "independent clusters (families) or null"),
            Column("is_headline", FLAG, "the one rate the report leads with"),
        ),
    ),
    "acceleration": Table(
        "one test of constant rate; the row 'rule' carries the verdict", ("scale", "test"),
        (
            _SCALE, Column("test", TEXT, "quadratic | one_break | bic_breaks | rolling_12_months | rule"),
            Column("statistic", REAL, "t, sup-F, number of breaks, change of slope"),
            Column("p_value", REAL, "p (bootstrap for one_break); null where none"),
            Column("break_date", DAY, "estimated break, or null"),
            Column("factor_before_per_year", REAL, "factor per year before the break / first window"),
            Column("factor_after_per_year", REAL, "factor per year after the break / last window"),
            Column("direction", TEXT, "accelerating | decelerating | no evidence"),
            Column("note", TEXT, "the rule in words"),
        ),
    ),
    "forecast": Table(
        "one quantile of one forecast", ("vintage", "series_id", "model", "horizon_days", "quantile"),
        (
            Column("forecast_id", TEXT, "vintage/series_id/model/horizon"), _VINTAGE, _SERIES,
            Column("model", TEXT, "no_change | drift | farmer_lafond | ols_trend | ten_times_rule | "
                   "pooled | combination"),
            Column("is_champion", FLAG, "true for the model of record"), _HORIZON, _TARGET,
            Column("quantile", REAL, ".05 to .95 by .05"), Column("value_usd_per_mtok", REAL, "quantile value"),
        ),
    ),
    "event_probability": Table(
        "probability of one checkable event", ("vintage", "event_id"),
        (
            _VINTAGE, Column("event_id", TEXT, "event/series_id/horizon"), _SERIES,
            Column("event", TEXT, "new_low | halves | rises"), _HORIZON, _TARGET,
            Column("threshold_usd_per_mtok", REAL, "price the event is about: true if price < (rises: >) it"),
            Column("probability_share", REAL, "forecast probability"),
            Column("base_rate_share", REAL, "pooled past frequency of the event, the forecast to beat"),
        ),
    ),
    "meeting_date": Table(
        "probability that price meets its floor by a deadline, given a trend",
        ("vintage", "series_id", "floor_kind", "scenario", "outcome"),
        (
            _VINTAGE, _SERIES, Column("floor_kind", TEXT, "energy | gpu_hour"),
            Column("scenario", TEXT, "stated price trend: recent | pooled | ten_times_rule"),
            Column("price_factor_per_year", REAL, "trend of the scenario"),
            Column("outcome", TEXT, "'by YYYY-12-31' or 'never'"), Column("deadline", DAY, "null for never"),
            Column("probability_share", REAL, "share of draws"),
            Column("median_date", DAY, "median over draws that meet, null if most never do"),
        ),
    ),
    "binding_constraint": Table(
        "how close one limit is to the price", ("vintage", "series_id", "constraint"),
        (
            _VINTAGE, _SERIES, Column("constraint", TEXT, "energy | gpu_hour | bandwidth | power_capacity | "
                                      "expectations"),
            Column("floor_usd_per_mtok", REAL, "cost at the limit (mode)"),
            Column("floor_low_usd_per_mtok", REAL, "5 %"), Column("floor_high_usd_per_mtok", REAL, "95 %"),
            Column("share_of_price_share", REAL, "limit / price"),
            Column("headroom_factor", REAL, "price / limit"), Column("binds", FLAG, "the tightest limit"),
        ),
    ),
    "decomposition": Table(
        "one component of one change of price", ("series_id", "period_from", "period_to", "method", "component"),
        (
            _SERIES, Column("period_from", DAY, "start"), Column("period_to", DAY, "end"),
            Column("method", TEXT, "lmdi | shapley | first_in | last_in"),
            Column("component", TEXT, "markup | rental | throughput | utilisation | energy | "
                   "model_substitution | not_attributed, or an engine lever"),
            Column("contribution_log", REAL, "log points; components of one method sum to the change"),
            Column("contribution_usd_per_mtok", REAL, "USD per Mtok; null for shapley"),
            Column("factor", REAL, "exp(-contribution_log): times cheaper"),
        ),
    ),
    "claims": Table(
        "one claim of the essay and what is measured today", ("claim_id",),
        (
            Column("claim_id", TEXT, "C1..C20"), Column("claim", TEXT, "in our words"),
            Column("claimed_value", TEXT, "as claimed"), Column("measured_value", REAL, "measured, or null"),
            Column("measured_unit", TEXT, "unit of the measurement"),
            Column("interval_low", REAL, "low end"), Column("interval_high", REAL, "high end"),
            Column("basis", TEXT, "what the measurement rests on"),
            Column("verdict", TEXT, "supported | partly | contradicted | not measurable"),
            Column("as_of", DAY, "date of the measurement"),
        ),
    ),
    "what_it_means": Table(
        "one computed consequence", ("fact_id",),
        (
            Column("fact_id", TEXT, "section/subject"), Column("section", TEXT, "family_ratio | viability | "
                   "wrapper_margin | self_hosting | jevons | expectations"),
            Column("subject", TEXT, "application, family, model and accelerator"),
            Column("statement", TEXT, "the fact in one sentence, or 'not yet measured'"),
            Column("value", REAL, "median"), Column("value_low", REAL, "5 %"), Column("value_high", REAL, "95 %"),
            Column("unit", TEXT, "unit of value"),
            Column("value_date", DAY, "median date for viability, else null"),
            Column("value_date_low", DAY, "5 %"), Column("value_date_high", DAY, "95 %; null = never"),
            Column("probability_never_share", REAL, "viability only"),
            Column("inputs", TEXT, "ids of every input row, space separated"),
            Column("as_of", DAY, "vintage"),
        ),
    ),
    "cost_per_task": Table(
        "cost of one benchmark task at fixed score in one month", ("series_id", "month"),
        (
            _SERIES, Column("month", DAY, "first day of the month"),
            Column("cost_usd_per_task", REAL, "output price x tokens per task of the cheapest model that passes"),
            Column("tokens_per_task", REAL, "output tokens of that model per task"),
            Column("price_output_usd_per_mtok", REAL, "its output price"),
            Column("model", TEXT, "that model"), Column("models_count", COUNT, "models with tokens and a price"),
        ),
    ),
    "viability": Table(
        "when one application becomes affordable", ("application",),
        (
            Column("application", TEXT, "application"), Column("unit_of_use", TEXT, "what is bought once"),
            _SERIES, Column("cost_now_usd_per_unit", REAL, "median cost of one unit today"),
            Column("needed_usd_per_unit", REAL, "median affordable cost of one unit"),
            Column("viable_date", DAY, "median over draws; null = not within the horizon for most"),
            Column("viable_low_date", DAY, "5 %"), Column("viable_high_date", DAY, "95 %; null = not reached"),
            Column("viable_now_share", REAL, "probability that it already is"),
            Column("viable_within_year_share", REAL, "probability within 365 days"),
            Column("never_share", REAL, "probability of not before the end of the path (ten years)"),
            Column("verdict", TEXT, "viable now | expected | uncertain | not within the horizon"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "break_even": Table(
        "self-hosting one model on one accelerator against its API", ("model", "accelerator"),
        (
            Column("model", TEXT, "model"), Column("accelerator", TEXT, "accelerator"),
            Column("api_usd_per_mtok", REAL, "API price of the same tokens"),
            Column("self_host_usd_per_mtok", REAL, "own cost at the stated utilisation, operations included"),
            Column("utilisation_share", REAL, "stated utilisation (mode)"),
            Column("break_even_utilisation_share", REAL, "utilisation at which one full replica ties; above 1 = "
                   "never"),
            Column("break_even_mtok_per_month", REAL, "volume above which owning is cheaper; null = never"),
            Column("break_even_low_mtok_per_month", REAL, "5 %"),
            Column("break_even_high_mtok_per_month", REAL, "95 %; null = never"),
            Column("cheaper_share", REAL, "probability that self-hosting at the stated utilisation is cheaper"),
            Column("verdict", TEXT, "self-hosting | api | depends"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "wrapper_margin": Table(
        "how much of an application's price is model cost", ("application", "day"),
        (
            Column("application", TEXT, "application"), Column("day", DAY, "day"),
            Column("price_usd_per_month", REAL, "what its user pays"),
            Column("model_cost_usd_per_month", REAL, "tokens at the day's price"),
            Column("model_cost_share", REAL, "median share"), Column("model_cost_low_share", REAL, "5 %"),
            Column("model_cost_high_share", REAL, "95 %"),
            Column("margin_share", REAL, "price kept if it fell with cost: 1 - share"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "family_ratio": Table(
        "the largest and the smallest model of one family", ("family",),
        (
            Column("developer", TEXT, "developer"), Column("family", TEXT, "family"),
            Column("large_model", TEXT, "dearest current model"), Column("small_model", TEXT, "cheapest"),
            Column("large_usd_per_mtok", REAL, "blended price"), Column("small_usd_per_mtok", REAL, "same"),
            Column("price_ratio", REAL, "large / small"),
            Column("score_gap", REAL, "large minus small on the primary scale, or null"),
            Column("routing_saving_share", REAL, "saving if the stated share of requests goes to the small one"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "jevons": Table(
        "volume and spend if demand answers price with the stated elasticity", ("vintage", "subject"),
        (
            _VINTAGE, Column("subject", TEXT, "elasticity assumption"),
            Column("elasticity", REAL, "d ln volume / d ln price"), Column("elasticity_low", REAL, "5 %"),
            Column("elasticity_high", REAL, "95 %"),
            Column("price_factor_per_year", REAL, "how many times the price divides"),
            Column("volume_factor_per_year", REAL, "volume multiplies by"),
            Column("spend_factor_per_year", REAL, "spend multiplies by"),
            Column("spend_low_factor_per_year", REAL, "5 %"), Column("spend_high_factor_per_year", REAL, "95 %"),
            Column("rebound_share", REAL, "share of the saving taken back by volume; above 1 = spend grows"),
            Column("backfire_share", REAL, "probability that spend grows"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "expectations": Table(
        "what is paid per task at the frontier and at fixed quality, one month", ("scale", "month"),
        (
            _SCALE, Column("month", DAY, "first day of the month"),
            Column("best_model", TEXT, "highest score on sale"),
            Column("best_usd_per_mtok", REAL, "its blended price"),
            Column("best_score", REAL, "its score"),
            Column("fixed_usd_per_mtok", REAL, "cheapest price of the quality that was best at the start"),
            Column("ratio_best_to_fixed", REAL, "price of keeping up, in multiples of standing still"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "track_record_summary": Table(
        "how well one model did at one horizon", ("model", "horizon_days"),
        (
            Column("model", TEXT, "forecasting model"), Column("is_champion", FLAG, "model of record"), _HORIZON,
            Column("origins_count", COUNT, "independent origins, the n of every test"),
            Column("forecasts_count", COUNT, "forecasts scored"),
            Column("mae_log", REAL, "mean absolute log error of the median"),
            Column("mase_ratio", REAL, "mae over no-change's on the same rows"),
            Column("crps_log", REAL, "mean CRPS"), Column("crps_ratio", REAL, "over no change; below 1 beats it"),
            Column("coverage_50_share", REAL, "share inside 50 %"),
            Column("coverage_80_share", REAL, "share inside 80 %"),
            Column("coverage_90_share", REAL, "share inside 90 %"),
            Column("p_value", REAL, "Diebold-Mariano against no change, origins as units"),
            Column("label", TEXT, "live, or 'quality hindsight' for a backtest without score vintages"),
        ),
    ),
    "pit": Table(
        "probability integral transform histogram", ("model", "horizon_days", "bin_low_share"),
        (
            Column("model", TEXT, "forecasting model"), _HORIZON,
            Column("bin_low_share", REAL, "bin from"), Column("bin_high_share", REAL, "bin to"),
            Column("bin_share", REAL, "share of forecasts; .1 each if calibrated"),
        ),
    ),
    "track_record": Table(
        "one issued forecast whose day came", ("forecast_id",),
        (
            Column("forecast_id", TEXT, "as issued"), _VINTAGE, _SERIES, Column("model", TEXT, "as issued"),
            Column("is_champion", FLAG, "as issued"), _HORIZON, _TARGET,
            Column("actual_usd_per_mtok", REAL, "what happened"),
            Column("median_usd_per_mtok", REAL, "median forecast"),
            Column("absolute_error_log", REAL, "|log actual - log median|"),
            Column("no_change_error_log", REAL, "the same for no change"),
            Column("crps_log", REAL, "CRPS of the 19 quantiles, log units"),
            Column("inside_50", FLAG, "inside the 50 % interval"), Column("inside_80", FLAG, "80 %"),
            Column("inside_90", FLAG, "90 %"), Column("pit_share", REAL, "probability integral transform"),
        ),
    ),
    "revision": Table(
        "one cause of the difference between two forecasts", ("series_id", "horizon_days", "vintage", "cause"),
        (
            Column("previous_vintage", DAY, "vintage of the forecast before"), _VINTAGE, _SERIES, _HORIZON,
            Column("cause", TEXT, "passage_of_time | new_prices | revised_prices | new_scores | hardware_energy | "
                   "re_estimation | code | total"),
            Column("contribution_log", REAL, "log change of the median; causes sum to 'total' exactly"),
        ),
    ),
}


def empty(table: str) -> pl.DataFrame:
    """The named table with no rows."""
    return pl.DataFrame(schema={c.name: c.dtype for c in TABLES[table].columns})


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with exactly the declared columns, in order and type, sorted by its key.

    A declared column that is absent becomes null; an undeclared column or a repeated key is an error.
    Raises ``ValueError`` naming the table, what was expected and what was found.
    """
    spec = TABLES[table]
    unknown = sorted(set(frame.columns) - {c.name for c in spec.columns})
    if unknown:
        raise ValueError(f"{table}: undeclared columns {unknown}; declare them in forecasting/outputs.py")
    shaped = frame.select(
        (pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(c.dtype).alias(c.name)
        for c in spec.columns
    ).sort(spec.key, nulls_last=True)
    if shaped.select(spec.key).is_duplicated().any():
        raise ValueError(f"{table}: two rows share one key ({', '.join(spec.key)})")
    return shaped
