"""What is said about the future, and how it turned out: forecasts, events, floors, track record, revisions.

Belongs here: declarations of output tables of that kind. Not here: anything computed.
"""

from __future__ import annotations

from forecasting.declare import COUNT, DAY, FLAG, HORIZON, REAL, SERIES, TARGET, TEXT, VINTAGE, Column, Table

TABLES: dict[str, Table] = {
    "forecast": Table(
        "one quantile of one forecast", ("vintage", "series_id", "model", "horizon_days", "quantile"),
        (
            Column("forecast_id", TEXT, "vintage/series_id/model/horizon"), VINTAGE, SERIES,
            Column("model", TEXT, "no_change | drift | farmer_lafond | ols_trend | ten_times_rule | "
                   "pooled | combination"),
            Column("is_champion", FLAG, "true for the model of record"), HORIZON, TARGET,
            Column("quantile", REAL, ".05 to .95 by .05"), Column("value_usd_per_mtok", REAL, "quantile value"),
        ),
    ),
    "event_probability": Table(
        "probability of one checkable event", ("vintage", "event_id"),
        (
            VINTAGE, Column("event_id", TEXT, "event/series_id/horizon"), SERIES,
            Column("event", TEXT, "new_low | halves | rises"), HORIZON, TARGET,
            Column("threshold_usd_per_mtok", REAL, "price the event is about: true if price < (rises: >) it"),
            Column("probability_share", REAL, "forecast probability"),
            Column("base_rate_share", REAL, "pooled past frequency of the event, the forecast to beat"),
        ),
    ),
    "meeting_date": Table(
        "probability that price meets its floor by a deadline, given a trend",
        ("vintage", "series_id", "floor_kind", "scenario", "outcome"),
        (
            VINTAGE, SERIES, Column("floor_kind", TEXT, "energy | gpu_hour"),
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
            VINTAGE, SERIES, Column("constraint", TEXT, "energy | gpu_hour | bandwidth | power_capacity | "
                                      "expectations"),
            Column("floor_usd_per_mtok", REAL, "cost at the limit (mode)"),
            Column("floor_low_usd_per_mtok", REAL, "5 %"), Column("floor_high_usd_per_mtok", REAL, "95 %"),
            Column("share_of_price_share", REAL, "limit / price"),
            Column("headroom_factor", REAL, "price / limit"), Column("binds", FLAG, "the tightest limit"),
        ),
    ),
    "track_record_summary": Table(
        "how well one model did at one horizon", ("model", "horizon_days"),
        (
            Column("model", TEXT, "forecasting model"), Column("is_champion", FLAG, "model of record"), HORIZON,
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
            Column("model", TEXT, "forecasting model"), HORIZON,
            Column("bin_low_share", REAL, "bin from"), Column("bin_high_share", REAL, "bin to"),
            Column("bin_share", REAL, "share of forecasts; .1 each if calibrated"),
        ),
    ),
    "track_record": Table(
        "one issued forecast whose day came", ("forecast_id",),
        (
            Column("forecast_id", TEXT, "as issued"), VINTAGE, SERIES, Column("model", TEXT, "as issued"),
            Column("is_champion", FLAG, "as issued"), HORIZON, TARGET,
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
            Column("previous_vintage", DAY, "vintage of the forecast before"), VINTAGE, SERIES, HORIZON,
            Column("cause", TEXT, "passage_of_time | new_prices | revised_prices | new_scores | hardware_energy | "
                   "re_estimation | code | total"),
            Column("contribution_log", REAL, "log change of the median; causes sum to 'total' exactly"),
        ),
    ),
}
