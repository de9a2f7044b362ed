"""The tables that the statistics (``forecasting``) fill: indices, rates, tests, forecasts and their scores."""

from __future__ import annotations

from warehouse.schema.types import Table, declare

STATS: tuple[Table, ...] = (
    declare(
        "stats.frontier_price",
        "the cheapest way to buy a fixed quality on one day",
        "series_id scale scale_version threshold_score provider_tier blend day price_usd_per_mtok "
        "price_raw_minimum_usd_per_mtok model provider offer_id models_count offers_count",
        "series_id day",
    ),
    declare(
        "stats.index_level",
        "one price index in one month",
        "index_id method sample scale month index_log index_ratio standard_error_log prices_count models_count",
        "index_id month",
    ),
    declare(
        "stats.latent_quality",
        "one model on the joint quality scale",
        "model ability_logit standard_error_logit benchmarks_count",
        "model",
    ),
    declare(
        "stats.selection_audit",
        "what an estimator reports when there is no trend at all",
        "estimator scale measured_factor_per_year no_trend_factor_per_year no_trend_low_factor_per_year "
        "no_trend_high_factor_per_year simulations_count",
        "estimator scale",
    ),
    declare(
        "stats.decline_rate",
        "one estimate of how many times a year the price divides",
        "rate_id index_id estimator window_from window_to factor_per_year factor_low_per_year "
        "factor_high_per_year observations_count clusters_count is_headline",
        "rate_id",
    ),
    declare(
        "stats.acceleration",
        "one test of constant rate; the row 'rule' carries the verdict",
        "scale test statistic p_value break_date factor_before_per_year factor_after_per_year direction note",
        "scale test",
    ),
    declare(
        "stats.forecast",
        "one quantile of one forecast",
        "forecast_id vintage series_id model is_champion horizon_days target_date quantile value_usd_per_mtok",
        "vintage series_id model horizon_days quantile",
    ),
    declare(
        "stats.event_probability",
        "probability of one checkable event",
        "vintage event_id series_id event horizon_days target_date threshold_usd_per_mtok probability_share base_rate_share",
        "vintage event_id",
    ),
    declare(
        "stats.meeting_date",
        "probability that price meets its floor by a deadline, given a trend",
        "vintage series_id floor_kind scenario price_factor_per_year outcome deadline probability_share median_date",
        "vintage series_id floor_kind scenario outcome",
    ),
    declare(
        "stats.binding_constraint",
        "how close one limit is to the price",
        "vintage series_id constraint floor_usd_per_mtok floor_low_usd_per_mtok floor_high_usd_per_mtok "
        "share_of_price_share headroom_factor binds",
        "vintage series_id constraint",
    ),
    declare(
        "stats.decomposition",
        "one component of one change of price",
        "series_id period_from period_to method component contribution_log contribution_usd_per_mtok factor",
        "series_id period_from period_to method component",
    ),
    declare(
        "stats.claims",
        "one claim of the essay and what is measured today",
        "claim_id claim claimed_value measured_value measured_unit interval_low interval_high basis verdict as_of",
        "claim_id",
    ),
    declare(
        "stats.what_it_means",
        "one computed consequence",
        "fact_id section subject statement value value_low value_high unit value_date value_date_low "
        "value_date_high probability_never_share inputs as_of",
        "fact_id",
    ),
    declare(
        "stats.cost_per_task",
        "cost of one benchmark task at fixed score in one month",
        "series_id month cost_usd_per_task tokens_per_task price_output_usd_per_mtok model models_count",
        "series_id month",
    ),
    declare(
        "stats.viability",
        "when one application becomes affordable",
        "application unit_of_use series_id cost_now_usd_per_unit needed_usd_per_unit viable_date "
        "viable_low_date viable_high_date viable_now_share viable_within_year_share never_share verdict "
        "inputs",
        "application",
    ),
    declare(
        "stats.break_even",
        "self-hosting one model on one accelerator against its API",
        "model accelerator api_usd_per_mtok self_host_usd_per_mtok utilisation_share "
        "break_even_utilisation_share break_even_mtok_per_month break_even_low_mtok_per_month "
        "break_even_high_mtok_per_month cheaper_share verdict inputs",
        "model accelerator",
    ),
    declare(
        "stats.wrapper_margin",
        "how much of an application's price is model cost",
        "application day price_usd_per_month model_cost_usd_per_month model_cost_share "
        "model_cost_low_share model_cost_high_share margin_share inputs",
        "application day",
    ),
    declare(
        "stats.family_ratio",
        "the largest and the smallest model of one family",
        "developer family large_model small_model large_usd_per_mtok small_usd_per_mtok price_ratio score_gap routing_saving_share inputs",
        "family",
    ),
    declare(
        "stats.jevons",
        "volume and spend if demand answers price with the stated elasticity",
        "vintage subject elasticity elasticity_low elasticity_high price_factor_per_year "
        "volume_factor_per_year spend_factor_per_year spend_low_factor_per_year "
        "spend_high_factor_per_year rebound_share backfire_share inputs",
        "vintage subject",
    ),
    declare(
        "stats.expectations",
        "what is paid per task at the frontier and at fixed quality, one month",
        "scale month best_model best_usd_per_mtok best_score fixed_usd_per_mtok ratio_best_to_fixed inputs",
        "scale month",
    ),
    declare(
        "stats.track_record_summary",
        "how well one model did at one horizon",
        "model is_champion horizon_days origins_count forecasts_count mae_log mase_ratio crps_log "
        "crps_ratio coverage_50_share coverage_80_share coverage_90_share p_value label",
        "model horizon_days",
    ),
    declare(
        "stats.pit",
        "probability integral transform histogram",
        "model horizon_days bin_low_share bin_high_share bin_share",
        "model horizon_days bin_low_share",
    ),
    declare(
        "stats.track_record",
        "one issued forecast whose day came",
        "forecast_id vintage series_id model is_champion horizon_days target_date actual_usd_per_mtok "
        "median_usd_per_mtok absolute_error_log no_change_error_log crps_log inside_50 inside_80 "
        "inside_90 pit_share",
        "forecast_id",
    ),
    declare(
        "stats.revision",
        "one cause of the difference between two forecasts",
        "previous_vintage vintage series_id horizon_days cause contribution_log",
        "series_id horizon_days vintage cause",
    ),
    declare(
        "stats.token_weight",
        "one model label in one complete week: tokens, prices, share of spend, and how each is known",
        "period_start model_label model volume_kind volume_tokens list_usd_per_mtok effective_usd_per_mtok fixed_profile_usd_per_mtok "
        "spend_share price_basis near_days cached_basis profile_basis ability_logit",
        "period_start model_label",
    ),
    declare(
        "stats.token_index",
        "one index or level of the token family in one week, with its interval and the hash of its inputs",
        "index_id period_start value lower upper unit status method_version inputs_sha256",
        "index_id period_start",
    ),
    declare(
        "stats.fixed_quality",
        "what one fixed quality cost in one week: the second-cheapest confirmed seller of a model as able as a reference model",
        "reference_model day price_usd_per_mtok model provider offer_id sellers_count is_live ability_logit",
        "reference_model day",
    ),
    declare(
        "stats.score_coverage",
        "how many of the models first listed in the 90 days before a day have a place on the joint quality scale",
        "day entrants_count scored_count scored_share",
        "day",
    ),
    declare(
        "stats.headline_method",
        "one defensible way to say how the price changed in a year, with its value on the same day",
        "method_id question headline_rank window_from window_to factor_per_year factor_low_per_year factor_high_per_year "
        "observations_count status why",
        "method_id",
    ),
    declare(
        "stats.headline_revision",
        "what the headline said at an earlier vintage and what it says of the same year with what is known today",
        "vintage_day first_factor_per_year latest_factor_per_year revision_log",
        "vintage_day",
    ),
    declare(
        "stats.measured_usage",
        "one measured growth of use or spend on a router, or how use follows a model's own price",
        "measure unit period_from period_to first_value last_value growth_factor growth_per_year elasticity elasticity_low elasticity_high n",
        "measure",
    ),
    declare(
        "stats.revealed_price",
        "the average price of a token on a gateway on one day, implied by its shares of spend and of tokens",
        "period_start revealed_usd_per_mtok revealed_low_usd_per_mtok revealed_high_usd_per_mtok models_count spend_share",
        "period_start",
    ),
)
