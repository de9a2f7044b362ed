-- What one accelerator-hour costs: the median over providers of each one's newest on-demand (or mixed) price in
-- the last two years; where no provider is seen, published neocloud ownership cost; else the newest spot price.
with day as (select as_of from core.vintage),
rent as (
  select accelerator, provider, term, max_by(usd_per_accelerator_hour, observed_at) as usd, max(observed_at) as seen
  from core.rental_price, day
  where observed_at <= as_of and observed_at > as_of - 730 and term in ('on_demand', 'mixed', 'spot')
  group by accelerator, provider, term
),
listed as (
  select accelerator, median(usd) as usd_per_accelerator_hour, min(usd) as low, max(usd) as high, count(*) as n, max(seen) as rental_date,
         'quoted: median over providers, on demand' as basis, 1 as choice
  from rent where term in ('on_demand', 'mixed') group by accelerator
),
owned as (
  select accelerator, median(usd_per_accelerator_hour) as usd_per_accelerator_hour, min(usd_per_accelerator_hour) as low,
         max(usd_per_accelerator_hour) as high, count(*) as n, max(observed_at) as rental_date,
         'quoted: published cost of ownership and 3-year rental' as basis, 2 as choice
  from core.ownership_cost group by accelerator
),
spot as (
  select accelerator, median(usd) as usd_per_accelerator_hour, min(usd) as low, max(usd) as high, count(*) as n, max(seen) as rental_date,
         'quoted: median over providers, spot' as basis, 3 as choice
  from rent where term = 'spot' group by accelerator
),
ranked as (
  select *, row_number() over (partition by accelerator order by choice) as best
  from (select * from listed union all by name select * from owned union all by name select * from spot) as every_choice
)
select accelerator, usd_per_accelerator_hour, least(low, usd_per_accelerator_hour) as low_usd_per_accelerator_hour,
       greatest(high, usd_per_accelerator_hour) as high_usd_per_accelerator_hour, n, rental_date, basis
from ranked where best = 1 and usd_per_accelerator_hour > 0
