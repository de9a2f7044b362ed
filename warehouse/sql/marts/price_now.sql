-- Prices in force on the vintage day: believed intervals that have begun and not ended.
select provider, provider_tier, model, developer, open_weights, tier, condition,
       price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_input_usd_per_mtok,
       price_cache_write_usd_per_mtok, price_cache_write_1h_usd_per_mtok,
       currency, valid_from, valid_from_basis, observed_at, source, source_url, origin, evidence, interval_id
from core.price_interval
cross join (select as_of from core.vintage) as day
where (valid_from is null or valid_from <= day.as_of) and (valid_to is null or valid_to > day.as_of)
