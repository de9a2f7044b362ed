-- Each accelerator and term in one row: today's (or the last seen) price, the neoclouds' matched index in its last month and
-- its change over the twelve months before where one unbroken chain holds both, and how many level shifts were found.
with neocloud as (select * from marts.rental_index where seller_family = 'neocloud' and index_ratio is not null),
last_month as (select accelerator, term, max(month) as month from neocloud group by accelerator, term),
moved as (
  select i.accelerator, i.term, i.month, i.index_ratio, i.series_count, i.index_ratio / b.index_ratio - 1 as change_share
  from neocloud as i join last_month as l on l.accelerator = i.accelerator and l.term = i.term and l.month = i.month
  left join neocloud as b on b.accelerator = i.accelerator and b.term = i.term and b.chain_start = i.chain_start and b.month = (i.month - interval 12 month)::date
),
shifts as (
  select accelerator, term, count(*) as breaks_count from marts.rental_breaks, core.vintage where break_date > as_of - 365 group by accelerator, term
)
select n.accelerator, n.term, n.status, n.low_usd_per_hour, n.median_usd_per_hour, n.high_usd_per_hour, n.providers_count, n.observed_at,
       m.month, m.index_ratio, m.change_share, m.series_count, coalesce(s.breaks_count, 0) as breaks_count
from marts.rental_now as n
left join moved as m on m.accelerator = n.accelerator and m.term = n.term
left join shifts as s on s.accelerator = n.accelerator and s.term = n.term
