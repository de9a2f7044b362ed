-- Every believed price interval; a change begins a new interval and overwrites none.
select provider, provider_tier, model, developer, open_weights, tier, condition,
       price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_input_usd_per_mtok,
       valid_from, valid_to, valid_from_basis, end_reason, observed_at, source, source_url, origin, interval_id
from core.price_interval
