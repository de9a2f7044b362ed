-- Price and known cost a year apart: the headline frontier (its model may change), and a basket of open models that
-- were sold on both days (geometric means), each on the reference part at the reference speed with the day's median rental.
with day as (select as_of from core.vintage),
days as (select as_of as period_day from day union all select as_of - (select value from core.definition where definition_id = 'window.year')::integer as period_day from day),
rent as (
  select d.period_day, median(r.usd_per_accelerator_hour) as rental_usd_per_hour
  from days as d join core.rental_believed as r on r.accelerator = (select text_value from core.definition where definition_id = 'reference.accelerator')
   and r.observed_at between d.period_day - (select value from core.definition where definition_id = 'window.rents')::integer and d.period_day
   and r.term in ('on_demand', 'mixed')
  group by d.period_day
),
speed as (
  select a.canonical_model as model, max(s.throughput_tok_per_s) as throughput_tok_per_s, min(s.energy_j_per_token) as energy_j_per_token
  from engine.serving as s join core.architectures as a on a.model = s.model
  where s.accelerator = (select text_value from core.definition where definition_id = 'reference.accelerator')
    and s.service_level_tok_s_per_user = (select value from core.definition where definition_id = 'reference.speed') and a.canonical_model is not null group by 1
),
sold as (
  select d.period_day, p.model, min((mix.n * p.price_input_usd_per_mtok + p.price_output_usd_per_mtok) / (mix.n + 1)) as price_usd_per_mtok
  from days as d join core.input_price as p on p.valid_from <= d.period_day and (p.valid_to is null or p.valid_to > d.period_day)
  cross join (select value as n from core.definition where definition_id = 'blend.input_per_output') as mix
  where p.model in (select model from speed) group by all
),
both_days as (select model from sold group by model having count(*) = 2),
basket as (
  select s.period_day, exp(avg(ln(s.price_usd_per_mtok))) as price_usd_per_mtok, exp(avg(ln(v.throughput_tok_per_s))) as throughput_tok_per_s,
         exp(avg(ln(v.energy_j_per_token))) as energy_j_per_token
  from sold as s join both_days using (model) join speed as v on v.model = s.model group by s.period_day
),
points as (
  select f.series_id, f.day as period_day, f.model, f.price_usd_per_mtok, v.throughput_tok_per_s, v.energy_j_per_token
  from stats.frontier_price as f join core.series as s on s.series_id = f.series_id join days as d on d.period_day = f.day
  left join speed as v on v.model = f.model
  where s.is_headline and f.price_usd_per_mtok is not null
  union all by name
  select 'open-weights-basket' as series_id, period_day, 'basket' as model, price_usd_per_mtok, throughput_tok_per_s, energy_j_per_token from basket
)
select p.series_id, p.period_day, p.model, p.price_usd_per_mtok, rent.rental_usd_per_hour, p.throughput_tok_per_s,
       (select value from core.definition where definition_id = 'serving.utilisation') as utilisation_share, p.energy_j_per_token / 3.6 * e.usd_per_kwh * e.pue as energy_usd_per_mtok
from points as p left join rent on rent.period_day = p.period_day left join core.energy_price as e on true
