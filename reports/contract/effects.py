"""Marts of the chapter on effects: owning or renting, new uses, volume, spending, tokens per task."""

from __future__ import annotations

from reports.contract.specs import MartSpec

EFFECTS: dict[str, MartSpec] = {
    "break_even": MartSpec(
        {
            "model": "text",
            "accelerator": "text",
            "api_usd_per_mtok": "number",
            "self_host_usd_per_mtok": "number",  # at utilisation_share
            "utilisation_share": "number",
            "break_even_mtok_per_month": "number",  # null: never
            "break_even_lower_mtok_per_month": "number",
            "break_even_upper_mtok_per_month": "number",
            "verdict": "text",  # self-hosting | api | depends
        },
        ("model", "accelerator"),
        "no open model with both an API price and a self-hosting cost",
    ),
    "viability": MartSpec(
        {
            "application": "text",
            "cost_now_usd_per_unit": "number",
            "needed_usd_per_unit": "number",
            "unit_of_use": "text",
            "viable_date": "date",
            "viable_lower_date": "date",
            "viable_upper_date": "date",
            "viable_within_year_probability": "number",
            "verdict": "text",  # viable now | expected | not within the horizon
        },
        ("viable_date", "application"),
        "no application has a stated need",
    ),
    "jevons": MartSpec(
        {
            "obs_date": "date",
            "volume_mtok_per_week": "number",
            "price_usd_per_mtok": "number",
            "spend_usd_per_week": "number",
        },
        ("obs_date",),
        "no public series of tokens served has been read",
    ),
    "wrapper_margin": MartSpec(
        {
            "application": "text",
            "price_usd_per_month": "number",
            "model_cost_usd_per_month": "number",
            "model_cost_share": "number",
            "margin_share": "number",
            "basis": "text",
        },
        ("application",),
        "no application price has been read",
    ),
    "expectations": MartSpec(
        {
            "obs_date": "date",
            "benchmark": "text",
            "tokens_per_task": "number",
            "price_usd_per_mtok": "number",
            "cost_usd_per_task": "number",
        },
        ("benchmark", "obs_date"),
        "no dated token counts per task",
    ),
}
