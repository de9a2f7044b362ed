"""The tables readers query that the statistics and the engine fill; those made by SQL alone are in ``tables.py``."""

from __future__ import annotations

from warehouse.schema.types import Table, declare

MARTS: tuple[Table, ...] = (
    declare(
        "marts.frontier",
        "the cheapest way to buy a fixed quality on one day",
        "series is_headline obs_date price_robust_usd_per_mtok price_raw_usd_per_mtok model provider status confirmed_at age_days n "
        "offer_id series_id",
        "series obs_date",
    ),
    declare(
        "marts.indices", "one price index in one month", "index_name obs_date index_value index_lower index_upper n", "index_name obs_date"
    ),
    declare(
        "marts.cost_per_task",
        "cost of one benchmark task in one month",
        "benchmark obs_date cost_usd_per_task tokens_per_task price_usd_per_mtok model n",
        "benchmark obs_date",
    ),
    declare(
        "marts.decline_rates",
        "one estimate of how many times cheaper in a year",
        "series window_label window_start window_end decline_factor_per_year "
        "decline_lower_factor_per_year decline_upper_factor_per_year interval_level n method is_headline "
        "rate_id",
        "rate_id",
    ),
    declare(
        "marts.acceleration",
        "one test of constant rate",
        "test quality_scale statistic p_value verdict break_date factor_before_per_year factor_after_per_year note",
        "quality_scale test",
    ),
    declare(
        "marts.forecasts",
        "one quantile of one forecast issued at this vintage",
        "series model cutoff horizon_days target_date quantile value_usd_per_mtok is_champion forecast_id series_id",
        "forecast_id quantile",
    ),
    declare(
        "marts.past_forecasts",
        "one quantile of one forecast issued earlier",
        "series model cutoff horizon_days target_date quantile value_usd_per_mtok is_champion forecast_id series_id",
        "forecast_id quantile",
    ),
    declare(
        "marts.floors",
        "one floor of one series on one day",
        "series floor_kind obs_date floor_usd_per_mtok floor_lower_usd_per_mtok floor_upper_usd_per_mtok",
        "series floor_kind obs_date",
    ),
    declare(
        "marts.floor_gap",
        "one open model on its cheapest accelerator: price against both floors",
        "series model accelerator price_usd_per_mtok gpu_hour_floor_usd_per_mtok "
        "energy_floor_usd_per_mtok price_to_gpu_hour_floor_ratio price_to_energy_floor_ratio "
        "speed_tok_per_s",
        "model",
    ),
    declare(
        "marts.model_floors",
        "one floor of one open model at one service level: what is counted, for which tokens, and what its uncertainty comes from",
        "model accelerator precision service_level_tok_s_per_user floor_kind boundary token_kind low_usd_per_mtok mode_usd_per_mtok "
        "high_usd_per_mtok engine_variance_share electricity_variance_share pue_variance_share system_variance_share "
        "rental_variance_share utilisation_variance_share",
        "model service_level_tok_s_per_user floor_kind boundary token_kind",
    ),
    declare(
        "marts.floor_assumptions",
        "one assumption of the floors with its 90 % range and source; 'together' says them in one sentence",
        "quantity low mode high unit basis source statement",
        "quantity",
    ),
    declare(
        "marts.rental_index",
        "matched index and level of one accelerator, term and family of sellers in one month with an observation; 1.0 in the first month of its chain",
        "accelerator term seller_family month index_ratio chain_start change_error_log series_count sellers_count level_usd_per_hour status",
        "accelerator term seller_family month",
    ),
    declare(
        "marts.rental_breaks",
        "one level shift of one offer's price",
        "provider accelerator region term accelerators_in_offer note source break_date from_usd_per_hour to_usd_per_hour change_share",
        "provider accelerator region term accelerators_in_offer note source break_date",
    ),
    declare(
        "marts.rental_now",
        "rental price of one accelerator and term at the vintage day (status current), or when last seen (stale)",
        "accelerator term status low_usd_per_hour median_usd_per_hour high_usd_per_hour providers_count observed_at age_days",
        "accelerator term",
    ),
    declare(
        "marts.rental_summary",
        "one accelerator and term: its price today, its matched-panel index and what that did in a year",
        "accelerator term status low_usd_per_hour median_usd_per_hour high_usd_per_hour providers_count observed_at month index_ratio "
        "change_share series_count breaks_count",
        "accelerator term",
    ),
    declare(
        "marts.hardware_trends",
        "growth a year of one metric of accelerators in one window, beside one published growth (published_source is empty where nobody published one)",
        "window_label metric growth_per_year growth_low_per_year growth_high_per_year doubling_years parts_count explained_share "
        "published_growth_per_year published_source source_url published_agrees",
        "window_label metric published_source",
    ),
    declare(
        "marts.electricity",
        "the newest vintage of one electricity price, and how far it was revised",
        "period period_kind region sector usd_per_kwh eur_per_kwh note source source_ref source_url licence observed_at basis "
        "vintages_count revision_share",
        "region period sector",
    ),
    declare(
        "marts.ownership_cost",
        "one part of what an owned accelerator costs by the hour; capital, power and overhead sum to the total",
        "accelerator owner_kind cost_component usd_per_accelerator_hour low_usd_per_accelerator_hour high_usd_per_accelerator_hour "
        "component_share basis source inputs observed_at",
        "accelerator owner_kind cost_component",
    ),
    declare(
        "marts.decomposition",
        "one component of the fall of the headline price",
        "component change_factor change_share basis order contribution_log contribution_usd_per_mtok period_from period_to series_id",
        "component",
    ),
    declare(
        "marts.lever_evidence",
        "one lever, technique and setting: what the essay claims, what was measured, what the engine says",
        "lever technique setting measured_low_factor measured_factor measured_high_factor observations_count engine_low_factor engine_factor engine_high_factor claim_id claimed_value claimed_low_factor claimed_high_factor source",
        "lever technique setting",
    ),
    declare(
        "marts.quantization_quality",
        "one published change of quality of one weight format, with its source",
        "model precision baseline_precision metric value low high source source_ref source_url licence observed_at basis",
        "model precision metric",
    ),
    declare(
        "marts.software_gain",
        "one accelerator: what releases of one serving software alone gained in a year, and the workloads that say so",
        "software accelerator gain_low_factor_per_year gain_factor_per_year gain_high_factor_per_year observations_count first_date last_date span_months source",
        "software accelerator",
    ),
    declare(
        "marts.useful_life",
        "one accelerator and one fall of token prices: years until its rent no longer pays power and overhead, without and with software gains",
        "accelerator price_scenario price_factor_per_year rental_usd_per_hour running_usd_per_hour income_ratio gain_factor_per_year "
        "useful_life_years useful_life_with_software_years inputs",
        "accelerator price_scenario",
    ),
    declare(
        "marts.latency_league",
        "one model on one accelerator or host: speed of one user beside what it costs, computed by the engine or published",
        "model accelerator provider evidence precision user_tok_per_s user_lower_tok_per_s user_upper_tok_per_s accelerators "
        "cost_usd_per_mtok energy_j_per_token observed_at source source_url",
        "model accelerator provider evidence precision user_tok_per_s observed_at source",
    ),
    declare(
        "marts.deflation_stack",
        "one lever's share of the full stack's gain",
        "lever shapley_factor first_in_factor last_in_factor shapley_share scenario",
        "scenario lever",
    ),
    declare(
        "marts.hardware_league",
        "one accelerator serving one model: dollars and joules per token",
        "accelerator vendor model precision memory_gb bandwidth_gb_per_s rental_usd_per_hour "
        "throughput_tok_per_s throughput_lower_tok_per_s throughput_upper_tok_per_s measured_tok_per_s cost_usd_per_mtok "
        "cost_lower_usd_per_mtok cost_upper_usd_per_mtok cost_reserved_usd_per_mtok cost_on_demand_usd_per_mtok "
        "energy_j_per_token rental_date basis service_level_tok_s_per_user user_tok_per_s isl osl accelerators prefill_accelerators "
        "batch bound cost_rank tied_count",
        "model accelerator",
    ),
    declare(
        "marts.engine_check",
        "one published throughput of one configuration beside the engine's prediction",
        "model accelerator precision batch throughput_tok_per_s measured_tok_per_s error_share source",
        "model accelerator precision source measured_tok_per_s throughput_tok_per_s",
    ),
    declare(
        "marts.energy_check",
        "one source and boundary of measured joules per output token: how far off the engine is",
        "source boundary runs_count answered_count median_error_share bias_share within_quarter_share coverage_share",
        "source boundary",
    ),
    declare(
        "marts.break_even",
        "one model on one accelerator: renting against buying tokens",
        "model accelerator api_usd_per_mtok self_host_usd_per_mtok utilisation_share "
        "break_even_mtok_per_month break_even_lower_mtok_per_month break_even_upper_mtok_per_month "
        "verdict inputs",
        "model accelerator",
    ),
    declare(
        "marts.viability",
        "one application: when it pays",
        "application cost_now_usd_per_unit needed_usd_per_unit unit_of_use viable_date viable_lower_date "
        "viable_upper_date viable_within_year_probability verdict inputs",
        "application",
    ),
    declare(
        "marts.jevons",
        "volume and spend under one published elasticity",
        "subject elasticity "
        "elasticity_low elasticity_high price_factor_per_year volume_factor_per_year "
        "spend_factor_per_year spend_low_factor_per_year spend_high_factor_per_year rebound_share inputs",
        "subject",
    ),
    declare(
        "marts.wrapper_margin",
        "one application: the share of its price that is model cost",
        "application price_usd_per_month model_cost_usd_per_month model_cost_share margin_share basis inputs",
        "application",
    ),
    declare(
        "marts.expectations",
        "cost and tokens per task in one month",
        "obs_date benchmark tokens_per_task price_usd_per_mtok cost_usd_per_task",
        "benchmark obs_date",
    ),
    declare(
        "marts.claims",
        "one claim of the essay against the measurement",
        "claim_id claim claimed_text measured_value measured_lower measured_upper interval_level measured_unit basis verdict as_of",
        "claim_id",
    ),
    declare(
        "marts.track_record",
        "one forecasting model at one horizon against no change",
        "model is_champion horizon_days mae_log crps_log crps_ratio coverage_50_share coverage_80_share p_value n label coverage_90_share",
        "model horizon_days",
    ),
    declare(
        "marts.pit",
        "one bin of a probability integral transform histogram",
        "model horizon_days bin_lower bin_upper bin_share",
        "model horizon_days bin_lower",
    ),
    declare("marts.revision", "one cause of the change of the headline forecast", "cause change_log order detail", "cause"),
)
