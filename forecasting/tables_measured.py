"""What is measured: frontier, indices, quality, rates, tests, causes.

Belongs here: declarations of output tables of that kind. Not here: anything computed.
"""

from __future__ import annotations

from forecasting.declare import COUNT, DAY, FLAG, REAL, SCALE, SERIES, TEXT, TIER, Column, Table

TABLES: dict[str, Table] = {
    "frontier_price": Table(
        "the cheapest way to buy a fixed quality on one day", ("series_id", "day"),
        (
            SERIES, SCALE, Column("scale_version", TEXT, "version of the benchmark, never mixed"),
            Column("threshold_score", REAL, "minimum score, in the scale's own unit"), TIER,
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
            SCALE, Column("month", DAY, "first day of the month"),
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
            Column("estimator", TEXT, "name of the estimator audited"), SCALE,
            Column("measured_factor_per_year", REAL, "what it reports on the data"),
            Column("no_trend_factor_per_year", REAL, "median of what it reports on the same dates and scores, "
                   "zero trend"),
            Column("no_trend_low_factor_per_year", REAL, "5 % quantile over simulations"),
            Column("no_trend_high_factor_per_year", REAL, "95 % quantile over simulations"),
            Column("simulations_count", COUNT, "simulations"),
        ),
    ),
    "cost_per_task": Table(
        "cost of one benchmark task at fixed score in one month", ("series_id", "month"),
        (
            SERIES, Column("month", DAY, "first day of the month"),
            Column("cost_usd_per_task", REAL, "output price x tokens per task of the cheapest model that passes"),
            Column("tokens_per_task", REAL, "output tokens of that model per task"),
            Column("price_output_usd_per_mtok", REAL, "its output price"),
            Column("model", TEXT, "that model"), Column("models_count", COUNT, "models with tokens and a price"),
        ),
    ),
    "decline_rate": Table(
        "one estimate of how many times a year the price divides", ("rate_id",),
        (
            Column("rate_id", TEXT, "index_id or series_id, estimator and window"),
            Column("index_id", TEXT, "index_id or series_id the rate is measured on"),
            Column("estimator", TEXT, "hedonic_cluster | log_linear_hac | random_walk_drift | smooth_trend"),
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
            SCALE, Column("test", TEXT, "quadratic | one_break | bic_breaks | rolling_12_months | rule"),
            Column("statistic", REAL, "t, sup-F, number of breaks, change of slope"),
            Column("p_value", REAL, "p (bootstrap for one_break); null where none"),
            Column("break_date", DAY, "estimated break, or null"),
            Column("factor_before_per_year", REAL, "factor per year before the break / first window"),
            Column("factor_after_per_year", REAL, "factor per year after the break / last window"),
            Column("direction", TEXT, "accelerating | decelerating | no evidence"),
            Column("note", TEXT, "the rule in words"),
        ),
    ),
    "decomposition": Table(
        "one component of one change of price", ("series_id", "period_from", "period_to", "method", "component"),
        (
            SERIES, Column("period_from", DAY, "start"), Column("period_to", DAY, "end"),
            Column("method", TEXT, "lmdi | shapley | first_in | last_in"),
            Column("component", TEXT, "markup | rental | throughput | utilisation | energy | "
                   "model_substitution | not_attributed, or an engine lever"),
            Column("contribution_log", REAL, "log points; components of one method sum to the change"),
            Column("contribution_usd_per_mtok", REAL, "USD per Mtok; null for shapley"),
            Column("factor", REAL, "exp(-contribution_log): times cheaper"),
        ),
    ),
}
