-- Prices in force on the vintage day: believed intervals that have begun, have not ended, and that somebody still
-- vouches for (core.listed).
select provider, provider_tier, model, developer, open_weights, tier, condition,
       price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_input_usd_per_mtok,
       price_cache_write_usd_per_mtok, price_cache_write_1h_usd_per_mtok,
       currency, valid_from, valid_from_basis, observed_at, source, source_url, origin, evidence, i.interval_id
from core.price_interval as i
join core.listed as l on l.interval_id = i.interval_id
cross join (select as_of from core.vintage) as day
where (valid_from is null or valid_from <= day.as_of) and (l.listed_to is null or l.listed_to > day.as_of)
