"""What the report expects from the warehouse: the names of facts and marts, their columns and units.

Belongs here: the declaration alone, so that the author of the SQL and the author of the page agree in one
place. Not here: how an edition is read or stored (``inputs``) and how a number is written (``numbers``).

Every fact and every mart may be missing or empty; the section that needs it then says "not yet measured"
and prints ``why_missing``. Column names end in their unit. A type is ``text``, ``number``, ``count``,
``date`` or ``flag``. Extra columns are allowed and ignored. Dates are calendar days in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

FACT_COLUMNS: dict[str, str] = {
    "fact_id": "text",
    "section": "text",
    "subject": "text",
    "quantity": "text",
    "value": "number",
    "unit": "text",
    "lower": "number",
    "upper": "number",
    "interval_level": "number",  # 0.95 for a 95 % interval
    "n": "count",
    "text_value": "text",
    "basis": "text",  # quoted | derived | assumed
    "as_of": "date",
    "sql": "text",
    "inputs": "text",
}


@dataclass(frozen=True)
class FactSpec:
    """One expected fact: its unit and what it says."""

    unit: str
    meaning: str


@dataclass(frozen=True)
class MartSpec:
    """One expected mart: ``columns`` (name -> type), the key that orders rows, why it may be missing."""

    columns: dict[str, str]
    order: tuple[str, ...]
    why_missing: str


FACTS: dict[str, FactSpec] = {
    "headline.decline_factor": FactSpec(
        "factor_per_year",
        "How many times cheaper inference gets in a year: the hedonic index over all listings, last 12 "
        "months. subject = the index in words, text_value = the window in words.",
    ),
    "headline.decline_factor_previous": FactSpec(
        "factor_per_year", "The same as issued in the previous vintage; as_of = that vintage's day."
    ),
    "headline.decline_factor_year_before": FactSpec(
        "factor_per_year", "The same index over the twelve months before the headline's."
    ),
    "headline.decline_factor_fresh": FactSpec(
        "factor_per_year", "The same over models listed at most a year: what a buyer of new models sees."
    ),
    "headline.frontier_price": FactSpec(
        "usd_per_mtok", "Cheapest price at the headline quality; subject = series, text_value = model, provider."
    ),
    "headline.frontier_price_previous": FactSpec("usd_per_mtok", "The same in the previous vintage."),
    "headline.forecast_365d": FactSpec(
        "usd_per_mtok", "Median forecast of the headline series in 365 days; text_value = target date."
    ),
    "headline.forecast_365d_previous": FactSpec("usd_per_mtok", "The same in the previous vintage."),
    "headline.acceleration": FactSpec(
        "p_value", "text_value = accelerating | decelerating | no evidence; value = p of the deciding test."
    ),
    "headline.energy_floor": FactSpec("usd_per_mtok", "Energy floor at the headline quality."),
    "headline.gpu_hour_floor": FactSpec("usd_per_mtok", "GPU-hour floor at the headline quality."),
    "headline.price_to_gpu_hour_floor": FactSpec("ratio", "Frontier price over the GPU-hour floor."),
    "headline.price_to_energy_floor": FactSpec("ratio", "Frontier price over the energy floor."),
    "headline.cost_per_task_factor": FactSpec("factor_per_year", "Fall of the cost per benchmark task."),
    "coverage.models": FactSpec("count", "Models with a price today."),
    "coverage.providers": FactSpec("count", "Providers with a price today."),
    "coverage.offers": FactSpec("count", "Offers (provider x model x tier) with a price today."),
    "coverage.price_rows": FactSpec("count", "Rows of price history."),
    "coverage.events_today": FactSpec("count", "Price events on the edition's day."),
    "coverage.sources_live": FactSpec("count", "Sources read live today."),
    "coverage.sources_archive": FactSpec("count", "Sources read from their last good snapshot."),
    "coverage.sources_packaged": FactSpec("count", "Sources read from packaged facts."),
    "coverage.sources_stale": FactSpec("count", "Sources older than their contract allows."),
    "coverage.sources_failed": FactSpec("count", "Sources that failed today."),
    "revision.previous_value": FactSpec("usd_per_mtok", "The revised headline number as issued last time."),
    "revision.current_value": FactSpec("usd_per_mtok", "The same number now."),
    "revision.total_log": FactSpec("log", "ln(current/previous): the causes in mart revision sum to it."),
    "decomposition.total_factor": FactSpec(
        "factor", "Fall of the price between the two dates of mart decomposition; text_value = window."
    ),
    "stack.total_factor": FactSpec("factor", "All levers of mart deflation_stack together."),
    "jevons.elasticity": FactSpec("elasticity", "d ln(volume) / d ln(price); below -1 spend grows."),
    "jevons.price_factor": FactSpec("factor_per_year", "Fall of price a year that volume and spend are computed for."),
    "jevons.volume_factor": FactSpec("factor_per_year", "Growth of tokens served per year."),
    "jevons.spend_factor": FactSpec("factor_per_year", "Growth of spend per year."),
    "expectations.tokens_per_task_factor": FactSpec("factor_per_year", "Growth of tokens per task."),
}
"""Facts the text refers to by name. Any further fact is listed, with its SQL, in the appendix."""

_FORECAST = {
    "series": "text",  # frontier.series
    "model": "text",  # forecasting model
    "cutoff": "date",  # vintage day
    "horizon_days": "count",
    "target_date": "date",
    "quantile": "number",  # .025 .1 .25 .5 .75 .9 .975 at least: 50, 80 and 95 % bands
    "value_usd_per_mtok": "number",
}

MARTS: dict[str, MartSpec] = {
    "price_now": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "tier": "text",
            "condition": "text",
            "price_input_usd_per_mtok": "number",
            "price_cached_input_usd_per_mtok": "number",
            "price_output_usd_per_mtok": "number",
            "valid_from": "date",
            "observed_at": "date",
            "source": "text",
            "source_url": "text",
            "origin": "text",  # live | archive | packaged
        },
        ("provider", "model", "tier"),
        "no price source has been read",
    ),
    # events of the last 31 days
    "price_events": MartSpec(
        {
            "event_date": "date",
            "kind": "text",  # cut | rise | new | withdrawn | announced
            "provider": "text",
            "model": "text",
            "token_class": "text",  # input | cached_input | output
            "price_before_usd_per_mtok": "number",
            "price_after_usd_per_mtok": "number",
            "change_share": "number",  # after/before - 1
            "evidence": "text",  # the words on the page
            "source_url": "text",
            "snapshot_sha256": "text",
        },
        ("event_date", "provider", "model", "token_class", "kind"),
        "no price moved in the last month",
    ),
    # output prices of the models that hold or held a frontier are enough (some 500 rows)
    "price_history": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "token_class": "text",
            "valid_from": "date",
            "valid_to": "date",
            "price_usd_per_mtok": "number",
        },
        ("provider", "model", "token_class", "valid_from"),
        "no price history has been read",
    ),
    "frontier": MartSpec(
        {
            "series": "text",  # "GPQA-Diamond at least 80 %": the name shown to readers
            "is_headline": "flag",
            "obs_date": "date",  # monthly is enough, plus the edition's day
            "price_robust_usd_per_mtok": "number",
            "price_raw_usd_per_mtok": "number",
            "model": "text",
            "provider": "text",
            "n": "count",
        },
        ("series", "obs_date"),
        "no model has both a price and a quality score",
    ),
    "indices": MartSpec(
        {
            "index_name": "text",  # buyer frontier | hedonic | matched model
            "obs_date": "date",
            "index_value": "number",  # same base day = 100 for all three
            "index_lower": "number",
            "index_upper": "number",
            "n": "count",
        },
        ("index_name", "obs_date"),
        "too few repeated prices for an index",
    ),
    "cost_per_task": MartSpec(
        {
            "benchmark": "text",
            "obs_date": "date",
            "cost_usd_per_task": "number",
            "tokens_per_task": "number",
            "price_usd_per_mtok": "number",
            "model": "text",
            "n": "count",
        },
        ("benchmark", "obs_date"),
        "no benchmark run with both a token count and a price",
    ),
    "decline_rates": MartSpec(
        {
            "series": "text",  # all listings | listed at most a year | launch prices | per task | ...
            "window_label": "text",  # "Sep 2025 - Sep 2026"
            "window_start": "date",
            "window_end": "date",
            "decline_factor_per_year": "number",
            "decline_lower_factor_per_year": "number",
            "decline_upper_factor_per_year": "number",
            "interval_level": "number",
            "n": "count",
            "method": "text",
        },
        ("series", "window_start", "window_end"),
        "too few prices for a rate",
    ),
    "acceleration": MartSpec(
        {
            "test": "text",
            "quality_scale": "text",
            "statistic": "number",
            "p_value": "number",
            "verdict": "text",  # accelerating | decelerating | no evidence
            "n": "count",
        },
        ("test", "quality_scale"),
        "the series is too short for the test",
    ),
    "forecasts": MartSpec(_FORECAST, ("series", "model", "target_date", "quantile"), "no forecast was issued"),
    "past_forecasts": MartSpec(
        _FORECAST, ("series", "model", "cutoff", "target_date", "quantile"), "this is the first vintage"
    ),
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
        },
        ("scenario", "lever"),
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
    "claims": MartSpec(
        {
            "claim_id": "text",
            "claim": "text",
            "claimed_text": "text",
            "measured_value": "number",
            "measured_lower": "number",
            "measured_upper": "number",
            "interval_level": "number",
            "measured_unit": "text",
            "measured_text": "text",
            "basis": "text",
            "verdict": "text",  # supported | partly | contradicted | not measurable
            "as_of": "date",
        },
        ("claim_id",),
        "the claims have not been held against the measurements",
    ),
    "track_record": MartSpec(
        {
            "model": "text",
            "is_champion": "flag",
            "horizon_days": "count",
            "mae_log": "number",
            "crps_log": "number",
            "crps_ratio": "number",  # over no change; below 1 beats it
            "coverage_50_share": "number",
            "coverage_80_share": "number",
            "coverage_95_share": "number",
            "p_value": "number",  # Diebold-Mariano against no change
            "n": "count",  # origins
            "label": "text",  # e.g. quality hindsight
        },
        ("horizon_days", "model"),
        "no forecast has been resolved",
    ),
    "pit": MartSpec(
        {"model": "text", "horizon_days": "count", "bin_lower": "number", "bin_upper": "number", "bin_share": "number"},
        ("model", "horizon_days", "bin_lower"),
        "no forecast has been resolved",
    ),
    "revision": MartSpec(
        {"cause": "text", "change_log": "number", "change_usd_per_mtok": "number", "order": "count", "detail": "text"},
        ("order", "cause"),
        "there is no earlier vintage to compare with",
    ),
    "data_health": MartSpec(
        {
            "source": "text",
            "kind": "text",
            "origin": "text",  # live | archive | packaged
            "status": "text",  # ok | stale | failed
            "observed_at": "date",
            "age_days": "count",
            "rows": "count",
            "message": "text",
        },
        ("status", "kind", "source"),
        "no source reported",
    ),
    "quarantine": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "token_class": "text",
            "price_kept_usd_per_mtok": "number",
            "price_refused_usd_per_mtok": "number",
            "reason": "text",
            "observed_at": "date",
            "source": "text",
        },
        ("provider", "model", "token_class"),
        "no price is quarantined",
    ),
    "disagreements": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "token_class": "text",
            "believed_source": "text",
            "believed_usd_per_mtok": "number",
            "other_source": "text",
            "other_usd_per_mtok": "number",
            "difference_share": "number",
        },
        ("provider", "model", "token_class", "other_source"),
        "no two sources disagree",
    ),
    "not_known": MartSpec(
        {"topic": "text", "why": "text", "what_would_tell": "text"},
        ("topic",),
        "nothing has been listed",
    ),
}

UNITS: tuple[str, ...] = (
    "factor_per_year", "factor", "ratio", "share", "probability", "p_value", "count", "log", "elasticity",
    "usd_per_mtok", "usd_per_hour", "usd_per_task", "usd_per_unit", "usd_per_month", "usd_per_week", "usd_per_kwh",
    "j_per_token", "tok_per_s", "gb_per_s", "gb", "mtok_per_month", "mtok_per_week", "days", "date", "text",
)  # fmt: skip
"""Units that ``facts.unit`` may hold and that column names may end in."""
