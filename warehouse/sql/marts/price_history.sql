-- Every believed price interval with how sure it is; a change begins a new interval and overwrites none.
select provider, provider_tier, model, developer, open_weights, tier, condition,
       price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_input_usd_per_mtok,
       price_kind, valid_from, valid_to, valid_from_basis, end_reason, observed_at, status, confirmed_at, first_seen, changed_after, changed_before, families,
       source, source_url, origin, interval_id
from core.price_interval
