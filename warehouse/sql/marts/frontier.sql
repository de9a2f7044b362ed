-- The buyer frontier: the cheapest way to buy a fixed quality, first of each month and the last 31 days, with the status of the
-- price that sets it, the day that price was last confirmed, and its age on the day.
select s.series, s.is_headline, f.day as obs_date, f.price_usd_per_mtok as price_robust_usd_per_mtok,
       f.price_raw_minimum_usd_per_mtok as price_raw_usd_per_mtok, f.model, f.provider, i.status,
       least(i.confirmed_at, f.day) as confirmed_at, date_diff('day', least(i.confirmed_at, f.day), f.day) as age_days,
       f.offers_count as n, f.offer_id, f.series_id
from stats.frontier_price as f
join core.series as s on s.series_id = f.series_id
cross join (select as_of from core.vintage) as v
left join core.price_interval as i
  on i.offer_id = f.offer_id and i.valid_from <= f.day and coalesce(i.valid_to, date '9999-12-31') >= f.day
where s.provider_tier = 'all' and s.blend = (select printf('%gto1', value) from core.definition where definition_id = 'blend.input_per_output')
  and (f.day = date_trunc('month', f.day) or f.day >= v.as_of - 31)
qualify row_number() over (partition by f.series_id, f.day order by i.valid_from desc) = 1
