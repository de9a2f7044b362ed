-- Every open model that is sold: its cheapest price against both floors, in the project's mix of tokens.
with mix as (select value as n from core.definition where definition_id = 'blend.input_per_output'),
prices as (
  select model, min((mix.n * price_input_usd_per_mtok + price_output_usd_per_mtok) / (mix.n + 1)) as price_usd_per_mtok
  from core.input_price cross join (select as_of from core.vintage) as v cross join mix
  where valid_from <= v.as_of and (valid_to is null or valid_to > v.as_of) group by model
),
floors as (
  select model, any_value(accelerator) filter (floor_kind = 'gpu_hour') as accelerator,
         max(mode_usd_per_mtok) filter (floor_kind = 'gpu_hour') as gpu_hour, max(mode_usd_per_mtok) filter (floor_kind = 'energy') as energy
  from core.input_floor group by model
)
select coalesce(d.series, f.model) as series, f.model, f.accelerator, p.price_usd_per_mtok, f.gpu_hour as gpu_hour_floor_usd_per_mtok,
       f.energy as energy_floor_usd_per_mtok, p.price_usd_per_mtok / f.gpu_hour as price_to_gpu_hour_floor_ratio,
       p.price_usd_per_mtok / f.energy as price_to_energy_floor_ratio, (select value from core.definition where definition_id = 'reference.speed') as speed_tok_per_s
from floors as f join prices as p on p.model = f.model
left join (select null::varchar as model, null::varchar as series) as d on d.model = f.model
