"""The tables that the throughput engine fills."""

from __future__ import annotations

from warehouse.schema.types import Table, declare

ENGINE: tuple[Table, ...] = (
    declare(
        "engine.serving",
        "the best way to serve one open model on one accelerator in one weight format at one interactivity",
        "model accelerator precision service_level_tok_s_per_user accelerators prefill_accelerators tensor_parallel "
        "data_parallel pipeline_parallel isl osl batch throughput_tok_per_s throughput_lower_tok_per_s "
        "throughput_upper_tok_per_s user_tok_per_s ttft_ms tpot_ms cost_usd_per_mtok "
        "cost_input_usd_per_mtok cost_output_usd_per_mtok energy_j_per_token energy_j_per_input_token "
        "energy_j_per_output_token power_w bound mbu_share mfu_share",
        "model accelerator precision service_level_tok_s_per_user",
    ),
    declare(
        "engine.league",
        "one accelerator serving one model at the league's interactivity",
        "accelerator vendor model precision memory_gb bandwidth_gb_per_s rental_usd_per_hour "
        "throughput_tok_per_s throughput_lower_tok_per_s throughput_upper_tok_per_s measured_tok_per_s cost_usd_per_mtok "
        "cost_lower_usd_per_mtok cost_upper_usd_per_mtok cost_reserved_usd_per_mtok cost_on_demand_usd_per_mtok "
        "energy_j_per_token rental_date basis service_level_tok_s_per_user user_tok_per_s isl osl accelerators prefill_accelerators "
        "batch bound cost_rank tied_count",
        "model accelerator",
    ),
    declare(
        "engine.latency",
        "the fastest speed one user alone can get of one model on one accelerator, and what that machine costs",
        "model accelerator precision user_tok_per_s user_lower_tok_per_s user_upper_tok_per_s accelerators cost_usd_per_mtok energy_j_per_token bound",
        "model accelerator",
    ),
    declare(
        "engine.lever_evidence",
        "one lever, technique and setting: the measured range beside the engine's",
        "lever technique setting measured_low_factor measured_factor measured_high_factor observations_count engine_low_factor engine_factor engine_high_factor source",
        "lever technique setting",
    ),
    declare(
        "engine.software_gain",
        "one workload on one accelerator from the first to the last release of its serving software",
        "software accelerator model weight_precision n_accelerators isl osl first_release last_release first_date last_date first_tok_per_s last_tok_per_s releases_count gain_factor span_months gain_factor_per_year",
        "",
    ),
    declare(
        "engine.stack",
        "one lever's share of one deflation stack",
        "scenario lever shapley_factor first_in_factor last_in_factor shapley_share total_factor model service_level_tok_s_per_user",
        "scenario lever",
    ),
    declare(
        "engine.ceiling",
        "the memory-bandwidth ceiling of one accelerator for 70 billion 8-bit weights",
        "accelerator vendor launch_date bandwidth_gb_per_s ceiling_tok_per_s bandwidth_bytes_per_j flop_per_byte_ratio",
        "accelerator",
    ),
    declare(
        "engine.check_measured",
        "one published measurement beside the engine's prediction",
        "model accelerator precision batch throughput_tok_per_s measured_tok_per_s error_share source",
        "model accelerator precision source measured_tok_per_s throughput_tok_per_s",
    ),
    declare(
        "engine.check_energy",
        "one published energy per output token beside the engine's, at the boundary it was measured at",
        "model accelerator precision batch boundary energy_j_per_token energy_lower_j_per_token energy_upper_j_per_token "
        "measured_energy_j_per_token error_share source why_not",
        "",
    ),
)
