-- Prices as the statistics take them: standard tier, no condition, above zero (a free offer has no logarithm).
-- Gateways that resell under their own terms are left out. provider_tier: first_party, host (of closed models) or open_weights (anyone serving open weights).
select i.offer_id, model, provider,
       case when provider_tier = 'first_party' then 'first_party' when open_weights then 'open_weights' else 'host' end as provider_tier,
       price_input_usd_per_mtok, price_output_usd_per_mtok,
       price_cached_input_usd_per_mtok as price_cached_usd_per_mtok,
       valid_from, valid_to, changed_after, changed_before, status, observed_at, source, i.interval_id
from core.price_interval as i
where tier = 'standard' and condition = '' and price_input_usd_per_mtok > 0 and price_output_usd_per_mtok > 0
  and valid_from is not null and provider_tier <> 'gateway'
