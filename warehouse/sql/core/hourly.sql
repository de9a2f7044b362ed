-- What one accelerator-hour costs: the median over providers of each one's lowest on-demand (or mixed) offer when it
-- was last looked at, in the last two years; where no provider is seen, published cost of ownership; else spot.
-- Low and high are the 5 % and 95 % quantiles over providers.
with day as (select as_of from core.vintage),
looks as (
  select accelerator, provider, term, usd_per_accelerator_hour as usd, observed_at,
         max(observed_at) over (partition by accelerator, provider, term) as newest,
         row_number() over (partition by accelerator, provider, term, region, accelerators_in_offer, note, source order by observed_at desc) as look
  from core.rental_believed, day
  where observed_at <= as_of and observed_at > as_of - 730 and term in ('on_demand', 'mixed', 'spot')
),
rent as (
  select accelerator, provider, term, min(usd) as usd, max(newest) as seen
  from looks where look = 1 and observed_at > newest - 60 group by accelerator, provider, term
),
listed as (
  select accelerator, median(usd) as usd_per_accelerator_hour, quantile_cont(usd, 0.05) as low, quantile_cont(usd, 0.95) as high,
         count(*) as n, max(seen) as rental_date, 'quoted: median over providers, on demand' as basis, 1 as choice
  from rent where term in ('on_demand', 'mixed') group by accelerator
),
owned as (
  select accelerator, median(usd_per_accelerator_hour) as usd_per_accelerator_hour, min(usd_per_accelerator_hour) as low,
         max(usd_per_accelerator_hour) as high, count(*) as n, max(observed_at) as rental_date,
         'quoted: published cost of ownership and 3-year rental' as basis, 2 as choice
  from core.ownership_cost group by accelerator
),
spot as (
  select accelerator, median(usd) as usd_per_accelerator_hour, quantile_cont(usd, 0.05) as low, quantile_cont(usd, 0.95) as high,
         count(*) as n, max(seen) as rental_date, 'quoted: median over providers, spot' as basis, 3 as choice
  from rent where term = 'spot' group by accelerator
),
ranked as (
  select *, row_number() over (partition by accelerator order by choice) as best
  from (select * from listed union all by name select * from owned union all by name select * from spot) as every_choice
)
select accelerator, usd_per_accelerator_hour, least(low, usd_per_accelerator_hour) as low_usd_per_accelerator_hour,
       greatest(high, usd_per_accelerator_hour) as high_usd_per_accelerator_hour, n, rental_date, basis
from ranked where best = 1 and usd_per_accelerator_hour > 0
