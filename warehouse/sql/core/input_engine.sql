-- One replica of every open model on its three cheapest accelerators, for the consequences (break-even).
-- throughput_tok_per_s counts tokens of the price's own mix, so that both sides compare.
select model, accelerator, rental_usd_per_hour, accelerators_count, throughput_tok_per_s
from (
  select a.canonical_model as model, s.accelerator, h.usd_per_accelerator_hour as rental_usd_per_hour, s.accelerators as accelerators_count,
         (mix.n * s.cost_input_usd_per_mtok + s.cost_output_usd_per_mtok) / (mix.n + 1) as blend_usd,
         h.usd_per_accelerator_hour * s.accelerators / 3600 * 1e6 / ((mix.n * s.cost_input_usd_per_mtok + s.cost_output_usd_per_mtok) / (mix.n + 1)) as throughput_tok_per_s,
         row_number() over (partition by a.canonical_model, s.accelerator order by s.cost_usd_per_mtok, s.precision) as of_accelerator
  from engine.serving as s join core.architectures as a on a.model = s.model join core.hourly as h on h.accelerator = s.accelerator
  cross join (select value as n from core.definition where definition_id = 'blend.input_per_output') as mix
  where s.service_level_tok_s_per_user = (select value from core.definition where definition_id = 'reference.speed') and a.canonical_model is not null and s.cost_usd_per_mtok > 0
) as best
where of_accelerator = 1
qualify row_number() over (partition by model order by blend_usd, accelerator) <= 3
