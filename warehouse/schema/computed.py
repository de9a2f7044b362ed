"""The tables that packaged facts, the engine and the statistics fill, and the columns only they have."""

from __future__ import annotations

from warehouse.schema.types import Column, Table


def _t(name: str, text: str, columns: str, key: str = "") -> Table:
    return Table(name, text, tuple(columns.split()), tuple(key.split()))


_MEANINGS: dict[str, tuple[str, str]] = {
    "ability_logit": ("DOUBLE", "latent ability, ECI-like logits"),
    "absolute_error_log": ("DOUBLE", "|log actual - log median|"),
    "accelerator_label": ("VARCHAR", "accelerator as printed by the source"),
    "accelerators": ("BIGINT", "accelerators of one replica"),
    "accessed_on": ("DATE", "day the source was read for packaging"),
    "active_params_b": ("DOUBLE", "parameters used per token"),
    "actual_usd_per_mtok": ("DOUBLE", "what happened"),
    "alias": ("VARCHAR", "normalised printed label"),
    "aliases": ("VARCHAR", "other names, separated by |"),
    "api_usd_per_mtok": ("DOUBLE", "API price of the same tokens"),
    "application": ("VARCHAR", "application"),
    "assumption_id": ("VARCHAR", "id of an assumption"),
    "avg_batch_size": ("DOUBLE", "mean batch (count)"),
    "avg_output_tokens": ("DOUBLE", "mean output length"),
    "avg_power_w": ("DOUBLE", "mean power of all accelerators"),
    "backfire_share": ("DOUBLE", "probability that spend grows"),
    "bandwidth_bytes_per_j": ("DOUBLE", "bytes moved per joule at TDP"),
    "bandwidth_bytes_per_s": ("BIGINT", "peak memory bandwidth"),
    "bandwidth_gb_per_s": ("DOUBLE", "peak memory bandwidth (10^9 bytes per second)"),
    "base_rate_share": ("DOUBLE", "pooled past frequency of the event, the forecast to beat"),
    "batch": ("BIGINT", "sequences served together"),
    "batch_concurrency": ("DOUBLE", "requests in flight (count)"),
    "benchmarks_count": ("BIGINT", "benchmarks with a score"),
    "best_model": ("VARCHAR", "highest score on sale"),
    "best_score": ("DOUBLE", "its score"),
    "best_usd_per_mtok": ("DOUBLE", "its blended price"),
    "bf16_flop_per_s": ("BIGINT", "dense BF16 peak"),
    "bin_high_share": ("DOUBLE", "bin to"),
    "bin_low_share": ("DOUBLE", "bin from"),
    "bin_lower": ("DOUBLE", "lower end of the bin (0..1)"),
    "bin_share": ("DOUBLE", "share of forecasts; .1 each if calibrated"),
    "bin_upper": ("DOUBLE", "upper end of the bin (0..1)"),
    "binds": ("BOOLEAN", "the tightest limit"),
    "blend": ("VARCHAR", "token mix of the price: 3to1 (input:output), 1to1, output"),
    "bound": ("VARCHAR", "what limits: weights, kv, compute, latency, memory capacity"),
    "break_date": ("DATE", "estimated break, or null"),
    "break_even_high_mtok_per_month": ("DOUBLE", "95 %; null = never"),
    "break_even_low_mtok_per_month": ("DOUBLE", "5 %"),
    "break_even_lower_mtok_per_month": ("DOUBLE", "lower end"),
    "break_even_mtok_per_month": ("DOUBLE", "volume above which owning is cheaper; null = never"),
    "break_even_upper_mtok_per_month": ("DOUBLE", "upper end"),
    "break_even_utilisation_share": ("DOUBLE", "utilisation at which one full replica ties; above 1 = never"),
    "breaks_count": ("BIGINT", "level shifts in the last twelve months"),
    "canonical_model": ("VARCHAR", "canonical model of an architecture"),
    "cause": ("VARCHAR", "passage_of_time | new_prices | revised_prices | new_scores | hardware_energy | re_estimation | code | total"),
    "ceiling_tok_per_s": ("DOUBLE", "tokens per second of one stream if only weight bytes mattered"),
    "change_error_log": ("DOUBLE", "standard error of the month's mean log change"),
    "change_factor": ("DOUBLE", "times cheaper through this component; below 1 it made prices rise"),
    "change_log": ("DOUBLE", "log change through this cause"),
    "change_lower_factor": ("DOUBLE", "lower end"),
    "change_upper_factor": ("DOUBLE", "upper end"),
    "change_usd_per_mtok": ("DOUBLE", "change in dollars"),
    "cheaper_share": ("DOUBLE", "probability that self-hosting at the stated utilisation is cheaper"),
    "claim": ("VARCHAR", "in our words"),
    "claim_id": ("VARCHAR", "C1..C20"),
    "claimed_high": ("DOUBLE", "upper end of the claim, in measured_unit"),
    "claimed_low": ("DOUBLE", "lower end of the claim, in measured_unit"),
    "claimed_text": ("VARCHAR", "what the essay claims"),
    "claimed_value": ("VARCHAR", "as claimed"),
    "clusters_count": ("BIGINT", "independent clusters (families) or null"),
    "component_share": ("DOUBLE", "part of the total"),
    "constraint": ("VARCHAR", "energy | gpu_hour | bandwidth | power_capacity | expectations"),
    "contribution_log": ("DOUBLE", "log points; components of one method sum to the change"),
    "contribution_usd_per_mtok": ("DOUBLE", "USD per Mtok; null for shapley"),
    "cost_component": ("VARCHAR", "capital, power, overhead or total"),
    "cost_input_usd_per_mtok": ("DOUBLE", "rental cost of a million input tokens"),
    "cost_now_usd_per_unit": ("DOUBLE", "median cost of one unit today"),
    "cost_output_usd_per_mtok": ("DOUBLE", "rental cost of a million output tokens, input charged apart"),
    "cost_rank": ("BIGINT", "1 = cheapest for the model"),
    "cost_usd_per_mtok": ("DOUBLE", "rental cost of a million output tokens"),
    "cost_usd_per_task": ("DOUBLE", "output price x tokens per task of the cheapest model that passes"),
    "coverage_50_share": ("DOUBLE", "share inside 50 %"),
    "coverage_80_share": ("DOUBLE", "share inside 80 %"),
    "coverage_90_share": ("DOUBLE", "share inside 90 %"),
    "coverage_95_share": ("DOUBLE", "share inside the 95 % interval"),
    "crps_log": ("DOUBLE", "mean CRPS"),
    "crps_ratio": ("DOUBLE", "over no change; below 1 beats it"),
    "cutoff": ("DATE", "vintage day of the forecast"),
    "data_parallel": ("BIGINT", "attention data-parallel degree"),
    "day": ("DATE", "day"),
    "days": ("BIGINT", "days averaged"),
    "deadline": ("DATE", "null for never"),
    "decline_factor_per_year": ("DOUBLE", "how many times cheaper in a year; below 1 dearer"),
    "decline_lower_factor_per_year": ("DOUBLE", "lower end of the interval"),
    "decline_upper_factor_per_year": ("DOUBLE", "upper end of the interval"),
    "dense_layers": ("BIGINT", "layers with a dense MLP"),
    "detail": ("VARCHAR", "remark"),
    "direction": ("VARCHAR", "accelerating | decelerating | no evidence"),
    "doubling_years": ("DOUBLE", "years to double; negative when falling"),
    "elasticity": ("DOUBLE", "d ln volume / d ln price"),
    "elasticity_high": ("DOUBLE", "95 %"),
    "elasticity_low": ("DOUBLE", "5 %"),
    "electricity_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from the electricity price"),
    "energy_floor_usd_per_mtok": ("DOUBLE", "cost of the electricity that makes a million tokens"),
    "energy_j_per_input_token": ("DOUBLE", "energy per input token"),
    "energy_j_per_output_token": ("DOUBLE", "energy per output token"),
    "energy_j_per_token": ("DOUBLE", "energy of one output token"),
    "engine_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from the engine's error"),
    "error_share": ("DOUBLE", "predicted / measured - 1"),
    "estimator": ("VARCHAR", "name of the estimator audited"),
    "eur_per_kwh": ("DOUBLE", "electricity price in euro"),
    "event": ("VARCHAR", "new_low | halves | rises"),
    "event_id": ("VARCHAR", "event/series_id/horizon"),
    "expert_intermediate_size": ("BIGINT", "width of one expert"),
    "experts": ("BIGINT", "routed experts per MoE layer"),
    "experts_per_token": ("BIGINT", "routed experts used per token"),
    "explained_share": ("DOUBLE", "share of the variance that the trend explains"),
    "factor": ("DOUBLE", "exp(-contribution_log): times cheaper"),
    "factor_after_per_year": ("DOUBLE", "factor per year after the break / last window"),
    "factor_before_per_year": ("DOUBLE", "factor per year before the break / first window"),
    "factor_high_per_year": ("DOUBLE", "95 % bound"),
    "factor_low_per_year": ("DOUBLE", "5 % bound"),
    "factor_per_year": ("DOUBLE", "exp(-365.25 x slope per day); above 1 = falling"),
    "first_in_factor": ("DOUBLE", "factor when the lever comes first"),
    "first_seen": ("DATE", "first day the score was public"),
    "fixed_usd_per_mtok": ("DOUBLE", "cheapest price of the quality that was best at the start"),
    "floor_high_usd_per_mtok": ("DOUBLE", "95 %"),
    "floor_kind": ("VARCHAR", "energy | gpu_hour"),
    "floor_low_usd_per_mtok": ("DOUBLE", "5 %"),
    "floor_lower_usd_per_mtok": ("DOUBLE", "lower end of the floor"),
    "floor_upper_usd_per_mtok": ("DOUBLE", "upper end of the floor"),
    "floor_usd_per_mtok": ("DOUBLE", "cost at the limit (mode)"),
    "flop_per_byte_ratio": ("DOUBLE", "dense BF16 FLOP per byte of bandwidth"),
    "forecast_id": ("VARCHAR", "vintage/series_id/model/horizon"),
    "forecasts_count": ("BIGINT", "forecasts scored"),
    "fp16_flop_per_s": ("BIGINT", "dense FP16 peak"),
    "fp4_flop_per_s": ("BIGINT", "dense FP4 peak; 0 = not supported"),
    "fp8_flop_per_s": ("BIGINT", "dense FP8 peak; 0 = not supported"),
    "from_usd_per_hour": ("DOUBLE", "level before the break"),
    "full_layers": ("BIGINT", "layers with full attention"),
    "gpu_hour_floor_usd_per_mtok": ("DOUBLE", "cost of the rented accelerators that make a million tokens"),
    "growth_high_per_year": ("DOUBLE", "upper end of the growth (95 % interval)"),
    "growth_low_per_year": ("DOUBLE", "lower end of the growth (95 % interval)"),
    "growth_per_year": ("DOUBLE", "growth a year (0.14 = +14 %)"),
    "guess_rate": ("DOUBLE", "score of random guessing (share)"),
    "head_dim": ("BIGINT", "dimension of a query/key head"),
    "headroom_factor": ("DOUBLE", "price / limit"),
    "heads": ("BIGINT", "query heads"),
    "hidden_size": ("BIGINT", "width of the residual stream"),
    "high": ("DOUBLE", "high end of the range, in the row's unit"),
    "high_usd_per_hour": ("DOUBLE", "90 % quantile over providers of their lowest offers"),
    "horizon_days": ("BIGINT", "days from vintage to target date"),
    "index_id": ("VARCHAR", "method-sample-scale, e.g. 'hedonic-fresh-gpqa_diamond'"),
    "index_log": ("DOUBLE", "log price at fixed quality relative to the first month"),
    "index_lower": ("DOUBLE", "lower end of the index level (dimensionless)"),
    "index_name": ("VARCHAR", "buyer frontier, hedonic or matched model"),
    "index_ratio": ("DOUBLE", "exp(index_log)"),
    "index_upper": ("DOUBLE", "upper end of the index level (dimensionless)"),
    "index_value": ("DOUBLE", "index level; the common base month is 100 (dimensionless)"),
    "inside_50": ("BOOLEAN", "inside the 50 % interval"),
    "inside_80": ("BOOLEAN", "80 %"),
    "inside_90": ("BOOLEAN", "90 %"),
    "int8_op_per_s": ("BIGINT", "dense INT8 peak; 0 = not supported"),
    "intermediate_size": ("BIGINT", "dense MLP width"),
    "interval_high": ("DOUBLE", "high end"),
    "interval_low": ("DOUBLE", "low end"),
    "isl": ("BIGINT", "input tokens per request"),
    "kv_heads": ("BIGINT", "key-value heads"),
    "kv_lora_rank": ("BIGINT", "MLA latent rank; 0 = none"),
    "label": ("VARCHAR", "live, or 'quality hindsight' for a backtest without score vintages"),
    "large_model": ("VARCHAR", "dearest current model"),
    "large_usd_per_mtok": ("DOUBLE", "blended price"),
    "last_in_factor": ("DOUBLE", "factor when the lever comes last"),
    "layers": ("BIGINT", "transformer layers"),
    "lever": ("VARCHAR", "quantisation, speculative decoding, distillation and routing, hardware, serving software"),
    "linear_key_dim": ("BIGINT", "key dimension of linear attention state"),
    "linear_layers": ("BIGINT", "layers with linear attention"),
    "linear_value_dim": ("BIGINT", "value dimension of linear attention state"),
    "link_bytes_per_s": ("BIGINT", "link to peers, one direction"),
    "link_domain": ("BIGINT", "accelerators one link domain joins"),
    "link_kind": ("VARCHAR", "kind of link"),
    "low": ("DOUBLE", "low end of the range, in the row's unit"),
    "low_usd_per_hour": ("DOUBLE", "10 % quantile over providers of their lowest offers"),
    "mae_log": ("DOUBLE", "mean absolute log error of the median"),
    "maker": ("VARCHAR", "maker of the part"),
    "margin_share": ("DOUBLE", "price kept if it fell with cost: 1 - share"),
    "mase_ratio": ("DOUBLE", "mae over no-change's on the same rows"),
    "mbu_share": ("DOUBLE", "share of peak memory bandwidth used"),
    "measured_as": ("VARCHAR", "how the claim is measured"),
    "measured_factor_per_year": ("DOUBLE", "what it reports on the data"),
    "measured_lower": ("DOUBLE", "lower end of the measurement"),
    "measured_text": ("VARCHAR", "the measurement in words"),
    "measured_tok_per_s": ("DOUBLE", "published measurement"),
    "measured_unit": ("VARCHAR", "unit of the measurement"),
    "measured_upper": ("DOUBLE", "upper end of the measurement"),
    "measured_value": ("DOUBLE", "measured, or null"),
    "median_date": ("DATE", "median over draws that meet, null if most never do"),
    "median_usd_per_hour": ("DOUBLE", "median over providers of their lowest offers"),
    "median_usd_per_mtok": ("DOUBLE", "median forecast"),
    "memory_bandwidth_gb_s": ("DOUBLE", "peak memory bandwidth"),
    "memory_bytes": ("BIGINT", "accelerator memory"),
    "memory_gb": ("DOUBLE", "memory (10^9 bytes)"),
    "memory_kind": ("VARCHAR", "kind of memory"),
    "method": ("VARCHAR", "hedonic | hedonic_rolling | matched_jevons | quantile_10 | per_task"),
    "metric": ("VARCHAR", "what grows: bandwidth, tensor flops, bandwidth per watt ..."),
    "mfu_share": ("DOUBLE", "share of peak compute used"),
    "mlp_matrices": ("BIGINT", "matrices per MLP"),
    "mode": ("DOUBLE", "most likely value, in the row's unit"),
    "model_cost_high_share": ("DOUBLE", "95 %"),
    "model_cost_low_share": ("DOUBLE", "5 %"),
    "model_cost_share": ("DOUBLE", "median share"),
    "model_cost_usd_per_month": ("DOUBLE", "tokens at the day's price"),
    "models_count": ("BIGINT", "models at or above the threshold with a price that day"),
    "moe_layers": ("BIGINT", "layers with experts"),
    "month": ("DATE", "first day of the month"),
    "n_accelerators": ("BIGINT", "accelerators used"),
    "n_items": ("BIGINT", "items of the benchmark"),
    "native_weight_precision": ("VARCHAR", "weight format of the published checkpoint"),
    "needed_usd_per_unit": ("DOUBLE", "median affordable cost of one unit"),
    "never_share": ("DOUBLE", "probability of not before the end of the path (ten years)"),
    "no_change_error_log": ("DOUBLE", "the same for no change"),
    "no_trend_factor_per_year": ("DOUBLE", "median of what it reports on the same dates and scores, zero trend"),
    "no_trend_high_factor_per_year": ("DOUBLE", "95 % quantile over simulations"),
    "no_trend_low_factor_per_year": ("DOUBLE", "5 % quantile over simulations"),
    "notes": ("VARCHAR", "remark"),
    "observations_count": ("BIGINT", "observations"),
    "offers_count": ("BIGINT", "offers of those models that day"),
    "order": ("BIGINT", "order of display"),
    "origins_count": ("BIGINT", "independent origins, the n of every test"),
    "osl": ("BIGINT", "output tokens per request"),
    "outcome": ("VARCHAR", "'by YYYY-12-31' or 'never'"),
    "output_mtok_per_run": ("DOUBLE", "output tokens of one run of the benchmark (millions)"),
    "output_tok_per_s": ("DOUBLE", "output tokens per second of the deployment"),
    "owner_kind": ("VARCHAR", "hyperscaler, neocloud or long rental"),
    "p_value": ("DOUBLE", "p (bootstrap for one_break); null where none"),
    "part": ("VARCHAR", "part as the hardware table names it"),
    "parts_count": ("BIGINT", "parts behind the fit"),
    "period_from": ("DATE", "start"),
    "period_kind": ("VARCHAR", "month, half-year or year"),
    "period_to": ("DATE", "end"),
    "pipeline_parallel": ("BIGINT", "pipeline stages"),
    "pit_share": ("DOUBLE", "probability integral transform"),
    "power_kw_all_in": ("DOUBLE", "power per accelerator with its share of host, network and cooling"),
    "power_w": ("DOUBLE", "power per accelerator"),
    "previous_vintage": ("DATE", "vintage of the forecast before"),
    "price_factor_per_year": ("DOUBLE", "trend of the scenario"),
    "price_ratio": ("DOUBLE", "large / small"),
    "price_raw_minimum_usd_per_mtok": ("DOUBLE", "lowest offer of the day, promotions included"),
    "price_raw_usd_per_mtok": ("DOUBLE", "lowest price listed"),
    "price_robust_usd_per_mtok": ("DOUBLE", "second-lowest price, or a low that lasted"),
    "price_to_energy_floor_ratio": ("DOUBLE", "price over the energy floor"),
    "price_to_gpu_hour_floor_ratio": ("DOUBLE", "price over the GPU-hour floor"),
    "price_usd": ("DOUBLE", "price of the part at release"),
    "price_usd_per_month": ("DOUBLE", "what its user pays"),
    "prices_count": ("BIGINT", "prices behind the month"),
    "probability_never_share": ("DOUBLE", "viability only"),
    "probability_share": ("DOUBLE", "forecast probability"),
    "provider_kind": ("VARCHAR", "kind of rental provider"),
    "providers_count": ("BIGINT", "providers"),
    "published_active_parameters": ("BIGINT", "published active parameter count"),
    "published_agrees": ("BOOLEAN", "whether the published growth lies in our interval"),
    "published_growth_per_year": ("DOUBLE", "growth as published; null where nobody published one"),
    "published_on": ("DATE", "day of publication"),
    "published_parameters": ("BIGINT", "published parameter count"),
    "published_source": ("VARCHAR", "who published the growth"),
    "pue": ("DOUBLE", "power usage effectiveness: facility energy over IT energy (dimensionless)"),
    "pue_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from the PUE"),
    "q_lora_rank": ("BIGINT", "MLA query rank"),
    "qk_nope_dim": ("BIGINT", "MLA non-rotary dimension"),
    "qk_rope_dim": ("BIGINT", "MLA rotary dimension"),
    "quality_scale": ("VARCHAR", "quality scale the test was run on"),
    "quantile": ("DOUBLE", ".05 to .95 by .05"),
    "query_matrices": ("BIGINT", "query-side projection matrices"),
    "rate_id": ("VARCHAR", "index_id or series_id, estimator and window"),
    "ratio_best_to_fixed": ("DOUBLE", "price of keeping up, in multiples of standing still"),
    "reasoning": ("VARCHAR", "why this range"),
    "rebound_share": ("DOUBLE", "share of the saving taken back by volume; above 1 = spend grows"),
    "rejected_because": ("VARCHAR", "why the figure is never used; empty when usable"),
    "release_date_basis": ("VARCHAR", "how the release date is known"),
    "rental_date": ("DATE", "day of the rental price"),
    "rental_usd_per_hour": ("DOUBLE", "rental of one accelerator for an hour"),
    "rental_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from the rental price"),
    "revision_share": ("DOUBLE", "newest over first published figure, minus 1"),
    "routing_saving_share": ("DOUBLE", "saving if the stated share of requests goes to the small one"),
    "sample": ("VARCHAR", "all | fresh (listed at most one year) | launch (first price of a model)"),
    "scale": ("VARCHAR", "quality scale (benchmark, or 'latent' for the joint scale)"),
    "scale_version": ("VARCHAR", "version of the benchmark, never mixed"),
    "scenario": ("VARCHAR", "stated price trend: recent | pooled | ten_times_rule"),
    "scope": ("VARCHAR", "what the PUE is for: fleet, site, survey mean"),
    "score_gap": ("DOUBLE", "large minus small on the primary scale, or null"),
    "se": ("DOUBLE", "standard error of the score"),
    "self_host_usd_per_mtok": ("DOUBLE", "own cost at the stated utilisation, operations included"),
    "series_count": ("BIGINT", "offers seen both in the month and before it"),
    "service_level_tok_s_per_user": ("DOUBLE", "interactivity asked for: tokens per second each user must see"),
    "shapley_factor": ("DOUBLE", "the lever's Shapley share as a factor; the levers multiply to the total"),
    "shapley_share": ("DOUBLE", "share of the total log gain"),
    "share_of_price_share": ("DOUBLE", "limit / price"),
    "shared_intermediate_size": ("BIGINT", "width of all shared experts"),
    "simulations_count": ("BIGINT", "simulations"),
    "small_model": ("VARCHAR", "cheapest"),
    "small_usd_per_mtok": ("DOUBLE", "same"),
    "sparse_top_k": ("BIGINT", "tokens kept by sparse attention; 0 = dense"),
    "speed_tok_per_s": ("DOUBLE", "tokens per second one user sees"),
    "spend_factor_per_year": ("DOUBLE", "spend multiplies by"),
    "spend_high_factor_per_year": ("DOUBLE", "95 %"),
    "spend_low_factor_per_year": ("DOUBLE", "5 %"),
    "spend_usd_per_week": ("DOUBLE", "spend in a week"),
    "standard_error_log": ("DOUBLE", "cluster-robust by model family; null where not defined"),
    "standard_error_logit": ("DOUBLE", "from the curvature of the fit"),
    "statement": ("VARCHAR", "the fact in one sentence, or 'not yet measured'"),
    "statistic": ("DOUBLE", "t, sup-F, number of breaks, change of slope"),
    "system_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from the system's power over the accelerator's"),
    "target_date": ("DATE", "the day the forecast is about"),
    "tdp_w": ("DOUBLE", "thermal design power"),
    "tensor_parallel": ("BIGINT", "tensor-parallel degree"),
    "tensor_tflops": ("DOUBLE", "dense 16-bit tensor peak"),
    "test": ("VARCHAR", "quadratic | one_break | bic_breaks | rolling_12_months | rule"),
    "threshold_score": ("DOUBLE", "minimum score, in the scale's own unit"),
    "threshold_usd_per_mtok": ("DOUBLE", "price the event is about: true if price < (rises: >) it"),
    "throughput_lower_tok_per_s": ("DOUBLE", "lower end (80 %)"),
    "throughput_tok_per_s": ("DOUBLE", "output tokens per second per accelerator"),
    "throughput_upper_tok_per_s": ("DOUBLE", "upper end (80 %)"),
    "tied_embeddings": ("BIGINT", "1 where input and output embeddings are one matrix"),
    "to_usd_per_hour": ("DOUBLE", "level after the break"),
    "token_kind": ("VARCHAR", "input, output, or blend (3 input to 1 output)"),
    "tokens_per_task": ("DOUBLE", "output tokens of that model per task"),
    "total_factor": ("DOUBLE", "all levers together, times cheaper"),
    "total_params_b": ("DOUBLE", "all parameters"),
    "tpot_ms": ("DOUBLE", "time per output token"),
    "ttft_ms": ("DOUBLE", "time to first token"),
    "unit_of_use": ("VARCHAR", "what is bought once"),
    "units_per_usd": ("DOUBLE", "units of the currency for one US dollar"),
    "usd_per_accelerator_hour": ("DOUBLE", "price of one accelerator for one hour"),
    "usd_per_kwh": ("DOUBLE", "electricity price"),
    "usd_per_run": ("DOUBLE", "cost of one run of the benchmark"),
    "user_tok_per_s": ("DOUBLE", "tokens per second each user sees"),
    "utilisation_share": ("DOUBLE", "stated utilisation (mode)"),
    "utilisation_variance_share": ("DOUBLE", "share of the variance of the log floor that comes from utilisation"),
    "value_date": ("DATE", "median date for viability, else null"),
    "value_date_high": ("DATE", "95 %; null = never"),
    "value_date_low": ("DATE", "5 %"),
    "value_head_dim": ("BIGINT", "dimension of a value head"),
    "value_high": ("DOUBLE", "95 %"),
    "value_low": ("DOUBLE", "5 %"),
    "value_usd_per_mtok": ("DOUBLE", "quantile value"),
    "variant": ("VARCHAR", "reasoning effort of the run, where stated"),
    "verdict": ("VARCHAR", "supported | partly | contradicted | not measurable"),
    "viable_date": ("DATE", "median over draws; null = not within the horizon for most"),
    "viable_high_date": ("DATE", "95 %; null = not reached"),
    "viable_low_date": ("DATE", "5 %"),
    "viable_lower_date": ("DATE", "5 % day"),
    "viable_now_share": ("DOUBLE", "probability that it already is"),
    "viable_upper_date": ("DATE", "95 % day; null = never"),
    "viable_within_year_probability": ("DOUBLE", "probability of being viable within a year"),
    "viable_within_year_share": ("DOUBLE", "probability within 365 days"),
    "vintage": ("DATE", "the as-of date: nothing known later was used"),
    "vintages_count": ("BIGINT", "times the figure was published, revisions included"),
    "vocabulary_size": ("BIGINT", "vocabulary"),
    "volume_factor_per_year": ("DOUBLE", "volume multiplies by"),
    "volume_mtok_per_week": ("DOUBLE", "tokens served in a week"),
    "window_end": ("DATE", "last day of the window"),
    "window_from": ("DATE", "first day used"),
    "window_label": ("VARCHAR", "window in words"),
    "window_layers": ("BIGINT", "layers with sliding-window attention"),
    "window_start": ("DATE", "first day of the window"),
    "window_to": ("DATE", "last day used"),
    "window_tokens": ("BIGINT", "sliding window"),
    "year": ("BIGINT", "calendar year"),
}

