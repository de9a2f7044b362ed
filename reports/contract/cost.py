"""Marts of the chapter on costs: floors, causes, levers, hardware and the engine's measurements."""

from __future__ import annotations

from reports.contract.specs import MartSpec

COST: dict[str, MartSpec] = {
    "floors": MartSpec(
        {
            "series": "text",
            "floor_kind": "text",  # energy | gpu_hour
            "obs_date": "date",  # past and future days
            "floor_usd_per_mtok": "number",
            "floor_lower_usd_per_mtok": "number",
            "floor_upper_usd_per_mtok": "number",
        },
        ("series", "floor_kind", "obs_date"),
        "no accelerator could be matched to an open model at this quality",
    ),
    "floor_gap": MartSpec(
        {
            "series": "text",
            "model": "text",
            "accelerator": "text",
            "price_usd_per_mtok": "number",
            "gpu_hour_floor_usd_per_mtok": "number",
            "energy_floor_usd_per_mtok": "number",
            "price_to_gpu_hour_floor_ratio": "number",
            "price_to_energy_floor_ratio": "number",
            "speed_tok_per_s": "number",  # per user
        },
        ("series", "model", "accelerator"),
        "no floor could be computed",
    ),
    "decomposition": MartSpec(
        {
            "component": "text",  # one row "not attributed"; the rows multiply to decomposition.total_factor
            "change_factor": "number",  # cheaper by this factor; below 1 it made prices rise
            "change_lower_factor": "number",
            "change_upper_factor": "number",
            "change_share": "number",  # of the total log change
            "basis": "text",
            "order": "count",
        },
        ("order", "component"),
        "the price change could not be split",
    ),
    "deflation_stack": MartSpec(
        {
            "lever": "text",
            "shapley_factor": "number",
            "first_in_factor": "number",
            "last_in_factor": "number",
            "shapley_share": "number",
            "scenario": "text",
            "model": "text",
            "service_level_tok_s_per_user": "number",
            "total_factor": "number",
            "order": "count",  # the stack that is drawn comes first
        },
        ("order", "lever"),
        "the engine was not run on the levers",
    ),
    "hardware_league": MartSpec(
        {
            "accelerator": "text",
            "vendor": "text",
            "model": "text",
            "precision": "text",
            "memory_gb": "number",
            "bandwidth_gb_per_s": "number",
            "rental_usd_per_hour": "number",
            "throughput_tok_per_s": "number",
            "cost_usd_per_mtok": "number",
            "energy_j_per_token": "number",
            "rental_date": "date",
            "basis": "text",
            "service_level_tok_s_per_user": "number",
            "user_tok_per_s": "number",
            "isl": "count",
            "osl": "count",
            "accelerators": "count",
            "batch": "count",
            "bound": "text",
        },
        ("model", "cost_usd_per_mtok", "accelerator"),
        "no accelerator with a dated rental price",
    ),
    "rental_summary": MartSpec(
        {
            "accelerator": "text",
            "term": "text",
            "status": "text",  # current | stale
            "low_usd_per_hour": "number",
            "median_usd_per_hour": "number",
            "high_usd_per_hour": "number",
            "providers_count": "count",
            "observed_at": "date",
            "index_ratio": "number",  # matched panel, first month = 1
            "change_share": "number",  # over twelve months
            "series_count": "count",
            "breaks_count": "count",
        },
        ("accelerator", "term"),
        "no dated rental price has been read",
    ),
    "hardware_trends": MartSpec(
        {
            "window_label": "text",
            "metric": "text",
            "growth_per_year": "number",
            "growth_low_per_year": "number",
            "growth_high_per_year": "number",
            "parts_count": "count",
            "published_growth_per_year": "number",
            "published_source": "text",
            "published_agrees": "flag",
        },
        ("window_label", "metric", "published_source"),
        "too few parts with a launch date",
    ),
    "floor_assumptions": MartSpec(
        {
            "quantity": "text",  # "together": all in one sentence, in statement
            "low": "number",
            "mode": "number",
            "high": "number",
            "unit": "text",
            "source": "text",
            "statement": "text",
        },
        ("quantity",),
        "no floor could be computed",
    ),
    # only rows that have a measurement are shown
    "throughput": MartSpec(
        {
            "model": "text",
            "accelerator": "text",
            "precision": "text",
            "batch": "count",
            "throughput_tok_per_s": "number",
            "measured_tok_per_s": "number",
            "error_share": "number",  # predicted/measured - 1
            "source": "text",
        },
        ("model", "accelerator", "precision", "batch"),
        "no measurement to compare the engine with",
    ),
    "energy_check": MartSpec(
        {
            "source": "text",
            "boundary": "text",
            "runs_count": "count",
            "answered_count": "count",
            "median_error_share": "number",
            "bias_share": "number",
            "coverage_share": "number",
        },
        ("boundary", "source"),
        "no measured joules to compare the engine with",
    ),
}
