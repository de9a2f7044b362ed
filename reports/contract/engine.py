"""Marts of the chapter on the engine: levers, quality, software, useful life, speed of one user, bandwidth."""

from __future__ import annotations

from reports.contract.specs import MartSpec

ENGINE: dict[str, MartSpec] = {
    "lever_evidence": MartSpec(
        {
            "lever": "text",
            "technique": "text",
            "setting": "text",
            "claimed_value": "text",
            "measured_factor": "number",
            "measured_low_factor": "number",
            "measured_high_factor": "number",
            "observations_count": "count",
            "engine_factor": "number",
            "engine_low_factor": "number",
            "engine_high_factor": "number",
            "source": "text",
        },
        ("lever", "technique", "setting"),
        "no measurement of a lever is at hand",
    ),
    "quantization_quality": MartSpec(
        {
            "model": "text",
            "precision": "text",
            "baseline_precision": "text",
            "metric": "text",
            "value": "number",
            "low": "number",
            "high": "number",
            "source": "text",
            "source_url": "text",
        },
        ("metric", "model", "precision"),
        "no published quality of a weight format is at hand",
    ),
    "software_gain": MartSpec(
        {
            "software": "text",
            "accelerator": "text",
            "gain_factor_per_year": "number",
            "gain_low_factor_per_year": "number",
            "gain_high_factor_per_year": "number",
            "observations_count": "count",
            "first_date": "date",
            "last_date": "date",
            "source": "text",
        },
        ("accelerator", "software"),
        "no accelerator with two measured releases",
    ),
    "useful_life": MartSpec(
        {
            "accelerator": "text",
            "price_scenario": "text",
            "price_factor_per_year": "number",
            "rental_usd_per_hour": "number",
            "running_usd_per_hour": "number",
            "gain_factor_per_year": "number",
            "useful_life_years": "number",  # null: beyond 30 years
            "useful_life_with_software_years": "number",
            "inputs": "text",
        },
        ("price_scenario", "accelerator"),
        "no accelerator with a rent and running costs",
    ),
    "latency_league": MartSpec(
        {
            "model": "text",
            "accelerator": "text",
            "provider": "text",
            "evidence": "text",  # engine | published
            "precision": "text",
            "user_tok_per_s": "number",
            "user_lower_tok_per_s": "number",
            "user_upper_tok_per_s": "number",
            "accelerators": "count",
            "cost_usd_per_mtok": "number",
            "observed_at": "date",
            "source": "text",
        },
        ("model", "evidence", "user_tok_per_s", "accelerator", "provider"),
        "the engine was not asked for the speed of one user",
    ),
    "bandwidth_ceiling": MartSpec(
        {
            "accelerator": "text",
            "vendor": "text",
            "launch_date": "date",
            "bandwidth_gb_per_s": "number",
            "ceiling_tok_per_s": "number",
        },
        ("launch_date", "accelerator"),
        "no accelerator with a launch date",
    ),
}
