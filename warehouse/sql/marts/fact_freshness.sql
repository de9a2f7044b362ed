-- When each fact was last confirmed: by the oldest of the prices that it names, else by the newest price of all, on
-- which every computed fact rests at best; with the cadence in days of the source that confirmed it.
with named as (
  select l.fact_id, i.source, i.confirmed_at
  from facts.lineage as l join core.price_interval as i on i.interval_id = l.id where l.kind = 'price'
),
newest as (select max(confirmed_at) as confirmed_at, max_by(source, confirmed_at) as source from core.price_interval, core.vintage where confirmed_at <= as_of),
chosen as (
  select f.fact_id, coalesce(min(n.confirmed_at), any_value(w.confirmed_at)) as confirmed_at,
         coalesce(min_by(n.source, n.confirmed_at), any_value(w.source)) as source
  from facts.fact as f cross join newest as w left join named as n on n.fact_id = f.fact_id
  group by f.fact_id
)
select c.fact_id, c.confirmed_at, c.source, s.cadence_days
from chosen as c left join core.source as s on s.source = c.source
