"""Marts of the chapter on prices: offers, history, frontier, indices, rates, forecasts."""

from __future__ import annotations

from reports.contract.specs import MartSpec

_FORECAST = {
    "series": "text",  # frontier.series
    "model": "text",  # forecasting model
    "cutoff": "date",  # vintage day
    "horizon_days": "count",
    "target_date": "date",
    "quantile": "number",  # .025 .1 .25 .5 .75 .9 .975 at least: 50, 80 and 95 % bands
    "value_usd_per_mtok": "number",
}

PRICE: dict[str, MartSpec] = {
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
}
