"""The facts that sentences refer to by name."""

from __future__ import annotations

from reports.contract.specs import FactSpec

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