COMPUTED_COLUMNS = {name: Column(name, kind, text) for name, (kind, text) in _MEANINGS.items()}

COMPUTED: tuple[Table, ...] = (
    _t(
        "stats.frontier_price", "the cheapest way to buy a fixed quality on one day",
        "series_id scale scale_version threshold_score provider_tier blend day price_usd_per_mtok "
        "price_raw_minimum_usd_per_mtok model provider offer_id models_count offers_count",
        "series_id day",
    ),
    _t(
        "stats.index_level", "one price index in one month",
        "index_id method sample scale month index_log index_ratio standard_error_log prices_count "
        "models_count",
        "index_id month",
    ),
    _t(
        "stats.latent_quality", "one model on the joint quality scale",
        "model ability_logit standard_error_logit benchmarks_count",
        "model",
    ),
    _t(
        "stats.selection_audit", "what an estimator reports when there is no trend at all",
        "estimator scale measured_factor_per_year no_trend_factor_per_year no_trend_low_factor_per_year "
        "no_trend_high_factor_per_year simulations_count",
        "estimator scale",
    ),
    _t(
        "stats.decline_rate", "one estimate of how many times a year the price divides",
        "rate_id index_id estimator window_from window_to factor_per_year factor_low_per_year "
        "factor_high_per_year observations_count clusters_count is_headline",
        "rate_id",
    ),
    _t(
        "stats.acceleration", "one test of constant rate; the row 'rule' carries the verdict",
        "scale test statistic p_value break_date factor_before_per_year factor_after_per_year direction "
        "note",
        "scale test",
    ),
    _t(
        "stats.forecast", "one quantile of one forecast",
        "forecast_id vintage series_id model is_champion horizon_days target_date quantile "
        "value_usd_per_mtok",
        "vintage series_id model horizon_days quantile",
    ),
    _t(
        "stats.event_probability", "probability of one checkable event",
        "vintage event_id series_id event horizon_days target_date threshold_usd_per_mtok "
        "probability_share base_rate_share",
        "vintage event_id",
    ),
    _t(
        "stats.meeting_date", "probability that price meets its floor by a deadline, given a trend",
        "vintage series_id floor_kind scenario price_factor_per_year outcome deadline probability_share "
        "median_date",
        "vintage series_id floor_kind scenario outcome",
    ),
    _t(
        "stats.binding_constraint", "how close one limit is to the price",
        "vintage series_id constraint floor_usd_per_mtok floor_low_usd_per_mtok floor_high_usd_per_mtok "
        "share_of_price_share headroom_factor binds",
        "vintage series_id constraint",
    ),
    _t(
        "stats.decomposition", "one component of one change of price",
        "series_id period_from period_to method component contribution_log contribution_usd_per_mtok "
        "factor",
        "series_id period_from period_to method component",
    ),
    _t(
        "stats.claims", "one claim of the essay and what is measured today",
        "claim_id claim claimed_value measured_value measured_unit interval_low interval_high basis "
        "verdict as_of",
        "claim_id",
    ),
    _t(
        "stats.what_it_means", "one computed consequence",
        "fact_id section subject statement value value_low value_high unit value_date value_date_low "
        "value_date_high probability_never_share inputs as_of",
        "fact_id",
    ),
    _t(
        "stats.cost_per_task", "cost of one benchmark task at fixed score in one month",
        "series_id month cost_usd_per_task tokens_per_task price_output_usd_per_mtok model models_count",
        "series_id month",
    ),
    _t(
        "stats.viability", "when one application becomes affordable",
        "application unit_of_use series_id cost_now_usd_per_unit needed_usd_per_unit viable_date "
        "viable_low_date viable_high_date viable_now_share viable_within_year_share never_share verdict "
        "inputs",
        "application",
    ),
    _t(
        "stats.break_even", "self-hosting one model on one accelerator against its API",
        "model accelerator api_usd_per_mtok self_host_usd_per_mtok utilisation_share "
        "break_even_utilisation_share break_even_mtok_per_month break_even_low_mtok_per_month "
        "break_even_high_mtok_per_month cheaper_share verdict inputs",
        "model accelerator",
    ),
    _t(
        "stats.wrapper_margin", "how much of an application's price is model cost",
        "application day price_usd_per_month model_cost_usd_per_month model_cost_share "
        "model_cost_low_share model_cost_high_share margin_share inputs",
        "application day",
    ),
    _t(
        "stats.family_ratio", "the largest and the smallest model of one family",
        "developer family large_model small_model large_usd_per_mtok small_usd_per_mtok price_ratio "
        "score_gap routing_saving_share inputs",
        "family",
    ),
    _t(
        "stats.jevons", "volume and spend if demand answers price with the stated elasticity",
        "vintage subject elasticity elasticity_low elasticity_high price_factor_per_year "
        "volume_factor_per_year spend_factor_per_year spend_low_factor_per_year "
        "spend_high_factor_per_year rebound_share backfire_share inputs",
        "vintage subject",
    ),
    _t(
        "stats.expectations", "what is paid per task at the frontier and at fixed quality, one month",
        "scale month best_model best_usd_per_mtok best_score fixed_usd_per_mtok ratio_best_to_fixed "
        "inputs",
        "scale month",
    ),
    _t(
        "stats.track_record_summary", "how well one model did at one horizon",
        "model is_champion horizon_days origins_count forecasts_count mae_log mase_ratio crps_log "
        "crps_ratio coverage_50_share coverage_80_share coverage_90_share p_value label",
        "model horizon_days",
    ),
    _t(
        "stats.pit", "probability integral transform histogram",
        "model horizon_days bin_low_share bin_high_share bin_share",
        "model horizon_days bin_low_share",
    ),
    _t(
        "stats.track_record", "one issued forecast whose day came",
        "forecast_id vintage series_id model is_champion horizon_days target_date actual_usd_per_mtok "
        "median_usd_per_mtok absolute_error_log no_change_error_log crps_log inside_50 inside_80 "
        "inside_90 pit_share",
        "forecast_id",
    ),
    _t(
        "stats.revision", "one cause of the difference between two forecasts",
        "previous_vintage vintage series_id horizon_days cause contribution_log",
        "series_id horizon_days vintage cause",
    ),
    _t(
        "core.model", "one canonical model",
        "model developer family kind release_date release_date_basis open_weights total_params_b "
        "active_params_b reason source source_ref source_url licence observed_at basis",
        "model",
    ),
    _t(
        "core.model_alias", "one printed label of one provider scope and its canonical model",
        "alias provider valid_from valid_to model reason source source_ref source_url licence "
        "observed_at basis",
        "",
    ),
    _t(
        "core.score", "one benchmark score of one model",
        "model variant model_label benchmark benchmark_version score unit se n_items as_of first_seen "
        "source source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.benchmark", "one benchmark",
        "benchmark kind n_items guess_rate unit reason source source_ref source_url licence observed_at "
        "basis",
        "",
    ),
    _t(
        "core.task_tokens", "tokens one run of a benchmark took",
        "model variant model_label benchmark benchmark_version output_mtok_per_run usd_per_run source "
        "source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.rental_price", "one dated rental price per accelerator-hour",
        "provider accelerator region term usd_per_accelerator_hour accelerators_in_offer provider_kind "
        "note source source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.rental_believed", "one dated rental price that may be used: dated, quoted, not generated",
        "provider accelerator region term usd_per_accelerator_hour accelerators_in_offer provider_kind "
        "note source source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.electricity", "one electricity price",
        "period period_kind region sector usd_per_kwh eur_per_kwh note source source_ref source_url "
        "licence observed_at basis",
        "",
    ),
    _t(
        "core.pue", "one PUE figure",
        "year operator region pue scope note source source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.energy_measured", "one measured energy per output token with its boundary",
        "model active_params_b total_params_b task accelerator n_accelerators precision parallelism "
        "batch_concurrency avg_batch_size avg_output_tokens output_tok_per_s avg_power_w "
        "energy_j_per_output_token boundary note source source_ref source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.ownership_cost", "one published all-in cost of ownership",
        "accelerator owner_kind usd_per_accelerator_hour power_kw_all_in note source source_ref "
        "source_url licence observed_at basis",
        "",
    ),
    _t(
        "core.exchange_rate", "one monthly reference rate",
        "month currency units_per_usd days source source_ref source_url licence observed_at basis",
        "month currency",
    ),
    _t(
        "core.architectures", "one model architecture, as the engine needs it",
        "model aliases layers hidden_size heads kv_heads head_dim value_head_dim query_matrices "
        "intermediate_size mlp_matrices vocabulary_size tied_embeddings experts experts_per_token "
        "expert_intermediate_size shared_intermediate_size dense_layers moe_layers full_layers "
        "window_layers window_tokens linear_layers linear_key_dim linear_value_dim kv_lora_rank "
        "q_lora_rank qk_nope_dim qk_rope_dim sparse_top_k native_weight_precision published_parameters "
        "published_active_parameters source_url accessed_on basis notes canonical_model",
        "model",
    ),
    _t(
        "core.accelerators", "one accelerator, as the engine needs it",
        "accelerator aliases vendor family launch_date memory_bytes memory_kind bandwidth_bytes_per_s "
        "fp16_flop_per_s bf16_flop_per_s fp8_flop_per_s int8_op_per_s fp4_flop_per_s link_bytes_per_s "
        "link_kind link_domain tdp_w source_url accessed_on basis notes",
        "accelerator",
    ),
    _t(
        "core.hardware_part", "one accelerator of Epoch's hardware table: launch date, figures, price at release",
        "part maker launch_date memory_gb memory_bandwidth_gb_s tensor_tflops tdp_w price_usd source_url observed_at licence",
        "",
    ),
    _t(
        "core.published_trend", "one published growth rate of accelerators",
        "metric growth_per_year source source_url published_on note",
        "metric source",
    ),
    _t(
        "core.unmapped_accelerator", "one printed accelerator that cannot be used, and why",
        "source accelerator_label reason",
        "source accelerator_label",
    ),
    _t(
        "core.claim", "one claim of the essay",
        "claim_id claim claimed_value measured_unit claimed_low claimed_high measured_as",
        "claim_id",
    ),
    _t(
        "core.application", "one assumption about one application",
        "assumption_id application unit_of_use quantity low mode high unit basis source source_url "
        "reasoning",
        "assumption_id",
    ),
    _t(
        "core.assumption", "one assumption with its range and source",
        "assumption_id section subject quantity low mode high unit basis source source_url reasoning",
        "assumption_id",
    ),
    _t(
        "core.spec_history", "one dated reading of one specification; never overwritten",
        "accelerator vendor field value_text unit qualifier observed_at source label source_url evidence "
        "basis licence rejected_because",
        "",
    ),
    _t(
        "engine.serving", "the best way to serve one open model on one accelerator in one weight format at one interactivity",
        "model accelerator precision service_level_tok_s_per_user accelerators tensor_parallel "
        "data_parallel pipeline_parallel isl osl batch throughput_tok_per_s throughput_lower_tok_per_s "
        "throughput_upper_tok_per_s user_tok_per_s ttft_ms tpot_ms cost_usd_per_mtok "
        "cost_input_usd_per_mtok cost_output_usd_per_mtok energy_j_per_token energy_j_per_input_token "
        "energy_j_per_output_token power_w bound mbu_share mfu_share",
        "model accelerator precision service_level_tok_s_per_user",
    ),
    _t(
        "engine.league", "one accelerator serving one model at the league's interactivity",
        "accelerator vendor model precision memory_gb bandwidth_gb_per_s rental_usd_per_hour "
        "throughput_tok_per_s cost_usd_per_mtok energy_j_per_token rental_date basis "
        "service_level_tok_s_per_user user_tok_per_s accelerators batch bound cost_rank",
        "model accelerator",
    ),
    _t(
        "engine.stack", "one lever's share of one deflation stack",
        "scenario lever shapley_factor first_in_factor last_in_factor shapley_share total_factor model "
        "service_level_tok_s_per_user",
        "scenario lever",
    ),
    _t(
        "engine.ceiling", "the memory-bandwidth ceiling of one accelerator for 70 billion 8-bit weights",
        "accelerator vendor launch_date bandwidth_gb_per_s ceiling_tok_per_s bandwidth_bytes_per_j "
        "flop_per_byte_ratio",
        "accelerator",
    ),
    _t(
        "engine.check_measured", "one published measurement beside the engine's prediction",
        "model accelerator precision batch throughput_tok_per_s measured_tok_per_s error_share source",
        "",
    ),
    _t(
        "marts.frontier", "the cheapest way to buy a fixed quality on one day",
        "series is_headline obs_date price_robust_usd_per_mtok price_raw_usd_per_mtok model provider n "
        "offer_id series_id",
        "",
    ),
    _t(
        "marts.indices", "one price index in one month",
        "index_name obs_date index_value index_lower index_upper n",
        "",
    ),
    _t(
        "marts.cost_per_task", "cost of one benchmark task in one month",
        "benchmark obs_date cost_usd_per_task tokens_per_task price_usd_per_mtok model n",
        "",
    ),
    _t(
        "marts.decline_rates", "one estimate of how many times cheaper in a year",
        "series window_label window_start window_end decline_factor_per_year "
        "decline_lower_factor_per_year decline_upper_factor_per_year interval_level n method is_headline "
        "rate_id",
        "",
    ),
    _t(
        "marts.acceleration", "one test of constant rate",
        "test quality_scale statistic p_value verdict n break_date factor_before_per_year "
        "factor_after_per_year note",
        "",
    ),
    _t(
        "marts.forecasts", "one quantile of one forecast issued at this vintage",
        "series model cutoff horizon_days target_date quantile value_usd_per_mtok is_champion "
        "forecast_id series_id",
        "",
    ),
    _t(
        "marts.past_forecasts", "one quantile of one forecast issued earlier",
        "series model cutoff horizon_days target_date quantile value_usd_per_mtok is_champion "
        "forecast_id series_id",
        "",
    ),
    _t(
        "marts.floors", "one floor of one series on one day",
        "series floor_kind obs_date floor_usd_per_mtok floor_lower_usd_per_mtok floor_upper_usd_per_mtok",
        "",
    ),
    _t(
        "marts.floor_gap", "one open model on its cheapest accelerator: price against both floors",
        "series model accelerator price_usd_per_mtok gpu_hour_floor_usd_per_mtok "
        "energy_floor_usd_per_mtok price_to_gpu_hour_floor_ratio price_to_energy_floor_ratio "
        "speed_tok_per_s",
        "",
    ),
    _t(
        "marts.model_floors", "one floor of one open model at one service level: what is counted, for which tokens, and what its uncertainty comes from",
        "model accelerator precision service_level_tok_s_per_user floor_kind boundary token_kind low_usd_per_mtok mode_usd_per_mtok "
        "high_usd_per_mtok engine_variance_share electricity_variance_share pue_variance_share system_variance_share "
        "rental_variance_share utilisation_variance_share",
        "model service_level_tok_s_per_user floor_kind boundary token_kind",
    ),
    _t(
        "marts.floor_assumptions", "one assumption of the floors with its 90 % range and source; 'together' says them in one sentence",
        "quantity low mode high unit basis source statement",
        "quantity",
    ),
    _t(
        "marts.rental_index", "matched-panel index of one accelerator and term in one month; 1.0 in its first month",
        "accelerator term month index_ratio change_error_log series_count",
        "accelerator term month",
    ),
    _t(
        "marts.rental_breaks", "one level shift of one offer's price",
        "provider accelerator region term accelerators_in_offer note source break_date from_usd_per_hour to_usd_per_hour change_share",
        "",
    ),
    _t(
        "marts.rental_now", "rental price of one accelerator and term at the vintage day (status current), or when last seen (stale)",
        "accelerator term status low_usd_per_hour median_usd_per_hour high_usd_per_hour providers_count observed_at age_days",
        "accelerator term",
    ),
    _t(
        "marts.rental_summary", "one accelerator and term: its price today, its matched-panel index and what that did in a year",
        "accelerator term status low_usd_per_hour median_usd_per_hour high_usd_per_hour providers_count observed_at month index_ratio "
        "change_share series_count breaks_count",
        "accelerator term",
    ),
    _t(
        "marts.hardware_trends", "growth a year of one metric of accelerators in one window, beside one published growth",
        "window_label metric growth_per_year growth_low_per_year growth_high_per_year doubling_years parts_count explained_share "
        "published_growth_per_year published_source source_url published_agrees",
        "",
    ),
    _t(
        "marts.electricity", "the newest vintage of one electricity price, and how far it was revised",
        "period period_kind region sector usd_per_kwh eur_per_kwh note source source_ref source_url licence observed_at basis "
        "vintages_count revision_share",
        "",
    ),
    _t(
        "marts.ownership_cost", "one part of what an owned accelerator costs by the hour; capital, power and overhead sum to the total",
        "accelerator owner_kind cost_component usd_per_accelerator_hour low_usd_per_accelerator_hour high_usd_per_accelerator_hour "
        "component_share basis source inputs observed_at",
        "accelerator owner_kind cost_component",
    ),
    _t(
        "marts.decomposition", "one component of the fall of the headline price",
        "component change_factor change_lower_factor change_upper_factor change_share basis order "
        "contribution_log contribution_usd_per_mtok period_from period_to series_id",
        "",
    ),
    _t(
        "marts.deflation_stack", "one lever's share of the full stack's gain",
        "lever shapley_factor first_in_factor last_in_factor shapley_share scenario",
        "",
    ),
    _t(
        "marts.hardware_league", "one accelerator serving one model: dollars and joules per token",
        "accelerator vendor model precision memory_gb bandwidth_gb_per_s rental_usd_per_hour "
        "throughput_tok_per_s cost_usd_per_mtok energy_j_per_token rental_date basis",
        "",
    ),
    _t(
        "marts.engine_check", "engine check",
        "model accelerator precision batch throughput_tok_per_s measured_tok_per_s error_share source",
        "",
    ),
    _t(
        "marts.break_even", "one model on one accelerator: renting against buying tokens",
        "model accelerator api_usd_per_mtok self_host_usd_per_mtok utilisation_share "
        "break_even_mtok_per_month break_even_lower_mtok_per_month break_even_upper_mtok_per_month "
        "verdict inputs",
        "",
    ),
    _t(
        "marts.viability", "one application: when it pays",
        "application cost_now_usd_per_unit needed_usd_per_unit unit_of_use viable_date viable_lower_date "
        "viable_upper_date viable_within_year_probability verdict inputs",
        "",
    ),
    _t(
        "marts.jevons", "volume and spend under one published elasticity",
        "obs_date volume_mtok_per_week price_usd_per_mtok spend_usd_per_week subject elasticity "
        "elasticity_low elasticity_high price_factor_per_year volume_factor_per_year "
        "spend_factor_per_year spend_low_factor_per_year spend_high_factor_per_year rebound_share inputs",
        "",
    ),
    _t(
        "marts.wrapper_margin", "one application: the share of its price that is model cost",
        "application price_usd_per_month model_cost_usd_per_month model_cost_share margin_share basis "
        "inputs",
        "",
    ),
    _t(
        "marts.expectations", "cost and tokens per task in one month",
        "obs_date benchmark tokens_per_task price_usd_per_mtok cost_usd_per_task",
        "",
    ),
    _t(
        "marts.claims", "one claim of the essay against the measurement",
        "claim_id claim claimed_text measured_value measured_lower measured_upper interval_level "
        "measured_unit measured_text basis verdict as_of",
        "",
    ),
    _t(
        "marts.track_record", "one forecasting model at one horizon against no change",
        "model is_champion horizon_days mae_log crps_log crps_ratio coverage_50_share coverage_80_share "
        "coverage_95_share p_value n label coverage_90_share",
        "",
    ),
    _t(
        "marts.pit", "one bin of a probability integral transform histogram",
        "model horizon_days bin_lower bin_upper bin_share",
        "",
    ),
    _t(
        "marts.revision", "one cause of the change of the headline forecast",
        "cause change_log change_usd_per_mtok order detail",
        "",
    ),
)
