-- The headline price and what is known of its cost a year apart: the frontier model on an H100 at 20 tokens/s per
-- user, the median H100 rental of the day, electricity. Closed models have no throughput: not attributed.
with points as (
  select f.series_id, f.day as period, f.model, f.price_usd_per_mtok
  from stats.frontier_price as f join core.series as s on s.series_id = f.series_id cross join core.vintage as v
  where s.is_headline and f.price_usd_per_mtok is not null and (f.day = v.as_of or f.day = v.as_of - 365)
),
rent as (
  select p.period, median(r.usd_per_accelerator_hour) as rental_usd_per_hour
  from points as p join core.rental_price as r on r.accelerator = 'H100-SXM' and r.observed_at between p.period - 270 and p.period
   and r.term in ('on_demand', 'mixed')
  group by p.period
),
speed as (
  select a.canonical_model as model, max(s.throughput_tok_per_s) as throughput_tok_per_s, min(s.energy_j_per_token) as energy_j_per_token
  from engine.serving as s join core.architectures as a on a.model = s.model
  where s.accelerator = 'H100-SXM' and s.service_level_tok_s_per_user = 20 group by 1
)
select p.series_id, p.period as period_day, p.model, p.price_usd_per_mtok, rent.rental_usd_per_hour, speed.throughput_tok_per_s,
       null::double as utilisation_share, speed.energy_j_per_token / 3.6 * e.usd_per_kwh * e.pue as energy_usd_per_mtok
from points as p left join rent on rent.period = p.period left join speed on speed.model = p.model left join core.energy_price as e on true
