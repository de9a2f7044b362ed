-- The buyer frontier: the cheapest way to buy a fixed quality, first of each month and the last 31 days.
select s.series, s.is_headline, f.day as obs_date, f.price_usd_per_mtok as price_robust_usd_per_mtok,
       f.price_raw_minimum_usd_per_mtok as price_raw_usd_per_mtok, f.model, f.provider, f.offers_count as n,
       f.offer_id, f.series_id
from stats.frontier_price as f
join core.series as s on s.series_id = f.series_id
cross join (select as_of from core.vintage) as v
where s.provider_tier = 'all' and s.blend = (select printf('%gto1', value) from core.definition where definition_id = 'blend.input_per_output')
  and (f.day = date_trunc('month', f.day) or f.day >= v.as_of - 31)
