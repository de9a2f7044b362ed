-- Both floors of every open model, 3 input tokens to 1 output at 20 tokens/s per user: the cheapest accelerator and
-- weight format. GPU-hour: rented hours per token. Energy: joules per token x PUE x electricity (GPU boundary).
with served as (
  select s.*, a.canonical_model, h.usd_per_accelerator_hour, h.low_usd_per_accelerator_hour, h.high_usd_per_accelerator_hour,
         (3 * s.cost_input_usd_per_mtok + s.cost_output_usd_per_mtok) / 4 as blend_usd,
         s.throughput_tok_per_s / s.throughput_upper_tok_per_s as best_case, s.throughput_tok_per_s / s.throughput_lower_tok_per_s as worst_case,
         (3 * s.energy_j_per_input_token + s.energy_j_per_output_token) / 4 / 3.6e6 * 1e6 as kwh_per_mtok
  from engine.serving as s
  join core.architectures as a on a.model = s.model
  left join core.hourly as h on h.accelerator = s.accelerator
  where s.service_level_tok_s_per_user = 20 and a.canonical_model is not null
),
rented as (
  select canonical_model as model, 'gpu_hour' as floor_kind, accelerator, blend_usd as mode_usd_per_mtok,
         blend_usd * best_case * low_usd_per_accelerator_hour / usd_per_accelerator_hour as low_usd_per_mtok,
         blend_usd * worst_case * high_usd_per_accelerator_hour / usd_per_accelerator_hour as high_usd_per_mtok,
         1.0 as cost_factor_low_per_year, 1.2 as cost_factor_mode_per_year, 1.6 as cost_factor_high_per_year,
         'cheapest rented accelerator at 20 tokens/s per user' as reason,
         row_number() over (partition by canonical_model order by blend_usd, accelerator, precision) as best
  from served where blend_usd > 0
),
powered as (
  select canonical_model as model, 'energy' as floor_kind, accelerator, kwh_per_mtok * e.usd_per_kwh * e.pue as mode_usd_per_mtok,
         kwh_per_mtok * best_case * e.low_usd_per_kwh * e.low_pue as low_usd_per_mtok,
         kwh_per_mtok * worst_case * e.high_usd_per_kwh * e.high_pue as high_usd_per_mtok,
         1.05 as cost_factor_low_per_year, 1.14 as cost_factor_mode_per_year, 1.4 as cost_factor_high_per_year,
         'lowest joules per token at 20 tokens/s per user, accelerator boundary times PUE' as reason,
         row_number() over (partition by canonical_model order by kwh_per_mtok, accelerator, precision) as best
  from served cross join core.energy_price as e where kwh_per_mtok > 0
)
select model, floor_kind, accelerator, low_usd_per_mtok, mode_usd_per_mtok, high_usd_per_mtok, cost_factor_low_per_year,
       cost_factor_mode_per_year, cost_factor_high_per_year, reason
from (select * from rented where best = 1 union all by name select * from powered where best = 1) as floors
