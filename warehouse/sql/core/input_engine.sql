-- One replica of every open model on its three cheapest accelerators, for the consequences (break-even).
-- throughput_tok_per_s counts tokens of the price's own mix (3 input to 1 output), so that both sides compare.
select model, accelerator, rental_usd_per_hour, accelerators_count, throughput_tok_per_s
from (
  select a.canonical_model as model, s.accelerator, h.usd_per_accelerator_hour as rental_usd_per_hour, s.accelerators as accelerators_count,
         (3 * s.cost_input_usd_per_mtok + s.cost_output_usd_per_mtok) / 4 as blend_usd,
         h.usd_per_accelerator_hour * s.accelerators / 3600 * 1e6 / ((3 * s.cost_input_usd_per_mtok + s.cost_output_usd_per_mtok) / 4) as throughput_tok_per_s,
         row_number() over (partition by a.canonical_model, s.accelerator order by s.cost_usd_per_mtok, s.precision) as of_accelerator
  from engine.serving as s join core.architectures as a on a.model = s.model join core.hourly as h on h.accelerator = s.accelerator
  where s.service_level_tok_s_per_user = 20 and a.canonical_model is not null and s.cost_usd_per_mtok > 0
) as best
where of_accelerator = 1
qualify row_number() over (partition by model order by blend_usd, accelerator) <= 3
